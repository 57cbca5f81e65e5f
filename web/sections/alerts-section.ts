import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { badge } from '../badge.ts';
import { instant } from '../instant.ts';
import type { VerticalStatus } from '../status.ts';
import { table } from '../table.ts';

/** Incidents, and whether their alert reached anybody. */
export function alertsSection({ alerts }: VerticalStatus): ComponentChild {
  return table({
    caption: 'An incident alerts once, and closes when its subject is right again',
    columns: [{ head: 'Incident' }, { head: 'Status' }, { head: 'Opened' }, { head: 'Alert' }],
    rows: alerts.map(({ incident, opened, status, sentAt }) => [
      h('code', null, incident),
      status,
      instant(opened),
      sentAt === null ? badge('bad', 'not delivered') : badge('good', 'sent'),
    ]),
    empty: 'No incident.',
  });
}
