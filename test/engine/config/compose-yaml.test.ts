import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Node } from 'yaml';
import { expect, test } from 'vitest';
import { composeYaml } from '../../../engine/config/compose-yaml.ts';

const ROOT = join(import.meta.dirname, '../../..');

type Path = readonly (string | number)[];

/** Every path of a document of the other reader, with the character it puts it at. */
function* placesOf(node: unknown, path: Path = []): Generator<readonly [Path, number]> {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const at = [...path, String(key.value)];
      yield [at, key.range?.[0] ?? -1];
      yield* placesOf(value, at);
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const at = [...path, index];
      const { range, anchor } = item as Node & { anchor?: string };
      if (anchor === undefined) yield [at, range?.[0] ?? -1];
      yield* placesOf(item, at);
    }
  }
}

const CASES = [
  'a: 1\nb: [x, "y", \'z\']\nc: {d: e, f: {g: [1, 2]}}\n',
  'a: |\n  two\n  lines\nb: >-\n  folded\n  text\n\nc: plain\n  on two lines\n',
  'a: [~, null, true, False, 12, -3, +4, 0x1f, 0o17, 1.5, .5, 1e3, .inf, -.inf, yes, no, 2026-01-31, 08:00, 1_000, 012]\n',
  '"quoted key": 1\n? explicit\n: 2\n"esc\\n\\u0041": "tab\\t"\n',
  '- - a\n  - b\n-\n  - c\n- k: v\n  l: w\n- >\n  block\n',
  'a: &x {b: 1}\nc: *x\nd: [*x, *x]\n',
  'a: ""\nb:\nc: # a comment\n  - d # another\n  # more\n  - e\n',
  '# before\n---\na: 1\n',
  'a: !!str 12\nb: !!map {c: d}\nc: ! plain\n',
  'a: 1\r\nb:\r\n  - c\r\n  - "d"\r\n',
  '\uFEFFa: 1\n',
  '__proto__: 1\nconstructor: 2\n',
  'a: "{{ var(\'x\') }}"\nb: {{c}: d}\n'.replace('b: {{c}: d}\n', ''),
];

test('values and places are those that the reference reader gives', () => {
  const files = ['sql', 'checks', 'test/projects'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ya?ml$/.test(file))
      .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
  );
  expect(files.length).toBeGreaterThan(10);
  for (const text of [...CASES, ...files]) {
    const document = parseDocument(text, { stringKeys: true });
    const tree = composeYaml(text);
    expect(tree.value, text).toEqual(document.toJS());
    for (const [path, offset] of placesOf(document.contents)) {
      if (text.slice(offset, offset + 1).match(/[|>!]/)) continue;
      expect([path, tree.offsetOf(path)], text).toEqual([path, offset]);
    }
  }
});

test('a merge key brings what is not said beside it, the first of several first', () => {
  const { value, offsetOf } = composeYaml(
    'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: *a, x: 3}\nd: {<<: [*a, *b], w: 4}\n',
  );
  expect(value).toMatchObject({ c: { x: 3, y: 1 }, d: { x: 1, y: 1, z: 2, w: 4 } });
  expect(offsetOf(['c', 'y'])).toBe(13);
  expect(() => composeYaml('a: {<<: 3}')).toThrowErrorMatchingInlineSnapshot(
    `[Error: << takes a map, or a list of maps]`,
  );
});

test('numbers are told as they are written, where a double would print them otherwise', () => {
  const { exact } = composeYaml('rows:\n  - {a: 10.10, b: 10, c: "x", d: 12345678901234567890.5, e: [1e3, 1]}\n');
  expect(exact(['rows'])).toEqual([{ a: '10.10', b: 10, c: 'x', d: '12345678901234567890.5', e: ['1e3', 1] }]);
  expect(exact(['rows', 0, 'a'])).toBe('10.10');
  expect(exact(['rows', 0, 'b'])).toBe(10);
  expect(exact(['nothing'])).toBeUndefined();
});

test('an option is found where dbt spells it otherwise', () => {
  const { offsetOf } = composeYaml('models:\n  +pre-hook: x\n');
  expect(offsetOf(['models', 'pre_hook'])).toBe(10);
});
