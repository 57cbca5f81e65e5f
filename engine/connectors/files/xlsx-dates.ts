import { printDate, printMoment, printTime } from '../cursor-value.ts';

/** What a cell's number format makes of its number. */
export type DateKind = 'date' | 'time' | 'moment';

/** Numbers that stand for formats of Excel's own: dates, times, and those of East Asian calendars. */
const BUILT_IN: Readonly<Record<number, DateKind>> = {
  ...Object.fromEntries([14, 15, 16, 17, ...range(27, 31), 34, 35, 36, ...range(50, 58)].map((id) => [id, 'date'])),
  ...Object.fromEntries([18, 19, 20, 21, 32, 33, 45, 47].map((id) => [id, 'time'])),
  22: 'moment',
};

/** Undefined for a number, and for a span of time such as `[h]:mm`, which is one. */
export function dateKind(id: number, code: string | undefined): DateKind | undefined {
  if (code === undefined) return BUILT_IN[id];
  const [section = ''] = code.split(';');
  // What stands in quotes or brackets, or behind a backslash, is shown as it is; but [h] counts hours past a day.
  if (/\[(h+|m+|s+)\]/i.test(section)) return undefined;
  const letters = section.replaceAll(/"[^"]*"|\\.|[_*].|\[[^\]]*\]|general/gi, '').toLowerCase();
  const hasTime = /[hs]/.test(letters);
  const hasDate = /[yd]/.test(letters) || (/m/.test(letters) && !hasTime);
  return hasDate ? (hasTime ? 'moment' : 'date') : hasTime ? 'time' : undefined;
}

const DAY_MS = 86_400_000;
/** 1899-12-30 and 1904-01-01, in days from 2000-01-01. */
const EPOCHS = { 1900: -36_526n, 1904: -35_064n } as const;
/** 9999-12-31, the last that a workbook knows. */
const LAST_SERIAL = 2_958_466;

/**
 * The text of a serial number that is shown as a date: ISO 8601, to the millisecond. Undefined when it is no date of the
 * calendar, as the 29th of February 1900 that Excel counts.
 */
export function serialText(text: string, kind: DateKind, system: 1900 | 1904): string | undefined {
  if (!/^\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return undefined;
  const serial = Number(text);
  if (!(serial >= 0 && serial < LAST_SERIAL)) return undefined;
  let days = Math.floor(serial);
  let ms = Math.round((serial - days) * DAY_MS);
  if (ms === DAY_MS) {
    days += 1;
    ms = 0;
  }
  const micros = BigInt(ms) * 1_000n;
  if (kind === 'time' && days === 0) return printTime(micros);
  if (system === 1900 && (days === 60 || days === 0)) return undefined;
  // Before that day each is counted one too low.
  const day = BigInt(system === 1900 && days < 60 ? days + 1 : days) + EPOCHS[system];
  if (ms === 0 && kind === 'date') return printDate(day);
  return printMoment(day * 86_400_000_000n + micros, '');
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
