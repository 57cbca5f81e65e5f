/** The paths that a Dockerfile copies from its build context; copies from another stage are not among them. */
export function dockerfileCopies(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([instruction, first]) => instruction === 'COPY' && first?.startsWith('--from=') !== true)
    .flatMap((words) => words.slice(1, -1).filter((word) => !word.startsWith('--')));
}
