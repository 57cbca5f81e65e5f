import { setTimeout as wait } from 'node:timers/promises';
import type { MoneySource } from './money-source.ts';

/** The two tables between which money moves. */
export const MONEY_TABLES = ['accounts', 'vaults'] as const;
export type MoneyTable = (typeof MONEY_TABLES)[number];

/** A landed table as text: id, holder, balance, last_move, note. */
export type MoneyRow = readonly (string | null)[];
export type Pair = Readonly<Record<MoneyTable, readonly MoneyRow[]>>;

/** What a pair of landed tables lacks and has too much of, row by row and value by value, and whether it is of one moment. */
export interface Compared {
  readonly rows: number;
  readonly lost: number;
  readonly doubled: number;
  /** Rows that are there, but not as they were at that moment. */
  readonly wrong: number;
  /** Whether the balances of both tables together are not what they always are. */
  readonly torn: boolean;
  /** The newest move that is in them. */
  readonly newest: number;
}

interface Move {
  readonly account: number;
  readonly vault: number;
  readonly cents: bigint;
}

/** Two tables whose balances together never change, while one writer moves money between them, a transaction for each move. */
export interface MovingMoney {
  /** How many moves have committed. */
  readonly moves: () => number;
  /**
   * Compares landed tables with what the source held after the newest move that is in them. Moves commit one after another, so
   * whatever was read at one moment holds all moves up to one of them and none after it.
   */
  readonly compare: (pair: Pair) => Compared;
  readonly stop: () => Promise<void>;
}

const INITIAL_CENTS = 1_000_000n;

/** Fills both tables and begins to move. */
export async function startMovingMoney(options: {
  readonly source: Pick<MoneySource, 'create' | 'transact'>;
  readonly rows: number;
  readonly random: () => number;
  readonly everyMs: number;
}): Promise<MovingMoney> {
  const { rows, random, everyMs, source } = options;
  const { transact } = source;
  for (const table of MONEY_TABLES) {
    await source.create(
      table,
      Array.from({ length: rows }, (_, at) => initialRow(table, at + 1)),
    );
  }

  const made: Move[] = [];
  let committed = 0;
  let moving = true;
  const done = (async () => {
    while (moving && transact !== null) {
      const move = {
        account: 1 + Math.floor(random() * rows),
        vault: 1 + Math.floor(random() * rows),
        cents: BigInt(1 + Math.floor(random() * 99_999)) * (random() < 0.5 ? 1n : -1n),
      };
      const no = made.length + 1;
      // Before it commits: a reader may see it the moment it has.
      made.push(move);
      await transact([
        updateOf('accounts', move.account, -move.cents, no),
        updateOf('vaults', move.vault, move.cents, no),
      ]);
      committed = no;
      await wait(everyMs);
    }
  })();
  // A writer that fails shows when it is stopped.
  done.catch(() => undefined);

  return {
    moves: () => committed,
    compare: (pair) => comparePair(pair, rows, made),
    stop: async () => {
      moving = false;
      await done;
    },
  };
}

function updateOf(table: MoneyTable, id: number, cents: bigint, no: number): string {
  return `update ${table} set balance = balance + ${decimal(cents)}, last_move = ${no} where id = ${id}`;
}

/** Text that trips up a careless reader: separators, a tab, signs beyond Latin, nothing at all. */
const NOTES = ['plain', 'comma, "quoted"', 'tab\tand\nline', 'Überweisung € 🏦', '', null, '\\N', 'NULL'];

function initialRow(table: MoneyTable, id: number): (string | null)[] {
  return [
    String(id),
    `holder of ${table} ${id} at branch ${id % 97}`,
    decimal(INITIAL_CENTS),
    '0',
    NOTES[id % NOTES.length]!,
  ];
}

function comparePair(pair: Pair, rows: number, made: readonly Move[]): Compared {
  const all = MONEY_TABLES.flatMap((table) => pair[table].map((row) => ({ table, row })));
  const newest = all.reduce((latest, { row }) => Math.max(latest, Number(row[3])), 0);
  const expected = expectedRows(rows, made.slice(0, newest));
  const seen = new Set<string>();
  let [doubled, wrong, sum] = [0, 0, 0n];
  for (const { table, row } of all) {
    const place = `${table} ${row[0]}`;
    if (seen.has(place)) doubled += 1;
    else if (expected.get(place) !== JSON.stringify(row)) wrong += 1;
    seen.add(place);
    sum += BigInt((row[2] as string).replace('.', ''));
  }
  const lost = [...expected.keys()].filter((place) => !seen.has(place)).length;
  const torn = sum !== BigInt(rows * MONEY_TABLES.length) * INITIAL_CENTS;
  return { rows: all.length, lost, doubled, wrong, torn, newest };
}

/** What each place holds after so many moves, as text. */
function expectedRows(rows: number, moves: readonly Move[]): ReadonlyMap<string, string> {
  const changed = { accounts: new Map<number, [bigint, number]>(), vaults: new Map<number, [bigint, number]>() };
  const change = (table: MoneyTable, id: number, cents: bigint, no: number): void => {
    const [before] = changed[table].get(id) ?? [INITIAL_CENTS];
    changed[table].set(id, [before + cents, no]);
  };
  for (const [at, { account, vault, cents }] of moves.entries()) {
    change('accounts', account, -cents, at + 1);
    change('vaults', vault, cents, at + 1);
  }
  const expected = new Map<string, string>();
  for (const table of MONEY_TABLES) {
    for (let id = 1; id <= rows; id += 1) {
      const row = initialRow(table, id);
      const [cents, no] = changed[table].get(id) ?? [INITIAL_CENTS, 0];
      expected.set(`${table} ${id}`, JSON.stringify([row[0]!, row[1]!, decimal(cents), String(no), row[4]!]));
    }
  }
  return expected;
}

/** Cents as a decimal with two places. */
function decimal(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
