import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Another process that starts a server and keeps owning it; what it got is the JSON of `served`. */
export interface OwnerProcess {
  readonly child: ChildProcess;
  readonly served: Record<string, unknown>;
  /** Ends it and its whole process group as `kill -9` does: no shutdown code runs. */
  readonly killGroup: () => Promise<void>;
}

/** Starts a server from a process of its own; the code is the expression that starts it, after the import. */
export async function ownerProcess(module: string, start: string): Promise<OwnerProcess> {
  const url = new URL(`../../embedded/${module}`, import.meta.url).href;
  const code = `
    import * as embedded from ${JSON.stringify(url)};
    const served = await embedded.${start};
    console.log(JSON.stringify(served));
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const killGroup = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    process.kill(-child.pid!, 'SIGKILL');
    await ended;
  };
  return { child, served: JSON.parse(line) as Record<string, unknown>, killGroup };
}
