import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { formatDecimal } from '../format.ts';
import type { VerticalStatus } from '../status.ts';
import { table } from '../table.ts';

/** What dashboards read now. */
export function publishedSection({ published, publishedTables }: VerticalStatus): ComponentChild {
  return table({
    caption: published === null ? 'Published tables' : `Tables of run ${published.runNo}, as dashboards read them`,
    columns: [{ head: 'Table' }, { head: 'Rows', numeric: true }],
    rows: publishedTables.map(({ name, rows }) => [h('code', null, name), formatDecimal(rows)]),
    empty: 'Nothing is published.',
  });
}
