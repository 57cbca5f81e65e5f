import { CALL } from '../callable.ts';
import type { Callable } from '../callable.ts';
import { equal } from '../python/compare.ts';

/** `loop` inside of a `for`. */
export class Loop implements Partial<Callable> {
  readonly #items: readonly unknown[];
  readonly #again: ((items: unknown) => unknown) | undefined;
  #shown: readonly unknown[] | undefined;
  index0 = 0;
  readonly depth: number;

  /** `again` runs the whole `for` over other items, when it is recursive. */
  constructor(items: readonly unknown[], depth: number, again?: (items: unknown) => unknown) {
    this.#items = items;
    this.#again = again;
    this.depth = depth;
  }

  get index(): number {
    return this.index0 + 1;
  }
  get length(): number {
    return this.#items.length;
  }
  get revindex(): number {
    return this.length - this.index0;
  }
  get revindex0(): number {
    return this.revindex - 1;
  }
  get first(): boolean {
    return this.index0 === 0;
  }
  get last(): boolean {
    return this.revindex0 === 0;
  }
  get depth0(): number {
    return this.depth - 1;
  }
  get previtem(): unknown {
    return this.#items[this.index0 - 1];
  }
  get nextitem(): unknown {
    return this.#items[this.index0 + 1];
  }

  cycle(...values: unknown[]): unknown {
    if (values.length === 0) throw new Error('loop.cycle needs values');
    return values[this.index0 % values.length];
  }

  changed(...values: unknown[]): boolean {
    const same = this.#shown !== undefined && equal(this.#shown, values);
    this.#shown = values;
    return !same;
  }

  [CALL](positional: readonly unknown[]): unknown {
    if (this.#again === undefined) throw new Error('loop can be called only in {% for ... recursive %}');
    return this.#again(positional[0]);
  }
}
