import type { LandedColumn } from '../contracts/pull.ts';
import { sha256 } from './sha256.ts';

/** SHA-256 of the columns' names and types, in order: two tables of one fingerprint have one shape. */
export function fingerprint(columns: readonly LandedColumn[]): string {
  return sha256(JSON.stringify(columns.map(({ name, type }) => [name, type])));
}
