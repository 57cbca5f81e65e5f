import { jsonLines, JSON_TORTURE, tortureRecord } from './files-ndjson.ts';
import { filesSubject } from './files-tables.ts';

const document = (records: readonly string[]): string =>
  `{"made":"2024","data":{"items":[\n${records.join(',\n')}\n]}}`;

export const filesJson = filesSubject({
  kind: 'files json',
  ending: 'json',
  declared: { records: '/data/items' },
  write: (columns, rows) => document(jsonLines(columns, rows)),
  torture: JSON_TORTURE,
  writeTorture: (given) => ({
    bytes: document([tortureRecord(given)]),
    ...(given.type === 'undeclared' ? {} : { type: given.type }),
  }),
});
