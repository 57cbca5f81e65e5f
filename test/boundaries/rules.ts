/** The parts of the house. Of `engine/` each folder is one; its top-level files are `engine`. */
const FOUNDATION = ['engine', 'contracts', 'statistics', 'tuples', 'wire'] as const;
const READING = ['config', 'check-kinds', 'jinja', 'compile', 'project', 'lineage', 'artifacts', 'from-dbt'] as const;
const WORLD = ['connectors', 'warehouse', 'evidence', 'diff'] as const;
export const STAGES = [
  'extract',
  'land',
  'verify',
  'transform',
  'check',
  'measure',
  'publish',
  'alert',
  'engagement',
] as const;
/** What looks at checks from above: it plans them, and runs no stage for anybody. */
const ABOVE = ['coverage', 'mutate'] as const;
const OUTER = ['activities', 'workflows', 'cli', 'web', 'embedded', 'bin', 'test', 'bench'] as const;
export const PARTS = [...FOUNDATION, ...READING, ...WORLD, ...STAGES, ...ABOVE, ...OUTER] as const;
export type Part = (typeof PARTS)[number];

const ENGINE: readonly Part[] = [...FOUNDATION, ...READING, ...WORLD, ...STAGES, ...ABOVE];
const FACES: readonly Part[] = [...FOUNDATION, ...READING, 'warehouse', 'evidence'];

interface Allowed {
  readonly parts: readonly Part[];
  /** Parts that may be imported by `import type` only. */
  readonly types?: readonly Part[];
}

/** Who may import whom: ARCHITECTURE.md, "The house". A part may always import itself. */
export const MAY_IMPORT: Readonly<Record<Part, Allowed>> = {
  engine: { parts: [] },
  contracts: { parts: [] },
  statistics: { parts: [] },
  tuples: { parts: ['engine', 'contracts'] },
  wire: { parts: [] },
  config: { parts: FOUNDATION },
  jinja: { parts: [...FOUNDATION, 'config'] },
  compile: { parts: [...FOUNDATION, 'config', 'jinja'] },
  'check-kinds': { parts: [...FOUNDATION] },
  lineage: { parts: [...FOUNDATION, 'config', 'compile'] },
  artifacts: { parts: [...FOUNDATION, 'config', 'compile', 'project', 'lineage'] },
  'from-dbt': { parts: [...FOUNDATION, 'config', 'jinja', 'compile', 'project'] },
  project: { parts: [...FOUNDATION, 'config', 'check-kinds', 'jinja', 'compile'] },
  connectors: { parts: [...FOUNDATION, 'config'] },
  warehouse: { parts: [...FOUNDATION, 'config'] },
  evidence: { parts: [...FOUNDATION, 'config', 'warehouse'] },
  diff: { parts: [...FOUNDATION, 'config', 'check-kinds', 'connectors', 'warehouse'] },
  ...stages(),
  mutate: { parts: [...FOUNDATION, ...READING, 'warehouse', 'evidence', 'check'] },
  coverage: { parts: [...FOUNDATION, ...READING, 'warehouse', 'check'] },
  activities: { parts: ENGINE },
  workflows: { parts: ['contracts'], types: ['activities'] },
  // Its commands write and serve the documentation site, which web makes.
  cli: { parts: [...FACES, 'web'], types: ['workflows'] },
  web: { parts: FACES, types: ['workflows'] },
  embedded: { parts: [] },
  bin: { parts: PARTS.filter((part) => part !== 'test' && part !== 'bench') },
  test: { parts: PARTS },
  bench: { parts: PARTS },
};

const PROVING: readonly Part[] = ['bin', 'test', 'bench'];

/** Packages that only some parts may know. */
export const PACKAGE_RULES: readonly {
  readonly packages: RegExp;
  readonly parts: readonly Part[];
  readonly rule: string;
}[] = [
  {
    packages: /^(pg|pg-copy-streams|knex|mysql2|@google-cloud\/bigquery)$/,
    parts: ['connectors', 'warehouse', 'wire', 'embedded', ...PROVING],
    rule: 'database drivers only in connectors and warehouse',
  },
  { packages: /^nunjucks$/, parts: ['jinja', ...PROVING], rule: 'nunjucks only in jinja' },
  {
    packages: /^@temporalio\//,
    parts: ['activities', 'workflows', 'cli', 'web', 'embedded', ...PROVING],
    rule: '@temporalio/* never in engine',
  },
  {
    packages: /^(fastify|@fastify\/.*|preact|preact-render-to-string)$/,
    parts: ['web', ...PROVING],
    rule: 'the web server only in web',
  },
  { packages: /^commander$/, parts: ['cli', ...PROVING], rule: 'the command parser only in cli' },
];

/** All that a workflow may load besides contracts: anything else is not deterministic, or not in the bundle. */
export const WORKFLOW_PACKAGES = /^@temporalio\/(workflow|common)$/;

/** The only places that know the process they run in. */
export const OWNS_PROCESS: readonly Part[] = PROVING;

/** The only files that may be called index.ts and gather others. */
export const REGISTRIES: readonly string[] = ['workflows/index.ts', 'activities/index.ts'];

export const BANNED_NAMES = /^(utils?|helpers?|common|misc)$/;

function stages(): Record<(typeof STAGES)[number], Allowed> {
  const allowed: Allowed = { parts: [...FOUNDATION, ...READING, ...WORLD] };
  return Object.fromEntries(STAGES.map((stage) => [stage, allowed])) as Record<(typeof STAGES)[number], Allowed>;
}

/** The part that a path belongs to; `tooling` for files at the root; null for a folder that the house does not have. */
export function partOf(path: string): Part | 'tooling' | null {
  const [top = '', second = '', ...rest] = path.split('/');
  if (second === '') return 'tooling';
  if (top !== 'engine') return OUTER.find((part) => part === top) ?? null;
  if (rest.length === 0) return 'engine';
  return ENGINE.find((part) => part === second && part !== 'engine') ?? null;
}
