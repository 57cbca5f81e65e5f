import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { EngineError } from '../errors.ts';

/** One node of a manifest, ours or dbt's, as far as a comparison needs it. */
export interface StateNode {
  /** `model.<project>.<name>`, `test.<project>.<name>.<hash>`, ... */
  readonly uniqueId: string;
  readonly resourceType: string;
  readonly name: string;
  /** SHA-256 of the raw text, as the manifest's `checksum` says; of what is written down where there is no text of its own. */
  readonly checksum: string | null;
  /** SHA-256 over the config without what only names or groups it, hex. */
  readonly configHash: string;
  /** Quoted and with its schema; null for what has no relation (ephemeral models, tests). */
  readonly relationName: string | null;
  /** Names, types and constraints of the columns that a contract enforces; null without one. */
  readonly contractChecksum: string | null;
  /** Names of declared columns. */
  readonly columns: readonly string[];
  /** The node's own and its columns'. */
  readonly description: string;
  /** Unique ids of what it reads. */
  readonly dependsOn: readonly string[];
  /** Macros of the project that it calls, with those they call in turn: unique id -> SHA-256 of the macro's text. */
  readonly macros: ReadonlyMap<string, string>;
}

const Dependencies = z.looseObject({ macros: z.array(z.string()).default([]), nodes: z.array(z.string()).default([]) });
const Node = z.looseObject({
  unique_id: z.string(),
  name: z.string(),
  resource_type: z.string().optional(),
  description: z.string().nullish(),
  checksum: z.union([z.looseObject({ name: z.string(), checksum: z.string() }), z.string()]).nullish(),
  config: z.record(z.string(), z.unknown()).default({}),
  relation_name: z.string().nullish(),
  contract: z.looseObject({ enforced: z.boolean(), checksum: z.string().nullish() }).nullish(),
  columns: z.record(z.string(), z.looseObject({ description: z.string().nullish() })).default({}),
  depends_on: Dependencies.nullish(),
});
type Node = z.output<typeof Node>;

const Macro = z.looseObject({ macro_sql: z.string(), depends_on: Dependencies.nullish() });
const nodes = z.record(z.string(), Node).default({});
const Manifest = z.looseObject({
  nodes,
  sources: nodes,
  exposures: nodes,
  unit_tests: nodes,
  macros: z.record(z.string(), Macro).default({}),
});

/** What came with dbt, or with us: it changes with the tool, not with the project. */
const BUILT_IN = /^macro\.(dbt|dbt_postgres|dbt_utils|tickmark)\./;

/** Keys that dbt leaves out of a comparison: they are told by the relation's name, or change nothing. */
const NOT_COMPARED = new Set(['alias', 'schema', 'database', 'tags', 'group', 'packages', 'docs']);

/** Every node of a manifest by its unique id; `path` is what an error names. */
export function stateNodes(manifest: unknown, path: string): ReadonlyMap<string, StateNode> {
  const read = Manifest.safeParse(manifest);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new EngineError('STATE_INVALID', `${path}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { nodes: own, sources, exposures, unit_tests: unitTests, macros } = read.data;
  const texts = new Map<string, string>();
  for (const [id, macro] of Object.entries(macros))
    if (!BUILT_IN.test(id)) texts.set(id, sha256(macro.macro_sql.trim()));
  const all = [own, sources, exposures, unitTests].flatMap((each) => Object.values(each));
  return new Map(all.map((node) => [node.unique_id, stateNode(node, macros, texts)]));
}

function stateNode(
  node: Node,
  macros: z.output<typeof Manifest>['macros'],
  texts: ReadonlyMap<string, string>,
): StateNode {
  const called = new Set<string>();
  const visit = (ids: readonly string[]): void => {
    for (const id of ids) {
      if (called.has(id)) continue;
      called.add(id);
      visit(macros[id]?.depends_on?.macros ?? []);
    }
  };
  visit(node.depends_on?.macros ?? []);
  const described = Object.entries(node.columns).map(([name, column]) => `${name}: ${column.description ?? ''}`);
  return {
    uniqueId: node.unique_id,
    resourceType: node.resource_type ?? node.unique_id.split('.')[0] ?? '',
    name: node.name,
    checksum: checksumOf(node),
    configHash: sha256(canonicalize(comparedConfig(node.config)) ?? ''),
    relationName: node.relation_name ?? null,
    contractChecksum: node.contract?.enforced ? (node.contract.checksum ?? null) : null,
    columns: Object.keys(node.columns),
    description: [node.description ?? '', ...described].join('\n'),
    dependsOn: node.depends_on?.nodes ?? [],
    macros: new Map(
      [...called].toSorted().flatMap((id) => {
        const text = texts.get(id);
        return text === undefined ? [] : [[id, text]];
      }),
    ),
  };
}

/** What has no text of its own is its declaration: arguments, rows of a unit test, what an exposure reads, a source's table. */
function checksumOf(node: Node): string | null {
  if (typeof node.checksum === 'string') return node.checksum;
  if (node.checksum && node.checksum.name !== 'none') return node.checksum.checksum;
  const declared = DECLARED.flatMap((key) => (node[key] === undefined ? [] : [[key, node[key]]]));
  return declared.length === 0 ? null : sha256(canonicalize(declared) ?? '');
}

const DECLARED = [
  'test_metadata',
  'column_name',
  'given',
  'expect',
  'overrides',
  'type',
  'url',
  'owner',
  'label',
  'maturity',
  'identifier',
  'freshness',
  'loaded_at_field',
  'loaded_at_query',
] as const;

/** Without what says nothing, and in one form, so that what one tool writes otherwise than the other is no difference. */
function comparedConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key, value]) => !NOT_COMPARED.has(key) && !saysNothing(value))
      .map(([key, value]) => [key, inOneForm(key, value)]),
  );
}

function inOneForm(key: string, value: unknown): unknown {
  if (key === 'severity' && typeof value === 'string') return value.toLowerCase();
  return Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
}

function saysNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return typeof value === 'object' && Object.values(value).every(saysNothing);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
