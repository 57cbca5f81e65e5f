import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseYaml } from '../../../engine/config/parse-yaml.ts';

const Shelf = z.strictObject({
  name: z.string(),
  kind: z.enum(['open', 'closed']).default('open'),
  rate: z.string().regex(/^\d+$/, 'a decimal, in quotes').optional(),
  books: z.array(z.strictObject({ title: z.string(), pages: z.int().min(1).optional() })).default([]),
});

const parse = (text: string) => parseYaml(Shelf, text, 'shelf.yml', 'PROJECT_INVALID');

test('a value comes with the place of every key and item', () => {
  const { value, place } = parse('name: a\nbooks:\n  - title: one\n  - title: two\n    pages: 3\n');
  expect(value).toEqual({ name: 'a', kind: 'open', books: [{ title: 'one' }, { title: 'two', pages: 3 }] });
  expect(place(['books', 1])).toEqual({ file: 'shelf.yml', line: 4, column: 5 });
  expect(place(['books', 1, 'pages'])).toEqual({ file: 'shelf.yml', line: 5, column: 5 });
  expect(place(['books', 1, 'author'])).toEqual({ file: 'shelf.yml', line: 4, column: 5 });
});

test('the place of what an alias stands for is where it is written', () => {
  const { place } = parse('name: a\nbooks:\n  - &one { title: one }\n  - *one\n');
  expect(place(['books', 1, 'title'])).toEqual({ file: 'shelf.yml', line: 3, column: 12 });
});

test('an unknown key is told before the missing one it causes, with what was meant', () => {
  expect(() => parse('nmae: a\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:1:1: unknown key 'nmae'; did you mean 'name'? [PROJECT_INVALID]]`,
  );
  expect(() => parse('name: a\nbooks:\n  - titel: one\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:3:5: unknown key 'titel' in books[0]; did you mean 'title'? [PROJECT_INVALID]]`,
  );
});

test('a missing key, a wrong type and a word that is not of the list each say what is expected', () => {
  expect(() => parse('kind: open\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:1:1: name is missing [PROJECT_INVALID]]`,
  );
  expect(() => parse('name: 3\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:1:1: name: expected text, got a number; put it in quotes [PROJECT_INVALID]]`,
  );
  expect(() => parse('name: a\nkind: opne\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:2:1: kind: 'opne' is not one of open, closed; did you mean 'open'? [PROJECT_INVALID]]`,
  );
  expect(() => parse('name: a\nrate: half\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:2:1: rate: expected a decimal, in quotes [PROJECT_INVALID]]`,
  );
  expect(() => parse('name: a\nbooks: one\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:2:1: books: expected a list, got text [PROJECT_INVALID]]`,
  );
  expect(() => parse('name: a\nbooks:\n  - title: one\n    pages: 0\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:4:5: books[0].pages: must be 1 or more [PROJECT_INVALID]]`,
  );
});

test('bad YAML, a key given twice and two documents in one file are errors with their place', () => {
  expect(() => parse('name: [a\nkind: open\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ] [PROJECT_INVALID]]`,
  );
  expect(() => parse('name: a\nname: b\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:2:1: Map keys must be unique [PROJECT_INVALID]]`,
  );
  expect(() => parse('name: a\n---\nname: b\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:2:1: a second document begins here; a file holds one [PROJECT_INVALID]]`,
  );
  expect(() => parse('name: !secret a\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:1:7: Unresolved tag: !secret [PROJECT_INVALID]]`,
  );
});

test('an empty file says so', () => {
  expect(() => parse('# nothing yet\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml: the file says nothing [PROJECT_INVALID]]`,
  );
});

test('aliases that multiply are refused before they are unfolded', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'])
    bomb.push(`${to}: &${to} [${`*${from}, `.repeat(9)}]`);
  expect(() => parse(bomb.join('\n'))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:6:12: its aliases stand for too much; write it out [PROJECT_INVALID]]`,
  );
});

test('a part is read by a schema of its own, and its errors keep their place', () => {
  const { read } = parse('name: a\nbooks:\n  - title: one\n');
  expect(read(z.strictObject({ title: z.string() }), ['books', 0])).toEqual({ title: 'one' });
  expect(() => read(z.strictObject({ name: z.string() }), ['books', 0])).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: shelf.yml:3:5: unknown key 'title' [PROJECT_INVALID]]`,
  );
});
