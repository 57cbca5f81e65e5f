import { EngineError } from '../../errors.ts';
import type { HashTuplesInput } from '../hash-tuples.ts';
import { TUPLES_WASM } from './module.ts';
import { printIntegers, printNumerics } from './print-total.ts';

/** Why a walk through the tuples stopped; in the order of the numbers in tuples.as. */
const STOPS = ['more', 'full', 'ended', 'huge', 'mismatch', 'wrong count', 'wrong length', 'wrong number'] as const;
export type Stop = (typeof STOPS)[number];

/** One WebAssembly instance with the tuples that it is at. */
export interface Hasher {
  /** Takes what there is room for of the chunk from `at`; gives how many bytes. */
  readonly feed: (chunk: Buffer, at: number) => number;
  /** Whether the next tuple may be all there. */
  readonly ready: () => boolean;
  /** Goes on through the tuples. */
  readonly run: () => Stop;
  /** What the last run() put out: views that the next run() writes over. */
  readonly output: (stop: Stop) => Buffer[];
  /** The tuple that run() stopped at; valid until the next call. */
  readonly tuple: () => Uint8Array;
  /** Bytes taken and not gone through. */
  readonly held: () => number;
  readonly rows: () => bigint;
  readonly mismatches: () => bigint;
  readonly sum: () => string;
  readonly totals: () => (string | null)[];
}

/** The functions and variables that tuples.as exports. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly init: (...settings: (number | bigint)[]) => void;
  readonly initSlot: (slot: number, column: number, size: number, digits: number) => number;
  readonly run: (begin: number, end: number) => number;
  readonly rows: Variable<bigint>;
  readonly mismatches: Variable<bigint>;
  readonly sumHigh: Variable<bigint>;
  readonly sumLow: Variable<bigint>;
  readonly start: Variable<number>;
  readonly needed: Variable<number>;
  readonly next: Variable<number>;
  readonly outEnd: Variable<number>;
  readonly slotFlags: (slot: number) => number;
  readonly slotCountOf: (slot: number) => bigint;
  readonly slotLow: (slot: number) => bigint;
  readonly slotHigh: (slot: number) => bigint;
  readonly slotScale: (slot: number) => number;
  readonly slotLeast: (slot: number) => number;
  readonly slotMost: (slot: number) => number;
  readonly slotDigit: (slot: number, weight: number) => bigint;
}

interface Variable<T> {
  readonly value: T;
}

const SIZES = { int2: 2, int4: 4, int8: 8, numeric: 0 } as const;
const SLOT_BYTES = 56;
const FIRST_SLOT = 1024;
const ROOM = 256 * 1024;
/** Words are read and written whole, past the end. */
const SPARE = 8;
const PAGE = 65_536;
const MOST_MEMORY = 1024 * 1024 * 1024;

let module: WebAssembly.Module | undefined;

export function openHasher(input: HashTuplesInput & { readonly reports: boolean }): Hasher {
  module ??= new WebAssembly.Module(Buffer.from(TUPLES_WASM, 'base64'));
  const wasm = new WebAssembly.Instance(module).exports as unknown as Exports;
  const { key, columns, totals, kinds, mode } = input;
  if (key.length !== 16) throw new RangeError('the key has 16 bytes');
  if (!(columns >= 0 && columns < 32_767)) throw new RangeError(`a row cannot have ${columns} columns and a hash`);
  if (totals.length !== kinds.length || totals.some((column) => !(column >= 0 && column < columns))) {
    throw new RangeError('each total is of a column and has a kind');
  }

  // A column that is totalled twice has one slot.
  const ordered = [...new Set(totals)].toSorted((a, b) => a - b);
  const slotOf = (column: number): number => FIRST_SLOT + SLOT_BYTES * ordered.indexOf(column);
  const kindOf = (column: number): HashTuplesInput['kinds'][number] => kinds[totals.indexOf(column)] ?? 'numeric';
  const digitsAt = FIRST_SLOT + SLOT_BYTES * ordered.length;
  const accumulators = ordered.filter((column) => kindOf(column) === 'numeric').length * NUMERIC_BYTES;
  const outAt = digitsAt + accumulators;
  const inAt = outAt + ROOM + SPARE;
  let capacity = ROOM;
  let view = new Uint8Array(0);
  const reach = (bytes: number): void => {
    const pages = Math.ceil((inAt + bytes + SPARE) / PAGE) - wasm.memory.buffer.byteLength / PAGE;
    if (pages > 0) wasm.memory.grow(pages);
    view = new Uint8Array(wasm.memory.buffer);
    capacity = bytes;
  };
  reach(ROOM);
  let digits = digitsAt;
  for (const column of ordered) digits += wasm.initSlot(slotOf(column), column, SIZES[kindOf(column)], digits);
  wasm.init(
    key.readBigUInt64LE(0),
    key.readBigUInt64LE(8),
    columns,
    Number(mode === 'append'),
    Number(input.reports),
    FIRST_SLOT,
    ordered.length,
    outAt,
    outAt + ROOM,
  );

  let begin = inAt;
  let end = inAt;
  let needed = 0;
  return {
    feed: (chunk, at) => {
      if (needed > capacity) reach(needed);
      const bytes = Math.min(chunk.length - at, inAt + capacity - end);
      view.set(at === 0 && bytes === chunk.length ? chunk : chunk.subarray(at, at + bytes), end);
      end += bytes;
      return bytes;
    },
    ready: () => end - begin >= needed,
    run: () => {
      const stop = STOPS[wasm.run(begin, end)] ?? 'wrong count';
      begin = wasm.next.value;
      if (stop !== 'more') return stop;
      view.copyWithin(inAt, begin, end);
      end -= begin - inAt;
      begin = inAt;
      needed = wasm.needed.value >>> 0;
      if (inAt + needed + SPARE > MOST_MEMORY) {
        throw new EngineError('EXTRACT_CEILING', `row ${wasm.rows.value + 1n} is larger than a row can be: 1 GiB`);
      }
      return stop;
    },
    output: (stop) => {
      const parts: Buffer[] = [];
      if (wasm.outEnd.value > outAt) parts.push(Buffer.from(view.buffer, outAt, wasm.outEnd.value - outAt));
      if (stop === 'huge')
        parts.push(...hugeTuple(view.subarray(wasm.start.value, begin), view.subarray(outAt, outAt + 16)));
      if (stop === 'ended') parts.push(Buffer.of(0xff, 0xff));
      return parts;
    },
    tuple: () => view.subarray(wasm.start.value, begin),
    held: () => end - begin,
    rows: () => wasm.rows.value,
    mismatches: () => wasm.mismatches.value,
    sum: () =>
      (BigInt.asUintN(64, wasm.sumHigh.value) * 2n ** 64n + BigInt.asUintN(64, wasm.sumLow.value))
        .toString(16)
        .padStart(32, '0'),
    totals: () =>
      totals.map((column) => (kindOf(column) === 'numeric' ? printNumerics : printIntegers)(wasm, slotOf(column))),
  };
}

/** An i64 for each weight that a numeric can have; tuples.as checks it by the same figures. */
const NUMERIC_BYTES = 8 * (4096 + 32_768);

/** The tuple with the hash as one more field, put together here because the module's output has no room for it. */
function hugeTuple(tuple: Uint8Array, hash: Uint8Array): Buffer[] {
  const count = Buffer.allocUnsafe(2);
  count.writeInt16BE(Buffer.from(tuple.buffer, tuple.byteOffset, 2).readInt16BE() + 1);
  return [count, Buffer.from(tuple.subarray(2)), Buffer.concat([Buffer.of(0, 0, 0, 16), hash])];
}
