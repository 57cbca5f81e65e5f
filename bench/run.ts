import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchExtract, EXTRACT_PARTS } from './extract.ts';
import { openHome } from './home.ts';
import { PEERS } from './peers.ts';

/**
 * `npm run bench -- extract [--scale 1] [--runs 5] [--peers ingestr,sling,dlt] [--peer-runs 2] [--only full,memory,...]`. What it
 * installs and generates is kept in TICKMARK_BENCH_HOME for the next time; its server and all databases are gone afterwards.
 */
const USAGE = `usage: npm run bench -- extract [--scale 1] [--runs 5] [--peers ${PEERS.join(',')}|none] [--peer-runs 2] [--only ${EXTRACT_PARTS.join(',')}]`;

const { values, positionals } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    runs: { type: 'string', default: '5' },
    peers: { type: 'string', default: 'ingestr,sling,dlt' },
    'peer-runs': { type: 'string', default: '2' },
    only: { type: 'string', default: EXTRACT_PARTS.join(',') },
  },
  allowPositionals: true,
});
const [scale, runs, peerRuns] = [values.scale, values.runs, values['peer-runs']].map(Number) as [
  number,
  number,
  number,
];
const peers = values.peers === 'none' ? [] : chosen(values.peers, PEERS);
const parts = chosen(values.only, EXTRACT_PARTS);
const counts = [runs, peerRuns].every((count) => Number.isSafeInteger(count) && count > 0);
if (positionals.join() !== 'extract' || peers === null || parts === null || !counts || !(scale > 0)) {
  console.error(USAGE);
  process.exit(1);
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => stopping.abort(new Error(signal)));
const path = resolve(process.env['TICKMARK_BENCH_HOME'] || join(tmpdir(), 'tickmark-bench-home'));
mkdirSync(path, { recursive: true });
const home = openHome(path, { say: (line) => console.log(line), signal: stopping.signal });
try {
  const { whole } = await benchExtract({ scale, runs, peerRuns, peers, parts }, home);
  process.exitCode = whole ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** The names in a comma-separated list, in the order of those there are; null when one is unknown. */
function chosen<T extends string>(list: string, known: readonly T[]): readonly T[] | null {
  const names = list.split(',').map((name) => name.trim());
  return names.every((name) => known.includes(name as T)) ? known.filter((name) => names.includes(name)) : null;
}
