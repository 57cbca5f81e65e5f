import { expect, test } from 'vitest';
import { openLineageTarget } from '../../cli/open-lineage-target.ts';

test.each([
  ['a file, from where the command runs', 'out/events.ndjson', {}, '/project/out/events.ndjson'],
  ['an address as it is', 'https://lineage/api?x=1', { OPENLINEAGE_URL: 'http://other' }, 'https://lineage/api?x=1'],
  [
    'the environment’s address',
    undefined,
    { OPENLINEAGE_URL: 'http://marquez:5000/' },
    'http://marquez:5000/api/v1/lineage',
  ],
  [
    'with an endpoint of its own',
    undefined,
    { OPENLINEAGE_URL: 'http://marquez:5000', OPENLINEAGE_ENDPOINT: '/events' },
    'http://marquez:5000/events',
  ],
  ['nowhere', undefined, {}, undefined],
])('%s', (_, given, env, expected) => {
  expect(openLineageTarget(given, { env, cwd: '/project' })).toBe(expected);
});
