import { MAX_DEPTH } from '../json/scan-json.ts';
import { MAX_RECORD_BYTES, overCeiling, refusedFile } from './refuse-file.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** One open container outside of the records. */
interface Level {
  readonly isObject: boolean;
  /** Whether it lies on the way to the records. */
  readonly onPath: boolean;
  /** Of an array: which item comes next. */
  index: number;
}

/**
 * Cuts the array at `path` into its items, as they come, and gives what stands around it, for the strict parser to judge both.
 * It knows strings, brackets and commas and changes nothing: what it cuts wrongly is no JSON, and the parser refuses it.
 */
export function splitJson(input: {
  readonly file: string;
  readonly chunks: AsyncIterable<Buffer>;
  readonly path: readonly string[];
}): {
  /** Each item's bytes, blanks around it included; in batches. */
  readonly items: () => AsyncIterable<readonly Buffer[]>;
  /** The document with an empty array where the items were; asked after the last item. */
  readonly rest: () => Buffer;
} {
  const { file, chunks, path } = input;
  const levels: Level[] = [];
  const rest: Buffer[] = [];
  let restBytes = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let given = 0;
  let inItems = false;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let name: number[] | undefined;
  let lastName: string | undefined;
  let expectsName = false;

  const keepRest = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    restBytes += bytes.length;
    if (restBytes > MAX_RECORD_BYTES) throw overCeiling(`more than ${MAX_RECORD_BYTES} bytes beside the records`, file);
    rest.push(Buffer.from(bytes));
  };
  const keepItem = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    heldBytes += bytes.length;
    if (heldBytes > MAX_RECORD_BYTES)
      throw overCeiling(`a record of more than ${MAX_RECORD_BYTES} bytes`, file, given + 1);
    held.push(bytes);
  };
  const takeItem = (): Buffer => {
    const item = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    given += 1;
    return item;
  };
  /** Whether the value that begins now lies on the way, by the member's name or the item's number. */
  const isOnPath = (): boolean => {
    const top = levels.at(-1);
    if (top === undefined) return true;
    const step = path[levels.length - 1];
    return top.onPath && step !== undefined && (top.isObject ? lastName === step : String(top.index) === step);
  };
  const open = (isObject: boolean): void => {
    if (levels.length >= MAX_DEPTH) throw refusedFile(`nested deeper than ${MAX_DEPTH} levels`, file);
    const onPath = isOnPath();
    levels.push({ isObject, onPath, index: 0 });
    expectsName = isObject;
    inItems = !isObject && onPath && levels.length === path.length + 1;
    depth = 0;
  };

  async function* items(): AsyncIterable<readonly Buffer[]> {
    for await (const chunk of chunks) {
      const batch: Buffer[] = [];
      let from = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at] as number;
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inString = false;
          if (name === undefined) continue;
          if (inString) {
            if (name.length < 4096) name.push(byte);
          } else {
            lastName = unescapeName(Buffer.from(name).toString());
            name = undefined;
          }
          continue;
        }
        if (byte === QUOTE) {
          inString = true;
          if (inItems) continue;
          if (expectsName) name = [];
          expectsName = false;
        } else if (inItems) {
          if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
          else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && depth > 0) depth -= 1;
          else if (byte === COMMA && depth === 0) {
            keepItem(chunk.subarray(from, at));
            batch.push(takeItem());
            from = at + 1;
          } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
            keepItem(chunk.subarray(from, at));
            const last = takeItem();
            if (given > 1 || !isBlank(last)) batch.push(last);
            from = at;
            inItems = false;
            levels.pop();
          }
        } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
          open(byte === OPEN_OBJECT);
          if (!inItems) continue;
          keepRest(chunk.subarray(from, at + 1));
          from = at + 1;
        } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) levels.pop();
        else if (byte === COMMA) {
          const top = levels.at(-1);
          if (top !== undefined) top.index += 1;
          expectsName = top?.isObject === true;
        }
      }
      if (inItems) keepItem(chunk.subarray(from));
      else keepRest(chunk.subarray(from));
      if (batch.length > 0) yield batch;
    }
    if (inItems || levels.length > 0) throw refusedFile('the document ends before its end: it looks cut off', file);
  }
  return { items, rest: () => Buffer.concat(rest) };
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

function unescapeName(text: string): string | undefined {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}
