import type { Exports } from './hasher.ts';

/** What was added up of an integer column, as Postgres' sum() prints it; null when there was no value. */
export function printIntegers(wasm: Exports, slot: number): string | null {
  if (wasm.slotCountOf(slot) === 0n) return null;
  return (wasm.slotHigh(slot) * 2n ** 64n + BigInt.asUintN(64, wasm.slotLow(slot))).toString();
}

const INFINITE = 2;
const MINUS_INFINITE = 4;

/** What was added up of a numeric column: with the most decimals that any value had. */
export function printNumerics(wasm: Exports, slot: number): string | null {
  switch (wasm.slotFlags(slot)) {
    case 0:
      return wasm.slotCountOf(slot) === 0n ? null : printFinite(wasm, slot);
    case INFINITE:
      return 'Infinity';
    case MINUS_INFINITE:
      return '-Infinity';
    default:
      // One that is not a number, or infinities of both signs.
      return 'NaN';
  }
}

function printFinite(wasm: Exports, slot: number): string {
  const scale = wasm.slotScale(slot);
  const least = Math.min(wasm.slotLeast(slot), 0);
  let sum = 0n;
  for (let weight = wasm.slotMost(slot); weight >= least; weight--) sum = sum * 10_000n + wasm.slotDigit(slot, weight);
  const decimals = -4 * least;
  const digits = (sum < 0n ? -sum : sum).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  // The last group of four reaches past the last decimal with zeros.
  const fraction = digits
    .slice(digits.length - decimals)
    .slice(0, scale)
    .padEnd(scale, '0');
  return `${sum < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${fraction}`}`;
}
