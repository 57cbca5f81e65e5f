import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

/**
 * Ends the sessions that a killed server left behind on this data directory, which would keep a new one from starting.
 *
 * A busy session only looks for its dead server between waits, so a long query goes on for minutes, and what it
 * writes is lost in any case. Call it only when no server runs here. Only Linux tells which sessions those are.
 */
export function endOrphanBackends(dataDir: string): void {
  const folder = realpathSync(dataDir);
  for (const pid of processes()) {
    if (!isBackendOf(pid, folder)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

function processes(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

// Every process of a server works in its data directory and shows what it does as its name.
function isBackendOf(pid: number, folder: string): boolean {
  try {
    return (
      readlinkSync(`/proc/${pid}/cwd`) === folder &&
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('postgres: ')
    );
  } catch {
    return false;
  }
}
