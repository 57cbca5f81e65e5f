// AssemblyScript. Walks tuples of Postgres' COPY BINARY format, hashes each with keyed SipHash-2-4-128 and adds columns up.
// Compiled into module.ts by test/engine/tuples/build-wasm.ts; what calls it is ../hash-tuples.ts.
//
// Memory: slots (one per total) and their accumulators, then the output, then the input up to the memory's end. The caller
// keeps 8 bytes free after both, because words are read and written whole.

// Why run() stopped.
const MORE: i32 = 0; // the next tuple is not all there; `needed` tells how many of its bytes at least
const FULL: i32 = 1; // no room in the output
const ENDED: i32 = 2; // the trailer was read
const HUGE: i32 = 3; // the tuple at `start` is larger than the output; its hash stands at the output's beginning
const MISMATCH: i32 = 4; // the tuple at `start` has not its own hash
const WRONG_COUNT: i32 = 5;
const WRONG_LENGTH: i32 = 6;
const WRONG_NUMBER: i32 = 7;

export let rows: u64 = 0;
export let mismatches: u64 = 0;
export let sumHigh: u64 = 0;
export let sumLow: u64 = 0;
/** Of the tuple that run() stopped at. */
export let start: u32 = 0;
export let needed: u32 = 0;
/** Where the input is read on. */
export let next: u32 = 0;
export let outEnd: u32 = 0;
/** What siphash() gave: two words, their bytes in the order they stand in memory. */
export let hash0: u64 = 0;
export let hash1: u64 = 0;

let key0: u64 = 0;
let key1: u64 = 0;
let columns: i32 = 0;
let appends: bool = false;
let reports: bool = false;
let slotsAt: u32 = 0;
let slotCount: i32 = 0;
let outAt: u32 = 0;
let outLimit: u32 = 0;

// A slot: what is added up of one column. Slots stand in the columns' order.
const COLUMN: usize = 0; // u32
const SIZE: usize = 4; // u32: 2, 4 or 8 bytes of an integer; 0 for a numeric
const FIELD: usize = 8; // u32: the current tuple's field; 0 when it is null
const FLAGS: usize = 12; // u32: 1 NaN, 2 Infinity, 4 -Infinity was among them
const COUNT: usize = 16; // u64: values added, those of FLAGS not
const LOW: usize = 24; // u64: the sum of integers, 128 bits
const HIGH: usize = 32; // i64
const SCALE: usize = 40; // i32: the most decimals among the numerics
const LEAST: usize = 44; // i32: the least and the most weight that has a digit
const MOST: usize = 48; // i32
const DIGITS: usize = 52; // u32: where the accumulators are: an i64 for each weight from -4096 to 32767
const SLOT: u32 = 56;
// What a numeric can hold: 16383 decimals, 131072 digits before them, four in a group.
const LEAST_WEIGHT: i32 = -4096;
const MOST_WEIGHT: i32 = 32767;

export function init(
  k0: u64,
  k1: u64,
  columnCount: i32,
  append: bool,
  report: bool,
  slots: u32,
  slotTotal: i32,
  output: u32,
  outputLimit: u32,
): void {
  key0 = k0;
  key1 = k1;
  columns = columnCount;
  appends = append;
  reports = report;
  slotsAt = slots;
  slotCount = slotTotal;
  outAt = output;
  outLimit = outputLimit;
}

/** Goes through the tuples of the input from `begin` to `end`; the output begins anew. */
export function run(begin: u32, end: u32): i32 {
  const fields = appends ? columns : columns + 1;
  let out = outAt;
  let status = MORE;
  let at = begin;
  needed = 2;
  while (end - at >= 2) {
    const count = <i32>(<i16>bswap(load<u16>(at)));
    if (count == -1) {
      at += 2;
      status = ENDED;
      break;
    }
    if (count != fields) {
      status = WRONG_COUNT;
      break;
    }
    // The hash covers the fields up to the last one that is not null.
    const body = at + 2;
    let field = body;
    let covered = body;
    let slot = slotsAt;
    let slotColumn = nextColumn(slot);
    let column = 0;
    for (; column < columns; column++) {
      if (end - field < 4) break;
      const length = <i32>bswap(load<u32>(field));
      field += 4;
      if (column == slotColumn) {
        store<u32>(slot, length < 0 ? 0 : field, FIELD);
        slot += SLOT;
        slotColumn = nextColumn(slot);
      }
      if (length < 0) {
        if (length != -1) return WRONG_LENGTH;
        continue;
      }
      field += length;
      covered = field;
      // Not `end - field`, which would be below zero here.
      if (field > end) break;
    }
    if (column < columns) {
      needed = field - at + 4 * (fields - column - (field > end ? 1 : 0));
      break;
    }
    const bodyEnd = field;
    let stored: i32 = -1;
    if (!appends) {
      if (end - field < 4) {
        needed = field - at + 4;
        break;
      }
      stored = <i32>bswap(load<u32>(field));
      if (stored < -1) return WRONG_LENGTH;
      field += 4 + (stored < 0 ? 0 : stored);
      if (field > end) {
        needed = field - at;
        break;
      }
    }

    const huge = appends && field - at + 20 > outLimit - outAt;
    if (appends && field - at + 20 > outLimit - out && (!huge || out != outAt)) {
      status = FULL;
      break;
    }
    siphash(body, covered - body);
    const high = bswap(hash0);
    const low = bswap(hash1);
    sumLow += low;
    sumHigh += high + (sumLow < low ? 1 : 0);
    rows++;
    if (slotCount > 0 && !addUp()) return WRONG_NUMBER;

    start = at;
    at = field;
    if (!appends) {
      if (stored == 16 && load<u64>(bodyEnd, 4) == hash0 && load<u64>(bodyEnd, 12) == hash1) continue;
      mismatches++;
      if (!reports) continue;
      status = MISMATCH;
      break;
    }
    if (huge) {
      store<u64>(out, hash0);
      store<u64>(out, hash1, 8);
      status = HUGE;
      break;
    }
    store<u16>(out, bswap(<u16>(columns + 1)));
    out += 2;
    memory.copy(out, body, bodyEnd - body);
    out += bodyEnd - body;
    store<u32>(out, 0x10000000);
    store<u64>(out, hash0, 4);
    store<u64>(out, hash1, 12);
    out += 20;
  }
  next = at;
  outEnd = out;
  return status;
}

function nextColumn(slot: u32): i32 {
  return slot < slotsAt + SLOT * slotCount ? load<i32>(slot, COLUMN) : -1;
}

function addUp(): bool {
  for (let each = 0; each < slotCount; each++) {
    const slot = slotsAt + SLOT * each;
    const field = load<u32>(slot, FIELD);
    if (field == 0) continue;
    const size = load<u32>(slot, SIZE);
    const length = bswap(load<u32>(field - 4));
    if (size == 0) {
      if (!addNumeric(slot, field, length)) return false;
      continue;
    }
    if (length != size) return false;
    const value: i64 =
      size == 8
        ? <i64>bswap(load<u64>(field))
        : size == 4
          ? <i64>(<i32>bswap(load<u32>(field)))
          : <i64>(<i16>bswap(load<u16>(field)));
    const low = load<u64>(slot, LOW) + <u64>value;
    store<u64>(slot, low, LOW);
    store<i64>(slot, load<i64>(slot, HIGH) + (value >> 63) + (low < <u64>value ? 1 : 0), HIGH);
    store<u64>(slot, load<u64>(slot, COUNT) + 1, COUNT);
  }
  return true;
}

function addNumeric(slot: u32, field: u32, length: u32): bool {
  if (length < 8) return false;
  const groups = <i32>bswap(load<u16>(field));
  let weight = <i32>(<i16>bswap(load<u16>(field, 2)));
  const sign = <u32>bswap(load<u16>(field, 4));
  const scale = <i32>bswap(load<u16>(field, 6));
  if (length != 8 + 2 * groups) return false;
  if (sign >= 0xc000) {
    const flag: u32 = sign == 0xc000 ? 1 : sign == 0xd000 ? 2 : sign == 0xf000 ? 4 : 0;
    store<u32>(slot, load<u32>(slot, FLAGS) | flag, FLAGS);
    return flag != 0;
  }
  if ((sign != 0 && sign != 0x4000) || scale > 0x3fff) return false;
  store<u64>(slot, load<u64>(slot, COUNT) + 1, COUNT);
  if (scale > load<i32>(slot, SCALE)) store<i32>(slot, scale, SCALE);
  if (groups == 0) return true;
  const last = weight - groups + 1;
  if (last < LEAST_WEIGHT) return false;
  if (weight > load<i32>(slot, MOST)) store<i32>(slot, weight, MOST);
  if (last < load<i32>(slot, LEAST)) store<i32>(slot, last, LEAST);
  const digits = load<u32>(slot, DIGITS);
  for (let group = field + 8; weight >= last; group += 2, weight--) {
    const digit = <u32>bswap(load<u16>(group));
    if (digit > 9999 || (-4 * weight > scale && hides(digit, -4 * weight - scale))) return false;
    const place = digits + 8 * (weight - LEAST_WEIGHT);
    store<i64>(place, load<i64>(place) + (sign == 0 ? <i64>digit : -(<i64>digit)));
  }
  return true;
}

/** Whether a group has digits behind the scale: Postgres would drop them, and the sum would not be that of what lands. */
function hides(digit: u32, behind: i32): bool {
  return digit % (behind > 3 ? 10000 : behind == 3 ? 1000 : behind == 2 ? 100 : 10) != 0;
}

/** Readies a slot; gives the bytes that its accumulators take. */
export function initSlot(slot: u32, column: u32, size: u32, digits: u32): u32 {
  store<u32>(slot, column, COLUMN);
  store<u32>(slot, size, SIZE);
  store<i32>(slot, MOST_WEIGHT + 1, LEAST);
  store<i32>(slot, LEAST_WEIGHT - 1, MOST);
  store<u32>(slot, digits, DIGITS);
  return size == 0 ? 8 * (MOST_WEIGHT - LEAST_WEIGHT + 1) : 0;
}

export function slotFlags(slot: u32): u32 {
  return load<u32>(slot, FLAGS);
}
export function slotCountOf(slot: u32): u64 {
  return load<u64>(slot, COUNT);
}
export function slotLow(slot: u32): u64 {
  return load<u64>(slot, LOW);
}
export function slotHigh(slot: u32): i64 {
  return load<i64>(slot, HIGH);
}
export function slotScale(slot: u32): i32 {
  return load<i32>(slot, SCALE);
}
export function slotLeast(slot: u32): i32 {
  return load<i32>(slot, LEAST);
}
export function slotMost(slot: u32): i32 {
  return load<i32>(slot, MOST);
}
/** What was added up at a weight: a number of 10000^weight, not carried over. */
export function slotDigit(slot: u32, weight: i32): i64 {
  return load<i64>(load<u32>(slot, DIGITS) + 8 * (weight - LEAST_WEIGHT));
}

/** SipHash-2-4 with 128 bits of output, into hash0 and hash1: https://github.com/veorq/SipHash/blob/master/siphash.c */
export function siphash(from: u32, length: u32): void {
  let v0: u64 = 0x736f6d6570736575 ^ key0;
  let v1: u64 = 0x646f72616e646f6d ^ key1 ^ 0xee;
  let v2: u64 = 0x6c7967656e657261 ^ key0;
  let v3: u64 = 0x7465646279746573 ^ key1;
  const words = from + (length & ~7);
  let word: u64 = 0;
  for (let at = from; ; at += 8) {
    // The last word has the bytes that are left and, on top, the length.
    const last = at == words;
    word = load<u64>(at);
    if (last) word = (word & (((<u64>1) << (<u64>((length & 7) << 3))) - 1)) | ((<u64>length) << 56);
    v3 ^= word;

    v0 += v1;
    v2 += v3;
    v1 = rotl(v1, 13) ^ v0;
    v3 = rotl(v3, 16) ^ v2;
    v0 = rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = rotl(v1, 17) ^ v2;
    v3 = rotl(v3, 21) ^ v0;
    v2 = rotl(v2, 32);

    v0 += v1;
    v2 += v3;
    v1 = rotl(v1, 13) ^ v0;
    v3 = rotl(v3, 16) ^ v2;
    v0 = rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = rotl(v1, 17) ^ v2;
    v3 = rotl(v3, 21) ^ v0;
    v2 = rotl(v2, 32);

    v0 ^= word;
    if (last) break;
  }
  v2 ^= 0xee;
  for (let round = 0; round < 8; round++) {
    if (round == 4) {
      hash0 = v0 ^ v1 ^ v2 ^ v3;
      v1 ^= 0xdd;
    }
    v0 += v1;
    v2 += v3;
    v1 = rotl(v1, 13) ^ v0;
    v3 = rotl(v3, 16) ^ v2;
    v0 = rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = rotl(v1, 17) ^ v2;
    v3 = rotl(v3, 21) ^ v0;
    v2 = rotl(v2, 32);
  }
  hash1 = v0 ^ v1 ^ v2 ^ v3;
}
