/** A list that is written in round brackets and never changes. */
export class Tuple extends Array<unknown> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

export function tuple(items: Iterable<unknown>): Tuple {
  const result = new Tuple();
  for (const item of items) result.push(item);
  return result;
}
