/** What `return(value)` throws: it ends the macro that is being run and is what its call gives. */
export class Return extends Error {
  readonly value: unknown;

  constructor(value: unknown) {
    super('return() stands outside of a macro');
    this.value = value;
  }
}

/** What `{% break %}` and `{% continue %}` throw. */
export class Jump extends Error {
  readonly ends: boolean;

  constructor(ends: boolean) {
    super(`${ends ? 'break' : 'continue'} stands outside of a loop`);
    this.ends = ends;
  }
}

export const BREAK = new Jump(true);
export const CONTINUE = new Jump(false);
