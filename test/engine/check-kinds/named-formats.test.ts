import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COUNTRY_CODES, CURRENCY_CODES, IBAN_LENGTHS } from '../../../engine/check-kinds/format-codes.ts';
import { NAMED_FORMATS } from '../../../engine/check-kinds/named-formats.ts';
import type { FormatName } from '../../../engine/check-kinds/named-formats.ts';
import { literal } from '../../../engine/sql-text.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

/** Those of the texts that the database takes for one of the format. */
async function among(is: FormatName, texts: readonly string[]): Promise<readonly string[]> {
  const rows = await db.warehouse.query(
    `select x from unnest(array[${texts.map((text) => literal(text)).join(', ')}]::text[]) with ordinality as t(x, n) where ${NAMED_FORMATS[is].holds('t.x')} order by n`,
  );
  return rows.map((row) => row['x'] as string);
}

// Examples of the registry of IBANs, the Wikipedia articles on LEI and on Luhn's formula, and test numbers of card schemes.
const VALID: Partial<Record<FormatName, readonly string[]>> = {
  iban: [
    'DE89370400440532013000',
    'GB82WEST12345698765432',
    'FR1420041010050500013M02606',
    'MT84MALT011000012345MTLCAST001S',
    'NO9386011117947',
    'CH9300762011623852957',
    'LC55HEMM000100010012001200023015',
    'SC18SSCB11010000000000001497USD',
  ],
  lei: ['529900T8BM49AURSDO55', '54930084UKLVMY22DS16'],
  luhn: ['79927398713', '4111111111111111', '378282246310005', '5555555555554444', '00'],
  email: ["o'hara+x@sub.example.co", 'a.b@example.museum'],
  ipv4: ['255.255.255.255', '1.20.0.9'],
  iso_date: ['2000-02-29', '1999-12-31', '9999-04-30'],
  iso_datetime: ['2026-01-31T08:00:00Z', '2026-01-31 08:00:00.123456+0530'],
};

test.each(Object.entries(VALID))('%s takes what is known to be one', async (is, texts) => {
  expect(await among(is as FormatName, texts)).toEqual(texts);
});

const INVALID: Partial<Record<FormatName, readonly string[]>> = {
  iban: ['DE8937040044053201300', 'de89370400440532013000', 'NO93860111179470', 'DE00370400440532013000', ''],
  email: [
    'a..b@example.org',
    'a@b',
    'a b@example.org',
    '@example.org',
    'a@-example.org',
    `${'x'.repeat(65)}@example.org`,
  ],
  ipv4: ['1.2.3', '1.2.3.4.5', '1.2.3.4\n', '01.2.3.4'],
  iso_date: ['1900-02-29', '2026-13-01', '2026-04-31', '26-01-01', '2026-01-01\n'],
  iso_datetime: ['2026-01-31T08:60', '2026-01-31T8:00'],
  url: ['http://', 'https://exa mple.org', 'javascript:alert(1)'],
  digits: ['', '1.0', '١٢'],
  luhn: ['0', '79927398710', '4111-1111-1111-1111'],
};

test.each(Object.entries(INVALID))('%s takes nothing that is not', async (is, texts) => {
  expect(await among(is as FormatName, texts)).toEqual([]);
});

function isLuhn(text: string): boolean {
  const digits = Array.from(text, Number).toReversed();
  const sum = digits.reduce((all, digit, place) => {
    const twice = place % 2 === 0 ? digit : digit * 2;
    return all + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return sum % 10 === 0;
}

test('Luhn in the database is that of the reference', async () => {
  const numbers = fc.sample(fc.stringMatching(/^[0-9]{2,20}$/), { numRuns: 2000, seed: 20260131 });
  const valid = numbers.filter(isLuhn);
  expect(await among('luhn', numbers)).toEqual(valid);
  expect(valid.length).toBeGreaterThan(100);
});

function leavesOne(text: string): boolean {
  const digits = Array.from(text, (character) => Number.parseInt(character, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

test('the check digits of IBAN and LEI in the database are those of the reference', async () => {
  const draw = (pattern: RegExp) => fc.sample(fc.stringMatching(pattern), { numRuns: 3000, seed: 20260131 });
  // Qatar has 29 characters with letters in them, Germany 22 without.
  const ibans = [...draw(/^DE[0-9]{20}$/), ...draw(/^QA[0-9]{2}[0-9A-Z]{25}$/)];
  const valid = ibans.filter((iban) => leavesOne(`${iban.slice(4)}${iban.slice(0, 4)}`));
  expect(await among('iban', ibans)).toEqual(valid);
  const leis = draw(/^[0-9A-Z]{18}[0-9]{2}$/);
  expect(await among('lei', leis)).toEqual(leis.filter(leavesOne));
  expect(valid.length).toBeGreaterThan(20);
});

test('a typing error in an IBAN is found: one digit changed, or two neighbours swapped', async () => {
  const [iban = ''] = VALID.iban ?? [];
  const changed = Array.from({ length: iban.length - 2 }, (_, index) => {
    const place = index + 2;
    const digit = (Number(iban[place]) + 1) % 10;
    return `${iban.slice(0, place)}${digit}${iban.slice(place + 1)}`;
  });
  const swapped = Array.from({ length: iban.length - 3 }, (_, index) => {
    const place = index + 2;
    return `${iban.slice(0, place)}${iban[place + 1]}${iban[place]}${iban.slice(place + 2)}`;
  }).filter((text) => text !== iban);
  expect(await among('iban', [...changed, ...swapped])).toEqual([]);
});

test('the lists of codes are in order and without doubles', () => {
  for (const list of [CURRENCY_CODES, IBAN_LENGTHS, COUNTRY_CODES.replace(' XK', '')]) {
    const codes = list.split(' ');
    expect(codes).toEqual([...new Set(codes)].toSorted());
  }
  expect(COUNTRY_CODES.split(' ')).toHaveLength(250);
});
