import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { dbtVenv } from '../servers/dbt.ts';

const PROJECT = fileURLToPath(new URL('projects/golden', import.meta.url));
const SCRIPT = fileURLToPath(new URL('select-with-dbt.py', import.meta.url));

const METHODS =
  '* inc_* incremental incremental.* golden.incremental tag:* config.materialized:view config.materialized:incremental ' +
  'config.materialized:ephemeral config.unique_key:id config.severity:warn config.enabled:true resource_type:seed resource_type:source ' +
  'resource_type:model resource_type:snapshot resource_type:exposure resource_type:unit_test resource_type:test test_type:generic ' +
  'test_type:singular test_type:data test_type:unit test_name:not_null test_name:un* source:* source:*+ source:golden_src.facts+1 ' +
  'exposure:* +exposure:* unit_test:* package:golden package:this access:protected access:public group:* file:*.csv file:inc_merge ' +
  'file:*.yml not_null_*';
const REACHING = ['eph_b', 'stg_facts', 'inc_merge'].flatMap((name) => [
  ...[name, `+${name}`, `${name}+`, `1+${name}`, `${name}+1`, `@${name}`, `2+${name}+1`].map((word) => [word]),
  ...[`${name} stg_people`, `${name}+,resource_type:model`, `+${name},config.materialized:view tag:*`].map((words) => [
    words,
  ]),
  ...['cautious', 'buildable', 'empty'].map((mode) => [`${name}+`, '--indirect-selection', mode]),
  ...['cautious', 'buildable', 'empty'].map((mode) => [name, '--indirect-selection', mode]),
  [`+${name}`, '--exclude', name],
  [`${name}+`, '--resource-type', 'test', 'unit_test'],
]);
const SELECTIONS: readonly (readonly string[])[] = [
  ...METHODS.split(' ').flatMap((word) => [
    ['-s', word],
    ['--exclude', word],
  ]),
  ...REACHING.map((words) => ['-s', ...words]),
];

let work: string;
let root: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'tickmark-selectors-'));
  root = join(work, 'tickmark');
  const brought = await runCli(['init', '--from-dbt', PROJECT, '--out', root], { cwd: work });
  if (brought.code !== 0) throw new Error(brought.stderr);
  // dbt looks at no database to list what it has parsed.
  const nobody = { type: 'postgres', host: 'localhost', port: 5432, user: 'x', pass: 'x', dbname: 'x', schema: 'x' };
  const profiles = { golden: { target: 'dev', outputs: { dev: { ...nobody, threads: 1 } } } };
  await writeFile(join(work, 'profiles.yml'), JSON.stringify(profiles));
  await writeFile(join(work, 'selections.json'), JSON.stringify(SELECTIONS));
  const python = join(dirname(await dbtVenv()), 'python');
  const env = { PATH: process.env['PATH'], HOME: work, LANG: 'C.UTF-8', DO_NOT_TRACK: '1' };
  await promisify(execFile)(python, [SCRIPT, PROJECT, work], {
    env: { ...env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' },
    maxBuffer: 100_000_000,
  });
}, 280_000);
afterAll(() => rm(work, { recursive: true, force: true }));

test('every selection is what dbt selects', async () => {
  const dbt = JSON.parse(await readFile(join(work, 'selected.json'), 'utf8')) as Record<string, string[] | null>;
  const ours: Record<string, string[] | null> = {};
  for (const selection of SELECTIONS) {
    const args = ['ls', '--output', 'json', '--output-keys', 'unique_id', ...selection];
    const { code, stdout } = await runCli(args, { cwd: root });
    const ids = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { unique_id: string }).unique_id);
    ours[selection.join(' ')] = code === 0 ? ids.filter((id) => !id.startsWith('vertical.')).sort() : null;
  }
  expect(ours).toEqual(dbt);
  // The control: dbt did select something, and not always the same.
  expect(new Set(Object.values(dbt).map((ids) => ids?.length)).size).toBeGreaterThan(15);
}, 120_000);
