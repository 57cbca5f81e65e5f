import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createTemplateEngine } from '../../../engine/jinja/template-engine.ts';

type Case = readonly [template: string, expected: string | null];

/** What Jinja 3.1.6 makes of each template, `null` for an error: `write-jinja-corpus.py` writes it. */
const corpus = JSON.parse(readFileSync(new URL('jinja-corpus.json', import.meta.url), 'utf8')) as readonly Case[];
const values = readFileSync(new URL('jinja-values.json', import.meta.url), 'utf8');

/** Where we differ on purpose: Jinja lets a mistake pass in silence. */
const STRICTER: ReadonlyMap<string, string> = new Map([
  [
    '{% for x in items3 %}{{ loop.previtem }}-{{ x }}-{{ loop.nextitem }} {% endfor %}',
    'what has no value is written out',
  ],
  ['{% for x in missing_thing %}x{% else %}empty{% endfor %}', 'a name that nobody knows'],
  ['{% raw %}', 'raw that is not closed'],
  ["{{ 'x'.__class__ is defined }}", 'nothing of the language below is there'],
]);

function rendered(template: string): string | null {
  try {
    const words = JSON.parse(values) as Record<string, unknown>;
    return createTemplateEngine(words).parse(template, { file: 'x.sql' }, []).render({});
  } catch (error) {
    // Only what we refuse on purpose counts as refused; a mistake of our own is not a refusal.
    if (error instanceof Error && error.message.includes('[COMPILE_TEMPLATE]')) return null;
    throw error;
  }
}

test('every template gives what Jinja gives', () => {
  expect(corpus.length).toBeGreaterThan(400);
  const different = corpus
    .filter(([template]) => !STRICTER.has(template))
    .map(([template, expected]) => ({ template, expected, rendered: rendered(template) }))
    .filter((each) => each.expected !== each.rendered);
  expect(different).toEqual([]);
});

test('what is stricter than Jinja still is, so that the list of it stays true', () => {
  const known = new Map(corpus);
  for (const template of STRICTER.keys()) expect(rendered(template), template).not.toBe(known.get(template));
});
