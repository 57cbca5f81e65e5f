/** The names that a part of a template gave values to, over those of the part around it. */
export class Frame {
  readonly #values = new Map<string, unknown>();
  readonly #outer: Frame | undefined;

  constructor(outer?: Frame) {
    this.#outer = outer;
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  /** The frame that has this name. */
  holder(name: string): Frame | undefined {
    return this.#values.has(name) ? this : this.#outer?.holder(name);
  }

  get(name: string): unknown {
    return this.#values.get(name);
  }

  names(): string[] {
    return [...this.#values.keys(), ...(this.#outer?.names() ?? [])];
  }
}
