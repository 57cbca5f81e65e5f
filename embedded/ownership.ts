import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts';
import { withLock } from './with-lock.ts';

/** The ports a server listens on, by name. */
export type Ports = Readonly<Record<string, number>>;

/** A running server: its process and its ports. */
export interface RunningServer {
  readonly pid: number;
  readonly ports: Ports;
}

/** One way to ask a server to end, and how long to wait for that. */
export interface StopStep {
  readonly ask: (pid: number) => void | Promise<void>;
  readonly waitMs: number;
}

/** What the shared rule needs to know about one kind of server. */
export interface ServerKind {
  readonly name: string;
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Starts the server, on the remembered ports where they are free. */
  readonly launch: (remembered: Ports) => Promise<RunningServer>;
  /** Finds a server of this folder that runs although no record says so. */
  readonly find: () => RunningServer | null;
  /** Resolves once the server answers; must give up when `isUp` turns false. */
  readonly untilReady: (ports: Ports, isUp: () => boolean) => Promise<void>;
  readonly stopSteps: readonly StopStep[];
}

/** A server this process may use; it is stopped by `stop` only when `owned`. */
export interface OwnedServer {
  readonly ports: Ports;
  readonly owned: boolean;
  readonly stop: () => Promise<void>;
}

/**
 * Gives the folder's one running server: attaches to it while its owner lives, adopts it when the owner is dead,
 * and starts it otherwise.
 *
 * Safe to call from several processes at once: one starts the server, the others attach.
 */
export async function ownServer(kind: ServerKind): Promise<OwnedServer> {
  await mkdir(kind.folder, { recursive: true });
  return locked(kind, async () => {
    const record = readRecord(kind.folder);
    const running = findRunning(kind, record);
    if (running === null || !(await answers(kind, running))) return start(kind, record.remembered);
    if (record.owner !== null && isAlive(record.owner)) {
      return { ports: running.ports, owned: false, stop: async () => {} };
    }
    kind.say(`${kind.name} was left running by a process that is gone; using it`);
    return own(kind, running.server, running.ports);
  });
}

interface Running {
  readonly server: ProcessIdentity;
  readonly ports: Ports;
}

interface ServerRecord {
  readonly server: ProcessIdentity | null;
  readonly owner: ProcessIdentity | null;
  readonly ports: Ports;
  /** Every port ever used by name, so that addresses people have open keep working after a restart. */
  readonly remembered: Ports;
}

const noRecord: ServerRecord = { server: null, owner: null, ports: {}, remembered: {} };

const startAttempts = 6;

// A start may lose its port to another program, or meet the last backends of a server that was just killed: both pass.
async function start(kind: ServerKind, remembered: Ports): Promise<OwnedServer> {
  for (let attempt = 1; ; attempt += 1) {
    const { pid, ports } = await kind.launch(attempt === 1 ? remembered : {});
    const server = identifyProcess(pid) ?? { pid, birth: 'gone' };
    const owned = own(kind, server, ports);
    try {
      await readyOrGone(kind, { server, ports });
      return owned;
    } catch (error) {
      const diedByItself = !isAlive(server);
      await end(kind, server);
      if (!diedByItself || attempt === startAttempts) throw startError(kind, error);
      await sleep(attempt * 200);
    }
  }
}

// False when the server ended meanwhile: it was found while it was shutting down.
async function answers(kind: ServerKind, running: Running): Promise<boolean> {
  try {
    await readyOrGone(kind, running);
    return true;
  } catch (error) {
    if (isAlive(running.server)) throw error;
    return false;
  }
}

// A request to a server that is just dying waits for its whole deadline, so its process is watched as well.
async function readyOrGone(kind: ServerKind, { server, ports }: Running): Promise<void> {
  const isUp = () => isAlive(server);
  const watch = new AbortController();
  const ended = async () => {
    while (isUp()) await sleep(50, undefined, { signal: watch.signal });
    throw new Error('the server ended');
  };
  try {
    await Promise.race([kind.untilReady(ports, isUp), ended()]);
  } finally {
    watch.abort();
  }
}

function startError(kind: ServerKind, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${kind.name} did not start: ${reason}\n${lastLogLines(kind.folder)}`, { cause });
}

function lastLogLines(folder: string): string {
  const file = join(folder, 'log');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5) : [];
  return [...lines.map((line) => `  ${line}`), `  log: ${file}`].join('\n');
}

function findRunning(kind: ServerKind, record: ServerRecord): Running | null {
  if (record.server !== null && isAlive(record.server)) return { server: record.server, ports: record.ports };
  const found = kind.find();
  const server = found === null ? null : identifyProcess(found.pid);
  return found === null || server === null ? null : { server, ports: found.ports };
}

function own(kind: ServerKind, server: ProcessIdentity, ports: Ports): OwnedServer {
  const remembered = { ...readRecord(kind.folder).remembered, ...ports };
  writeRecord(kind.folder, { server, owner: identifyProcess(process.pid), ports, remembered });
  let stopping: Promise<void> | null = null;
  const stop = () => (stopping ??= locked(kind, () => end(kind, server)));
  return { ports, owned: true, stop };
}

async function end(kind: ServerKind, server: ProcessIdentity): Promise<void> {
  for (const step of kind.stopSteps) {
    if (!isAlive(server)) break;
    try {
      await step.ask(server.pid);
    } catch (error) {
      // It may have ended by itself since we looked.
      if (isAlive(server)) throw error;
    }
    await gone(server, step.waitMs);
  }
  if (isAlive(server)) throw new Error(`${kind.name} (pid ${server.pid}) could not be stopped`);
  const record = readRecord(kind.folder);
  // When this server died before, another process may have started and recorded the next one.
  const isOurs = record.server?.pid === server.pid && record.server.birth === server.birth;
  if (isOurs) writeRecord(kind.folder, { ...record, server: null, owner: null });
}

async function gone(server: ProcessIdentity, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs;
  while (isAlive(server) && performance.now() < deadline) await sleep(20);
}

function locked<T>(kind: ServerKind, work: () => Promise<T>): Promise<T> {
  const onWait = () => kind.say(`Waiting for another process that is starting or stopping ${kind.name} ...`);
  return withLock(join(kind.folder, 'lock'), onWait, work);
}

function readRecord(folder: string): ServerRecord {
  try {
    return { ...noRecord, ...(JSON.parse(readFileSync(recordFile(folder), 'utf8')) as Partial<ServerRecord>) };
  } catch {
    return noRecord;
  }
}

function writeRecord(folder: string, record: ServerRecord): void {
  const draft = `${recordFile(folder)}.${process.pid}.new`;
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, recordFile(folder));
}

function recordFile(folder: string): string {
  return join(folder, 'server.json');
}
