import { isUtf8 } from 'node:buffer';
import { refusedFile } from './refuse-file.ts';

const LINE_END = 0x0a;

/** Refuses bytes that are no text the warehouse can hold, at their line. The bytes begin and end with a whole character. */
export function checkText(bytes: Buffer, file: string, firstLine: number): void {
  if (!isUtf8(bytes)) {
    throw refusedFile('a byte is not valid UTF-8', file, firstLine + linesBeforeInvalid(bytes));
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    throw refusedFile('a NUL character, which no text can hold', file, firstLine + countLineEnds(bytes, nul));
  }
}

export function countLineEnds(bytes: Buffer, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_END); at !== -1 && at < end; at = bytes.indexOf(LINE_END, at + 1)) lines += 1;
  return lines;
}

/** Line ends before the first byte that cannot stand where it does. */
function linesBeforeInvalid(bytes: Buffer): number {
  let from = 0;
  let lines = 0;
  for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, from)) {
    if (!isUtf8(bytes.subarray(from, end))) return lines;
    lines += 1;
    from = end + 1;
  }
  return lines;
}
