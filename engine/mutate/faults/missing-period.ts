import type { Fault } from '../fault.ts';

export const missingPeriod: Fault = {
  name: 'missing_period',
  what: 'the rows of the newest month are missing',
  shares: ['all'],
  fits: ({ period }, column) => column === undefined && period !== undefined,
  plant: ({ copy, table: { period } }) => {
    const month = `date_trunc('month', ${period?.value})`;
    return `delete from ${copy} as t where ${month} = (select max(${month}) from ${copy} as t)`;
  },
};
