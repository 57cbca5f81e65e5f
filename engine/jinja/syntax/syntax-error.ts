/** A template that cannot be read; the place counts from 1, in the template's own text. */
export class SyntaxFault extends Error {
  readonly line: number;
  readonly column: number;

  /** Takes lines and columns counted from 0, as tokens have them. */
  constructor(message: string, at: { readonly lineno: number; readonly colno: number }) {
    super(message);
    this.line = at.lineno + 1;
    this.column = at.colno + 1;
  }
}
