import { expect, test } from 'vitest';
import { reconcileColumns } from '../../../engine/connectors/reconcile-columns.ts';
import type { ReconciledColumns, ReconcileInput } from '../../../engine/connectors/reconcile-columns.ts';
import type { LandedColumn } from '../../../engine/contracts/pull.ts';
import type { SourceTable } from '../../../engine/contracts/source.ts';
import { declareTable } from '../../setup/pull-tables.ts';

const id = { name: 'id', type: 'integer' };
const amount = { name: 'amount', type: 'numeric(12,2)' };
const note = { name: 'note', type: 'text' };
const paid = { name: 'paid', type: 'boolean' };

type Declared = Partial<Omit<SourceTable, 'columns'>> & {
  readonly columns?: readonly { readonly name: string; readonly pii: 'drop' | 'hash' | 'last4' }[];
};

function reconcile(
  table: Declared,
  found: readonly LandedColumn[],
  standing: readonly LandedColumn[] | null = null,
  options: Partial<ReconcileInput> = {},
): ReconciledColumns {
  const columns = (table.columns ?? []).map((column) => ({ decimal: '.' as const, ...column }));
  return reconcileColumns({
    table: declareTable({ name: 'sales', ...table, columns }),
    called: 'public.sales',
    found,
    standing,
    ...options,
  });
}

function refusal(...args: Parameters<typeof reconcile>): string {
  try {
    reconcile(...args);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

test('on the first pull every column lands as it is found', () => {
  expect(reconcile({}, [id, amount])).toEqual({
    columns: [id, amount],
    from: [0, 1],
    added: [],
    missing: [],
    discarded: [],
    rejectWhenSet: [],
  });
});

test('columns land in the order they stand in, wherever the source has them now', () => {
  expect(reconcile({}, [amount, note, id], [id, amount, note])).toMatchObject({
    columns: [id, amount, note],
    from: [2, 0, 1],
  });
});

test('freeze refuses what is new and what is gone, by name', () => {
  expect(refusal({}, [id, note, paid], [id, amount])).toBe(
    'sql/shop/sources.yml:3: the columns of public.sales changed (new: note, paid; gone: amount) [LAND_SCHEMA_CHANGED]',
  );
});

test('evolve puts new columns at the end and takes gone ones as null', () => {
  expect(reconcile({ schema_drift: 'evolve' }, [note, id], [id, amount])).toEqual({
    columns: [id, amount, note],
    from: [1, null, 0],
    added: ['note'],
    missing: ['amount'],
    discarded: [],
    rejectWhenSet: [],
  });
});

test.each([
  ['discard_value', []],
  ['discard_row', ['note']],
] as const)('%s leaves new columns out and takes gone ones as null', (schema_drift, rejectWhenSet) => {
  expect(reconcile({ schema_drift }, [note, id], [id, amount])).toEqual({
    columns: [id, amount],
    from: [1, null],
    added: ['note'],
    missing: ['amount'],
    discarded: ['note'],
    rejectWhenSet,
  });
});

test.each(['freeze', 'evolve', 'discard_row', 'discard_value'] as const)(
  'a changed type is refused by name under %s',
  (schema_drift) => {
    expect(refusal({ schema_drift }, [id, { ...amount, type: 'text' }], [id, amount])).toBe(
      'sql/shop/sources.yml:3: the columns of public.sales changed (amount was numeric(12,2) and is text) [LAND_SCHEMA_CHANGED]',
    );
  },
);

test('a new column that sources.yml needs cannot be left out', () => {
  const table: Declared = { schema_drift: 'discard_value', control_totals: ['amount'] };
  expect(refusal(table, [id, amount], [id])).toBe(
    'sql/shop/sources.yml:3: the columns of public.sales changed (new: amount; schema_drift: discard_value leaves out what is needed: amount) [LAND_SCHEMA_CHANGED]',
  );
});

test('personal data is left out, or lands as text to be masked', () => {
  const columns = [
    { name: 'note', pii: 'drop' },
    { name: 'amount', pii: 'last4' },
  ] as const;
  expect(reconcile({ columns }, [note, id, amount])).toMatchObject({
    columns: [id, { name: 'amount', type: 'text' }],
    from: [1, 2],
    added: [],
  });
  // Standing in the clear before it was tagged, it is a changed type and not passed over.
  expect(refusal({ columns }, [note, id, amount], [id, amount])).toContain('amount was numeric(12,2) and is text');
  expect(refusal({ columns: [columns[0]] }, [note])).toContain('no columns but those that are left out');
});

test.each([
  ['key', 'last4', { key: ['note'] }],
  ['key', 'drop', { key: ['note'] }],
  ['control_totals', 'hash', { control_totals: ['note'] }],
  ['cursor', 'hash', { cursor: { column: 'note' } }],
  ['period', 'last4', { period: 'note' }],
] as const)('a %s that is pii: %s is refused, because it would no longer serve', (role, pii, table) => {
  const declared = { ...(table as Declared), columns: [{ name: 'note', pii }] };
  expect(refusal(declared, [id, note])).toBe(
    `sql/shop/sources.yml:3: public.sales: ${role} cannot be note, which is pii: ${pii} [PROJECT_INVALID]`,
  );
});

test('a hashed key still tells rows apart', () => {
  const table: Declared = { key: ['note'], columns: [{ name: 'note', pii: 'hash' }] };
  expect(reconcile(table, [id, note])).toMatchObject({ from: [0, 1] });
});

test('columns that sources.yml names and the source has not are named where they are declared', () => {
  const table = {
    key: ['nr'],
    control_totals: ['total'],
    cursor: { column: 'changed' },
    period: 'day',
    columns: [{ name: 'emial', pii: 'hash' as const }],
  };
  expect(refusal(table, [id])).toBe(
    'sql/shop/sources.yml:3: public.sales has no column nr, total, changed, day, emial [EXTRACT_COLUMN_MISSING]',
  );
  // A key cannot come as null, whatever the policy is.
  expect(refusal({ key: ['nr'], schema_drift: 'evolve' }, [id], [id, { name: 'nr', type: 'text' }])).toContain(
    'has no column nr [EXTRACT_COLUMN_MISSING]',
  );
});

test.each([
  ['', 'column 2 has no name'],
  ['_id', "column 2 is called _id: names that begin with _ are the engine's own"],
  ['xmin', 'column 2 is called xmin: Postgres has a column of its own by that name'],
  ['id', 'column 2 has the same name as column 1: id'],
  ['é'.repeat(32), `column 2 has a name of 64 bytes, and 63 is the most: ${'é'.repeat(24)}...`],
  ['a\0b', 'column 2 has a name that is not valid UTF-8 text'],
  ['a\ud800', 'column 2 has a name that is not valid UTF-8 text'],
])('the name %j is refused with its place', (name, message) => {
  const place = 'sql/shop/sources.yml:3: public.sales';
  expect(refusal({}, [id, { name, type: 'text' }])).toBe(`${place}: ${message} [EXTRACT_TYPE_REFUSED]`);
  const inFile = refusal({}, [id, { name, type: 'text' }], null, { refusal: 'EXTRACT_FILE_REFUSED' });
  expect(inFile).toBe(`${place}: ${message} [EXTRACT_FILE_REFUSED]`);
});

test('any other name lands, and one that cannot may be dropped', () => {
  const names = ['Grüße', 'a"b', ' ', '?column?', 'select', '😀', 'é'.repeat(31), "o'clock", 'a\tb'];
  const found = names.map((name) => ({ name, type: 'text' }));
  expect(reconcile({}, found).columns).toEqual(found);
  expect(reconcile({ columns: [{ name: '_x', pii: 'drop' }] }, [id, { name: '_x', type: 'text' }]).columns).toEqual([
    id,
  ]);
});

test('a table without columns is refused', () => {
  expect(refusal({}, [])).toBe('sql/shop/sources.yml:3: public.sales has no columns [EXTRACT_TYPE_REFUSED]');
});
