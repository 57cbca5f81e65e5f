import { z } from 'zod';
import { identifier, literal } from '../sql-text.ts';
import { relationName } from './arguments.ts';
import { checkKind } from './check-kind.ts';

const Arguments = z
  .strictObject({
    to: relationName,
    keys: z.array(z.string()).min(1),
    /** Columns of the same name on both sides that must agree; none: only the keys are compared. */
    compare: z.array(z.string()).default([]),
    /** Largest difference that still agrees; a decimal as text, in the columns' own unit. */
    tolerance: z
      .string()
      .regex(/^\d+(\.\d+)?$/, 'a decimal that is not negative, in quotes')
      .default('0'),
    /** `missing`: keys on one side only; `differing`: keys on both sides with other values; `both`. */
    find: z.enum(['missing', 'differing', 'both']).default('both'),
  })
  .refine(({ find, compare }) => find !== 'differing' || compare.length > 0, {
    path: ['compare'],
    error: 'find: differing needs columns to compare, or it could only pass',
  });

/**
 * Two relations agree key by key. `missing` looks at every key of either side, and also refuses a key that stands twice on one;
 * `differing` looks at the keys that both have. A null key matches nothing, so it is missing.
 */
export const reconcile = checkKind({
  arguments: Arguments,
  dimension: 'completeness',
  of: 'relation',
  relations: ['to'],
  plan: ({ relation, label, where, resolve, arguments: { to, keys, compare, tolerance, find } }) => {
    const columns = [...new Set([...keys, ...compare])].map(identifier).join(', ');
    const sides = `with this_side as (select ${columns} from ${relation} as t where ${where}),
other_side as (select ${columns} from ${resolve(to)} as t)`;
    const on = keys.map((key) => `a.${identifier(key)} = b.${identifier(key)}`).join(' and ');
    const keyOf = (side: string): string =>
      `concat_ws('/', ${keys.map((key) => `${side}.${identifier(key)}`).join(', ')})`;

    const missing = [
      lone({
        from: 'this_side',
        without: 'other_side',
        on,
        key: keyOf('a'),
        reason: `is in ${label} but not in ${to}`,
      }),
      lone({
        from: 'other_side',
        without: 'this_side',
        on,
        key: keyOf('a'),
        reason: `is in ${to} but not in ${label}`,
      }),
      doubled('this_side', label, keys, keyOf('a')),
      doubled('other_side', to, keys, keyOf('a')),
    ];
    const differing = compare.map((column) => {
      const left = `a.${identifier(column)}`;
      const right = `b.${identifier(column)}`;
      const differs =
        Number(tolerance) === 0
          ? `${left} is distinct from ${right}`
          : `(abs(${left} - ${right}) > ${tolerance} or (${left} is null) <> (${right} is null))`;
      return `select ${keyOf('a')} as subject_id,
  ${literal(`${column} is `)} || coalesce(${left}::text, 'null') || ${literal(` in ${label} and `)} || coalesce(${right}::text, 'null') || ${literal(` in ${to}`)} as reason,
  case when pg_typeof(${left})::text in ('numeric', 'integer', 'bigint', 'smallint') then ${left}::text::numeric - ${right}::text::numeric end as amount
from this_side as a join other_side as b on ${on}
where ${differs}`;
    });
    const parts = [...(find === 'differing' ? [] : missing), ...(find === 'missing' ? [] : differing)];
    return {
      population: `${sides}\nselect count(*) from this_side as a ${find === 'differing' ? '' : 'full '}join other_side as b on ${on}`,
      violations:
        parts.length === 0
          ? 'select null::text as subject_id, null::text as reason where false'
          : `${sides}\n${parts.join('\nunion all\n')}`,
      alsoReads: [to],
    };
  },
});

function lone(input: { from: string; without: string; on: string; key: string; reason: string }): string {
  return `select ${input.key} as subject_id, ${literal(input.reason)} as reason, null::numeric as amount
from ${input.from} as a
where not exists (select 1 from ${input.without} as b where ${input.on})`;
}

function doubled(side: string, label: string, keys: readonly string[], key: string): string {
  return `select ${key} as subject_id, ${literal(`stands `)} || count(*) || ${literal(` times in ${label}`)} as reason, null::numeric as amount
from ${side} as a
group by ${keys.map((name) => `a.${identifier(name)}`).join(', ')}
having count(*) > 1`;
}
