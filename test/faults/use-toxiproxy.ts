import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { startToxiproxy } from '../servers/toxiproxy.ts';
import type { RunningToxiproxy } from '../servers/toxiproxy.ts';

/** A toxiproxy and a folder that the tests of the calling file share: there before the first, gone after the last. */
export function useToxiproxy(): { readonly toxiproxy: RunningToxiproxy; readonly folder: string } {
  let started: RunningToxiproxy | undefined;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickmark-drill-'));
    started = await startToxiproxy(folder);
    // Building the proxy's program, once on a machine, takes half a minute.
  }, 300_000);
  afterAll(async () => {
    await started?.stop();
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });
  return {
    get toxiproxy() {
      if (started === undefined) throw new Error('toxiproxy has not started yet');
      return started;
    },
    get folder() {
      return folder;
    },
  };
}
