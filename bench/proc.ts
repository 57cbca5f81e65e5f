import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TICK_MS = 10;

/** Processor time of this process' children that have ended, and of theirs. */
export function childrenCpuMs(): number {
  return sumTicks(statFields('self'), 'ended children');
}

/** Processor time of the server whose data lie here: the postmaster, its living processes and those that have ended. */
export function serverCpuMs(dataDir: string): number {
  const postmaster = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0] ?? '';
  const own = statFields(postmaster);
  return childrenOf(Number(postmaster)).reduce(
    (sum, pid) => sum + sumTicks(statFields(String(pid)), 'own'),
    sumTicks(own, 'own') + sumTicks(own, 'ended children'),
  );
}

/** Resident memory of a process and all below it, at this moment. */
export function treeBytes(pid: number): number {
  const own = Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1_024;
  return childrenOf(pid).reduce((sum, child) => sum + treeBytes(child), own);
}

function childrenOf(pid: number): readonly number[] {
  const threads = list(`/proc/${pid}/task`).map((thread) => read(`/proc/${pid}/task/${thread}/children`));
  return threads.flatMap((children) => children.split(' ').filter(Boolean).map(Number));
}

/** Of /proc/<pid>/stat, the fields after the name: state, parent, ... */
function statFields(pid: string): readonly string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** User and system time are the 12th and 13th field after the name; those of children that have ended follow. */
function sumTicks(fields: readonly string[], of: 'own' | 'ended children'): number {
  const [user = '0', system = '0'] = of === 'own' ? fields.slice(11, 13) : fields.slice(13, 15);
  return (Number(user) + Number(system)) * TICK_MS;
}

/** A process may end between being listed and being looked at: it is then nothing. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
