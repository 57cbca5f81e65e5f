const OPEN = 0x3c;
const CLOSE = 0x3e;
const SLASH = 0x2f;
const COLON = 0x3a;

/**
 * Counts the rows of a sheet that hold a value, from its bytes alone: it looks at the names of tags and at nothing else. A second
 * opinion that must agree with the parser's.
 */
export function countRows(): { readonly add: (chunk: Uint8Array) => void; readonly end: () => bigint } {
  let rows = 0;
  let holds = false;
  let inCell = false;
  /** The tag's name as far as it has come; undefined outside of a name. */
  let name: string | undefined;
  const endName = (given: string): void => {
    if (given === 'row') holds = false;
    else if (given === 'c') inCell = true;
    else if ((given === 'v' || given === 't') && inCell) holds = true;
    else if (given === '/c') inCell = false;
    else if (given === '/row') {
      if (holds) rows += 1;
      holds = false;
    }
  };
  return {
    add: (chunk) => {
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at] as number;
        if (byte === OPEN) name = '';
        else if (name !== undefined) {
          if (byte <= 0x20 || byte === CLOSE || (byte === SLASH && name !== '')) {
            endName(name);
            name = undefined;
          } else if (byte === COLON) name = name.startsWith('/') ? '/' : '';
          else if (name.length < 16) name += String.fromCharCode(byte);
        }
      }
    },
    end: () => BigInt(rows),
  };
}
