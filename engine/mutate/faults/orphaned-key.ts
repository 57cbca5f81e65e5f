import { columnFault } from '../fault.ts';

/** Of the same form as a real one, so that only looking it up finds it. */
export const orphanedKey = columnFault({
  name: 'orphaned_key',
  what: 'a key leads nowhere',
  fits: ({ shape, isKey, present }) => isKey && present > 0n && (shape === 'text' || shape === 'integer'),
  alwaysDiffers: true,
  becomes: ({ sql, name, shape, type }, { copy }) => {
    if (shape !== 'text') return `(select max(x.${name}) from ${copy} as x) + 1 + abs(${sql} % 1000)`;
    const text = `${sql}::text`;
    const forms = [
      `translate(${text}, '0123456789', '5678901234')`,
      `reverse(${text})`,
      `overlay(${text} placing 'X' from 1 for 1)`,
      `overlay(${text} placing '9' from length(${text}) for 1)`,
    ];
    return `select form from unnest(array[${forms.join(', ')}]) with ordinality as forms(form, n)
where form::${type} not in (select x.${name} from ${copy} as x where x.${name} is not null) order by n limit 1`;
  },
});
