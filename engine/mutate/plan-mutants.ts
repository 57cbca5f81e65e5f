import { createHash } from 'node:crypto';
import type { Share } from '../contracts/mutation.ts';
import type { Fault } from './fault.ts';
import type { ColumnProfile, TableProfile } from './profile-table.ts';

/** A fault to be planted: where, and how much of it. */
export interface PlannedMutant {
  readonly profile: TableProfile;
  readonly column: ColumnProfile | undefined;
  readonly fault: Fault;
  readonly share: Share;
  /** The fault's name, with its share where that is not one row: `null 1 %`. */
  readonly name: string;
  /** A number that the seed gives it. */
  readonly roll: number;
}

/** In a table of at most so many rows one per cent is one row. */
const PERCENT_BEGINS = 100n;

/**
 * The mutants of every table: each fault of whole rows, and of each column so many as fit, chosen by the seed; faults of one row come
 * before the same faults in one row of a hundred. The same seed and tables give the same mutants.
 */
export function planMutants(
  profiles: readonly TableProfile[],
  how: { readonly faults: readonly Fault[]; readonly perColumn: number; readonly seed: string },
): readonly PlannedMutant[] {
  return profiles.flatMap((profile) => [
    ...candidates(profile, undefined, how),
    ...profile.columns.flatMap((column) => candidates(profile, column, how).slice(0, how.perColumn)),
  ]);
}

function candidates(
  profile: TableProfile,
  column: ColumnProfile | undefined,
  { faults, seed }: { readonly faults: readonly Fault[]; readonly seed: string },
): readonly PlannedMutant[] {
  return faults
    .filter((fault) => fault.fits(profile, column))
    .flatMap((fault) =>
      fault.shares
        .filter((share) => share !== 'percent' || profile.rows > PERCENT_BEGINS)
        .map((share, rank) => {
          const name = nameOf(fault, share);
          const roll = rollOf([seed, profile.table.name, column?.label ?? '', name]);
          return { profile, column, fault, share, name, roll, rank };
        }),
    )
    .toSorted((a, b) => a.rank - b.rank || a.roll - b.roll);
}

/** As reports and survivors.yml name it. */
export function nameOf({ name, shares }: Fault, share: Share): string {
  return share === shares[0] ? name : `${name} ${share === 'percent' ? '1 %' : share}`;
}

function rollOf(parts: readonly string[]): number {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readUIntBE(0, 6);
}
