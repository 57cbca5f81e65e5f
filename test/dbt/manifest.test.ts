import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { manifest } from '../../engine/artifacts/manifest.ts';
import { stateNodes } from '../../engine/artifacts/state-nodes.ts';
import { INVOCATION, openSample } from '../engine/artifacts/open-sample.ts';
import { dbtVenv, runDbt } from '../servers/dbt.ts';
import { runCli } from '../cli/run-cli.ts';

const PROJECTS = fileURLToPath(new URL('projects', import.meta.url));

interface Manifest {
  readonly nodes: Readonly<Record<string, { readonly primary_key?: readonly string[] }>>;
  readonly sources: object;
  readonly exposures: object;
  readonly unit_tests: object;
  readonly parent_map: Readonly<Record<string, readonly string[]>>;
}

/** What dbt has and we do not: queries that nobody builds, and hooks as nodes. */
const NOT_OURS = /^(analysis|operation)\./;

const idsOf = ({ nodes, sources, exposures, unit_tests: unitTests }: Manifest): string[] =>
  [nodes, sources, exposures, unitTests]
    .flatMap((each) => Object.keys(each))
    .filter((id) => !NOT_OURS.test(id))
    .toSorted();

test.each(readdirSync(PROJECTS))(
  'the manifest of %s names what dbt names, with the same ids, edges and checksums',
  { timeout: 240_000 },
  async (name) => {
    const work = mkdtempSync(join(tmpdir(), 'tickmark-manifest-'));
    const from = join(work, 'dbt');
    cpSync(join(PROJECTS, name), from, { recursive: true });
    const profile = /^profile:\s*['"]?(\w+)/m.exec(readFileSync(join(from, 'dbt_project.yml'), 'utf8'))?.[1] ?? name;
    const target = { host: '127.0.0.1', port: 1, user: 'x', password: 'x', database: 'wh', schema: 'x' };
    const parsed = await runDbt(await dbtVenv(), { project: from, profile, args: ['parse'], target, work });
    expect(parsed).toMatchObject({ code: 0 });
    const theirs = JSON.parse(readFileSync(join(work, 'target/manifest.json'), 'utf8')) as Manifest;

    const out = join(work, 'tickmark');
    await runCli(['init', '--from-dbt', from, '--out', out], { cwd: work });
    const { project, compiled } = openSample(out);
    const ours = JSON.parse(JSON.stringify(manifest(project, compiled, INVOCATION))) as Manifest;

    expect(idsOf(ours)).toEqual(idsOf(theirs));
    const edges = ({ parent_map: parents }: Manifest): Record<string, string[]> =>
      Object.fromEntries(idsOf(theirs).map((id) => [id, (parents[id] ?? []).toSorted()]));
    expect(edges(ours)).toEqual(edges(theirs));
    const keys = ({ nodes }: Manifest): Record<string, string[]> =>
      Object.fromEntries(
        Object.entries(nodes).flatMap(([id, { primary_key: key }]) => (key ? [[id, key.toSorted()]] : [])),
      );
    expect(keys(ours)).toEqual(keys(theirs));

    // Models whose file init left as it is, which is nearly all of them, have dbt's own checksum.
    const [now, then] = [stateNodes(ours, 'ours'), stateNodes(theirs, 'theirs')];
    const models = [...then.values()].filter(({ resourceType }) => resourceType === 'model');
    const same = models.filter(({ uniqueId, checksum }) => now.get(uniqueId)?.checksum === checksum);
    expect(same.length / models.length).toBeGreaterThan(0.9);
  },
);
