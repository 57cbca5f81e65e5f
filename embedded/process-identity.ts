import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A process that a recycled pid cannot impersonate; `birth` is null where the system does not tell. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly birth: string | null;
}

/** Names the live process behind a pid, or null when there is none or only a zombie is left. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  if (existsSync('/proc/self/stat')) return fromProc(pid);
  return process.platform === 'win32' ? fromSignal(pid) : fromPs(pid);
}

/** True only while this very process, and not a later one with its pid, is alive. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identifyProcess(identity.pid);
  return now !== null && (identity.birth === null || now.birth === identity.birth);
}

/** The command line of a live process, or null where the system does not tell. */
export function commandLine(pid: number): string | null {
  try {
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return null;
  }
  return process.platform === 'win32' ? null : ps(pid, 'command=');
}

function fromProc(pid: number): ProcessIdentity | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The program's name is in brackets and may hold spaces, so fields count from the last bracket: proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  // In a container whose first process reaps nobody, a dead server stays a zombie for good.
  if ((state === 'Z' && !hasLiveThreads(pid)) || state === 'X') return null;
  return { pid, birth: `${bootId()} ${fields[19]}` };
}

// While its other threads are still ending, a killed process holds on to its ports.
function hasLiveThreads(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown-boot';
  }
}

function fromPs(pid: number): ProcessIdentity | null {
  const line = ps(pid, 'stat=,lstart=');
  if (line === null || line.startsWith('Z')) return null;
  return { pid, birth: line.replace(/^\S+\s+/, '') };
}

function ps(pid: number, columns: string): string | null {
  const shown = spawnSync('/bin/ps', ['-ww', '-o', columns, '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
  });
  return shown.status === 0 && shown.stdout.trim() !== '' ? shown.stdout.trim() : null;
}

function fromSignal(pid: number): ProcessIdentity | null {
  try {
    process.kill(pid, 0);
    return { pid, birth: null };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? { pid, birth: null } : null;
  }
}
