import { columnFault } from '../fault.ts';

export const otherCategory = columnFault({
  name: 'other_category',
  what: 'a value is another one of the few in its column',
  fits: ({ shape, distinct, rows, isKey }) =>
    distinct > 1n && (shape === 'boolean' || (distinct <= 50n && distinct * 4n <= rows && !isKey && shape !== 'other')),
  alwaysDiffers: true,
  becomes: ({ sql, name, shape }, { copy, roll }) =>
    shape === 'boolean'
      ? `not ${sql}`
      : `select x.value from (select distinct ${name} as value from ${copy}) as x
where x.value <> ${sql} order by md5(x.value::text || '${roll}') limit 1`,
});
