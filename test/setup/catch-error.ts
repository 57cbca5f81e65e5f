/** What a piece of work threw; it fails the test when it threw nothing. */
export async function catchError(work: () => unknown): Promise<Error & { readonly code?: string }> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error, and none was thrown');
}
