import type { DeclaredSource } from '../../../../engine/contracts/project.ts';
import { SourceTable } from '../../../../engine/contracts/source.ts';
import type { TestModel } from '../../../setup/compile-test-run.ts';
import { keyOf, table, values } from './case.ts';
import type { Cases } from './case.ts';

export const models: readonly TestModel[] = [
  {
    name: 'formats',
    template: values(
      'id, mail, born, at, account, bank, money, land, ip, link, number, lei, card, key, code, bad_account',
      `1, 'ann@example.org', '2024-02-29', '2024-02-29T23:59:59.5+01:00', 'DE89370400440532013000', 'DEUTDEFF500', 'EUR', 'DE', '10.0.0.255', 'https://example.org/a?b=c', '0123', '529900T8BM49AURSDO55', '4111111111111111', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2026-01', 'DE98370400440532013000'`,
      `2, 'b.e+n@mail.example.com', '2026-01-31', '2026-01-31 08:00', 'GB82WEST12345698765432', 'NEDSZAJJ', 'CHF', 'CH', '0.0.0.0', 'http://localhost:3000', '7', '5493006MHB84DD4ZYF15', '79927398713', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12', '2026-12', 'GB82WEST1234569876543'`,
      `3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null`,
    ),
  },
  {
    name: 'misshapen',
    template: values(
      'id, mail, born, at, account, bank, money, land, ip, link, number, lei, card, key, code',
      `1, 'ann@example', '2023-02-29', '2026-01-31T24:00', 'DE89 3704 0044 0532 0130 00', 'DEUTXXFF', 'XXX', 'UK', '010.0.0.1', 'example.org', '12 ', '529900T8BM49AURSDO56', '4111111111111112', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1', '2026-1'`,
      `2, '.a@example.org', '0000-01-01', '2026-01-31', 'GB82WEST1234569876543', 'deutdeff', 'eur', 'de', '1.2.3.256', 'ftp://example.org', '-1', '529900T8BM49AURSDO5', '1', '', E'2026-01\\n2026-01'`,
    ),
  },
  {
    name: 'writings',
    template: table(
      `select * from (values (1, 'Müller & Söhne'), (2, E'two\\nlines'), (3, 'CAFÉ – «AMANHûÃ'), (4, null)) as v(id, note)`,
    ),
  },
  {
    name: 'damaged',
    template: table(
      String.raw`select * from (values (1, U&'M\00C3\00BCller'), (2, U&'it\00E2\20AC\2122s'), (3, U&'M\FFFDller'), (4, 'bell' || chr(7)), (5, ' blank'), (6, U&'zero\200Bwidth'), (7, U&'\00D0\0178\00D1\20AC'), (8, U&'\00C3\201DTE'), (9, 'fine'), (10, U&'\00EF\00BB\00BFid')) as v(id, note)`,
    ),
  },
  {
    name: 'stages',
    template: table(
      `select id, date '2026-01-01' + a as entered, date '2026-01-01' + b as approved, date '2026-01-01' + c as paid from (values (1, 0, 1, 2), (2, 0, 0, 5), (3, 4, null, 4), (4, null, null, 1)) as v(id, a, b, c)`,
    ),
  },
  {
    name: 'reversed',
    template: table(
      `select id, date '2026-01-01' + a as entered, date '2026-01-01' + b as approved, date '2026-01-01' + c as paid from (values (1, 2, 1, 5), (2, 4, null, 3), (3, 0, 1, 2)) as v(id, a, b, c)`,
    ),
  },
];

const PASSING_FORMATS = {
  mail: 'email',
  born: 'iso_date',
  at: 'iso_datetime',
  account: 'iban',
  bank: 'bic',
  money: 'currency_code',
  land: 'country_code',
  ip: 'ipv4',
  link: 'url',
  number: 'digits',
  lei: 'lei',
  card: 'luhn',
  key: 'uuid',
} as const;

/** Each named format over texts that have it and over two that do not. */
const namedFormats: Cases = Object.fromEntries(
  Object.entries(PASSING_FORMATS).flatMap(([column, is]) => [
    [
      `format ${is} passes`,
      { check: { kind: 'format', on: 'formats', column, arguments: { is } }, status: 'pass', counts: '2/0' },
    ],
    [
      `format ${is} fails for each that is not`,
      { check: { kind: 'format', on: 'misshapen', column, arguments: { is } }, status: 'fail', counts: '2/2' },
    ],
  ]),
);

/** Declared, and not landed yet. */
export const sources: readonly DeclaredSource[] = [
  {
    ...SourceTable.parse({ name: 'not_landed', file: 'x.csv' }),
    vertical: 'shop',
    source: 'drop',
    connection: 'drop',
    declaredIn: 'sql/shop/sources.yml',
    line: 1,
  },
];

/** Formats, texts, orders of values and schemas. */
export const cases: Cases = {
  ...keyOf('formats', 'misshapen', 'damaged', 'writings', 'reversed', 'stages'),
  ...namedFormats,
  'format finds what a check digit gives away': {
    check: { kind: 'format', on: 'formats', column: 'bad_account', arguments: { is: 'iban' } },
    status: 'fail',
    counts: '2/2',
  },
  'format matches the whole value': {
    check: { kind: 'format', on: 'formats', column: 'code', arguments: { matches: '[0-9]{4}-[0-9]{2}' } },
    status: 'pass',
    counts: '2/0',
  },
  'format does not take a part, or one line, for the whole': {
    check: { kind: 'format', on: 'misshapen', column: 'code', arguments: { matches: '(?n)[0-9]{4}-[0-9]{2}' } },
    status: 'fail',
    counts: '2/2',
  },
  'format takes a part when it is told to': {
    check: {
      kind: 'format',
      on: 'misshapen',
      column: 'code',
      arguments: { matches: '^2026', anywhere: true, not_matches: 'x' },
    },
    status: 'pass',
    counts: '2/0',
  },
  'format finds what must not be': {
    check: { kind: 'format', on: 'formats', column: 'code', arguments: { not_matches: '2026-1.' } },
    status: 'fail',
    counts: '2/1',
    rows: ['2: code does not have the expected form: 2026-12'],
  },
  'format knows no capitals when it is told to': {
    check: {
      kind: 'format',
      on: 'formats',
      column: 'money',
      arguments: { matches: 'eur|chf', ignore_case: true },
    },
    status: 'pass',
    counts: '2/0',
  },
  'format with an expression that the database refuses cannot run': {
    check: { kind: 'format', on: 'empty', column: 'who', arguments: { matches: 'a)(b' } },
    status: 'error',
    message:
      'checks/shop/test.yml:7: check shop.N: invalid regular expression: parentheses () not balanced (SQLSTATE 2201B) [CHECK_INVALID]',
  },
  'format over an empty table has no data': {
    check: { kind: 'format', on: 'empty', column: 'who', arguments: { is: 'iban' } },
    status: 'no_data',
    counts: '0/0',
  },
  'format over nulls alone has no data': {
    check: { kind: 'format', on: 'nulls', column: 'who', arguments: { is: 'iban' } },
    status: 'no_data',
    counts: '0/0',
  },

  'readable_text passes': {
    check: {
      kind: 'readable_text',
      on: 'writings',
      column: 'note',
      arguments: { trimmed: true, min_length: 9, max_length: 16 },
    },
    status: 'pass',
    counts: '3/0',
  },
  'readable_text finds damage of every sort': {
    check: { kind: 'readable_text', on: 'damaged', column: 'note' },
    status: 'fail',
    counts: '10/8',
  },
  'readable_text finds blanks at the ends': {
    check: {
      kind: 'readable_text',
      on: 'damaged',
      column: 'note',
      arguments: { trimmed: true, max_length: 5 },
      settings: { where: 'id in (5, 9)' },
    },
    status: 'fail',
    counts: '2/1',
    rows: ['5: note has blanks at an end, is longer than 5 characters:  blank'],
  },
  'readable_text finds a second line': {
    check: { kind: 'readable_text', on: 'writings', column: 'note', arguments: { one_line: true } },
    status: 'fail',
    counts: '3/1',
  },
  'readable_text finds what is too short': {
    check: { kind: 'readable_text', on: 'writings', column: 'note', arguments: { min_length: 10 } },
    status: 'fail',
    counts: '3/1',
  },
  'readable_text over an empty table has no data': {
    check: { kind: 'readable_text', on: 'empty', column: 'who' },
    status: 'no_data',
  },
  'readable_text over nulls alone has no data': {
    check: { kind: 'readable_text', on: 'nulls', column: 'who' },
    status: 'no_data',
  },

  'ordered passes, and leaves out what is missing': {
    check: { kind: 'ordered', on: 'stages', arguments: { columns: ['entered', 'approved', 'paid'] } },
    status: 'pass',
    counts: '3/0',
  },
  'ordered finds what comes too early, also past a missing value': {
    check: { kind: 'ordered', on: 'reversed', arguments: { columns: ['entered', 'approved', 'paid'] } },
    status: 'fail',
    counts: '3/2',
    rows: ['1: approved 2026-01-02 is before entered 2026-01-03', '2: paid 2026-01-04 is before entered 2026-01-05'],
  },
  'ordered strictly finds what is the same': {
    check: { kind: 'ordered', on: 'stages', arguments: { columns: ['entered', 'approved'], strict: true } },
    status: 'fail',
    counts: '2/1',
  },
  'ordered passes where nothing is missing and nothing may be': {
    check: {
      kind: 'ordered',
      on: 'hundred',
      arguments: { columns: ['id', 'amount'], allow_null: false, strict: true },
    },
    status: 'pass',
    counts: '100/0',
  },
  'ordered finds what is missing when it is told to': {
    check: { kind: 'ordered', on: 'stages', arguments: { columns: ['entered', 'approved'], allow_null: false } },
    status: 'fail',
    counts: '4/2',
  },
  'ordered over an empty table has no data': {
    check: { kind: 'ordered', on: 'empty', arguments: { columns: ['id', 'amount'] } },
    status: 'no_data',
  },
  'ordered over nulls alone has no data': {
    check: { kind: 'ordered', on: 'nulls', arguments: { columns: ['id', 'amount'] } },
    status: 'no_data',
  },

  'schema passes': {
    check: {
      kind: 'schema',
      on: 'hundred',
      arguments: { columns: { id: 'int', amount: 'decimal', bit: 'int4', none: 'numeric' }, order: true },
    },
    status: 'pass',
    counts: '4/0',
  },
  'schema passes with more columns': {
    check: {
      kind: 'schema',
      on: 'hundred',
      arguments: { columns: [{ name: 'amount', type: 'numeric', nullable: false }, 'id'], extra: 'allow' },
    },
    status: 'pass',
    counts: '4/0',
  },
  'schema finds each column that is not as agreed': {
    check: {
      kind: 'schema',
      on: 'hundred',
      arguments: {
        columns: [
          { name: 'amount', type: 'numeric(18, 2)' },
          { name: 'id', type: 'bigint' },
          { name: 'none', nullable: false },
          { name: 'gone', type: 'text', nullable: false },
        ],
        order: true,
      },
    },
    status: 'fail',
    counts: '4/5',
    rows: [
      'amount: is numeric, agreed numeric(18,2); stands in another place',
      'bit: is a column of hundred that nobody agreed',
      'gone: is not a column of hundred',
      'id: is integer, agreed bigint; stands in another place',
      'none: has rows without a value',
    ],
  },
  'schema over nulls alone passes, for the columns are there': {
    check: { kind: 'schema', on: 'nulls', arguments: { columns: ['id', 'who', 'amount', 'n'] } },
    status: 'pass',
    counts: '4/0',
  },
  'schema of a relation that is not there has no data': {
    check: { kind: 'schema', on: 'drop.not_landed', arguments: { columns: ['id'] } },
    status: 'no_data',
    counts: '0/0',
    message: 'drop.not_landed is not there',
  },
};
