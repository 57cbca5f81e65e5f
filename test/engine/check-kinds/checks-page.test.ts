import { join } from 'node:path';
import { format } from 'prettier';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { CHECK_KINDS, kindNamed } from '../../../engine/check-kinds/check-kinds.ts';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import { loadGenericChecks } from '../../../engine/project/load-generic-checks.ts';
import { readProperties } from '../../../engine/project/read-properties.ts';
import { catchError } from '../../setup/catch-error.ts';
import { checksPage } from './checks-page.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Loads a kind's example as content has it, in a project where every relation is there. */
function load(example: string, of: 'column' | 'relation'): readonly CheckDefinition[] {
  const at =
    of === 'column' ? '    columns:\n      - name: amount\n        checks:\n          - ' : '    checks:\n          - ';
  const text = `models:\n  - name: orders\n${at}${example.trim().replaceAll('\n', '\n            ')}\n`;
  const file = readProperties({
    kind: 'properties',
    file: 'checks/shop/orders.yml',
    vertical: 'shop',
    folders: [],
    firstLine: 1,
    text,
    hash: '',
  } as never);
  return loadGenericChecks(file!, { relations: { require: (name: string) => name } as never });
}

test.each(Object.entries(CHECK_KINDS))('the example of %s is content that loads', async (name, { example, of }) => {
  const places = of === 'relation' ? (['relation'] as const) : (['column', 'relation'] as const);
  const tried = await Promise.all(
    places.map(async (place) => {
      let checks: readonly CheckDefinition[] = [];
      const error = await catchError(() => (checks = load(example, place))).catch(() => undefined);
      return { checks, error };
    }),
  );
  const [loaded] = tried.find(({ checks }) => checks.length === 1)?.checks ?? [];
  expect(loaded?.kind, tried.map(({ error }) => String(error)).join('\n')).toBe(name);
});

test('an example that is wrong is refused: the test above can fail', () => {
  expect(() => load('accepted_values:\n  arguments: { value: [1] }', 'column')).toThrow("unknown key 'value'");
});

test('every argument of every kind is described', () => {
  const silent = Object.entries(CHECK_KINDS).flatMap(([kind, { aliases = [], arguments: own }]) =>
    [own, ...aliases.map((alias) => kindNamed(alias)!.arguments)].flatMap((schema) => {
      const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
      return Object.entries(properties).flatMap(([name, argument]) =>
        typeof argument === 'object' && argument.description ? [] : [`${kind}: ${name}`],
      );
    }),
  );
  expect(silent).toEqual([]);
});

test('CHECKS.md is what the kinds say of themselves', async () => {
  const options = { parser: 'markdown', printWidth: 120, singleQuote: true } as const;
  await expect(await format(checksPage(), options)).toMatchFileSnapshot(join(ROOT, 'CHECKS.md'));
});
