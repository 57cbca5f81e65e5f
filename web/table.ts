import { h } from 'preact';
import type { ComponentChild } from 'preact';

export interface Column {
  readonly head: string;
  readonly numeric?: boolean;
  /** Left out on narrow screens; it stays in /api/status. */
  readonly secondary?: boolean;
}

interface TableContent {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row is its header. */
  readonly rows: readonly (readonly ComponentChild[])[];
  /** Said instead of the table when there is no row: what the emptiness means. */
  readonly empty: string;
}

/** A table with a caption and scoped headers, in a region that scrolls by itself when it is too wide. */
export function table({ caption, columns, rows, empty }: TableContent): ComponentChild {
  if (rows.length === 0) return h('p', { class: 'empty' }, empty);
  return h(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': caption, tabIndex: 0 },
    h(
      'table',
      null,
      h('caption', null, caption),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          columns.map((column) => h('th', { scope: 'col', class: cellClass(column) }, column.head)),
        ),
      ),
      h(
        'tbody',
        null,
        rows.map((cells) =>
          h(
            'tr',
            null,
            cells.map((cell, position) => dataCell(cell, position, columns[position])),
          ),
        ),
      ),
    ),
  );
}

function dataCell(cell: ComponentChild, position: number, column: Column | undefined): ComponentChild {
  const className = column && cellClass(column);
  if (position === 0) return h('th', { scope: 'row', class: className }, cell);
  // Narrow screens stack the cells of a row, each after its column's name.
  return h('td', { class: className, 'data-label': column?.head }, cell);
}

function cellClass(column: Column): string | undefined {
  const classes = [column.numeric === true ? 'number' : '', column.secondary === true ? 'secondary' : ''];
  return classes.filter((name) => name !== '').join(' ') || undefined;
}
