import type { BigqueryColumn } from './bigquery-types.ts';

export interface BigqueryParameter {
  readonly name: string;
  readonly type: string;
  /** As text; null for null. */
  readonly value: string | null;
}

export interface BigqueryPlan {
  /** What is read, as one SELECT: `tableSelect` or the author's own. */
  readonly source: string;
  /** In the order they land; null for a column that the source no longer has. */
  readonly columns: readonly (BigqueryColumn | null)[];
  /** A row with a value in one of them is rejected. */
  readonly rejectWhenSet: readonly BigqueryColumn[];
  /** What is told of a rejected row. */
  readonly kept: readonly BigqueryColumn[];
  readonly totals: readonly BigqueryColumn[];
  readonly window: BigqueryWindow | null;
}

/** Rows between @from and @to. */
export interface BigqueryWindow {
  readonly column: BigqueryColumn;
  /** Whether there is a lower bound. */
  readonly hasFrom: boolean;
  readonly toIncluded: boolean;
  /** Whether rows without a value belong to it, and all rows up to its upper bound are counted too: not in a backfill. */
  readonly isIncremental: boolean;
}

/**
 * One statement for all that is asked of a table, because a statement sees one moment: its rows, those that are rejected, and
 * its own count and totals. The last column says what a row of the answer is: null for a row of the table; else JSON text.
 */
export function readStatement(plan: BigqueryPlan): string {
  const columns = plan.columns.filter((column) => column !== null);
  const rows = columns.map((column) => read(column));
  const rejected = plan.rejectWhenSet.map(isSet).join(' or ');
  const accepted = rejected === '' ? 'true' : `not (${rejected})`;
  const asked = predicate(plan.window);
  const note = (expression: string): string =>
    [...columns.map((_, index) => `null as c${index}`), `${expression} as note`].join(', ');
  const struct = plan.kept.map(({ name }) => `${bigqueryName(name)} as ${bigqueryName(name)}`).join(', ');
  return [
    `with q as (\n${plan.source}\n)`,
    `select ${[...rows.map((expression, index) => `${expression} as c${index}`), 'cast(null as string) as note'].join(', ')}`,
    `from q where (${asked}) and ${accepted}`,
    ...(rejected === ''
      ? []
      : [
          'union all',
          `select ${note(`concat('r', to_json_string(struct(${struct})))`)}`,
          `from q where (${asked}) and (${rejected})`,
        ]),
    'union all',
    `select ${note(`concat('f', to_json_string(struct(${figures(plan, asked, accepted)})))`)}`,
    'from q',
  ].join('\n');
}

/** The whole table as of an instant, or, where that is null, as of the statement. */
export function tableSelect(path: readonly string[], instant: string | null): string {
  const asOf = instant === null ? '' : ` for system_time as of timestamp ${bigqueryText(instant)}`;
  return `select * from ${path.map(bigqueryName).join('.')}${asOf}`;
}

export function boundStatement(source: string, column: BigqueryColumn): string {
  return `with q as (\n${source}\n)\nselect max(${bigqueryName(column.name)}) as bound from q`;
}

/** What a statement over the source would give, to be analysed and not run. */
export function probeStatement(source: string): string {
  return `with q as (\n${source}\n)\nselect * from q`;
}

/**
 * Whether there is one outside of literals, names and comments: what holds one is more than a statement. The analysis would
 * say so too, but an emulator may run a script in order to analyse it.
 */
export function holdsSemicolon(sql: string): boolean {
  return sql.replaceAll(LITERALS_AND_COMMENTS, '').includes(';');
}

const LITERALS_AND_COMMENTS =
  /'''(?:\\.|[^\\])*?'''|"""(?:\\.|[^\\])*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\\n])*`|(?:--|#)[^\n]*|\/\*[^]*?\*\//gs;

/** What `readStatement`'s last row tells, as texts. */
export interface WireFigures {
  readonly rows: string;
  readonly whole: string;
  readonly nulls: string;
  readonly totals: readonly (string | null)[];
  readonly wholeTotals: readonly (string | null)[];
}

export function readFigures(json: string, totals: number): WireFigures {
  const given = JSON.parse(json) as Record<string, string | null>;
  const sums = (prefix: string): (string | null)[] =>
    Array.from({ length: totals }, (_, index) => given[`${prefix}${index}`] ?? null);
  return {
    rows: given['n'] ?? '0',
    whole: given['w'] ?? '0',
    nulls: given['u'] ?? '0',
    totals: sums('t'),
    wholeTotals: sums('s'),
  };
}

/** A name as GoogleSQL: quoted, so that no name can become anything else. */
export function bigqueryName(name: string): string {
  if (name === '' || /[\0\r\n]/.test(name)) throw new RangeError('a name cannot be empty or hold a line end');
  return `\`${escape(name, '`')}\``;
}

/** A value as GoogleSQL. */
function bigqueryText(value: string): string {
  if (/[\0\r\n]/.test(value)) throw new RangeError('a text in SQL cannot hold a line end here');
  return `'${escape(value, "'")}'`;
}

function escape(text: string, quote: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
}

/** The API gives lists and structs as nested cells, and a geography in no form that is said to be exact; these are texts. */
function read({ name, standard }: BigqueryColumn): string {
  const column = bigqueryName(name);
  switch (standard) {
    case 'ARRAY':
    case 'STRUCT':
      // Of null it would make the text null.
      return `if(${column} is null, null, to_json_string(${column}))`;
    case 'GEOGRAPHY':
      return `st_astext(${column})`;
    default:
      return column;
  }
}

/** A list that was never set is stored as an empty one. */
function isSet({ name, standard }: BigqueryColumn): string {
  return standard === 'ARRAY'
    ? `ifnull(array_length(${bigqueryName(name)}), 0) > 0`
    : `${bigqueryName(name)} is not null`;
}

function predicate(window: BigqueryPlan['window']): string {
  if (window === null) return 'true';
  const column = bigqueryName(window.column.name);
  const lower = window.hasFrom ? `${column} >= @from and ` : '';
  const inside = `${lower}${column} ${window.toIncluded ? '<=' : '<'} @to`;
  return window.isIncremental ? `(${inside}) or ${column} is null` : inside;
}

function figures(plan: BigqueryPlan, asked: string, accepted: string): string {
  const sum = (column: BigqueryColumn, where: string): string =>
    `cast(sum(if(${where}, ${addend(column)}, null)) as string)`;
  const parts = [
    `cast(countif(${asked}) as string) as n`,
    ...plan.totals.map((column, at) => `${sum(column, `(${asked}) and ${accepted}`)} as t${at}`),
  ];
  if (plan.window?.isIncremental) {
    const column = bigqueryName(plan.window.column.name);
    const whole = `(${column} <= @to or ${column} is null) and ${accepted}`;
    parts.push(
      `cast(countif(${whole}) as string) as w`,
      `cast(countif(${column} is null) as string) as u`,
      ...plan.totals.map((each, at) => `${sum(each, whole)} as s${at}`),
    );
  }
  return parts.join(', ');
}

/** A sum keeps its type and fails rather than run over, which INT64 does at 9.2e18; NUMERIC has room up to 1e29. */
function addend({ name, standard }: BigqueryColumn): string {
  return standard === 'INT64' ? `cast(${bigqueryName(name)} as bignumeric)` : bigqueryName(name);
}
