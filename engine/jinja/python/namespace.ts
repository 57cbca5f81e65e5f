/** `namespace()`: attributes that a `set` inside of a loop changes for all. */
export class Namespace {
  readonly attributes: Map<string, unknown>;

  constructor(attributes: Iterable<readonly [string, unknown]>) {
    this.attributes = new Map(attributes);
  }
}
