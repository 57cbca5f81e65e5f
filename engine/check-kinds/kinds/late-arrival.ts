import { z } from 'zod';
import { identifier, literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import { intervalSql, intervalText } from '../interval-text.ts';
import { momentOf } from '../periods.ts';
import { oneRow } from '../planting.ts';
import { wrongRows } from '../wrong-rows.ts';

/** What happened was recorded in time, and not before it happened. */
export const lateArrival = checkKind({
  arguments: z.strictObject({
    event: z.string().describe('The column, or an expression, that says when it happened.'),
    recorded: z
      .string()
      .describe('The column, or an expression, that says when it was recorded. A date is its first moment.'),
    max: intervalText.describe('How much later it may be recorded: 5 days. Just as much is in time.'),
    max_before: intervalText.default('0 seconds').describe('How much earlier than it happened it may be recorded.'),
    nulls: z
      .enum(['fail', 'skip'])
      .default('fail')
      .describe('Whether a row without one of the two times is a violation or not looked at.'),
  }),
  dimension: 'timeliness',
  of: 'relation',
  violationOf: 'row',
  finds:
    'rows recorded more than max after the event, or more than max_before before it; by default also rows that lack one of the two times.',
  example: `late_arrival:
  arguments: { event: posting_date, recorded: entered_at, max: 5 days, max_before: 1 day }`,
  thresholds: ['max', 'max_before'],
  plan: (context) => {
    const { expression, shown, arguments: given } = context;
    const event = momentOf(expression(given.event));
    const recorded = momentOf(expression(given.recorded));
    const has = `${event} is not null and ${recorded} is not null`;
    const late = `${recorded} > ${event} + ${intervalSql(given.max)}`;
    const early = `${recorded} < ${event} - ${intervalSql(given.max_before)}`;
    const both = `${literal(`: ${given.event} `)} || ${shown(event, given.event)} || ${literal(`, ${given.recorded} `)} || ${shown(recorded, given.recorded)}`;
    return wrongRows(context, {
      looked: given.nulls === 'skip' ? has : 'true',
      wrong: `${late} or ${early}${given.nulls === 'skip' ? '' : ` or not (${has})`}`,
      reason: `case when ${event} is null then ${literal(`${given.event} has no value`)} when ${recorded} is null then ${literal(`${given.recorded} has no value`)}
  when ${late} then ${literal(`recorded more than ${given.max} late`)} || ${both}
  else ${literal(`recorded ${given.max_before.startsWith('0 ') ? '' : `more than ${given.max_before} `}before it happened`)} || ${both} end`,
    });
  },
  faults: [
    { name: 'a row is recorded years later', statements: (ground) => [setTime(ground, 'recorded', `'2999-01-01'`)] },
    {
      name: 'a row is recorded before it happened',
      statements: (ground) => [setTime(ground, 'event', `'2999-01-01'`)],
    },
  ],
});

function setTime(
  { relation, arguments: given }: { readonly relation: string; readonly arguments: Readonly<Record<string, unknown>> },
  argument: 'event' | 'recorded',
  value: string,
): string {
  return `update ${relation} set ${identifier(String(given[argument]))} = ${value} where ${oneRow(relation)}`;
}
