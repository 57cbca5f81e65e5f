import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../embedded/postgres.ts';
import { benchPull } from './pull.ts';

/**
 * `npm run bench -- pull [--rows 500000] [--pairs 3]`: measures on a Postgres of its own in a temporary folder, which is gone
 * afterwards. Another measurement is another file beside `pull.ts` and another name here.
 */
const BENCHES = { pull: benchPull };

const { values, positionals } = parseArgs({
  options: { rows: { type: 'string', default: '500000' }, pairs: { type: 'string', default: '3' } },
  allowPositionals: true,
});
const [name = ''] = positionals;
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name as keyof typeof BENCHES] : undefined;
const [rows, pairs] = [Number(values.rows), Number(values.pairs)];
if (bench === undefined || !Number.isSafeInteger(rows) || rows < 1 || !Number.isSafeInteger(pairs) || pairs < 1) {
  console.error(`usage: npm run bench -- <${Object.keys(BENCHES).join('|')}> [--rows N] [--pairs N]`);
  process.exit(1);
}

const home = await mkdtemp(join(tmpdir(), 'tickmark-bench-'));
try {
  // Root's Postgres runs as another user, who must be able to enter.
  await chmod(home, 0o755);
  const server = await startPostgres({ home, durability: 'safe', say: (line) => console.error(line) });
  try {
    await bench({ rows, pairs }, { server, say: (line) => console.log(line) });
  } finally {
    await server.stop();
  }
} finally {
  await rm(home, { recursive: true, force: true });
}
