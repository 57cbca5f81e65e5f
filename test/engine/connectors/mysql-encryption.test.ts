import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../../../embedded/run-program.ts';
import { parseMysqlAddress } from '../../../engine/connectors/mysql-address.ts';
import { catchError } from '../../setup/catch-error.ts';
import { createMysqlWorld, landTable, openMysql, withMysql } from './read-mysql.ts';
import type { MysqlWorld } from './read-mysql.ts';
import { readTable } from './read-table.ts';

let world: MysqlWorld;
let certificates: string;
beforeAll(async () => {
  certificates = await mkdtemp(join(tmpdir(), 'tickmark-mysql-tls-'));
  await chmod(certificates, 0o755);
  await makeCertificate(certificates, 'localhost');
  world = await createMysqlWorld({
    arguments: [`--ssl-cert=${certificates}/cert.pem`, `--ssl-key=${certificates}/key.pem`],
  });
}, 120_000);
afterAll(async () => {
  await world.stop();
  await rm(certificates, { recursive: true, force: true });
});

const query = `select variable_value as cipher from information_schema.session_status where variable_name = 'Ssl_cipher'`;
const cipherOf = async (parameters: string): Promise<string | null | undefined> => {
  const url = `${world.server.url.replace('127.0.0.1', 'localhost')}?${parameters}`;
  return (await landTable(world, { name: 'q', query }, { url })).rows[0]?.[0];
};

test('is on when asked for, with or without a look at the certificate, and off on this machine', async () => {
  expect(await cipherOf('ssl=skip-verify')).toMatch(/^TLS_|AES|CHACHA/);
  expect(await cipherOf(`ssl=true&ssl_ca=${certificates}/cert.pem`)).toMatch(/^TLS_|AES|CHACHA/);
  expect(await cipherOf('ssl=false')).toBe('');
  expect(await cipherOf('')).toBe('');
});

test('refuses a certificate of an unknown authority, or of another host', async () => {
  const unknown = await catchError(() => cipherOf('ssl=true'));
  expect(unknown).toMatchObject({ code: 'CONFIG_INVALID' });
  expect(unknown.message).toContain("the server's certificate is not trusted");
  const address = await catchError(() => openMysql(world, { url: `${world.server.url}?ssl=true` }));
  expect(address.message).toContain('url names an address, and a certificate is of a name');
  await makeCertificate(certificates, 'elsewhere.test');
  await world.run('flush ssl');
  const trusted = `ssl=true&ssl_ca=${certificates}/cert.pem`;
  const other = await catchError(() => cipherOf(trusted));
  expect(other.message).toContain("the server's certificate is not trusted");
  await makeCertificate(certificates, 'localhost');
  await world.run('flush ssl');
  expect(await cipherOf(trusted)).toMatch(/^TLS_/);
});

test('is the default for a server elsewhere', async () => {
  const context = { name: 'erp', root: '.' };
  expect((await parseMysqlAddress('mysql://a:b@db.example.org/x', context)).tls).toMatchObject({
    rejectUnauthorized: true,
    verifyIdentity: true,
  });
  expect((await parseMysqlAddress('mysql://a:b@localhost/x', context)).tls).toBeNull();
  expect(await parseMysqlAddress('mysql://a:b@[::1]:3307/x', context)).toMatchObject({
    tls: null,
    port: 3307,
    host: '::1',
  });
});

test('holds rows back too, and gives up on rows too large', async () => {
  await world.run(`create table huge (t longtext); insert into huge values (repeat('x', 60000000));
    create view million as select cast(seq as signed) as id, repeat('x', 100) as t from seq_1_to_1000000`);
  const url = `${world.server.url}?ssl=skip-verify`;
  const error = await catchError(() => landTable(world, { name: 'huge' }, { url, bytes: 1_000_000 }));
  expect(error).toMatchObject({ code: 'EXTRACT_CEILING' });
  const before = process.memoryUsage().rss;
  await withMysql(
    world,
    async (open) => {
      const read = await readTable(open, { name: 'million' });
      let chunks = 0;
      let most = 0;
      for await (const chunk of read.rows) {
        if (chunk.length > 0 && (chunks += 1) === 3) await sleep(2_000);
        most = Math.max(most, process.memoryUsage().rss - before);
        if (chunks > 50) break;
      }
      expect(most).toBeLessThan(80 * 1024 * 1024);
    },
    { url },
  );
}, 30_000);

/** Of a host, signed by itself. */
async function makeCertificate(folder: string, host: string): Promise<void> {
  const key = join(folder, 'key.pem');
  const args = [
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30'.split(' '),
    ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`],
    ['-keyout', key, '-out', join(folder, 'cert.pem')],
  ].flat();
  const made = await runProgram({ command: 'openssl', args, cwd: folder, env: process.env });
  if (made.code !== 0) throw new Error(`openssl could not make a certificate: ${made.output}`);
  await chmod(key, 0o644);
}
