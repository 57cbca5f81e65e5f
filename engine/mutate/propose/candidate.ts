import type { ColumnProfile, TableProfile } from '../profile-table.ts';

/** A check that might find a fault: to be tried before anybody is told of it. */
export interface Candidate {
  readonly kind: string;
  readonly on: string;
  readonly column?: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** What candidates are thought up from. */
export interface Scenery {
  readonly profile: TableProfile;
  /** Undefined for faults of whole rows. */
  readonly column: ColumnProfile | undefined;
  /** Columns that name a row of it; none when nobody says which. */
  readonly key: readonly string[];
  /** The tables that it is made of, and those that are made of it, nearest first. */
  readonly related: readonly Related[];
}

export interface Related {
  readonly profile: TableProfile;
  readonly key: readonly string[];
}

/** A column of another table that is called the same, whatever the case. */
export function counterpart(name: string, { columns }: TableProfile): ColumnProfile | undefined {
  return columns.find(({ label }) => label === name) ?? columns.find(({ label }) => plain(label) === plain(name));
}

/** Names of columns on both sides as kinds take them: the name itself, or `{ours: theirs}`. */
export function pairOf(ours: string, theirs: string): string | Readonly<Record<string, string>> {
  return ours === theirs ? ours : { [ours]: theirs };
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
