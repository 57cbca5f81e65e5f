const kept = new Map<string, RegExp>();

/** Whether a text fits a pattern of the shell: `*`, `?`, `[abc]`, `[!abc]`; upper and lower case differ. */
export function matchPattern(pattern: string, text: string): boolean {
  if (!hasWildcard(pattern)) return pattern === text;
  let regex = kept.get(pattern);
  if (regex === undefined) {
    regex = new RegExp(`^${pattern.replaceAll(/\[[^\]]+\]|[^]/g, translate)}$`, 's');
    kept.set(pattern, regex);
  }
  return regex.test(text);
}

export function hasWildcard(text: string): boolean {
  return /[*?[\]]/.test(text);
}

function translate(part: string): string {
  if (part === '*') return '.*';
  if (part === '?') return '.';
  if (part.length > 1) return `[${part.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\')}]`;
  return part.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
}
