/** What values of one column can all be read as, in the order in which they are tried. */
const FORMS = [
  ['integer', (text: string) => /^-?\d{1,9}$/.test(text)],
  ['bigint', (text: string) => /^-?\d{1,18}$/.test(text)],
  ['numeric', (text: string) => /^-?(\d+\.?\d*|\.\d+)$/.test(text)],
  ['date', isDay],
  [
    'timestamp without time zone',
    (text: string) => /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?$/.test(text) && isDay(text.slice(0, 10)),
  ],
  [
    'timestamp with time zone',
    (text: string) => /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)$/.test(text),
  ],
  ['boolean', (text: string) => /^(true|false)$/i.test(text)],
] as const satisfies readonly (readonly [string, (text: string) => boolean])[];

/** Finds the type of each column of a CSV file from all its values, as dbt does, but that decimals are exact unless it is said otherwise. */
export function seedTypes(decimals: 'numeric' | 'double precision' = 'numeric'): {
  readonly add: (record: readonly string[]) => void;
  readonly of: (column: number) => string;
} {
  const possible: (readonly (typeof FORMS)[number][])[] = [];
  const seen: boolean[] = [];
  return {
    add: (record) => {
      record.forEach((text, at) => {
        if (text === '' || text.toLowerCase() === 'null') return;
        seen[at] = true;
        const forms = possible[at] ?? FORMS;
        if (forms.every(([, fits]) => fits(text))) return;
        possible[at] = forms.filter(([, fits]) => fits(text));
      });
    },
    // A column without a value is an integer in dbt; text can be compared with anything that may come later.
    of: (column) => {
      const type = seen[column] ? ((possible[column] ?? FORMS)[0]?.[0] ?? 'text') : 'text';
      return type === 'numeric' ? decimals : type;
    },
  };
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
