import { stringify } from 'yaml';
import type { Candidate } from './candidate.ts';

/** A candidate as it stands in a properties file, ready to paste. */
export function formatCandidate({ kind, on, column, arguments: given }: Candidate): string {
  const check = given === undefined ? kind : { [kind]: { arguments: given } };
  const entry = column === undefined ? { checks: [check] } : { columns: [{ name: column, checks: [check] }] };
  const [source, table] = on.split('.');
  const document =
    table === undefined
      ? { models: [{ name: on, ...entry }] }
      : { sources: [{ name: source, tables: [{ name: table, ...entry }] }] };
  return stringify(document, { flowCollectionPadding: true, lineWidth: 0 });
}
