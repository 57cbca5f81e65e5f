import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readQuery } from '../../engine/warehouse/read-query.ts';
import { openWarehouse } from '../../engine/warehouse/warehouse.ts';
import { createTestWorld } from '../setup/test-world.ts';
import type { TestWorld } from '../setup/test-world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
  await world.startWorker();
});
afterAll(() => world.stop());

interface Resource {
  readonly type: string;
  readonly id: string;
}

const PERIOD = '{"period_from": "2007-04-01", "period_to": "2007-06-30"}';

test('refresh --json gives the report as one document on stdout and its progress on stderr', async () => {
  const { document, stderr } = await json<{
    status: string;
    pulls: { table: string; rows: string }[];
    checks: { id: string; failures: string }[];
  }>('refresh', '--vertical', 'finance');
  expect(document.status).toBe('succeeded');
  expect(document.pulls.map(({ table, rows }) => [table, rows])).toEqual([
    ['gl_detail', '28160'],
    ['posting_log', '26590'],
  ]);
  expect(document.checks.find(({ id }) => id === 'finance.unbalanced_entry')?.failures).toBe('4');
  for (const step of ['extract', 'land', 'verify', 'transform', 'check', 'measure', 'publish', 'alert'])
    expect(stderr).toMatch(new RegExp(`ok\\s+${step} `));
});

test('ls lists what the project declares, and selectors choose from it', async () => {
  const all = (await json<Resource[]>('ls')).document;
  const count = (type: string): number => all.filter((resource) => resource.type === type).length;
  expect({ vertical: count('vertical'), source: count('source') }).toEqual({ vertical: 1, source: 2 });
  expect(count('control')).toBeGreaterThanOrEqual(6);
  expect(count('kri')).toBeGreaterThanOrEqual(4);

  const ids = async (...args: string[]): Promise<string[]> =>
    (await json<Resource[]>('ls', '--resource-type', 'model', ...args)).document.map(({ id }) => id).sort();
  const [upstream, downstream, source, intersection, union, excluded] = await Promise.all([
    ids('-s', '+entry_reconciliation'),
    ids('-s', 'stg_posting_log+'),
    ids('-s', 'source:posting_log+'),
    ids('-s', 'path:sql/finance/staging,stg_posting_log'),
    ids('-s', 'accounts users'),
    ids('-s', 'path:sql/finance/staging', '--exclude', 'stg_gl_detail'),
  ]);
  expect(upstream).toEqual(['entry_reconciliation', 'entry_side_totals', 'stg_gl_detail', 'stg_posting_log']);
  expect(downstream).toContain('entry_reconciliation');
  expect(downstream).not.toContain('accounts');
  expect(source).toEqual(downstream);
  expect([intersection, union, excluded]).toEqual([['stg_posting_log'], ['accounts', 'users'], ['stg_posting_log']]);
});

test('compile renders the models that are selected', async () => {
  const { document } = await json<{ name: string; sql: string; templateHash: string }[]>(
    'compile',
    '-s',
    'accounts',
    '--vars',
    'seldom_account_lines=7',
  );
  expect(document.map(({ name }) => name)).toEqual(['accounts']);
  expect(document[0]?.sql).toContain('count(*) <= 7 as is_seldom');
  expect(document[0]?.sql).toContain('"finance"."journal_lines"');
  expect(document[0]?.templateHash).toMatch(/^[0-9a-f]{64}$/);
});

test('show reads a model, and a query in which ref, source and var work', async () => {
  const [model, limited, inline] = await Promise.all([
    json<Record<string, string>[]>('show', 'ledger_totals'),
    json<unknown[]>('show', '--select', 'journal_lines', '--limit', '3'),
    json<Record<string, string>[]>(
      'show',
      '--inline',
      `select (select count(*) from {{ ref('journal_entries') }}) as entries,
         (select count(*) from {{ source('erp', 'gl_detail') }}) as lines, {{ var('seldom_user_lines') }} as seldom -- last`,
    ),
  ]);
  expect(model.document).toMatchObject([{ lines: '28160', debits: '463852232.48', credits: '464481704.37' }]);
  expect(limited.document).toHaveLength(3);
  expect(inline.document).toEqual([{ entries: '13295', lines: '28160', seldom: '10' }]);
});

test('trace leads a table, a KRI and a control back to the extraction queries', async () => {
  interface Traced {
    readonly figure: { kind: string; values: Record<string, string> };
    readonly sql: string | null;
    readonly checks: { id: string }[];
    readonly models: { name: string }[];
    readonly landed: { table: string; manifest: { query: string; copiedRows: string; contentHash: string } }[];
    readonly intact: boolean;
  }
  const [table, kri, control] = await Promise.all([
    json<Traced>('trace', 'journal_lines'),
    json<Traced>('trace', 'FIN-KRI-NIGHT'),
    json<Traced>('trace', 'FIN-JE-01'),
  ]);
  expect(table.document.figure).toMatchObject({ kind: 'table', values: { rows: '28160' } });
  expect(table.document.models.map(({ name }) => name)).toEqual(['stg_gl_detail', 'journal_lines']);
  expect(kri.document.figure).toMatchObject({ kind: 'kri', values: { numerator: '190', denominator: '28160' } });
  expect(control.document.figure.kind).toBe('control');
  expect(control.document.checks.length).toBeGreaterThan(0);
  for (const { document } of [table, kri, control]) {
    expect(document.intact).toBe(true);
    const batch = document.landed.find((each) => each.table === 'erp.gl_detail');
    expect(batch?.manifest.query).toMatch(/^copy "public"\."gl_detail" \("Journal_ID", /);
    expect(batch?.manifest).toMatchObject({
      copiedRows: '28160',
      contentHash: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  }
});

test('ledger ls lists every entry, and ledger verify finds each in its place', async () => {
  const [entries, verdict] = await Promise.all([
    json<{ entry_no: string; kind: string; hash: string }[]>('ledger', 'ls'),
    json<{ intact: boolean; chain: { entries: string; head: string }; landed: unknown[]; published: unknown[] }>(
      'ledger',
      'verify',
    ),
  ]);
  expect(entries.document.map(({ entry_no }) => entry_no)).toEqual(entries.document.map((_, at) => String(at + 1)));
  expect(entries.document.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['run', 'extract', 'publish']));
  expect(verdict.document).toMatchObject({
    intact: true,
    chain: { entries: String(entries.document.length), head: entries.document.at(-1)?.hash },
  });
  expect(verdict.document.landed).toHaveLength(2);
  expect(verdict.document.published.length).toBeGreaterThan(5);
});

test.concurrent.each([
  [['show', 'journal_linez'], 'COMPILE_UNKNOWN_REF'],
  [['compile', '-s', 'journal_linez'], 'COMPILE_UNKNOWN_REF'],
  [['ls', '-s', 'colour:red'], 'SELECTOR_INVALID'],
  [['compile', '--vars', 'round_amount_unit=many'], 'COMPILE_VAR'],
  [['refresh', '--vertical', 'finanse'], 'PROJECT_UNKNOWN_VERTICAL'],
  [['engagement', 'pull', '--vertical', 'finanse', '--name', 'x', '--out', 'x'], 'PROJECT_UNKNOWN_VERTICAL'],
  [['engagement', 'pull', '--vertical', 'finance', '--name', '../x', '--out', 'x'], 'ENGAGEMENT_INVALID'],
  [['trace', 'FIN-KRI-NONE'], 'TRACE_UNKNOWN'],
  [['show', '--inline', 'select * from nowhere'], 'QUERY_FAILED'],
  [['show'], 'QUERY_FAILED'],
  [['--project-dir', 'data-that-is-not-there', 'ls'], 'PROJECT_NOT_FOUND'],
])('%j says what is wrong and what to do next on stderr, and exits 1', async (args, code) => {
  const { code: exit, stdout, stderr } = await world.tickmark(...args, '--json');
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^error: .+ \\[${code}\\]\\nhint: .+\\n$`, 's'));
});

test('an unknown command or option exits 1 with help on stderr', async () => {
  for (const args of [['refrsh'], ['ls', '--jsn'], ['refresh']]) {
    const { code, stdout, stderr } = await world.tickmark(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('error:');
  }
});

/** Each tries to leave the one select that it is given, or to write from inside it. */
const WRITES = [
  'delete from audit.failing_rows',
  'drop schema published cascade',
  'create table public.pwned (x int)',
  'select * from finance.accounts; delete from finance.accounts',
  'with gone as (delete from finance.accounts returning *) select * from gone',
  'select * into public.pwned from finance.accounts',
  'select 1) as q; create table public.pwned (x int); select * from (select 1',
  'select 1) as q; rollback; begin read write; create table public.pwned (x int); commit; select * from (select 1',
  'select 1) as q; rollback; set default_transaction_read_only = off; begin; delete from finance.accounts; commit; select * from (select 1',
  `select set_config('transaction_read_only', 'off', false)`,
  `select nextval(pg_get_serial_sequence('audit.runs', 'run_no'))`,
  'select 1) as q limit 5; delete from finance.accounts; --',
];

test('show --inline can only read, whatever is written in it', async () => {
  const before = await warehouseState();
  const readOnly = openWarehouse(world.env['DATABASE_URL'] as string, { readOnly: true });
  try {
    expect(await readQuery('select 1 as one;', 5, readOnly)).toEqual([{ one: '1' }]);
    for (const sql of WRITES)
      await expect(readQuery(sql, 5, readOnly), sql).rejects.toMatchObject({ code: 'QUERY_FAILED' });
  } finally {
    await readOnly.close();
  }
  const refused = await Promise.all(
    [WRITES[0], WRITES[7]].map((sql) => world.tickmark('show', '--json', '--inline', sql as string)),
  );
  for (const { code, stdout, stderr } of refused) {
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: .+ \[QUERY_FAILED\]\nhint: /s);
  }
  expect(await warehouseState()).toEqual(before);
  // The control: the state that is compared does change when a write gets through.
  await world.intruder.query('begin; delete from finance.accounts where lines = 1; create table public.pwned (x int)');
  const changed = (await warehouseState()).filter((now) => !before.some((then) => isDeepStrictEqual(now, then)));
  await world.intruder.query('rollback');
  expect(changed.map(({ name }) => name.replace(/__r\d+$/, ''))).toEqual([
    'finance.accounts',
    'finance__store.accounts',
    'public.pwned',
    'published.accounts',
  ]);
});

test('an engagement pull writes the subset, its manifest and sums that verify, and touches no published table', async () => {
  const before = await warehouseState('published');
  const out = join(world.root, 'q2');
  const { document } = await json<{ files: { file: string; rows: string; sha256: string }[]; manifestSha256: string }>(
    ...pull(out),
  );
  expect((await readdir(out)).sort()).toEqual([
    'SHA256SUMS',
    'entries_in_period.csv',
    'journal_lines_in_period.csv',
    'manifest.json',
  ]);

  // Asked of what landed, past every model.
  const wanted = await world.warehouse.query(
    `select "Journal_ID" as journal_id, "Journal_ID_Line_Number"::text as line, "Amount"::text as amount, "Entered_By" as entered_by
     from raw_erp.gl_detail where "Entered_Date" between '20070401' and '20070630'
     order by "Journal_ID" collate "C", "Journal_ID_Line_Number"`,
  );
  const lines = await readCsv(join(out, 'journal_lines_in_period.csv'));
  expect(wanted.length).toBeGreaterThan(1000);
  expect(
    lines.map((row) => ({
      journal_id: row['journal_id'],
      line: row['journal_id_line_number'],
      amount: row['amount'],
      entered_by: row['entered_by'],
    })),
  ).toEqual(wanted);
  const entries = await readCsv(join(out, 'entries_in_period.csv'));
  expect(entries.map((row) => row['journal_id'])).toEqual([...new Set(wanted.map((row) => row['journal_id']))]);

  const sums = (await readFile(join(out, 'SHA256SUMS'), 'utf8')).trimEnd().split('\n');
  const found = await Promise.all(
    sums.map(async (line) => `${await sha256(join(out, line.slice(66)))}  ${line.slice(66)}`),
  );
  expect(found).toEqual(sums);
  expect(sums.map((line) => line.slice(66)).sort()).toEqual([
    'entries_in_period.csv',
    'journal_lines_in_period.csv',
    'manifest.json',
  ]);

  const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest).toMatchObject({
    engagement: 'Q2-2007',
    vertical: 'finance',
    variables: JSON.parse(PERIOD),
    files: document.files,
    extractions: [
      {
        source: 'erp',
        table: 'gl_detail',
        query: expect.stringContaining('"gl_detail"') as string,
        queryHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        contentHash: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        sourceRows: '28160',
        copiedRows: '28160',
      },
      { source: 'posting_log', table: 'posting_log', query: 'posting_log.csv', copiedRows: '26590' },
    ],
  });
  expect(document.files.map(({ file, rows }) => [file, rows])).toEqual([
    ['entries_in_period.csv', String(entries.length)],
    ['journal_lines_in_period.csv', String(lines.length)],
  ]);
  expect(await warehouseState('published')).toEqual(before);
});

test('a second pull into the same folder is refused and loses nothing', async () => {
  const out = join(world.root, 'q2');
  const before = await hashFolder(out);
  const { code, stdout, stderr } = await world.tickmark(...pull(out), '--json');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('is not empty [ENGAGEMENT_INVALID]');
  expect(await hashFolder(out)).toEqual(before);
  expect((await readdir(world.root)).filter((name) => name.includes('partial'))).toEqual([]);
});

test('the same pull into another folder gives the same bytes, under a manifest of its own', async () => {
  await json(...pull(join(world.root, 'q2-again')));
  const [first, again] = await Promise.all([
    hashFolder(join(world.root, 'q2')),
    hashFolder(join(world.root, 'q2-again')),
  ]);
  const changed = Object.keys(again).filter((file) => again[file] !== first[file]);
  expect(changed.sort()).toEqual(['SHA256SUMS', 'manifest.json']);
});

test.concurrent.each([
  `{"period_from": "'; drop table x; --"}`,
  `{"business_unit": "'; drop table x; --"}`,
  `{"period_from": "2007-02-30"}`,
  '{"no_such_variable": 1}',
])('a variable that is not of its type is refused before anything is pulled: %s', async (vars) => {
  const runs = await world.warehouse.query('select count(*)::text as runs from audit.runs');
  const { code, stdout, stderr } = await world.tickmark(...pull(join(world.root, 'refused'), vars), '--json');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^error: .+ \[COMPILE_VAR\]\nhint: /s);
  expect(await world.warehouse.query('select count(*)::text as runs from audit.runs')).toEqual(runs);
  expect(await readdir(world.root)).not.toContain('refused');
});

function pull(out: string, vars = PERIOD): string[] {
  return ['engagement', 'pull', '--vertical', 'finance', '--name', 'Q2-2007', '--out', out, '--vars', vars];
}

/** Runs a command with --json that must succeed: stdout then parses as exactly one document. */
async function json<T>(...args: string[]): Promise<{ readonly document: T; readonly stderr: string }> {
  const { code, stdout, stderr } = await world.tickmark(...args, '--json');
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return { document: JSON.parse(stdout) as T, stderr };
}

/** Every table and view with its identity and its exact row count: of one schema, or of all that are ours. */
async function warehouseState(schema?: string): Promise<{ name: string; oid: string; rows: string }[]> {
  const { rows } = await world.intruder.query<{ name: string; oid: string; rows: string }>(
    `select n.nspname || '.' || c.relname as name, c.oid::text,
       (xpath('/row/rows/text()', query_to_xml(format('select count(*) as rows from %I.%I', n.nspname, c.relname), false, true, '')))[1]::text as rows
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'v') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and ($1::text is null or n.nspname = $1)
     order by 1`,
    [schema ?? null],
  );
  return rows;
}

async function readCsv(file: string): Promise<Record<string, string>[]> {
  return parse(await readFile(file), { columns: true }) as Record<string, string>[];
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

async function hashFolder(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await sha256(join(folder, name))] as const)),
  );
}
