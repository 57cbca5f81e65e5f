import { JsonFault } from '../json/json-fault.ts';
import { parseRecord } from '../json/parse-records.ts';
import type { JsonRecord } from '../json/parse-records.ts';
import { checkText } from './check-text.ts';
import { MAX_RECORD_BYTES, overCeiling, refusedFile } from './refuse-file.ts';

const LINE_END = 0x0a;

/** Reads one file of JSON objects, one a line; blank lines are no records. The last line must end, or the file looks cut off. */
export async function* readNdjson(input: {
  readonly file: string;
  readonly chunks: AsyncIterable<Buffer>;
  /** Told the file's non-blank lines, by a count of bytes alone, when the last record has been given. */
  readonly onCounted: (records: bigint) => void;
}): AsyncIterable<{ readonly record: JsonRecord; readonly line: number }> {
  const { file } = input;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let line = 1;
  let isFirst = true;
  let given = 0n;
  const counter = countLines();

  for await (const chunk of input.chunks) {
    counter.add(chunk);
    const cut = chunk.lastIndexOf(LINE_END) + 1;
    if (cut === 0) {
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes > MAX_RECORD_BYTES) throw overCeiling(`a line of more than ${MAX_RECORD_BYTES} bytes`, file, line);
      continue;
    }
    let bytes = Buffer.concat([...held, chunk.subarray(0, cut)]);
    if (isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    isFirst = false;
    checkText(bytes, file, line);
    for (const text of bytes.toString('utf8').split('\n').slice(0, -1)) {
      if (!isBlank(text)) {
        given += 1n;
        yield { record: parse(text, file, line), line };
      }
      line += 1;
    }
    held = cut === chunk.length ? [] : [chunk.subarray(cut)];
    heldBytes = chunk.length - cut;
  }
  const rest = Buffer.concat(held);
  if (rest.length > 0) {
    checkText(rest, file, line);
    throw refusedFile('the last line has no line end: the file looks cut off', file, line);
  }
  const counted = counter.end();
  if (counted !== given) {
    throw refusedFile(`${given} records were read, but an independent count finds ${counted}`, file);
  }
  input.onCounted(counted);
}

function isBlank(text: string): boolean {
  return /^[ \t\r]*$/.test(text);
}

function parse(text: string, file: string, line: number): JsonRecord {
  try {
    return parseRecord(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw refusedFile(error.reason, file, line);
  }
}

/** Lines with anything but blanks on them, by their bytes. */
function countLines(): { readonly add: (chunk: Buffer) => void; readonly end: () => bigint } {
  let lines = 0;
  let filled = false;
  return {
    add: (chunk) => {
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at] as number;
        if (byte === LINE_END) {
          if (filled) lines += 1;
          filled = false;
        } else if (byte > 0x20) {
          if (filled) continue;
          // A byte order mark is no text of a line.
          filled = byte !== 0xef && byte !== 0xbb && byte !== 0xbf;
        } else if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) filled = true;
      }
    },
    end: () => BigInt(lines + (filled ? 1 : 0)),
  };
}
