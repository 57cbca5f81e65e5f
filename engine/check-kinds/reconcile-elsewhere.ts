import { literal } from '../sql-text.ts';
import type { CheckPlan, KindContext } from './check-kind.ts';
import type { ReconcileArguments } from './kinds/reconcile.ts';

/**
 * The plan of a reconcile with a table of another database. What is compared is in `compares`; whoever compares fills two temporary tables
 * before the plan's SQL is asked: `differences`, a row for each key that is not the same, and `looked`, one row with how many keys there were.
 */
export function reconcileElsewhere(
  { definition, where, label, arguments: given }: KindContext<ReconcileArguments>,
  { connection, table }: { readonly connection: string; readonly table: string },
): CheckPlan {
  const name = `tickmark_compared_${definition.definitionHash.slice(0, 16)}`;
  const there = `${connection}:${table}`;
  const reasons = {
    only_here: literal(`is in ${label} but not in ${there}`),
    only_there: literal(`is in ${there} but not in ${label}`),
    doubled_here: literal(`stands several times in ${label}`),
    doubled_there: literal(`stands several times in ${there}`),
    differs: 'differing',
  };
  const wanted = {
    missing: ['only_here', 'only_there', 'doubled_here', 'doubled_there'],
    differing: ['differs'],
    both: Object.keys(reasons),
  }[given.find];
  return {
    population: { query: `select looked::bigint from ${name}_looked` },
    violations: `select key as subject_id, case finding ${Object.entries(reasons)
      .map(([finding, reason]) => `when '${finding}' then ${reason}`)
      .join(' ')} end as reason, amount
from ${name}
where finding in (${wanted.map(literal).join(', ')})`,
    unpinned: true,
    compares: {
      connection,
      table,
      keys: given.keys,
      compare: given.compare,
      except: given.except,
      tolerance: given.tolerance,
      where,
      toWhere: given.to_where,
      ignoreCase: given.ignore_case,
      trim: given.trim,
      find: given.find,
      differences: name,
      looked: `${name}_looked`,
    },
  };
}
