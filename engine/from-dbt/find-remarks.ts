import type { Remark } from './conversion.ts';
import type { PlacedKind } from './place-files.ts';
import { lineAt, withoutComments } from './scan-templates.ts';

interface Sign {
  readonly kinds: readonly PlacedKind[];
  readonly pattern: RegExp;
  readonly what: (match: RegExpMatchArray) => string;
  readonly next: string;
}

const MODELS: readonly PlacedKind[] = ['model', 'snapshot'];
const ANY: readonly PlacedKind[] = ['model', 'snapshot', 'macro', 'check'];

/** What dbt does with a template and Tickmark does not, by how it is written. */
const SIGNS: readonly Sign[] = [
  {
    kinds: ['macro'],
    pattern: /\{%-?\s*materialization\s+([\w-]+)/g,
    what: ([, name = '']) => `materialization ${name}`,
    next: 'Tickmark has view, table, incremental, snapshot, seed and ephemeral, and no others',
  },
  {
    kinds: ['macro'],
    pattern: /\{%-?\s*macro\s+\w*(generate_(?:schema|database|alias)_name)\w*\s*\(/g,
    what: ([, name = '']) => `macro ${name} is brought over and never called`,
    next: "the relations stand in the vertical's own schema, under the name or alias of the model",
  },
  {
    kinds: MODELS,
    pattern: /\bconfig\s*\([^)]*?\b((?:target_)?(?:schema|database))\s*=\s*(['"][^'"]*['"])/g,
    what: ([, name = '', value = '']) => `config ${name}=${value}`,
    next: "kept, and changes nothing: the relation stands in the vertical's own schema",
  },
  {
    kinds: MODELS,
    pattern: /\bmaterialized\s*=\s*['"](?!(?:view|table|incremental|ephemeral|snapshot|seed)['"])([^'"]*)['"]/g,
    what: ([, name = '']) => `materialized='${name}'`,
    next: 'Tickmark has view, table, incremental and ephemeral: a table is written only when its definition or inputs changed',
  },
  {
    kinds: MODELS,
    pattern: /\bref\s*\([^)]*\b(?:v|version)\s*=/g,
    what: () => 'ref() of a version',
    next: 'give each version a name of its own',
  },
  {
    kinds: ANY,
    pattern: /\btarget\.(schema|database|dbname|profile_name|user|host|warehouse|dataset|project)\b/g,
    what: ([, name = '']) => `target.${name} says something else in Tickmark`,
    next: 'see that the template still means what it should; target.schema is the schema of the vertical',
  },
  {
    kinds: ANY,
    pattern: /\benv_var\s*\(\s*['"](DBT_ENV_SECRET_\w+)['"]/g,
    what: ([, name = '']) => `env_var of the secret ${name}`,
    next: 'compiled SQL is kept as evidence: take the secret out of the template',
  },
];

/** What of a template cannot be brought over as it was meant, with its lines. */
export function findRemarks(template: string, file: string, kind: PlacedKind): readonly Remark[] {
  const text = withoutComments(template);
  return SIGNS.filter(({ kinds }) => kinds.includes(kind)).flatMap(({ pattern, what, next }) =>
    [...text.matchAll(pattern)].map((match) => ({ file, line: lineAt(text, match.index), what: what(match), next })),
  );
}
