import { CALL } from '../../jinja/callable.ts';

class Nothing {
  readonly length = 0;
  [Symbol.iterator](): IterableIterator<never> {
    return [][Symbol.iterator]();
  }
  [CALL](): object {
    return NOTHING_YET;
  }
  toString(): string {
    return '';
  }
}

/**
 * What is not there yet, as Jinja's undefined in dbt: false and empty, written as nothing, and so is whatever is looked up in it
 * or called. Templates meet it while they are heard, before anything is asked or built.
 */
export const NOTHING_YET: object = new Proxy(new Nothing(), {
  get: (nothing, name): unknown =>
    typeof name === 'symbol' || name === 'length' || name === 'toString' ? Reflect.get(nothing, name) : NOTHING_YET,
  getOwnPropertyDescriptor: (nothing, name) =>
    typeof name === 'symbol' || name === 'length'
      ? Reflect.getOwnPropertyDescriptor(nothing, name)
      : { value: NOTHING_YET, configurable: true, enumerable: false, writable: true },
});
