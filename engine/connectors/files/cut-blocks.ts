import { MAX_RECORD_BYTES } from './refuse-file.ts';

const QUOTE = 0x22;
const LINE_END = 0x0a;

/** Bytes that end where a record does; the last block of a file may not. */
export interface CsvBlock {
  readonly bytes: Buffer;
  readonly last: boolean;
  /** More bytes than one record may have came without an end. */
  readonly tooLong: boolean;
}

/** Puts chunks together and cuts them where a line ends outside of quotes, so that no record stands in two blocks. */
export async function* cutBlocks(chunks: AsyncIterable<Buffer>): AsyncIterable<CsvBlock> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let quoted = false;
  for await (const chunk of chunks) {
    const cut = findCut(chunk, quoted);
    quoted = cut.quoted;
    if (cut.end === 0) {
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes <= MAX_RECORD_BYTES) continue;
      yield { bytes: Buffer.concat(held), last: true, tooLong: true };
      return;
    }
    const head = chunk.subarray(0, cut.end);
    yield { bytes: held.length === 0 ? head : Buffer.concat([...held, head]), last: false, tooLong: false };
    const rest = chunk.subarray(cut.end);
    held = rest.length === 0 ? [] : [rest];
    heldBytes = rest.length;
  }
  if (heldBytes > 0) yield { bytes: Buffer.concat(held), last: true, tooLong: false };
}

/** Behind the last line end that is not quoted; 0 when there is none. */
function findCut(chunk: Buffer, quotedBefore: boolean): { readonly end: number; readonly quoted: boolean } {
  if (!quotedBefore && !chunk.includes(QUOTE)) return { end: chunk.lastIndexOf(LINE_END) + 1, quoted: false };
  let quoted = quotedBefore;
  let end = 0;
  for (let at = 0; at < chunk.length; at += 1) {
    const byte = chunk[at] as number;
    if (byte > QUOTE) continue;
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === LINE_END && !quoted) end = at + 1;
  }
  return { end, quoted };
}
