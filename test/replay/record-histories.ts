import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

/**
 * `node test/replay/record-histories.ts` runs every kind of workflow on real servers and keeps its history in `histories/`, for
 * replay.test.ts. Record anew only when a workflow changed on purpose and no run that began before the change can still be open;
 * otherwise add a file under another name and keep the old one.
 */
process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const vitest = await startVitest('test', [], {
  run: true,
  watch: false,
  include: ['test/replay/histories.recording.ts'],
});
await vitest.close();
