import type { SourceTable } from '../../contracts/source.ts';

export type FileFormat = NonNullable<SourceTable['format']>;
export type Packing = 'gz' | 'zip';

const EXTENSIONS: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  parquet: 'parquet',
  xlsx: 'xlsx',
};

/** How a file is packed, by its name's end. */
export function packingOf(name: string): Packing | undefined {
  const end = name.toLowerCase();
  return end.endsWith('.gz') ? 'gz' : end.endsWith('.zip') ? 'zip' : undefined;
}

/** What a file holds, by its name without the end that says how it is packed; undefined when the name does not tell. */
export function formatOf(name: string): FileFormat | undefined {
  const bare = name.replace(/\.(gz|zip)$/i, '');
  const [, extension = ''] = /\.([^./]+)$/.exec(bare) ?? [];
  return EXTENSIONS[extension.toLowerCase()];
}
