import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { servePage } from '../../bin/serve-page.ts';
import { withTemporal } from '../../cli/with-temporal.ts';
import type { TemporalTarget } from '../../cli/with-temporal.ts';
import { createTestWorld } from '../setup/test-world.ts';
import type { TestWorld } from '../setup/test-world.ts';
import { findCanaries } from './find-canaries.ts';

/** Values that stand in rows of a source, and secrets that stand in the environment. None may leave the warehouse. */
const CANARY = {
  description: 'CANARY-TEXT-Xq7f2LmV',
  user: 'CANARYUSRK9W',
  amount: '31415926.53',
  logEntry: 'CANARYLOGQ4Z',
  logAmount: '27182818.28',
  failing: 'CANARY-FAIL-p3Jt8RwB',
  raggedField: 'CANARY-RAGGED-c5Nd1HsY',
  badTotal: 'CANARY-TOTAL-z8Vk6GbE',
  doubled: 'CANARY-HEADER-t2Mf9QxA',
  rolePassword: 'CANARY-PASSWORD-u6Yh4DnP',
  webhookToken: 'CANARY-WEBHOOK-w1Rj7SkC',
} as const;
const CANARIES = Object.values(CANARY);

let world: TestWorld;
let temporal: TemporalTarget;
const role = `canary_${process.pid}`;
/** What the command line wrote on stderr and stdout, all of it. */
const said: string[] = [];

beforeAll(async () => {
  world = await createTestWorld();
  if (world.world.temporal === null) throw new Error('a test world has a Temporal server');
  temporal = world.world.temporal;
  await world.erp.query(`create role ${role} login password '${CANARY.rolePassword}'`);
  await world.erp.query(
    `grant usage on schema public to ${role}; grant select on all tables in schema public to ${role}`,
  );
  // Before the worker starts: the worker and the command line read the same environment.
  const env = world.env as Record<string, string | undefined>;
  env['ERP_URL'] = env['ERP_URL']?.replace(/\/\/[^@]+@/, `//${role}:${CANARY.rolePassword}@`);
  env['TICKMARK_ALERT_URL'] = `${env['TICKMARK_ALERT_URL']}services/${CANARY.webhookToken}`;
  await plantRows();
  await world.startWorker();
});
afterAll(async () => {
  await world.erp.query(`drop owned by ${role}; drop role ${role}`);
  await world.stop();
});

test('the canaries are in the sources, land in the warehouse, and the search finds them there', async () => {
  // Held: the planted rows disagree with the log, so alerts go out as well.
  await say('refresh', '--vertical', 'finance');
  const [ledger] = await world.warehouse.query(
    `select string_agg(t::text, ' ') as rows from raw_erp.gl_detail as t where "Entered_By" = $1`,
    [CANARY.user],
  );
  const [log] = await world.warehouse.query(
    `select string_agg(t::text, ' ') as rows from raw_posting_log.posting_log as t where "Journal_ID" = $1`,
    [CANARY.logEntry],
  );
  const landed = [CANARY.description, CANARY.user, CANARY.amount, CANARY.failing, CANARY.logEntry, CANARY.logAmount];
  expect(findCanaries([`${ledger?.['rows']} ${log?.['rows']}`], CANARIES).sort()).toEqual([...landed].sort());
  expect(world.alerts().length).toBeGreaterThan(0);
  const [failing] = await world.warehouse.query(
    'select string_agg(reason, chr(10)) as reasons from audit.failing_rows',
  );
  expect(findCanaries([failing?.['reasons'] ?? ''], CANARIES)).toContain(CANARY.logEntry);
});

test('an engagement puts the canaries into its pack', async () => {
  const out = join(world.root, 'pack');
  await say('engagement', 'pull', '--vertical', 'finance', '--name', 'canary', '--out', out);
  const lines = await readFile(join(out, 'journal_lines_in_period.csv'), 'utf8');
  expect(findCanaries([lines], CANARIES)).toContain(CANARY.description);
  // The manifest goes with the pack but tells no row of it.
  expect(findCanaries([await readFile(join(out, 'manifest.json'), 'utf8')], CANARIES)).toEqual([]);
});

test('a check and a model that fail on a canary tell only the SQLSTATE', async () => {
  const cast = `select "JE_Line_Description"::integer::text as subject_id, 'x' as reason from {{ source('erp', 'gl_detail') }} where "Entered_By" like 'CANARY%'`;
  await writeFile(
    join(world.root, 'checks', 'finance', 'casts.sql'),
    `/* ---\nid: finance.casts\ndimension: validity\nseverity: warn\nblocking: false\ngrain: one row\npopulation: erp.gl_detail\n--- */\n${cast}\n`,
  );
  await say('refresh', '--vertical', 'finance');
  expect(await lastRun()).toMatchObject({ status: 'held' });
  const [check] = await world.warehouse.query(
    `select status, message from audit.check_results where check_id = 'finance.casts'`,
  );
  expect(check).toMatchObject({ status: 'error', message: expect.stringContaining('22P02') as string });

  await writeFile(
    join(world.root, 'sql', 'finance', 'staging', 'stg_casts.sql'),
    `/* ---\ndescription: Fails on a value.\n--- */\n{{ config(materialized='table') }}\nselect "JE_Line_Description"::integer as number from {{ source('erp', 'gl_detail') }} where "Entered_By" like 'CANARY%'\n`,
  );
  await say('refresh', '--vertical', 'finance');
  expect((await lastRun())?.['reason']).toMatch(/^transform: .*22P02.*\[TRANSFORM_MODEL_FAILED\]$/s);
});

test('a file that is refused for a value of a row is refused without telling it', async () => {
  const file = join(world.root, 'examples', 'aicpa-ads', 'posting_log.csv');
  const log = await readFile(file, 'utf8');
  const faults = [
    [log.replace('\n100000000,S,', `\n100000000,${CANARY.raggedField},S,`), 'does not have as many fields'],
    [log.replace('\n100000000,S,9770.52', `\n100000000,S,${CANARY.badTotal}`), 'does not hold a plain decimal number'],
    // A file that lost its header: its first row stands where the names should.
    [log.replace(/^.*\n/, `${CANARY.doubled},${CANARY.doubled},1,2,3\n`), 'of the header have the same name'],
    [log.replace(/^.*\n/, `_${CANARY.doubled},S,1,2,3\n`), 'the name of column 1 starts with _'],
    [log.replace(/^.*\n/, `${CANARY.doubled},S,1,2,3\n`), 'has no column'],
  ] as const;
  for (const [text, reason] of faults) {
    await writeFile(file, text);
    const { failure, lines } = await world.refresh();
    said.push(failure ?? '', ...lines);
    expect(failure).toContain(reason);
  }
  await writeFile(file, log);
});

test('a source that fails on a canary in the middle of its pull tells only the SQLSTATE', async () => {
  const { rows } = await world.erp.query<{ name: string; type: string }>(
    `select quote_ident(attname) as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = 'gl_detail'::regclass and attnum > 0 and not attisdropped order by attnum`,
  );
  // The same columns, one of which cannot be computed for the row with the canary.
  const columns = rows.map(({ name, type }) =>
    name === '"JE_Line_Description"' ? `${name}::integer::${type} as ${name}` : name,
  );
  await world.erp.query(
    `alter table gl_detail rename to gl_detail_kept;
     create view gl_detail as select ${columns.join(', ')} from gl_detail_kept;
     grant select on gl_detail to ${role}`,
  );
  await say('refresh', '--vertical', 'finance');
  expect((await lastRun())?.['reason']).toMatch(/^extract: .*22P02.*\[EXTRACT_FAILED\]$/s);
});

test('no canary stands in any workflow history, log, page, alert or ledger entry', async () => {
  const histories = await allHistories();
  expect(histories.length).toBeGreaterThanOrEqual(9);
  const bytes = histories.flat();
  expect(bytes.some((text) => text.includes('finance.casts') || text.includes('stg_casts'))).toBe(true);
  expect(findCanaries(bytes, CANARIES)).toEqual([]);

  const log = await readFile(join(world.root, '.tickmark', 'worker.log'), 'utf8');
  expect(findCanaries([log], CANARIES), 'worker.log').toEqual([]);
  expect(said.join('').length).toBeGreaterThan(2_000);
  expect(findCanaries(said, CANARIES), 'the command line').toEqual([]);
  expect(findCanaries(world.alerts(), CANARIES), 'alerts').toEqual([]);

  const page = await servePage(world.world, { host: '127.0.0.1', port: 0, orFree: false });
  try {
    for (const path of ['', 'api/status']) {
      const text = await (await fetch(`${page.url}${path}`)).text();
      expect(text).toContain('finance');
      expect(findCanaries([text], CANARIES), `the page /${path}`).toEqual([]);
    }
  } finally {
    await page.stop();
  }
  for (const table of [
    'ledger',
    'runs',
    'run_ends',
    'step_events',
    'incident_events',
    'publications',
    'check_results',
  ]) {
    const rows = await world.warehouse.query(`select t::text as row from audit.${table} as t`);
    expect(
      findCanaries(
        rows.map(({ row }) => row ?? ''),
        CANARIES,
      ),
      `audit.${table}`,
    ).toEqual([]);
  }
  const report = await world.tickmark('ledger', 'ls', '--json');
  expect(findCanaries([report.stdout], CANARIES)).toEqual([]);
});

test('nor does a real password of the servers', async () => {
  const passwords = [inject('servers').warehouseUrl, inject('servers').erpUrl].map((url) => new URL(url).password);
  expect(passwords.every((password) => password.length > 10)).toBe(true);
  const log = await readFile(join(world.root, '.tickmark', 'worker.log'), 'utf8');
  expect(findCanaries([...(await allHistories()).flat(), ...said, log], passwords)).toEqual([]);
});

test('the same search finds a canary in a history that does hold one', async () => {
  await withTemporal(temporal, (client) =>
    client.workflow.start('leak', {
      taskQueue: 'nobody-listens',
      workflowId: 'leak',
      args: [{ rows: [{ name: CANARY.description }], url: Buffer.from(`x${CANARY.webhookToken}`).toString('base64') }],
      memo: { note: CANARY.rolePassword },
    }),
  );
  await expect
    .poll(async () => findCanaries((await allHistories()).flat(), CANARIES).sort(), { timeout: 10_000 })
    .toEqual([CANARY.description, CANARY.rolePassword, CANARY.webhookToken].sort());
});

async function plantRows(): Promise<void> {
  await world.erp.query(
    `update gl_detail set "JE_Line_Description" = $1, "Entered_By" = $2, "Amount" = $3
     where "Journal_ID" = '100000000' and "Journal_ID_Line_Number" = 1`,
    [CANARY.description, CANARY.user, CANARY.amount],
  );
  await world.erp.query(
    `update gl_detail set "JE_Line_Description" = $1, "Entered_By" = $2 where "Journal_ID" = '100000000' and "Journal_ID_Line_Number" = 2`,
    [CANARY.failing, CANARY.user],
  );
  const file = join(world.root, 'examples', 'aicpa-ads', 'posting_log.csv');
  const log = await readFile(file, 'utf8');
  await writeFile(file, `${log}${CANARY.logEntry},S,${CANARY.logAmount},20070101,101010\n`);
}

/** Runs a command and keeps all that it said. */
async function say(...args: string[]): Promise<void> {
  const { stdout, stderr } = await world.tickmark(...args);
  said.push(stdout, stderr);
}

async function lastRun() {
  const [row] = await world.warehouse.query(
    'select e.status, e.reason from audit.runs r join audit.run_ends e using (run_id) order by r.run_no desc limit 1',
  );
  return row;
}

/** Of every workflow in the namespace all text and bytes of all events, payloads as they are. */
function allHistories(): Promise<string[][]> {
  return withTemporal(temporal, async (client) => {
    const histories: string[][] = [];
    for await (const { workflowId, runId } of client.workflow.list())
      histories.push(texts(await client.workflow.getHandle(workflowId, runId).fetchHistory()));
    return histories;
  });
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...texts(item)]);
}
