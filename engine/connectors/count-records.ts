const QUOTE = 0x22;
const LINE_END = 0x0a;
/** Bytes from one sign to the next, on the average, from which searching is faster. */
const FAR = 24;

/**
 * Counts the records of a CSV file from its bytes alone, knowing only quotes and line ends: a second opinion that must agree
 * with the parser's.
 */
export function countRecords(): {
  readonly add: (chunk: Uint8Array) => void;
  readonly end: () => { readonly records: bigint; readonly lines: number; readonly endsWithLineEnd: boolean };
} {
  let records = 0;
  let lineEnds = 0;
  let quoted = false;
  let last = -1;
  return {
    add: (chunk) => {
      let inside = quoted;
      let outer = 0;
      let inner = 0;
      let from = 0;
      // From sign to sign, while they are far apart; byte by byte, when a search for each costs more than looking at all.
      let quote = chunk.indexOf(QUOTE);
      let line = chunk.indexOf(LINE_END);
      for (let steps = 1; quote !== -1 || line !== -1; steps += 1) {
        if (quote !== -1 && (line === -1 || quote < line)) {
          inside = !inside;
          from = quote + 1;
          quote = chunk.indexOf(QUOTE, from);
        } else {
          if (inside) inner += 1;
          else outer += 1;
          from = line + 1;
          line = chunk.indexOf(LINE_END, from);
        }
        if (steps % 64 === 0 && from < steps * FAR) break;
      }
      if (quote === -1 && line === -1) from = chunk.length;
      for (let at = from; at < chunk.length; at += 1) {
        const byte = chunk[at] as number;
        if (byte > QUOTE) continue;
        // A doubled quote inside a quoted field closes and opens again: no state of its own is needed.
        if (byte === QUOTE) inside = !inside;
        else if (byte === LINE_END) {
          if (inside) inner += 1;
          else outer += 1;
        }
      }
      quoted = inside;
      records += outer;
      lineEnds += outer + inner;
      if (chunk.length > 0) last = chunk[chunk.length - 1] as number;
    },
    end: () => {
      const endsWithLineEnd = last === LINE_END;
      const open = last !== -1 && !endsWithLineEnd;
      return { records: BigInt(records + (open ? 1 : 0)), lines: lineEnds + (open ? 1 : 0), endsWithLineEnd };
    },
  };
}
