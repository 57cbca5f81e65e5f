import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CHECK_PEERS } from './check-peers.ts';
import { benchChecks, CHECK_PARTS } from './checks.ts';
import { benchDiff, DIFF_PEERS } from './diff.ts';
import { benchExtract, EXTRACT_PARTS } from './extract.ts';
import { openHome } from './home.ts';
import { PEERS } from './peers.ts';
import { benchTransform, TRANSFORM_PARTS } from './transform.ts';

/**
 * `npm run bench -- extract|transform|checks|diff [options]`. What it installs and generates is kept in TICKMARK_BENCH_HOME for the next time;
 * its server and all databases are gone afterwards.
 */
const USAGE = `usage: npm run bench -- extract [--scale 1] [--runs 5] [--peers ${PEERS.join(',')}|none] [--peer-runs 2] [--only ${EXTRACT_PARTS.join(',')}]
       npm run bench -- transform [--scale 1] [--runs 5] [--peers dbt|none] [--peer-runs 1] [--only ${TRANSFORM_PARTS.join(',')}]
       npm run bench -- checks [--scale 1] [--runs 5] [--peers ${CHECK_PEERS.join(',')}|none] [--peer-runs 1] [--only ${CHECK_PARTS.join(',')}]
       npm run bench -- diff [--scale 1] [--runs 5] [--peers ${DIFF_PEERS.join(',')}|none] [--peer-runs 1]`;

const { values, positionals } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    runs: { type: 'string', default: '5' },
    peers: { type: 'string' },
    'peer-runs': { type: 'string' },
    only: { type: 'string' },
  },
  allowPositionals: true,
});
const [scale, runs] = [Number(values.scale), Number(values.runs)];
const isCount = (count: number): boolean => Number.isSafeInteger(count) && count > 0;
if (!isCount(runs) || !(scale > 0)) refuse();

const path = resolve(process.env['TICKMARK_BENCH_HOME'] || join(tmpdir(), 'tickmark-bench-home'));
switch (positionals.join()) {
  case 'extract': {
    const peers = values.peers === 'none' ? [] : chosen(values.peers ?? PEERS.join(','), PEERS);
    const parts = chosen(values.only ?? EXTRACT_PARTS.join(','), EXTRACT_PARTS);
    const peerRuns = Number(values['peer-runs'] ?? '2');
    if (peers === null || parts === null || !isCount(peerRuns)) refuse();
    await run((home) => benchExtract({ scale, runs, peerRuns, peers, parts }, home));
    break;
  }
  case 'transform': {
    const parts = chosen(values.only ?? TRANSFORM_PARTS.join(','), TRANSFORM_PARTS);
    const peerRuns = values.peers === 'none' ? 0 : Number(values['peer-runs'] ?? '1');
    if (parts === null || !(peerRuns === 0 || isCount(peerRuns))) refuse();
    await run((home) => benchTransform({ scale, runs, peerRuns, parts }, home));
    break;
  }
  case 'checks': {
    const peers = values.peers === 'none' ? [] : chosen(values.peers ?? CHECK_PEERS.join(','), CHECK_PEERS);
    const parts = chosen(values.only ?? CHECK_PARTS.join(','), CHECK_PARTS);
    const peerRuns = Number(values['peer-runs'] ?? '1');
    if (peers === null || parts === null || !isCount(peerRuns)) refuse();
    await run((home) => benchChecks({ scale, runs, peerRuns, peers, parts }, home));
    break;
  }
  case 'diff': {
    const peers = values.peers === undefined || values.peers === 'none' ? [] : chosen(values.peers, DIFF_PEERS);
    const peerRuns = Number(values['peer-runs'] ?? '1');
    if (peers === null || !isCount(peerRuns)) refuse();
    await run((home) => benchDiff({ scale, runs, peerRuns, peers }, home));
    break;
  }
  default:
    refuse();
}

async function run(work: (home: ReturnType<typeof openHome>) => Promise<{ readonly whole: boolean }>): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stopping.abort(new Error(signal)));
  mkdirSync(path, { recursive: true });
  const home = openHome(path, { say: (line) => console.log(line), signal: stopping.signal });
  try {
    const { whole } = await work(home);
    process.exitCode = whole ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

function refuse(): never {
  console.error(USAGE);
  process.exit(1);
}

/** The names in a comma-separated list, in the order of those there are; null when one is unknown. */
function chosen<T extends string>(list: string, known: readonly T[]): readonly T[] | null {
  const names = list.split(',').map((name) => name.trim());
  return names.every((name) => known.includes(name as T)) ? known.filter((name) => names.includes(name)) : null;
}
