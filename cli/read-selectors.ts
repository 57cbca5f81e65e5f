import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseYaml } from '../engine/config/parse-yaml.ts';
import { INDIRECT_SELECTIONS, parseSelector } from './parse-selector.ts';
import type { Expression } from './parse-selector.ts';
import type { Selectors } from './select-resources.ts';

const FILE = 'selectors.yml';

const plain = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const Method = z.strictObject({
  method: z.string(),
  value: plain,
  parents: z.boolean().default(false),
  children: z.boolean().default(false),
  parents_depth: z.int().min(0).optional(),
  children_depth: z.int().min(0).optional(),
  childrens_parents: z.boolean().default(false),
  indirect_selection: z.enum(INDIRECT_SELECTIONS).optional(),
  get exclude() {
    return z.array(Definition).optional();
  },
});

/** dbt's three ways to write one: as on the command line, as `tag: nightly`, or in full. */
const Definition: z.ZodType<Written> = z.lazy(() =>
  z.union([
    z.string(),
    Method,
    z.strictObject({ union: z.array(Part) }),
    z.strictObject({ intersection: z.array(Part) }),
    z.record(z.string(), plain).refine((pair) => Object.keys(pair).length === 1, 'one method and its value'),
  ]),
) as z.ZodType<Written>;

const Part = z.lazy(() => z.union([z.strictObject({ exclude: z.array(Definition) }), Definition]));

type Written =
  | string
  | z.output<typeof Method>
  | { readonly union: readonly PartWritten[] }
  | { readonly intersection: readonly PartWritten[] }
  | Readonly<Record<string, string>>;
type PartWritten = Written | { readonly exclude: readonly Written[] };

const SelectorsFile = z.strictObject({
  selectors: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string().optional(),
      default: z.boolean().default(false),
      definition: Definition,
    }),
  ),
});

/** dbt's selectors.yml beside tickmark.yml; none without the file. */
export function readSelectors(root: string): Selectors {
  const path = join(root, FILE);
  if (!existsSync(path)) return { named: new Map(), fallback: undefined };
  const { selectors } = parseYaml(SelectorsFile, readFileSync(path, 'utf8'), FILE, 'CONFIG_INVALID').value;
  const named = new Map(selectors.map(({ name, definition }) => [name, expressionOf(definition)]));
  const fallback = selectors.find((selector) => selector.default);
  return { named, fallback: fallback === undefined ? undefined : named.get(fallback.name) };
}

function expressionOf(written: Written): Expression {
  if (typeof written === 'string') return parseSelector([written]);
  if (isParts(written, 'union')) return combined('union', written.union);
  if (isParts(written, 'intersection')) return combined('intersection', written.intersection);
  if (isMethod(written)) return ofMethod(written);
  const pairs = Object.entries(written as Readonly<Record<string, string>>);
  return parseSelector(pairs.map(([method, value]) => `${method}:${value}`));
}

function isParts<K extends 'union' | 'intersection'>(
  written: object,
  key: K,
): written is Readonly<Record<K, readonly PartWritten[]>> {
  return key in written && Array.isArray((written as Readonly<Record<string, unknown>>)[key]);
}

function isMethod(written: object): written is z.output<typeof Method> {
  return 'method' in written && 'value' in written;
}

function ofMethod(written: z.output<typeof Method>): Expression {
  const depth = (all: boolean, steps: number | undefined): number => (all ? (steps ?? Number.POSITIVE_INFINITY) : 0);
  const word: Expression = {
    kind: 'word',
    indirect: written.indirect_selection,
    criterion: {
      word: `${written.method}:${written.value}`,
      method: written.method,
      value: written.value,
      bare: false,
      up: depth(written.parents, written.parents_depth),
      down: depth(written.children, written.children_depth),
      around: written.childrens_parents,
    },
  };
  if (written.exclude === undefined) return word;
  return { kind: 'difference', from: word, without: { kind: 'union', of: written.exclude.map(expressionOf) } };
}

function combined(kind: 'union' | 'intersection', parts: readonly PartWritten[]): Expression {
  const without = parts.flatMap((part) =>
    typeof part === 'object' && Array.isArray((part as { exclude?: unknown }).exclude) && !('method' in part)
      ? (part as { readonly exclude: readonly Written[] }).exclude
      : [],
  );
  const of = parts.filter((part) => typeof part === 'string' || 'method' in part || !('exclude' in part));
  const from: Expression = { kind, of: of.map((part) => expressionOf(part as Written)) };
  if (without.length === 0) return from;
  return { kind: 'difference', from, without: { kind: 'union', of: without.map(expressionOf) } };
}
