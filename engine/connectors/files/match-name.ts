/** Whether a name, or path of a file below the folder, fits a pattern: `*` for any part of one name, `?` for one character. */
export function matchName(pattern: string): (name: string) => boolean {
  const source = Array.from(pattern)
    .map((sign) => (sign === '*' ? '[^/]*' : sign === '?' ? '[^/]' : escape(sign)))
    .join('')
    // Two stars in a row match what one does; more of them would only make the search slow.
    .replaceAll(/(\[\^\/\]\*){2,}/g, '[^/]*');
  const whole = new RegExp(`^${source}$`, 'u');
  return (name) => whole.test(name);
}

export function isPattern(file: string): boolean {
  return /[*?]/.test(file);
}

function escape(sign: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(sign) ? `\\${sign}` : sign;
}
