import pc from 'picocolors';

const COLOURS: Readonly<Record<string, (text: string) => string>> = {
  pass: pc.green,
  warn: pc.yellow,
  fail: pc.red,
  error: pc.red,
  no_data: pc.magenta,
  skipped: pc.magenta,
  waived: pc.cyan,
  green: pc.green,
  amber: pc.yellow,
  red: pc.red,
  effective: pc.green,
  ineffective: pc.red,
  not_tested: pc.magenta,
};

/** A status, colour or conclusion in its colour; the word itself is always there. Padding around it is kept. */
export function paintStatus(word: string): string {
  return (COLOURS[word.trim()] ?? ((text: string) => text))(word);
}
