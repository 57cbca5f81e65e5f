import type { Share } from '../contracts/mutation.ts';
import type { ColumnProfile, TableProfile } from './profile-table.ts';

/** Where a fault is planted: one table of the copy, or one column of it. */
export interface Plot {
  readonly table: TableProfile;
  /** Quoted, to `update`. */
  readonly copy: string;
  readonly column: ColumnProfile | undefined;
  /** Columns to write, quoted. */
  readonly columns: readonly string[];
  /** A number that the seed gives this mutant, to choose one of several forms by. */
  readonly roll: number;
  /** A query of `at`, the places of the rows to spoil: as many as the share says of those for which the condition over `t` holds. */
  readonly picked: (condition: string) => string;
}

/** A kind of fault: which columns it fits, and the statement that plants it. */
export interface Fault {
  readonly name: string;
  /** What went wrong, as people would say it: a sentence without its full stop. */
  readonly what: string;
  /** How much of it there may be; the first is the one that says most of the checks. */
  readonly shares: readonly Share[];
  /** Whether it can be planted here; `column` is undefined for a fault of whole rows. */
  readonly fits: (table: TableProfile, column: ColumnProfile | undefined) => boolean;
  /** One statement that changes rows; none changed is no mutant. */
  readonly plant: (plot: Plot) => string;
}

/** A fault of one column: the picked rows take another value there, and only where that differs. */
export function columnFault(fault: {
  readonly name: string;
  readonly what: string;
  readonly shares?: readonly Share[];
  readonly fits: (column: ColumnProfile) => boolean;
  /** The new value as SQL over `t`, of the column's type or any that can be cast to it. */
  readonly becomes: (column: ColumnProfile, plot: Plot) => string;
  /** Rows that it can be planted into; those with a value when left out. */
  readonly where?: (column: ColumnProfile) => string;
  /** Whether the new value is known to differ, so that it is only worked out for the rows that are picked. */
  readonly alwaysDiffers?: boolean;
}): Fault {
  const { name, what, shares = ['one', 'percent'], where = ({ sql }) => `${sql} is not null` } = fault;
  return {
    name,
    what,
    shares,
    fits: (_, column) => column !== undefined && fault.fits(column),
    plant: (plot) => {
      const column = plot.column as ColumnProfile;
      const becomes = `(${fault.becomes(column, plot)})::${column.type}`;
      const differs = fault.alwaysDiffers ? '' : ` and ${becomes}::text is distinct from ${column.sql}::text`;
      const picked = plot.picked(`${where(column)}${differs}`);
      return `update ${plot.copy} as t set ${column.name} = ${becomes} from (${picked}) as picked where t.ctid = picked.at`;
    },
  };
}
