/**
 * Counts the items of the array at `path` from a JSON document's bytes, in chunks of any size. It shares nothing with the
 * parser: it knows only strings, brackets and commas, so that a record that one of the two loses is missed by the other.
 * Of a text that is not JSON its count means nothing.
 */
export function countJsonRecords(path: readonly string[]): {
  readonly push: (bytes: Uint8Array) => void;
  readonly count: () => bigint;
} {
  /** Of each open container: whether it stands on the path, and which item of an array is next. */
  const open: { readonly isObject: boolean; readonly onPath: boolean; index: number }[] = [];
  let counted = 0;
  let inString = false;
  let escaped = false;
  /** Bytes of a member's name, as long as it may be a step of the path. */
  let name: number[] | undefined;
  let nameMatches = false;
  let expectsName = false;
  let expectsItem = false;

  const isStep = (): boolean => {
    const top = open.at(-1);
    if (top === undefined) return true;
    if (!top.onPath || open.length > path.length) return false;
    return top.isObject ? nameMatches : String(top.index) === path[open.length - 1];
  };
  const isTarget = (): boolean => open.length === path.length + 1 && open.at(-1)?.onPath === true;
  const beginItem = (): void => {
    if (expectsItem) counted += 1;
    expectsItem = false;
  };
  const endName = (): void => {
    const text = Buffer.from(name as number[]).toString();
    nameMatches = nameOf(text) === path[open.length - 1];
    name = undefined;
  };

  return {
    push: (bytes) => {
      for (let at = 0; at < bytes.length; at += 1) {
        const byte = bytes[at];
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inString = false;
          if (name === undefined) continue;
          if (inString) name.push(byte as number);
          else endName();
          continue;
        }
        switch (byte) {
          case SPACE:
          case NEWLINE:
          case RETURN:
          case TAB:
          case COLON:
            continue;
          case QUOTE:
            beginItem();
            inString = true;
            if (expectsName && open.at(-1)?.onPath === true && open.length <= path.length) name = [];
            expectsName = false;
            continue;
          case OPEN_OBJECT:
          case OPEN_ARRAY: {
            beginItem();
            open.push({ isObject: byte === OPEN_OBJECT, onPath: isStep(), index: 0 });
            expectsName = byte === OPEN_OBJECT;
            expectsItem = byte === OPEN_ARRAY && isTarget();
            continue;
          }
          case CLOSE_OBJECT:
          case CLOSE_ARRAY:
            open.pop();
            expectsItem = false;
            expectsName = false;
            continue;
          case COMMA: {
            const top = open.at(-1);
            if (top === undefined) continue;
            top.index += 1;
            expectsName = top.isObject;
            expectsItem = !top.isObject && isTarget();
            continue;
          }
          default:
            beginItem();
        }
      }
    },
    count: () => BigInt(counted),
  };
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];
const [SPACE, NEWLINE, RETURN, TAB] = [0x20, 0x0a, 0x0d, 0x09];

function nameOf(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}
