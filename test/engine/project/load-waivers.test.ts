import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadProject } from '../../../engine/project/load-project.ts';
import { refusals } from './refusals.ts';
import { MINIMAL, writeProject } from './write-project.ts';

const WAIVERS = 'checks/shop/waivers.yml';
const CHECK = 'shop.not_null.stg_sales.amount';
const TESTED = {
  'checks/shop/sales.yml':
    'models:\n  - name: stg_sales\n    columns:\n      - name: amount\n        data_tests: [not_null]\n',
};
const GOOD = {
  check: CHECK,
  reason: 'the till of shop 4 was down that day',
  author: 'Ann Bell',
  approver: 'Carl Dunn',
  approved_on: '2026-01-31',
  expires: '2026-03-31',
};
const waiver = (said: object): string =>
  Object.entries({ ...GOOD, ...said })
    .filter(([, value]) => value !== undefined)
    .map(([key, value], index) => `${index === 0 ? '  - ' : '    '}${key}: ${String(value)}\n`)
    .join('');
const file = (...waivers: object[]): Record<string, string> => ({
  ...TESTED,
  [WAIVERS]: `waivers:\n${waivers.map(waiver).join('')}`,
});

test('a waiver says which check, why, who asked, who decided, and until when', () => {
  const { waivers } = loadProject(
    writeProject(file({ max_failures: 4, subjects: '[007, a-1, 12345678901234567890]' })),
  );
  expect(waivers).toEqual([
    {
      check: CHECK,
      vertical: 'shop',
      reason: 'the till of shop 4 was down that day',
      author: 'Ann Bell',
      approver: 'Carl Dunn',
      approvedOn: '2026-01-31',
      expires: '2026-03-31',
      maxFailures: 4n,
      subjects: ['007', 'a-1', '12345678901234567890'],
      file: WAIVERS,
      line: 2,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    },
  ]);
});

test('a project without waivers has none, and one more makes it another project', () => {
  const without = loadProject(writeProject(TESTED));
  const withOne = loadProject(writeProject(file({})));
  expect(without.waivers).toEqual([]);
  expect(withOne.hash).not.toBe(without.hash);
});

test('one waiver may follow another', () => {
  const { waivers } = loadProject(
    writeProject(
      file(
        {},
        { approved_on: '2026-04-01', expires: '2027-04-01' },
        { approved_on: '2025-12-01', expires: '2026-01-30' },
      ),
    ),
  );
  expect(waivers.map(({ expires, maxFailures }) => [expires, maxFailures])).toEqual([
    ['2026-03-31', null],
    ['2027-04-01', null],
    ['2026-01-30', null],
  ]);
});

test('a waiver that says too little, or of nothing, is refused with its place', () => {
  expect(
    refusals([
      file({}),
      file({ check: 'shop.not_null.stg_sales.amout' }),
      file({ check: 'nothing.like.it' }),
      file({ reason: 'known' }),
      file({ reason: undefined }),
      file({ approver: 'Ann Bell' }),
      file({ approver: "'  ann   BELL '" }),
      file({ approver: "'ａｎｎ bell'" }),
      file({ approver: "' '" }),
      file({ approved_on: '2026-02-30' }),
      file({ expires: '2026-01-31' }),
      file({ expires: '2027-02-01' }),
      file({ approved_on: '2024-02-29', expires: '2025-02-28' }),
      file({ approved_on: '2024-02-29', expires: '2025-03-01' }),
      file({ max_failures: 0 }),
      file({ subjects: '[]' }),
      file({ until: '2026-03-31' }),
      file({}, { approved_on: '2026-03-31', expires: '2026-04-30' }),
      file({ approved_on: '2026-03-31', expires: '2026-04-30' }, {}),
      file({ approved_on: '2026-01-01', expires: '2026-12-31' }, { approved_on: '2026-02-01', expires: '2026-02-28' }),
      { ...TESTED, [WAIVERS]: 'waivers: []\n' },
    ]),
  ).toMatchInlineSnapshot(`
    "nothing said of checks/shop/sales.yml, checks/shop/waivers.yml
    checks/shop/waivers.yml:2:5: no check 'shop.not_null.stg_sales.amout'; did you mean 'shop.not_null.stg_sales.amount'? [PROJECT_INVALID]
    checks/shop/waivers.yml:2:5: no check 'nothing.like.it' [PROJECT_INVALID]
    checks/shop/waivers.yml:3:5: waivers[0].reason: expected a reason of at least 10 characters [PROJECT_INVALID]
    checks/shop/waivers.yml:2:5: waivers[0].reason is missing [PROJECT_INVALID]
    checks/shop/waivers.yml:5:5: 'Ann Bell' is the author too; a waiver is approved by somebody else [PROJECT_INVALID]
    checks/shop/waivers.yml:5:5: 'ann   BELL' is the author too; a waiver is approved by somebody else [PROJECT_INVALID]
    checks/shop/waivers.yml:5:5: 'ａｎｎ bell' is the author too; a waiver is approved by somebody else [PROJECT_INVALID]
    checks/shop/waivers.yml:5:5: waivers[0].approver: expected the name of a person [PROJECT_INVALID]
    checks/shop/waivers.yml:6:5: waivers[0].approved_on: expected the day it was approved: a date as 2026-01-31 [PROJECT_INVALID]
    checks/shop/waivers.yml:7:5: a waiver expires after the day it was approved on, 2026-01-31 [PROJECT_INVALID]
    checks/shop/waivers.yml:7:5: a waiver holds for a year at most, here until 2027-01-31; approve it anew then [PROJECT_INVALID]
    nothing said of checks/shop/sales.yml, checks/shop/waivers.yml
    checks/shop/waivers.yml:7:5: a waiver holds for a year at most, here until 2025-02-28; approve it anew then [PROJECT_INVALID]
    checks/shop/waivers.yml:8:5: waivers[0].max_failures: must be 1 or more [PROJECT_INVALID]
    checks/shop/waivers.yml:8:5: waivers[0].subjects: needs at least 1 entry [PROJECT_INVALID]
    checks/shop/waivers.yml:8:5: unknown key 'until' in waivers[0] [PROJECT_INVALID]
    checks/shop/waivers.yml:8: check 'shop.not_null.stg_sales.amount' is waived twice on 2026-03-31, first at checks/shop/waivers.yml:2; one waiver must end before the next begins [PROJECT_INVALID]
    checks/shop/waivers.yml:8: check 'shop.not_null.stg_sales.amount' is waived twice on 2026-03-31, first at checks/shop/waivers.yml:2; one waiver must end before the next begins [PROJECT_INVALID]
    checks/shop/waivers.yml:8: check 'shop.not_null.stg_sales.amount' is waived twice on 2026-02-01, first at checks/shop/waivers.yml:2; one waiver must end before the next begins [PROJECT_INVALID]
    checks/shop/waivers.yml:1:1: waivers: needs at least 1 entry [PROJECT_INVALID]"
  `);
});

test('a waiver stands in the folder of its check', () => {
  const depot = {
    'tickmark.yml': `${readFileSync(join(MINIMAL, 'tickmark.yml'), 'utf8')}  depot: {}\n`,
    'sql/depot/marts/shelves.sql': 'select 1 as shelf',
    'checks/depot/waivers.yml': `waivers:\n${waiver({})}`,
  };
  expect(refusals([{ ...TESTED, ...depot }])).toMatchInlineSnapshot(
    `"checks/depot/waivers.yml:2:5: check 'shop.not_null.stg_sales.amount' is of vertical 'shop'; its waivers stand in checks/shop/waivers.yml [PROJECT_INVALID]"`,
  );
});
