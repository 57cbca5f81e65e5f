/** What is wrong with a JSON text, without its values. Never leaves the connectors: they know the file or page to name. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';
  /** In words: `two members are called id`. */
  readonly reason: string;
  /** Character it stands at, from 0. */
  readonly offset: number;
  /** Number of the record it stands in, from 1; undefined outside of records. */
  readonly record: number | undefined;

  constructor(reason: string, offset: number, record?: number) {
    super(reason);
    this.reason = reason;
    this.offset = offset;
    this.record = record;
  }
}
