// Plain JavaScript for Node 18 and later, with Node's own modules only: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Installs the dependencies where they are missing or outdated, then runs the entry on a Node that runs TypeScript.
 *
 * This process ends as the entry does: with its exit code, or by its signal.
 */
export async function run(entry, args) {
  try {
    const installed = await install();
    end(installed.signal === null ? await runEntry(path.resolve(root, entry), args) : installed);
  } catch (error) {
    if (error.isProblem !== true) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const modules = path.join(root, 'node_modules');
const isWindows = process.platform === 'win32';

const ready = { code: 0, signal: null };

// ---- installing

const stamp = path.join(modules, '.tickmark-lock-sha256');

async function install() {
  if (isInstalled()) return ready;
  const release = await lock();
  try {
    // Another process may have installed while this one waited.
    if (isInstalled()) return ready;
    process.stderr.write('Installing dependencies (once) ...\n');
    const [command, ...args] = npm();
    const ci = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    const ended = await runToEnd(command, [...args, ...ci], {
      cwd: root,
      // npm's own output is no answer to what the user asked, so it must not mix with the entry's.
      stdio: ['ignore', 2, 2],
      shell: command === 'npm.cmd',
      onStart: (pid) => release.alsoHeldBy(pid),
    });
    if (ended.signal !== null) return ended;
    if (ended.error !== undefined)
      throw problem(`npm could not be started (${ended.error.message}); install npm, then run this again`);
    if (ended.code !== 0) {
      throw problem(
        'The dependencies could not be installed, see the lines above; check the network and the npm registry, then run this again',
      );
    }
    writeStamp();
    return ready;
  } finally {
    release();
  }
}

function isInstalled() {
  if (!fs.existsSync(modules)) return false;
  const stamped = modifiedAt(stamp);
  if (stamped !== null && fs.readFileSync(stamp, 'utf8').trim() === lockHash()) return true;
  // npm writes this file last: newer than the lock file and our stamp means installed by hand, from this lock file.
  const done = modifiedAt(path.join(modules, '.package-lock.json'));
  if (done === null || done < modifiedAt(lockFile) || (stamped !== null && done < stamped)) return false;
  writeStamp();
  return true;
}

function modifiedAt(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

const lockFile = path.join(root, 'package-lock.json');

function lockHash() {
  return createHash('sha256').update(fs.readFileSync(lockFile)).digest('hex');
}

function writeStamp() {
  const draft = `${stamp}.${process.pid}`;
  try {
    fs.mkdirSync(modules, { recursive: true });
    fs.writeFileSync(draft, `${lockHash()}\n`);
    fs.renameSync(draft, stamp);
  } catch (error) {
    // A read-only installation is complete too; it is only looked at again the next time.
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
  }
}

function npm() {
  const candidates = [
    process.env.npm_execpath,
    path.join(path.dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(path.dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  // Under yarn or pnpm npm_execpath names those, which do not know `npm ci`.
  const script = candidates.find((file) => file && path.basename(file) === 'npm-cli.js' && fs.existsSync(file));
  if (script) return [process.execPath, script];
  // On Windows npm is a batch file, which Node only starts through a shell.
  return [isWindows ? 'npm.cmd' : 'npm'];
}

// ---- one installation at a time

const lockDir = path.join(root, '.tickmark', 'install.lock');
const heartbeatMs = 2_000;
const staleMs = 60_000;

async function lock() {
  for (let announced = false; !tryLock();) {
    breakStaleLock();
    if (!announced) process.stderr.write('Waiting for another process that is installing the dependencies ...\n');
    announced = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const beat = setInterval(() => touch(lockDir), heartbeatMs);
  const release = () => {
    clearInterval(beat);
    if (holder(lockDir)?.token === token) fs.rmSync(lockDir, { recursive: true, force: true });
  };
  release.alsoHeldBy = (pid) => writeHolder([process.pid, pid]);
  return release;
}

function tryLock() {
  try {
    fs.mkdirSync(path.dirname(lockDir), { recursive: true });
    fs.mkdirSync(lockDir);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw problem(`The dependencies are not installed and ${root} cannot be written to (${error.code})`);
  }
  writeHolder([process.pid]);
  return true;
}

const token = randomBytes(8).toString('hex');

function writeHolder(pids) {
  fs.writeFileSync(path.join(lockDir, 'holder.json'), JSON.stringify({ token, pids }));
}

// Stale: all its processes are gone, or its heart stopped (a recycled pid looks alive).
function breakStaleLock() {
  const before = holder(lockDir);
  const age = Date.now() - (fs.statSync(lockDir, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  const isGone = before !== null && !before.pids.some(isAlive);
  if (!isGone && age < staleMs) return;
  const aside = `${lockDir}.${token}`;
  try {
    fs.renameSync(lockDir, aside);
    // Another process may have broken the same lock and taken it in between: then what we moved is its new one.
    if (holder(aside)?.token !== before?.token) fs.renameSync(aside, lockDir);
  } catch {
    // Someone else was faster, both times.
  }
  fs.rmSync(aside, { recursive: true, force: true });
}

function holder(dir) {
  try {
    return JSON.parse(fs.readFileSync(path.join(dir, 'holder.json'), 'utf8'));
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function touch(file) {
  try {
    fs.utimesSync(file, new Date(), new Date());
  } catch {
    // Someone removed the folder; the installation goes on.
  }
}

// ---- running

async function runEntry(entry, args) {
  for (const node of runtimes()) {
    const ended = await runToEnd(node, ['--disable-warning=ExperimentalWarning', entry, ...args], { stdio: 'inherit' });
    // The pinned Node needs glibc; where it cannot start, the installed one may do.
    if (ended.error === undefined) return ended;
  }
  throw problem(
    `Tickmark needs Node 22.18 or later and this is ${process.version}: install a newer Node from nodejs.org, ` +
      'or run npm ci with optional dependencies, which brings one along where there is one for this machine',
  );
}

function runtimes() {
  const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  const pinned = path.join(modules, name, 'bin', isWindows ? 'node.exe' : 'node');
  return [
    ...(fs.existsSync(pinned) ? [pinned] : []),
    ...(runsTypeScript(process.versions.node) ? [process.execPath] : []),
  ];
}

// Node runs .ts files without a flag from 22.18 and from 23.6 on.
function runsTypeScript(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

// Resolves when the program ended, and passes on each signal that only this process got.
function runToEnd(command, args, { onStart, ...options }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { windowsHide: true, ...options });
    const hadTerminal = hasTerminal();
    const forward = (signal) => {
      // A terminal sends Ctrl-C, and its own closing, to the child as well, which must not get them twice.
      const isShared = (signal === 'SIGINT' && hadTerminal && isForeground()) || (signal === 'SIGHUP' && hadTerminal);
      if (!isShared) child.kill(signal);
    };
    for (const signal of signals) process.on(signal, forward);
    const finish = (ended) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(ended);
    };
    child.once('error', (error) => finish({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => finish({ code, signal }));
    if (child.pid !== undefined) onStart?.(child.pid);
  });
}

function hasTerminal() {
  if (isWindows) return true;
  try {
    // Opens only for a process that has a controlling terminal, wherever its input and output go.
    fs.closeSync(fs.openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

// A terminal's Ctrl-C only reaches its foreground group; a job in the background was signalled by someone's kill.
function isForeground() {
  if (isWindows) return true;
  const shown = spawnSync('/bin/ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], { encoding: 'utf8' });
  const [group, foreground] = (shown.stdout ?? '').trim().split(/\s+/);
  return foreground === undefined || group === foreground;
}

function end({ code, signal }) {
  if (signal === null) {
    process.exitCode = code ?? 1;
    return;
  }
  // Dying by the same signal tells a calling shell or supervisor what happened.
  process.exitCode = 1;
  process.kill(process.pid, signal);
}

function problem(message) {
  return Object.assign(new Error(message), { isProblem: true });
}

const script = process.argv[1];
if (script !== undefined && fs.realpathSync(script) === fileURLToPath(import.meta.url)) {
  const [entry, ...args] = process.argv.slice(2);
  if (entry === undefined) {
    process.stderr.write('usage: node bin/bootstrap.mjs <entry.ts> [args...]\n');
    process.exitCode = 1;
  } else {
    await run(entry, args);
  }
}
