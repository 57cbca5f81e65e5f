let forgives = false;

/** Whether what has no value is taken for nothing. */
export function isForgiving(): boolean {
  return forgives;
}

/** Runs with what has no value taken for nothing, or not: it is written as nothing, and calling it gives nothing. */
export function forgiving<T>(forgive: boolean, run: () => T): T {
  const before = forgives;
  forgives = forgive;
  try {
    return run();
  } finally {
    forgives = before;
  }
}
