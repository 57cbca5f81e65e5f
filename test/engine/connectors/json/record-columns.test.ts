import { expect, test } from 'vitest';
import { declaredText } from '../../../../engine/connectors/json/declared-text.ts';
import { parseRecords } from '../../../../engine/connectors/json/parse-records.ts';
import { collectNames, recordColumns } from '../../../../engine/connectors/json/record-columns.ts';
import type { MappedRecord } from '../../../../engine/connectors/json/record-columns.ts';
import type { SourceColumn, SourceTable } from '../../../../engine/contracts/source.ts';
import { catchError } from '../../../setup/catch-error.ts';
import { declareTable } from '../../../setup/pull-tables.ts';

const place = { file: 'sql/shop/sources.yml', line: 3 };
const column = (name: string, more: Partial<SourceColumn> = {}): SourceColumn => ({ name, decimal: '.', ...more });

/** Columns as the first record shows them; the others come later. */
function columnsOf(records: string, declared: Partial<SourceTable> = {}, standing: readonly string[] | null = null) {
  const all = parseRecords(records, []);
  const seen = collectNames('sales.ndjson');
  for (const record of all.slice(0, 1)) seen.add(record);
  const columns = recordColumns({
    table: declareTable({ name: 'sales', ...declared }),
    called: 'sales.ndjson',
    seen,
    standing: standing?.map((name) => ({ name, type: 'text' })) ?? null,
    whole: true,
  });
  return { columns, mapped: all.map((record): MappedRecord => columns.map(record)), kept: all.map(columns.keepAside) };
}

test('declared columns come first, in their order; then members as they appear; standing ones before all', () => {
  const names = (declared: Partial<SourceTable>, standing: readonly string[] | null = null) =>
    columnsOf('[{"c":1,"a":2,"b":3}]', declared, standing).columns.columns.map(({ name }) => name);
  expect(names({})).toEqual(['c', 'a', 'b']);
  expect(names({ columns: [column('b'), column('x')] })).toEqual(['b', 'x', 'c', 'a']);
  expect(names({ schema_drift: 'evolve' }, ['b', 'a'])).toEqual(['b', 'a', 'c']);
});

test('a member that first appears after the columns were fixed follows the policy', () => {
  const outcome = (schema_drift: SourceTable['schema_drift']) => {
    const { mapped } = columnsOf('[{"id":1},{"id":2,"late":"x"},{"id":3,"late":null}]', { schema_drift });
    return mapped.map((each) => each.as);
  };
  expect(outcome('freeze')).toEqual(['row', 'refused', 'refused']);
  expect(outcome('evolve')).toEqual(['row', 'refused', 'refused']);
  expect(outcome('discard_row')).toEqual(['row', 'rejected', 'row']);
  expect(outcome('discard_value')).toEqual(['row', 'row', 'row']);
  expect(columnsOf('[{"id":1},{"late":2}]').mapped[1]).toEqual({
    as: 'refused',
    column: 'late',
    reason: 'column late first appears here: declare it under columns',
    code: 'LAND_SCHEMA_CHANGED',
  });
});

test('personal data is neither a column when it is dropped nor in a row that is kept aside', () => {
  const columns = [column('phone', { pii: 'drop' }), column('iban', { pii: 'last4', type: 'bigint' }), column('id')];
  const { columns: landed, kept } = columnsOf('[{"id":1.50,"phone":"p","iban":"i","o":{"a": 1}}]', { columns });
  expect(landed.columns).toEqual([
    { name: 'iban', type: 'text' },
    { name: 'id', type: 'text' },
    { name: 'o', type: 'text' },
  ]);
  expect(kept).toEqual(['{"id":1.50,"o":{"a": 1}}']);
});

test('more members than a table can have are refused, and so are names that the warehouse cannot have', async () => {
  const wide = `[{${Array.from({ length: 1_601 }, (_, at) => `"c${at}":1`).join(',')}}]`;
  expect((await catchError(() => columnsOf(wide))).message).toBe(
    'sales.ndjson has more than 1600 different members in its records [EXTRACT_CEILING]',
  );
  for (const name of ['', '_own', 'x'.repeat(64), 'a\\u0000', 'ctid', '\\ud800']) {
    expect((await catchError(() => columnsOf(`[{"id":1,"${name}":1}]`))).message).toContain('column 2');
  }
  expect(
    columnsOf('[{"__proto__x":1}]', { columns: [column('__proto__x', { pii: 'drop' }), column('id')] }).mapped[0]?.as,
  ).toBe('row');
});

test('numbers and dates are read as they are declared to be written, and not guessed', () => {
  const read = (more: Partial<SourceColumn>, text: string) => declaredText(column('v', more), place)(text);
  const german = { type: 'numeric', decimal: ',', group: '.' } as const;
  expect(['1.234.567,89', '-1234,5', '0', '+7'].map((text) => read(german, text))).toEqual([
    '1234567.89',
    '-1234.5',
    '0',
    '+7',
  ]);
  for (const text of ['1.23,4', '1,234.5', '1.5', '12.34.567', '1.2345', '.5', '5,', '', ' 1', '1e3', '1..234']) {
    expect([text, read(german, text)]).toEqual([text, undefined]);
  }
  expect(read({ type: 'bigint', group: "'" }, "1'000'000")).toBe('1000000');
  expect(read({ type: 'numeric', group: ' ' }, '1 000.50')).toBe('1000.50');
  expect(read({ type: 'date', format: 'dd.MM.yyyy' }, '31.12.2026')).toBe('2026-12-31');
  expect(read({ type: 'date', format: 'yyyyMMdd' }, '20261231')).toBe('2026-12-31');
  expect(read({ type: 'date', format: 'dd.MM.yyyy' }, '31x12x2026')).toBeUndefined();
  expect(read({ type: 'timestamp', format: 'MM/dd/yyyy HH:mm:ss' }, '12/31/2026 23:59:58')).toBe('2026-12-31 23:59:58');
  expect(read({ type: 'time', format: 'HHmm' }, '2359')).toBe('23:59');
  expect(read({ type: 'text', decimal: ',' }, '1,5')).toBe('1,5');
});

test('a form that cannot be is refused at its place in sources.yml', async () => {
  const refusal = async (more: Partial<SourceColumn>) =>
    (await catchError(() => declaredText(column('v', more), place))).message;
  expect(await refusal({ type: 'numeric', decimal: ',', group: ',' })).toBe(
    'sql/shop/sources.yml:3: column v: decimal and group are the same sign [PROJECT_INVALID]',
  );
  for (const format of ['dd.MM.yy', 'dd.MM', 'dd.dd.yyyy', 'yyyy-MM-ddTHH', 'dd.MM.yyyy HH', 'dd.MM.yyyy ss']) {
    expect([format, await refusal({ type: 'timestamp', format })]).toEqual([
      format,
      expect.stringContaining('PROJECT_INVALID'),
    ]);
  }
  expect(await refusal({ type: 'date', format: 'dd.MM.yyyy HH:mm' })).toContain('a date has none');
  expect(await refusal({ type: 'time', format: 'dd.MM.yyyy HH:mm' })).toContain('a time has none');
  expect(await refusal({ type: 'timestamptz', format: 'dd.MM.yyyy' })).toContain(
    'format is for date, time and timestamp',
  );
});
