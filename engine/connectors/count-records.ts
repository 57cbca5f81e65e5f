/**
 * Counts the records of a CSV file from its bytes alone, knowing only quotes and line ends: a second opinion that must agree
 * with the parser's.
 */
export function countRecords(): {
  readonly add: (chunk: Buffer) => void;
  readonly end: () => { readonly records: bigint; readonly lines: number; readonly endsWithLineEnd: boolean };
} {
  let records = 0n;
  let lineEnds = 0;
  let quoted = false;
  let last = -1;
  return {
    add: (chunk) => {
      for (const byte of chunk) {
        // A doubled quote inside a quoted field closes and opens again: no state of its own is needed.
        if (byte === 0x22) quoted = !quoted;
        else if (byte === 0x0a) {
          lineEnds += 1;
          if (!quoted) records += 1n;
        }
        last = byte;
      }
    },
    end: () => {
      const endsWithLineEnd = last === 0x0a;
      const open = last !== -1 && !endsWithLineEnd;
      return { records: records + (open ? 1n : 0n), lines: lineEnds + (open ? 1 : 0), endsWithLineEnd };
    },
  };
}
