import { afterAll, beforeAll, expect, test } from 'vitest';
import { evidenceKeyFrom } from '../../engine/evidence/evidence-key.ts';
import { hashOfEntry } from '../../engine/evidence/ledger.ts';
import type { LedgerEntry } from '../../engine/evidence/ledger.ts';
import { registerKey } from '../../engine/evidence/register-key.ts';
import { trace } from '../../engine/evidence/trace.ts';
import { verifyFigures } from '../../engine/evidence/verify-figures.ts';
import { landedBatches, standingBatches } from '../../engine/evidence/landed-batches.ts';
import type { LandedBatch } from '../../engine/evidence/landed-batches.ts';
import { verifyLanded } from '../../engine/evidence/verify-landed.ts';
import type { EvidenceDeps } from '../../engine/evidence/verify-landed.ts';
import { verifyLedger } from '../../engine/evidence/verify-ledger.ts';
import { verifyPublished } from '../../engine/evidence/verify-published.ts';
import { createTestWorld } from '../setup/test-world.ts';
import type { TestWorld } from '../setup/test-world.ts';

const GL = 'raw_erp."gl_detail__history"';
const LINE = `"Journal_ID" = '100000000' and "Journal_ID_Line_Number" = 1`;

let world: TestWorld;
let deps: EvidenceDeps;
beforeAll(async () => {
  world = await createTestWorld();
  deps = { warehouse: world.warehouse, evidenceKey: evidenceKeyFrom(world.env) };
  await world.refresh();
  // What a superuser can do who wants to leave no trace: past every trigger and foreign key.
  await world.intruder.query('set session_replication_role = replica');
});
afterAll(() => world.stop());

test('a warehouse that nobody touched is intact', async () => {
  const { code, stdout } = await world.tickmark('ledger', 'verify', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ intact: true, chain: { broken: null }, figures: [] });
  expect((await world.tickmark('trace', 'journal_lines')).code).toBe(0);
});

test('a landed row that was changed by hand is named by table and key, by ledger verify and by trace', async () => {
  await whileTampered(GL, `update ${GL} set "Amount" = "Amount" + 0.01 where ${LINE}`, async () => {
    const [verify, trace] = await Promise.all([
      world.tickmark('ledger', 'verify'),
      world.tickmark('trace', 'journal_lines'),
    ]);
    for (const { code, stdout } of [verify, trace]) {
      expect(code).toBe(1);
      expect(stdout).toContain(
        'erp.gl_detail: the row Journal_ID 100000000, Journal_ID_Line_Number 1 of batch r1/erp.gl_detail was changed after it landed',
      );
    }
    expect(stdoutLines(verify.stdout, 'BROKEN')).toHaveLength(1);
  });
});

test('a landed row that was changed together with its hash is named: nobody can make its hash without the key', async () => {
  const change = `update ${GL} set "Amount" = "Amount" + 0.01, _row_hash = md5('forged')::uuid where ${LINE}`;
  await whileTampered(GL, change, async () => {
    expect((await verifyLanded(await standing(), deps)).faults).toEqual([
      'the row Journal_ID 100000000, Journal_ID_Line_Number 1 of batch r1/erp.gl_detail was changed after it landed',
    ]);
  });
});

test('a landed row that was replaced by a copy of another, hash and all, no longer adds up to the pull', async () => {
  const other = `"Journal_ID" = '100000000' and "Journal_ID_Line_Number" = 2`;
  const change = `delete from ${GL} where ${LINE}; insert into ${GL} select * from ${GL} where ${other}`;
  await whileTampered(GL, change, async () => {
    expect((await verifyLanded(await standing(), deps)).faults).toEqual([
      'the rows are not those that run 1 left: their content hash differs',
    ]);
  });
});

test('one changed byte is named by `tickmark verify`, as of the run that landed it', async () => {
  await whileTampered(GL, `update ${GL} set "Entered_By" = 'x' || substr("Entered_By", 2) where ${LINE}`, async () => {
    const { code, stdout } = await world.tickmark('verify', 'erp.gl_detail', 'posting_log.posting_log', '--run', '1');
    expect(code).toBe(1);
    expect(stdoutLines(stdout, 'BROKEN')).toEqual([
      'BROKEN  erp.gl_detail: the row Journal_ID 100000000, Journal_ID_Line_Number 1 of batch r1/erp.gl_detail was changed after it landed',
    ]);
    expect(stdoutLines(stdout, 'intact')).toHaveLength(1);
  });
  expect((await world.tickmark('verify', 'erp.gl_detail')).code).toBe(0);
  expect((await world.tickmark('verify', 'erp.nothing')).stderr).toContain('no pull of erp.nothing was put in place');
});

test('a manifest or a verdict that was rewritten, with every link after it, is not what was signed', async () => {
  for (const [kind, change] of [
    ['extract', `replace(body, '"streamedRows":"28160"', '"streamedRows":"28159"')`],
    ['verify', `replace(body, '"rows":"28160"', '"rows":"28159"')`],
  ] as const) {
    await whileTampered(
      'audit.ledger',
      `update audit.ledger set body = ${change} where kind = '${kind}' and subject like 'erp%'`,
      async () => {
        await rewriteChain();
        expect((await verifyLedger(world.warehouse)).broken).toBeNull();
        expect((await verifyLanded(await standing(), deps)).faults).toEqual([
          'its manifest or its verdict is not what was signed',
        ]);
      },
    );
  }
});

test('another evidence key cannot vouch for what landed, and is refused before it lands anything', async () => {
  const other = { ...deps, evidenceKey: evidenceKeyFrom({ TICKMARK_EVIDENCE_KEY: 'ef'.repeat(32) }) };
  expect((await verifyLanded(await standing(), other)).faults).toEqual([
    `it landed under evidence key ${deps.evidenceKey.id}, and the key given is ${other.evidenceKey.id}`,
  ]);
  await expect(registerKey(other.evidenceKey, world.warehouse)).rejects.toThrow('VERIFY_KEY_UNKNOWN');
});

test('a landed row that was deleted, and one that was put in, are counted', async () => {
  await whileTampered(GL, `delete from ${GL} where ${LINE}`, async () => {
    const { code, stdout } = await world.tickmark('ledger', 'verify');
    expect(code).toBe(1);
    expect(stdout).toContain('landed erp.gl_detail: 28159 rows stand, but the pull of run 1 left 28160');
  });
  await whileTampered(
    GL,
    `create temporary table twin as select * from ${GL} where ${LINE}; insert into ${GL} select * from twin; drop table twin`,
    async () =>
      expect((await verifyLanded(await standing(), deps)).faults).toEqual([
        '28161 rows stand, but the pull of run 1 left 28160',
      ]),
  );
});

test.each([
  ['a body that was changed', `update audit.ledger set body = '{}' where entry_no = 2`, '2'],
  [
    'a recording time that was changed',
    `update audit.ledger set recorded_at = '2001' || substr(recorded_at, 5) where entry_no = 3`,
    '3',
  ],
  ['an entry that was removed', 'delete from audit.ledger where entry_no = 4', '5'],
  ['the first entry removed', 'delete from audit.ledger where entry_no = 1', '2'],
  [
    'two entries that were swapped',
    `update audit.ledger set entry_no = 1011 - entry_no where entry_no in (5, 6);
     update audit.ledger set entry_no = entry_no - 1000 where entry_no > 1000`,
    '5',
  ],
  [
    'an entry that was put in',
    `update audit.ledger set entry_no = entry_no + 1000 where entry_no > 6;
     insert into audit.ledger select 7, 'forged', kind, run_id, subject, recorded_at, body, hash, repeat('f', 64) from audit.ledger where entry_no = 6;
     update audit.ledger set entry_no = entry_no - 999 where entry_no > 1000`,
    '7',
  ],
])('ledger verify names the first broken entry: %s', async (_what, change, entryNo) => {
  await whileTampered('audit.ledger', change, async () => {
    const { broken } = await verifyLedger(world.warehouse);
    expect(broken).toMatchObject({ entryNo, fault: expect.stringMatching(/changed|missing|follow/) as string });
  });
});

test('the command tells which entry of the ledger is broken, and exits 1', async () => {
  const change = `update audit.ledger set body = replace(body, '"status":"succeeded"', '"status":"held"') where kind = 'run'`;
  const last = String((await world.warehouse.query('select max(entry_no)::text as no from audit.ledger'))[0]?.['no']);
  await whileTampered('audit.ledger', change, async () => {
    const { code, stdout } = await world.tickmark('ledger', 'verify');
    expect(code).toBe(1);
    expect(stdoutLines(stdout, 'BROKEN')).toEqual([
      `BROKEN  ledger: entry ${last} (run finance): its content was changed after it was written`,
    ]);
  });
});

test.each([
  [
    'audit.kri_readings',
    `update audit.kri_readings set colour = 'green' where kri_id = 'FIN-KRI-UNBALANCED'`,
    'FIN-KRI-UNBALANCED',
  ],
  ['audit.kri_readings', `delete from audit.kri_readings where kri_id = 'FIN-KRI-NIGHT'`, 'FIN-KRI-NIGHT'],
  [
    'audit.check_results',
    `update audit.check_results set status = 'pass', failures = 0 where check_id = 'finance.unbalanced_entry'`,
    'finance.unbalanced_entry',
  ],
  [
    'audit.builds',
    `update audit.builds set sql = replace(sql, 'select', 'select distinct') where model = 'journal_lines'`,
    'journal_lines',
  ],
  [
    'audit.builds',
    `update audit.builds set depends_on = '{"models":[],"sources":[]}' where model = 'journal_lines'`,
    'journal_lines',
  ],
  ['audit.kri_readings', `update audit.kri_readings set reads = '[]' where kri_id = 'FIN-KRI-NIGHT'`, 'FIN-KRI-NIGHT'],
  ['audit.control_tests', `update audit.control_tests set tests = '[]' where control_id = 'FIN-JE-01'`, 'FIN-JE-01'],
  [
    'audit.check_results',
    `update audit.check_results set reads = '[]' where check_id = 'finance.number_gap'`,
    'finance.number_gap',
  ],
  [
    'audit.check_results',
    `update audit.check_results set sql = replace(sql, 'where', 'where false and') where check_id = 'finance.number_gap'`,
    'finance.number_gap',
  ],
  ['audit.control_tests', `update audit.control_tests set exceptions = 0 where control_id = 'FIN-JE-01'`, 'FIN-JE-01'],
])('a figure in %s that was changed is named: %s', async (table, change, subject) => {
  await whileTampered(table, change, async () => {
    expect(await verifyFigures(world.warehouse)).toMatchObject([{ table, runNo: '1', subject }]);
  });
});

test('a failing row that was changed or taken away is named by its check, by ledger verify and by trace of the control', async () => {
  const rows = 'audit.failing_rows';
  for (const change of [
    `update ${rows} set amount = 0.01 where check_id = 'finance.unbalanced_entry' and row_no = 2`,
    `delete from ${rows} where check_id = 'finance.unbalanced_entry' and row_no = 2`,
  ]) {
    await whileTampered(rows, change, async () => {
      expect(await verifyFigures(world.warehouse)).toMatchObject([{ subject: 'finance.unbalanced_entry' }]);
    });
  }
  await whileTampered(rows, `delete from ${rows} where check_id = 'finance.unbalanced_entry'`, async () => {
    const { code, stdout } = await world.tickmark('trace', 'FIN-JE-01');
    expect(code).toBe(1);
    expect(stdoutLines(stdout, '  BROKEN')).toEqual([
      '  BROKEN audit.check_results, finance.unbalanced_entry: it, or a failing row of it, is not what the ledger recorded',
    ]);
  });
});

test('a lineage that was cut is named by the trace that would have followed it', async () => {
  for (const [table, change, figure] of [
    [
      'audit.builds',
      `update audit.builds set depends_on = '{"models":[],"sources":[]}' where model = 'journal_lines'`,
      'journal_lines',
    ],
    [
      'audit.kri_readings',
      `update audit.kri_readings set reads = '[]' where kri_id = 'FIN-KRI-NIGHT'`,
      'FIN-KRI-NIGHT',
    ],
    [
      'audit.control_tests',
      `update audit.control_tests set reads = '[]', tests = '[]' where control_id = 'FIN-JE-01'`,
      'FIN-JE-01',
    ],
  ] as const) {
    await whileTampered(table, change, async () => {
      const { intact, faults } = await trace(figure, deps);
      expect(intact).toBe(false);
      expect(faults).toHaveLength(1);
    });
  }
});

test('what must be read again comes from the ledger: taking a batch out of the tables beside it hides nothing', async () => {
  await whileTampered('audit.tie_outs', 'delete from audit.tie_outs', async () => {
    expect((await standing()).runNo).toBe('1');
  });
  await whileTampered('audit.publications', 'delete from audit.publications', async () => {
    expect((await verifyPublished(world.warehouse)).length).toBeGreaterThan(5);
  });
});

test('a view that dashboards read, put in the place of the published one, is named', async () => {
  const lie = `create or replace view published.control_status as
    select vertical, control_id, title, population, 0::bigint as exceptions, deviation_rate, upper_limit, tolerable_rate, confidence,
      'effective'::text as proposed_conclusion, basis, run_no, tested_at from (`;
  const [truth] = await world.warehouse.query(`select pg_get_viewdef('published.control_status'::regclass) as sql`);
  const sql = String(truth?.['sql']).replace(/;$/, '');
  await world.intruder.query(`${lie}${sql}) as truth`);
  const { code, stdout } = await world.tickmark('ledger', 'verify');
  await world.intruder.query(`create or replace view published.control_status as ${sql}`);
  expect(code).toBe(1);
  expect(stdoutLines(stdout, 'BROKEN')).toEqual([
    'BROKEN  the view published.control_status was changed after it was published',
  ]);
});

test('ledger verify gets to its end over a ledger whose every body was emptied', async () => {
  await whileTampered('audit.ledger', `update audit.ledger set body = '{}'`, async () => {
    const { code, stdout } = await world.tickmark('ledger', 'verify');
    expect(code).toBe(1);
    expect(stdoutLines(stdout, 'BROKEN')[0]).toContain('ledger: entry 1 ');
  });
});

test('a published table that was changed is named, by ledger verify and by trace of what reads it', async () => {
  const change = `update finance.journal_entries set credits = debits, balance = 0, is_balanced = true where not is_balanced`;
  await whileTampered('finance.journal_entries', change, async () => {
    const broken = (await verifyPublished(world.warehouse)).filter(({ intact }) => !intact);
    expect(broken.map(({ vertical, model }) => `${vertical}.${model}`)).toEqual(['finance.journal_entries']);
    const { code, stdout } = await world.tickmark('trace', 'FIN-KRI-UNBALANCED', '--json');
    expect(code).toBe(1);
    const { models } = JSON.parse(stdout) as { models: { name: string; fault: string | null }[] };
    expect(models.filter(({ fault }) => fault !== null).map(({ name }) => name)).toEqual(['journal_entries']);
  });
});

test('the owner of the warehouse cannot change what was recorded', async () => {
  const { rows } = await world.intruder.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'audit' and table_type = 'BASE TABLE' order by 1`,
  );
  // Of node-pg-migrate: which migrations ran.
  const recorded = rows.map(({ name }) => name).filter((name) => !name.includes('migration'));
  expect(recorded.length).toBeGreaterThanOrEqual(14);
  for (const name of recorded) {
    for (const statement of [`delete from audit.${name}`, `truncate audit.${name} cascade`])
      await expect(world.warehouse.execute(statement), statement).rejects.toThrow('SQLSTATE 55000');
  }
  await expect(world.warehouse.execute('update audit.ledger set body = body')).rejects.toThrow('SQLSTATE 55000');
});

test('after every change was undone the warehouse is intact again', async () => {
  expect((await world.tickmark('ledger', 'verify')).code).toBe(0);
});

/** Changes a table as a superuser, looks, and puts every row back. */
async function whileTampered(table: string, change: string, look: () => Promise<unknown>): Promise<void> {
  const { intruder } = world;
  await intruder.query(`create temporary table kept as select * from ${table}`);
  try {
    await intruder.query(change);
    const { rows } = await intruder.query(
      `select (select count(*) from (select * from ${table} except all select * from kept) as came)
         + (select count(*) from (select * from kept except all select * from ${table}) as went) as differences`,
    );
    expect(Number((rows[0] as { differences: string }).differences), 'rows that the tampering changed').toBeGreaterThan(
      0,
    );
    await look();
  } finally {
    await intruder.query(
      `delete from ${table}; insert into ${table} overriding system value select * from kept; drop table kept`,
    );
  }
}

/** What the owner of the warehouse can do: give every entry the hash that follows from what it says now. */
async function rewriteChain(): Promise<void> {
  const { rows } = await world.intruder.query<LedgerEntry>(
    `select entry_no::text, entry_key, kind, run_id, subject, recorded_at, body, previous_hash, hash from audit.ledger order by audit.ledger.entry_no`,
  );
  let previous = '0'.repeat(64);
  for (const entry of rows) {
    const hash = hashOfEntry({ ...entry, previous_hash: previous });
    await world.intruder.query('update audit.ledger set previous_hash = $1, hash = $2 where entry_no = $3', [
      previous,
      hash,
      entry.entry_no,
    ]);
    previous = hash;
  }
}

function stdoutLines(stdout: string, word: string): string[] {
  return stdout.split('\n').filter((line) => line.includes(word));
}

/** The batch of the general ledger that stands. */
async function standing(): Promise<LandedBatch> {
  const batches = standingBatches(await landedBatches(world.warehouse));
  const batch = batches.find(({ source, table }) => `${source}.${table}` === 'erp.gl_detail');
  if (batch === undefined) throw new Error('the ledger has no batch of erp.gl_detail');
  return batch;
}
