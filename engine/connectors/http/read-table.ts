import type { DeclaredSource } from '../../contracts/project.ts';
import type { ControlTotal, PullWindow } from '../../contracts/pull.ts';
import type { ReadRequest, SourceFigures, TableRead } from '../connector.ts';
import { collectNames, recordColumns } from '../json/record-columns.ts';
import { askPages } from './ask-pages.ts';
import type { AskPagesInput, AskedPages } from './ask-pages.ts';
import { mapPages } from './map-pages.ts';
import type { MappedPages } from './map-pages.ts';
import { recordWindow } from './record-window.ts';
import type { Spool } from './spool.ts';
import { sinceParameter } from './since-parameter.ts';
import { tableUrl } from './table-url.ts';

export interface ReadTableDeps {
  readonly connection: string;
  readonly base: URL;
  readonly auth: string;
  readonly limits: AskPagesInput['limits'];
  readonly ask: AskPagesInput['ask'];
  readonly spool: Spool;
}

/**
 * Asks for all pages first and lands them afterwards: which columns there are, and the largest cursor, is known only then, and
 * a server that fails half way costs no row that had begun to land.
 */
export async function readTable(request: ReadRequest, deps: ReadTableDeps): Promise<TableRead> {
  const { table, window, standing, reject, signal } = request;
  const { connection, base, spool } = deps;
  const { url, shown } = tableUrl(base, table, connection);
  const since = sinceParameter(table, window);
  for (const [name, value] of Object.entries(since)) url.searchParams.set(name, value);
  const called = `connection ${connection}, /${(table.path ?? table.name).replace(/^\/+/, '')}`;

  const seen = collectNames(called);
  const placing = window && recordWindow(window, table);
  const asked = await askPages({
    table,
    url,
    called,
    spool,
    limits: deps.limits,
    ask: deps.ask,
    onRecord: (record) => {
      seen.add(record);
      placing?.look(record);
    },
  });
  const whole = window === null;
  const columns = recordColumns({ table, called, seen, standing, whole });
  const bound = placing?.bound();
  const mapped = mapPages({
    table,
    called,
    columns,
    spool,
    reject,
    signal,
    sha256: asked.sha256,
    place: bound?.place ?? (() => 'inside'),
  });
  return {
    // Asked for when the rows have come: only then is it known how many values were left out.
    get system() {
      return systemOf(deps, asked, mapped);
    },
    snapshotId: `none: ${momentsOf(asked)}`,
    query: `GET ${shown} (${asked.pages} ${asked.pages === 1 ? 'page' : 'pages'})`,
    bindings: since,
    columns: columns.columns,
    rows: mapped.rows,
    figures: () =>
      Promise.resolve(figuresOf({ table, window, since, asked, mapped, upper: bound?.upper ?? null, columns })),
  };
}

function systemOf(deps: ReadTableDeps, asked: AskedPages, mapped: MappedPages): Readonly<Record<string, string>> {
  const { endedBy, etags } = asked;
  const discarded = mapped.discardedValues();
  return {
    type: 'http',
    origin: deps.base.origin,
    auth: deps.auth,
    pages: String(asked.pages),
    bytes: String(asked.bytes),
    sha256: asked.sha256,
    ...(etags === undefined ? {} : { etags_sha256: etags }),
    ...(endedBy === undefined ? {} : { ended_by: endedBy }),
    ...(discarded === 0n ? {} : { discarded_values: discarded.toString() }),
  };
}

/** An API has no snapshot: each page is of the moment in which it was given. */
function momentsOf({ from, to, pages }: AskedPages): string {
  const span =
    from === undefined || to === undefined ? 'at times that the server did not tell' : `from ${from} to ${to}`;
  return `${pages === 1 ? 'one page read' : 'pages read'} ${span}`;
}

function figuresOf(input: {
  readonly table: DeclaredSource;
  readonly window: PullWindow | null;
  readonly since: Readonly<Record<string, string>>;
  readonly asked: AskedPages;
  readonly mapped: MappedPages;
  readonly upper: string | null;
  readonly columns: SourceFigures['drift'];
}): SourceFigures {
  const { table, window, since, asked, mapped, upper, columns } = input;
  const { outside, nullRows, totals, whole } = mapped.figures();
  const named = (sums: readonly (string | null)[]): readonly ControlTotal[] =>
    table.control_totals.map((column, at) => ({ column, sum: sums[at] ?? null }));
  // Where the server was asked for a part, nothing is known of the rest.
  const knowsWhole = window?.toIncluded === true && Object.keys(since).length === 0;
  const { added, missing, discarded } = columns;
  return {
    rows: asked.counted - outside,
    totals: named(totals),
    whole: knowsWhole ? { rows: whole.rows, totals: named(whole.totals) } : null,
    cursor: window && { upper, nullRows },
    drift: { added, missing, discarded },
  };
}
