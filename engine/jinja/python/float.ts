/** A float whose value is a whole number, which JavaScript cannot tell from an integer: 5.0. Any other float is a number. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  valueOf(): number {
    return this.value;
  }

  toJSON(): number {
    return this.value;
  }

  toString(): string {
    return `${Object.is(this.value, -0) ? '-0' : String(this.value)}.0`;
  }
}
