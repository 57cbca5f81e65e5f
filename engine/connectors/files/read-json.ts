import { countJsonRecords } from '../json/count-json-records.ts';
import { JsonFault } from '../json/json-fault.ts';
import { findValue, parseRecord } from '../json/parse-records.ts';
import type { JsonRecord } from '../json/parse-records.ts';
import { printPointer } from '../json/json-pointer.ts';
import { checkText } from './check-text.ts';
import { refusedFile } from './refuse-file.ts';
import { splitJson } from './split-json.ts';

/** Reads one JSON document's array of objects, record by record; all that stands around the array is judged too. */
export async function* readJson(input: {
  readonly file: string;
  readonly chunks: AsyncIterable<Buffer>;
  readonly path: readonly string[];
  /** Told the records by a count of bytes alone, when the last one has been given. */
  readonly onCounted: (records: bigint) => void;
}): AsyncIterable<{ readonly record: JsonRecord; readonly line: number }> {
  const { file, path } = input;
  const counter = countJsonRecords(path);
  async function* counting(): AsyncIterable<Buffer> {
    let isFirst = true;
    for await (const chunk of input.chunks) {
      const bytes = isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
      isFirst = false;
      counter.push(bytes);
      yield bytes;
    }
  }
  const split = splitJson({ file, chunks: counting(), path });
  let given = 0;
  for await (const items of split.items()) {
    for (const item of items) {
      given += 1;
      checkText(item, file, given);
      yield { record: judge(() => parseRecord(item.toString('utf8')), file, given), line: given };
    }
  }
  const rest = split.rest();
  checkText(rest, file, 1);
  const around = judge(() => findValue(rest.toString('utf8'), path), file);
  const at = path.length === 0 ? 'the top' : printPointer(path);
  if (around === undefined) throw refusedFile(`nothing stands at ${at}`, file);
  if (around.kind !== 'array') throw refusedFile(`what stands at ${at} is not an array`, file);
  const counted = counter.count();
  if (counted !== BigInt(given)) {
    throw refusedFile(`${given} records were read, but an independent count finds ${counted}`, file);
  }
  input.onCounted(counted);
}

function judge<T>(work: () => T, file: string, record?: number): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw refusedFile(error.reason, file, record);
  }
}
