import { expect, test } from 'vitest';
import { regexModule as re } from '../../../../engine/compile/python/regex.ts';

// The expected values are what CPython 3.12 gives.
test('patterns are found as Python finds them', () => {
  expect(re.match('a+', 'aab')?.group()).toBe('aa');
  expect(re.match('b', 'ab')).toBeNull();
  expect(re.fullmatch('a|ab', 'ab')?.span()).toEqual([0, 2]);
  expect(re.search('(?P<year>\\d{4})-(\\d\\d)', 'on 2026-01')?.groups()).toEqual(['2026', '01']);
  expect(re.search('(?P<year>\\d{4})', 'on 2026')?.group('year')).toBe('2026');
  expect(re.search('(?i)ON', 'on')?.group()).toBe('on');
  expect(re.search('ON', 'on', { __keywords: true, flags: re.IGNORECASE })?.start()).toBe(0);
  expect(re.findall('(\\w)(\\d)', 'a1 b2')).toEqual([
    ['a', '1'],
    ['b', '2'],
  ]);
  expect(re.findall('\\d', 'a1 b2')).toEqual(['1', '2']);
});

test('patterns are replaced and split by', () => {
  expect(re.sub('[ -]+', '_', 'a - b c')).toBe('a_b_c');
  expect(re.sub('(\\w)(\\d)', '\\2\\g<1>', 'a1 b2')).toBe('1a 2b');
  expect(re.sub('a', 'b', 'aaa', 2)).toBe('bba');
  expect(re.split(',\\s*', 'a, b,c')).toEqual(['a', 'b', 'c']);
  expect(re.split('(,)', 'a,b', 1)).toEqual(['a', ',', 'b']);
  expect(re.compile('x(\\d)').sub('y\\1', 'x1')).toBe('y1');
  expect(re.escape('a.b (c)')).toBe('a\\.b\\ \\(c\\)');
  expect(() => re.search('(', 'x')).toThrowErrorMatchingInlineSnapshot(`[Error: re: the pattern cannot be read]`);
});
