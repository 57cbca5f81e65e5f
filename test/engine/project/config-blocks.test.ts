import { expect, test } from 'vitest';
import { blockOptions } from '../../../engine/project/config-blocks.ts';

const options = (block: Record<string, unknown>, path: readonly string[]) =>
  blockOptions(block, ['my_project', 'shop'], path);

test('options come from the outermost folder to the innermost, then the name', () => {
  const block = {
    '+tags': 'all',
    my_project: {
      materialized: 'view',
      staging: { '+materialized': 'ephemeral', erp: { '+schema': 'x' }, stg_a: { enabled: false } },
      marts: { '+materialized': 'table' },
    },
  };
  expect(options(block, ['staging', 'erp', 'stg_b'])).toEqual([
    { tags: 'all' },
    { materialized: 'view' },
    { materialized: 'ephemeral' },
    { schema: 'x' },
  ]);
  expect(options(block, ['staging', 'stg_a'])).toEqual([
    { tags: 'all' },
    { materialized: 'view' },
    { materialized: 'ephemeral' },
    { enabled: false },
  ]);
  expect(options(block, ['other', 'x'])).toEqual([{ tags: 'all' }, { materialized: 'view' }]);
});

test("the project's and the vertical's names may be left out, or stand one in the other", () => {
  for (const block of [
    { staging: { '+enabled': false } },
    { my_project: { staging: { '+enabled': false } } },
    { shop: { staging: { '+enabled': false } } },
    { my_project: { shop: { staging: { '+enabled': false } } } },
  ]) {
    expect(options(block, ['staging', 'a'])).toEqual([{ enabled: false }]);
    expect(options(block, ['marts', 'staging', 'a'])).toEqual([]);
  }
});

test('an option whose value is a map is no folder, and a folder of that name is told by its plus signs', () => {
  expect(options({ meta: { staging: 1 }, '+grants': { select: ['a'] } }, ['staging', 'a'])).toEqual([
    { meta: { staging: 1 }, grants: { select: ['a'] } },
  ]);
  expect(options({ docs: { '+enabled': false } }, ['docs', 'a'])).toEqual([{ enabled: false }]);
});

test('hooks are known with a hyphen, as dbt spells them', () => {
  expect(options({ '+pre-hook': 'select 1', 'post-hook': ['x'] }, ['a'])).toEqual([
    { pre_hook: 'select 1', post_hook: ['x'] },
  ]);
});

test('a model may be called as something that every object has', () => {
  expect(options({ '+tags': 'a' }, ['constructor', 'toString'])).toEqual([{ tags: 'a' }]);
});
