import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PullWindow } from '../../../engine/contracts/pull.ts';
import type { SourceTable } from '../../../engine/contracts/source.ts';
import { API_SECRETS, startHttpApi } from '../../servers/http-api.ts';
import type { HttpApi } from '../../servers/http-api.ts';
import { catchError } from '../../setup/catch-error.ts';
import { landRead } from '../../setup/land-read.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { connectionTo, openApi, readAll, readRequest } from './http-reading.ts';

let api: HttpApi;
let db: TestWarehouse;
let usual: HttpApi['options'];
beforeAll(async () => {
  [api, db] = await Promise.all([startHttpApi(), createTestWarehouse()]);
  usual = { ...api.options };
});
afterAll(async () => {
  await api.stop();
  await db.stop();
});
beforeEach(() => {
  Object.assign(api.options, usual);
});

const connection = (more: Readonly<Record<string, unknown>> = {}) => connectionTo(api.url, more);
const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `{"id":${at + 1},"amount":"${at}.50"}`);
const column = (name: string, more: Partial<SourceTable['columns'][number]> = {}): SourceTable['columns'][number] => ({
  name,
  decimal: '.',
  ...more,
});
const PAGED = {
  page: { path: 'page/sales', records: '/data/items', paging: { by: 'page', param: 'page', first: 1 } },
  cursor: { path: 'cursor/sales', records: '/data', paging: { by: 'cursor', next: '/meta/next', param: 'after' } },
  link: { path: 'link/sales', paging: { by: 'link_header' } },
} as const satisfies Record<string, Partial<SourceTable>>;
const message = async (work: () => unknown): Promise<string> => (await catchError(work)).message;

test('each kind of paging gives every record once, counted from the bytes and added up exactly', async () => {
  api.tables.set('sales', numbered(1_234));
  for (const [kind, paged] of Object.entries(PAGED)) {
    const before = api.requests.length;
    const { rows, figures, read } = await readAll(connection(), {
      table: { name: 'sales', key: ['id'], control_totals: ['amount', 'id'], ...paged },
    });
    expect([kind, rows.map(([id]) => Number(id))]).toEqual([kind, Array.from({ length: 1_234 }, (_, at) => at + 1)]);
    expect(figures).toEqual({
      rows: 1_234n,
      totals: [
        { column: 'amount', sum: '761378.00' },
        { column: 'id', sum: '761995' },
      ],
      whole: null,
      cursor: null,
      drift: { added: [], missing: [], discarded: [] },
    });
    const pages = kind === 'page' ? 14 : 13;
    expect(api.requests.length - before).toBe(pages);
    expect(read.query).toBe(`GET {shop}/${paged.path} (${pages} pages)`);
    expect(read.system).toMatchObject({ type: 'http', origin: api.url, auth: 'none', pages: String(pages) });
    expect(read.snapshotId).toMatch(/^none: pages read from \d{4}-.*Z to \d{4}-.*Z$/);
  }
});

test('the manifest tells what was asked, and the hash of every byte that was answered', async () => {
  api.tables.set('sales', numbered(3));
  api.options.etag = true;
  const params = { status: 'paid & sent' };
  const { read } = await readAll(connection(), {
    table: { name: 'sales', path: '/all/sales', records: '/data', params },
  });
  expect(read.query).toBe('GET {shop}/all/sales?status=paid+%26+sent (1 page)');
  expect(api.requests.at(-1)?.path).toBe('/all/sales?status=paid+%26+sent');
  const body = `{"data":[${numbered(3).join(',')}]}`;
  expect(read.system).toMatchObject({
    sha256: createHash('sha256').update(body).digest('hex'),
    bytes: String(body.length),
    etags_sha256: createHash('sha256').update(`"${body.length}"\n`).digest('hex'),
  });
  expect(read.snapshotId).toMatch(/^none: one page read from /);
});

test('a base URL with a path and a query keeps both, and a path cannot leave it', async () => {
  api.tables.set('sales', numbered(1));
  const base = connectionTo(`${api.url}/all?key=canary-key`);
  const { read } = await readAll(base, { table: { name: 'sales', records: '/data' } });
  expect(api.requests.at(-1)?.path).toBe('/all/sales?key=canary-key');
  expect(JSON.stringify([read.query, read.system, read.bindings])).not.toContain('canary');
  for (const path of ['../bare/sales', '%2e%2e/bare/sales', 'sales?x=1', 'sales#x', '..\\bare']) {
    expect(await message(() => readAll(base, { table: { name: 'sales', path, records: '/data' } }))).toContain(
      '[PROJECT_INVALID]',
    );
  }
});

test('values land exactly: digits of any length, texts, nested values word for word, null and absent as null', async () => {
  api.tables.set('exact', [
    '{"id":1,"n":12345678901234567890.123456789,"t":"ünï 🧾\\n\\"q\\"","nested":{"a": [1.0, 1e400 ]},"b":true,"z":null}',
    '{"id":2,"n":-0.10,"late":"x","nested":[]}',
  ]);
  const open = await openApi(connection());
  const columns = [
    column('id', { type: 'bigint' }),
    column('n', { type: 'numeric' }),
    column('nested', { type: 'json' }),
  ];
  const read = await open.read(readRequest({ table: { name: 'exact', path: 'all/exact', records: '/data', columns } }));
  expect(read.columns).toEqual([
    { name: 'id', type: 'bigint' },
    { name: 'n', type: 'numeric' },
    { name: 'nested', type: 'json' },
    { name: 't', type: 'text' },
    { name: 'b', type: 'text' },
    { name: 'z', type: 'text' },
    { name: 'late', type: 'text' },
  ]);
  const { rows } = await landRead(read, db.source);
  expect(rows).toEqual([
    ['1', '12345678901234567890.123456789', '{"a": [1.0, 1e400 ]}', 'ünï 🧾\n"q"', 'true', null, null],
    ['2', '-0.10', '[]', null, null, null, 'x'],
  ]);
  await open.close();
});

test('declared types read what is written as declared, and name the record and the column of what is not', async () => {
  const columns = [
    column('amount', { type: 'numeric', decimal: ',', group: '.' }),
    column('day', { type: 'date', format: 'dd.MM.yyyy' }),
    column('at', { type: 'timestamp', format: 'dd/MM/yyyy HH:mm' }),
  ];
  const table = { name: 'typed', path: 'all/typed', records: '/data', columns, control_totals: ['amount'] };
  api.tables.set('typed', [
    '{"amount":"1.234,56","day":"31.12.2026","at":"29/02/2024 23:59"}',
    '{"amount":"-1234,5","day":null}',
    '{"amount":7.25}',
  ]);
  const open = await openApi(connection());
  const { rows, figures } = await landRead(await open.read(readRequest({ table })), db.source);
  expect(rows).toEqual([
    ['1234.56', '2026-12-31', '2024-02-29 23:59:00'],
    ['-1234.5', null, null],
    ['7.25', null, null],
  ]);
  expect(figures.totals).toEqual([{ column: 'amount', sum: '7.31' }]);
  await open.close();
  for (const [record, name] of [
    ['{"amount":"1.23,4"}', 'amount'],
    ['{"amount":"1,234.56"}', 'amount'],
    ['{"amount":[1]}', 'amount'],
    ['{"day":"2026-12-31"}', 'day'],
    ['{"day":"31.02.2026"}', 'day'],
    ['{"at":"29/02/2023 23:59"}', 'at'],
  ] as const) {
    api.tables.set('typed', ['{"amount":1,"day":null,"at":null}', record]);
    const type = { amount: 'numeric', day: 'date', at: 'timestamp without time zone' }[name];
    expect(await message(() => readAll(connection(), { table }))).toBe(
      `connection shop, /all/typed, page 1, record 2: column ${name} is not a value of type ${type} [EXTRACT_TYPE_REFUSED]`,
    );
  }
});

test('a value that does not fit is refused, rejected with its place, or left out and counted, as the policy says', async () => {
  const columns = [
    column('id', { type: 'integer' }),
    column('amount', { type: 'numeric' }),
    column('iban', { pii: 'drop' }),
  ];
  const table = {
    name: 'unfit',
    ...PAGED.page,
    path: 'page/unfit',
    control_totals: ['amount'],
    columns,
  };
  api.options.pageSize = 2;
  api.tables.set('unfit', [
    '{"id":1,"amount":1}',
    '{"id":"canary","amount":2,"iban":"canary-iban"}',
    '{"id":3,"amount":"canary"}',
    '{"id":4,"amount":4}',
  ]);
  for (const schema_drift of ['freeze', 'evolve'] as const) {
    const refused = await message(() => readAll(connection(), { table: { ...table, schema_drift } }));
    expect(refused).toContain('page 1, record 2: column id is not a value of type integer [EXTRACT_TYPE_REFUSED]');
    expect(refused).not.toContain('canary');
  }
  const rejecting = await readAll(connection(), { table: { ...table, schema_drift: 'discard_row' } });
  expect(rejecting.rejected).toEqual([
    { at: 'page 1, record 2', reason: 'column id is not a value of type integer', row: '{"id":"canary","amount":2}' },
    {
      at: 'page 2, record 1',
      reason: 'column amount is not a value of type numeric',
      row: '{"id":3,"amount":"canary"}',
    },
  ]);
  expect(rejecting.rows).toHaveLength(2);
  expect(rejecting.figures).toMatchObject({ rows: 4n, totals: [{ column: 'amount', sum: '5' }] });
  const discarding = await readAll(connection(), { table: { ...table, schema_drift: 'discard_value' } });
  expect(discarding.rows).toHaveLength(4);
  expect(discarding.rows[1]?.[0]).toBeNull();
  expect(discarding.figures.totals).toEqual([{ column: 'amount', sum: '7' }]);
  expect(discarding.read.system).toMatchObject({ discarded_values: '2' });
});

test('a new member and one that is gone follow the drift policy; a part of a table proves nothing gone', async () => {
  const table = { name: 'drift', path: 'all/drift', records: '/data' };
  const standing = [
    { name: 'id', type: 'text' },
    { name: 'gone', type: 'text' },
  ];
  api.tables.set('drift', ['{"id":1}', '{"id":2,"new":"x"}', '{"id":3,"new":null}']);
  expect(await message(() => readAll(connection(), { table, standing }))).toBe(
    'sql/shop/sources.yml:3: the columns of connection shop, /all/drift changed (new: new; gone: gone) [LAND_SCHEMA_CHANGED]',
  );
  const read = async (schema_drift: SourceTable['schema_drift'], more: object = {}) => {
    const all = await readAll(connection(), { table: { ...table, schema_drift }, standing, ...more });
    return { columns: all.read.columns.map(({ name }) => name), rows: all.rows, drift: all.figures.drift, all };
  };
  expect(await read('evolve')).toMatchObject({
    columns: ['id', 'gone', 'new'],
    rows: [
      ['1', null, null],
      ['2', null, 'x'],
      ['3', null, null],
    ],
    drift: { added: ['new'], missing: ['gone'], discarded: [] },
  });
  expect(await read('discard_value')).toMatchObject({ columns: ['id', 'gone'], drift: { discarded: ['new'] } });
  const { rows, all } = await read('discard_row');
  expect(rows).toEqual([
    ['1', null],
    ['3', null],
  ]);
  expect(all.rejected).toEqual([
    { at: 'page 1, record 2', reason: 'it has a value in the new column new', row: '{"id":2,"new":"x"}' },
  ]);
  expect(all.figures.rows).toBe(3n);

  api.tables.set('drift', []);
  expect((await read('freeze')).drift).toEqual({ added: [], missing: [], discarded: [] });
  api.tables.set('drift', ['{"id":1}']);
  const window: PullWindow = { column: 'id', from: null, to: null, toIncluded: true, lag: null };
  expect((await read('freeze', { window })).drift.missing).toEqual([]);
  expect(await message(() => read('freeze'))).toContain('(gone: gone)');
});

test('what sources.yml names and no record has is refused at its line; so is a table of nothing', async () => {
  api.tables.set('sales', numbered(2));
  const table = { name: 'sales', path: 'all/sales', records: '/data' };
  for (const named of [
    { key: ['nr'] },
    { control_totals: ['nr'] },
    { period: 'nr' },
    { columns: [column('nr')], key: ['nr2'] },
  ]) {
    expect(await message(() => readAll(connection(), { table: { ...table, ...named } }))).toMatch(
      /^sql\/shop\/sources.yml:3: connection shop, \/all\/sales has no column .*EXTRACT_COLUMN_MISSING/,
    );
  }
  api.tables.set('none', []);
  expect(await message(() => readAll(connection(), { table: { ...table, path: 'all/none' } }))).toContain(
    'gave no record that has a member, and no columns are declared for it [EXTRACT_COLUMN_MISSING]',
  );
  api.tables.set('own', ['{"_links":{},"id":1}']);
  expect(await message(() => readAll(connection(), { table: { ...table, path: 'all/own' } }))).toContain('_links');
  const dropped = { ...table, path: 'all/own', columns: [column('_links', { pii: 'drop' })] };
  expect((await readAll(connection(), { table: dropped })).rows).toEqual([['1']]);
});

test('a control total over a text that is no number is refused without the text', async () => {
  api.tables.set('words', ['{"id":1,"amount":"1e2"}', '{"id":2,"amount":"canary"}']);
  const table = { name: 'words', path: 'all/words', records: '/data', control_totals: ['amount'] };
  expect(await message(() => readAll(connection(), { table }))).toBe(
    'connection shop, /all/words, page 1, record 2: column amount does not hold a plain decimal number [EXTRACT_NOT_A_NUMBER]',
  );
  api.tables.set('words', ['{"id":1,"amount":1e2}', '{"id":2,"amount":0.5}', '{"id":3}']);
  expect((await readAll(connection(), { table })).figures.totals).toEqual([{ column: 'amount', sum: '100.5' }]);
});

test('a window gives its rows and those without a value, and proves the whole where all rows came', async () => {
  const rows = ['10', '20', '20', '30', '40'].map((at, id) => `{"id":${id + 1},"at":${at},"n":1}`);
  api.tables.set('grow', [...rows, '{"id":6,"at":null,"n":1}', '{"id":7,"n":1}']);
  api.options.pageSize = 2;
  const table = {
    name: 'grow',
    ...PAGED.cursor,
    path: 'cursor/grow',
    columns: [column('at', { type: 'integer' })],
    control_totals: ['n'],
  };
  const read = async (window: Partial<PullWindow>) => {
    const asked = { column: 'at', from: null, to: null, toIncluded: true, lag: null, ...window };
    const {
      rows: read,
      read: { columns },
      figures,
    } = await readAll(connection(), { table, window: asked });
    const at = columns.findIndex(({ name }) => name === 'id');
    return { ids: read.map((row) => Number(row[at])), ...figures };
  };
  const total = (sum: string) => [{ column: 'n', sum }];
  expect(await read({})).toMatchObject({
    ids: [1, 2, 3, 4, 5, 6, 7],
    rows: 7n,
    cursor: { upper: '40', nullRows: 2n },
    whole: { rows: 7n, totals: total('7') },
  });
  expect(await read({ from: '20' })).toMatchObject({
    ids: [2, 3, 4, 5, 6, 7],
    rows: 6n,
    totals: total('6'),
    whole: { rows: 7n, totals: total('7') },
  });
  expect(await read({ from: '20', lag: '15' })).toMatchObject({
    ids: [2, 3, 6, 7],
    rows: 4n,
    totals: total('4'),
    cursor: { upper: '25', nullRows: 2n },
    whole: { rows: 5n, totals: total('5') },
  });
  expect(await read({ from: '20', to: '30', toIncluded: false })).toMatchObject({
    ids: [2, 3],
    rows: 2n,
    cursor: { upper: '30', nullRows: 0n },
    whole: null,
  });
  expect(await read({ from: '20', to: '30' })).toMatchObject({ ids: [2, 3, 4, 6, 7], whole: { rows: 6n } });
  expect(await message(() => read({ from: 'x' }))).toContain('[EXTRACT_CURSOR_REFUSED]');
});

test('since_param asks one step below the bound, so that an API that leaves its bound out loses no row', async () => {
  const day = (hour: number): string => `2026-01-05T${String(hour).padStart(2, '0')}:00:00Z`;
  api.tables.set(
    'since',
    Array.from({ length: 24 }, (_, at) => `{"id":${at},"changed":"${day(at)}"}`),
  );
  const table = {
    name: 'since',
    path: 'all/since',
    records: '/data',
    since_param: 'since',
    columns: [column('changed', { type: 'timestamptz' })],
  };
  const window = { column: 'changed', from: '2026-01-05 21:00:00+00', to: null, toIncluded: true, lag: null };
  for (const inclusive of [true, false]) {
    api.options.since = { member: 'changed', inclusive };
    const { rows, read, figures } = await readAll(connection(), { table, window });
    expect(api.requests.at(-1)?.path).toBe('/all/since?since=2026-01-05T20%3A59%3A59Z');
    expect(read.bindings).toEqual({ since: '2026-01-05T20:59:59Z' });
    expect(rows).toHaveLength(3);
    expect(figures).toMatchObject({ rows: 3n, whole: null, cursor: { upper: day(23) } });
  }
  // An API that does not know the parameter gives everything, and the window is the same.
  api.options.since = undefined;
  expect((await readAll(connection(), { table, window })).rows).toHaveLength(3);
});

test('every kind of auth is let in, and no secret of it leaves', async () => {
  api.tables.set('sales', numbered(250));
  const table = { name: 'sales', ...PAGED.cursor };
  const { token, user, password, clientId, clientSecret } = API_SECRETS;
  const oauth2 = { type: 'oauth2', token_url: `${api.url}/token`, client_id: clientId, client_secret: clientSecret };
  const kinds = [
    ['bearer', { type: 'bearer', token }, { type: 'bearer', token: 'canary-wrong' }],
    ['basic', { type: 'basic', user, password }, { type: 'basic', user, password: 'canary-wrong' }],
    ['oauth2', oauth2, { ...oauth2, client_secret: 'canary-wrong' }],
    ['oauth2-form', oauth2, { ...oauth2, client_secret: 'canary-wrong' }],
  ] as const;
  for (const [kind, auth, wrong] of kinds) {
    api.options.auth = kind;
    const { rows, read } = await readAll(connection({ auth, headers: { 'X-Api-Key': 'canary-key' } }), { table });
    expect([kind, rows.length]).toEqual([kind, 250]);
    expect(api.requests.at(-1)?.headers['x-api-key']).toBe('canary-key');
    expect(read.system).toMatchObject({ auth: auth.type });
    expect(JSON.stringify([read.system, read.query, read.bindings])).not.toMatch(/canary/);
    const refused = await catchError(() => readAll(connection({ auth: wrong }), { table }));
    expect([kind, refused.code]).toEqual([kind, 'EXTRACT_HTTP_REFUSED']);
    expect(`${refused.message}${refused.stack}`).not.toMatch(/canary/);
  }
});

test('an oauth2 token is fetched once, anew before it ends, and once more when the API no longer takes it', async () => {
  api.tables.set('sales', numbered(500));
  const { clientId, clientSecret } = API_SECRETS;
  const auth = { type: 'oauth2', token_url: `${api.url}/token`, client_id: clientId, client_secret: clientSecret };
  api.options.auth = 'oauth2';
  const table = { name: 'sales', ...PAGED.cursor };
  const tokens = async (more: () => void = () => undefined): Promise<number> => {
    const before = api.tokensGiven();
    more();
    const { rows } = await readAll(connection({ auth }), { table });
    expect(rows).toHaveLength(500);
    return api.tokensGiven() - before;
  };
  expect(await tokens()).toBe(1);
  expect(
    await tokens(() => {
      api.options.onPage = (page) => {
        if (page === 2) {
          api.options.onPage = undefined;
          api.revokeTokens();
        }
      };
    }),
  ).toBe(2);
  api.options.tokenSeconds = 1;
  expect(
    await tokens(() => {
      api.options.onPage = (page) => new Promise((resolve) => setTimeout(resolve, page === 1 ? 1_100 : 0));
    }),
  ).toBe(2);
  api.options.onPage = undefined;
  api.fail('401', { times: 2 });
  expect(await message(() => readAll(connection({ auth }), { table }))).toBe(
    'connection shop, /cursor/sales, page 1: status 401 [EXTRACT_HTTP_REFUSED]',
  );
});

test('packed answers are unpacked, and one that is packed in a way that was not asked for is refused', async () => {
  api.tables.set('sales', numbered(250));
  for (const encoding of ['gzip', 'br'] as const) {
    api.options.encoding = encoding;
    expect((await readAll(connection(), { table: { name: 'sales', ...PAGED.page } })).rows).toHaveLength(250);
  }
  api.options.encoding = 'compress';
  expect(await message(() => readAll(connection(), { table: { name: 'sales', ...PAGED.page } }))).toContain(
    '[EXTRACT_HTTP_REFUSED]',
  );
});

test('ceilings hold: a page that unpacks without end, more bytes and more records than the limits', async () => {
  api.tables.set('sales', numbered(1_000));
  const table = { name: 'sales', ...PAGED.page };
  expect(await message(() => readAll(connection({ limits: { rows: 999 } }), { table }))).toContain(
    'has more than 999 records [EXTRACT_CEILING]',
  );
  expect(await message(() => readAll(connection({ limits: { bytes: 20_000 } }), { table }))).toContain(
    '[EXTRACT_CEILING]',
  );
  expect((await readAll(connection({ limits: { rows: 1_000 } }), { table })).rows).toHaveLength(1_000);
  api.options.encoding = 'bomb';
  const before = process.memoryUsage().rss;
  expect(await message(() => readAll(connection(), { table }))).toContain(
    'is larger than 67108864 bytes [EXTRACT_CEILING]',
  );
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
});

test('requests are spaced as declared', async () => {
  api.tables.set('sales', numbered(500));
  const start = performance.now();
  await readAll(connection({ requests_per_second: 20 }), { table: { name: 'sales', ...PAGED.cursor } });
  expect(performance.now() - start).toBeGreaterThan(190);
});

test('a header that would change the request itself is refused by name, without its value', async () => {
  for (const [name, value] of [
    ['Host', 'canary'],
    ['content-length', 'canary'],
    ['Transfer-Encoding', 'canary'],
    ['x y', 'canary'],
    ['x-a', 'canary\r\nx-b: 1'],
  ] as const) {
    const refused = await message(() => openApi(connection({ headers: { [name]: value } })));
    expect(refused).toContain('[CONFIG_INVALID]');
    expect(refused).not.toContain('canary');
  }
  const bearer = { type: 'bearer', token: 'canary\r\nx: 1' };
  expect(await message(() => openApi(connection({ auth: bearer })))).not.toContain('canary');
});

test('100,000 records of many pages come in small chunks, and nothing of them stays on disk', async () => {
  const note = 'x'.repeat(200);
  api.tables.set(
    'large',
    Array.from({ length: 100_000 }, (_, at) => `{"id":${at},"note":"${note}"}`),
  );
  api.options.pageSize = 2_000;
  const kept = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('tickmark-pages-'));
  const before = await kept();
  const open = await openApi(connection());
  const read = await open.read(readRequest({ table: { name: 'large', ...PAGED.link, path: 'link/large' } }));
  expect(await kept()).toEqual(before);
  let bytes = 0;
  let largest = 0;
  for await (const chunk of read.rows) {
    bytes += chunk.length;
    largest = Math.max(largest, chunk.length);
  }
  expect(bytes).toBeGreaterThan(20_000_000);
  expect(largest).toBeLessThan(300_000);
  expect((await read.figures()).rows).toBe(100_000n);
  await open.close();
}, 30_000);
