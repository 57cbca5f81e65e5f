import { expect, test } from 'vitest';
import { readSelectors } from '../../cli/read-selectors.ts';
import { selectResources } from '../../cli/select-resources.ts';
import type { Resource } from '../../cli/resource.ts';
import { catchError } from '../setup/catch-error.ts';
import { writeProject } from './run-cli.ts';

const RESOURCES: readonly Resource[] = ['a', 'b', 'c', 'd'].map((id, at, ids) => ({
  type: 'model',
  id,
  name: id,
  uniqueId: `model.p.${id}`,
  package: 'p',
  vertical: 'v',
  fqn: ['p', 'v', id],
  file: `sql/v/${id}.sql`,
  line: null,
  description: null,
  tags: at % 2 === 0 ? ['even'] : ['odd'],
  config: {},
  dependsOn: [],
  parents: at === 0 ? [] : [`model.p.${ids[at - 1]}`],
  test: null,
}));

const YAML = `
selectors:
  - name: words
    definition: tag:even b
  - name: pair
    definition:
      tag: odd
  - name: full
    description: b and what is above it
    definition:
      method: fqn
      value: b
      parents: true
      indirect_selection: empty
  - name: deep
    definition: {method: fqn, value: a, children: true, children_depth: 1, exclude: [b]}
  - name: joined
    definition:
      union:
        - a
        - intersection: [tag:odd, {method: fqn, value: d}]
        - exclude: [a]
  - name: nested
    definition:
      union:
        - method: selector
          value: pair
        - exclude:
            - method: tag
              value: none
  - name: usual
    default: true
    definition: c
`;

test.each([
  ['words', ['a', 'b', 'c']],
  ['pair', ['b', 'd']],
  ['full', ['a', 'b']],
  ['deep', ['a']],
  ['joined', ['d']],
  ['nested', ['b', 'd']],
])('a selector is read as dbt reads it: %s', async (selector, expected) => {
  const selectors = readSelectors(await writeProject({ 'selectors.yml': YAML }));
  const ids = (asked: Parameters<typeof selectResources>[1]): string[] =>
    selectResources(RESOURCES, { ...asked, selectors }).selected.map(({ id }) => id);
  expect(ids({ selector })).toEqual(expected);
  expect(ids({ select: [`selector:${selector}`] })).toEqual(expected);
});

test('the default is meant when nothing is asked for, and only then', async () => {
  const selectors = readSelectors(await writeProject({ 'selectors.yml': YAML }));
  const ids = (asked: Parameters<typeof selectResources>[1]): string[] =>
    selectResources(RESOURCES, { ...asked, selectors }).selected.map(({ id }) => id);
  expect(ids({})).toEqual(['c']);
  expect(ids({ select: ['a+1'] })).toEqual(['a', 'b']);
  expect(ids({ exclude: ['a'] })).toEqual(['b', 'c', 'd']);
});

test('a selector that is not there, and a file that is not right, are errors', async () => {
  const selectors = readSelectors(await writeProject({ 'selectors.yml': YAML }));
  const unknown = await catchError(() => selectResources(RESOURCES, { selector: 'wrods', selectors }));
  expect(unknown.message).toBe("no selector 'wrods' in selectors.yml; did you mean 'words'? [SELECTOR_INVALID]");
  const root = await writeProject({ 'selectors.yml': 'selectors:\n  - name: x\n    definitoin: a\n' });
  expect((await catchError(() => readSelectors(root))).message).toMatchInlineSnapshot(
    `"selectors.yml:3:5: unknown key 'definitoin' in selectors[0]; did you mean 'definition'? [CONFIG_INVALID]"`,
  );
});

test('without the file there is none', async () => {
  expect(readSelectors(await writeProject({}))).toEqual({ named: new Map(), fallback: undefined });
});
