import { expect, test } from 'vitest';
import type { Resource } from '../../cli/resource.ts';
import { verticalsToRetry } from '../../cli/verticals-to-retry.ts';

const RESOURCES = [
  ['vertical', 'shop', 'shop'],
  ['vertical', 'sales', 'sales'],
  ['vertical', 'stock', 'stock'],
  ['model', 'orders', 'shop'],
  ['model', 'report', 'sales'],
  ['model', 'shelf', 'stock'],
].map(([type, id, vertical]) => ({ type, id, vertical, uniqueId: `${type}.p.${id}` })) as unknown as Resource[];

test.each([
  ['all well', { orders: 'success', report: 'no-op', shelf: 'success' }, []],
  ['one failed', { orders: 'error', report: 'success', shelf: 'success' }, ['shop']],
  ['one skipped what another broke', { orders: 'fail', report: 'skipped', shelf: 'success' }, ['shop', 'sales']],
  ['one was not come to', { orders: 'error', report: 'success' }, ['shop', 'stock']],
  ['what failed is gone', { gone: 'fail', orders: 'success', report: 'success' }, ['shop', 'sales', 'stock']],
  ['nothing was done', {}, []],
])('%s', (_, statuses: Readonly<Record<string, string>>, expected) => {
  const results = new Map(
    Object.entries(statuses).map(([name, status]) => [`model.p.${name}`, { uniqueId: `model.p.${name}`, status }]),
  );
  expect(verticalsToRetry(results, RESOURCES)).toEqual(expected);
});
