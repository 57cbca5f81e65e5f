import pc from 'picocolors';

const WIDTH = 80;

const PAINT: readonly (readonly [RegExp, (text: string) => string])[] = [
  [/^(ERROR|FAIL|HELD)\b/, pc.red],
  [/^(WARN|SKIP)\b/, pc.yellow],
  [/^NO DATA\b/, pc.magenta],
  [/^WAIVED\b/, pc.cyan],
  [/^(SELECT|INSERT|MERGE|CREATE|PASS|OK|PUBLISHED)\b/, pc.green],
];

/** dbt's line: what, dots up to a common column, and in brackets what became of it. */
export function formatLine(what: string, status: string): string {
  const paint = PAINT.find(([form]) => form.test(status))?.[1] ?? ((text: string) => text);
  return `${`${what} `.padEnd(WIDTH, '.')} [${paint(status)}]`;
}

/** `0.05s`, as dbt says how long something took. */
export function formatSeconds(durationMs: number): string {
  return `${(durationMs / 1_000).toFixed(2)}s`;
}

/** `1 model`, `2 models`, `0 KRIs`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
