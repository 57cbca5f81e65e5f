import { expect, test } from 'vitest';
import { describeLineage, expected } from './describe-lineage.ts';
import { QUERIES, TABLES } from './queries.ts';
import { traceSql } from './trace-sql.ts';

test.each(QUERIES)('%s', async (_name, sql, lineage) => {
  expect(describeLineage(await traceSql(sql, TABLES))).toEqual(expected(lineage));
});

test('a wrong expectation is noticed', async () => {
  const lines = describeLineage(await traceSql('select a + 1 as x from s.t', TABLES));
  expect(lines).not.toEqual(expected('x: direct t.a'));
});
