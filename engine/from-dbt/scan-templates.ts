/** A word in a template, with what its first arguments say when they are written out. */
export interface SpokenWord {
  readonly word: string;
  /** Texts of the arguments that are literals; undefined for any other. */
  readonly arguments: readonly (string | undefined)[];
  readonly line: number;
}

const WORDS = /\b(var|env_var|source|ref)\s*\(\s*((?:'[^'\n]*'|"[^"\n]*")?)\s*(,\s*([^,()]*?(?:\([^()]*\))?)\s*)?[,)]/g;

/** The words of dbt that a template says, comments left out. A reading by pattern: good enough to declare names by, not to compile. */
export function scanTemplate(template: string): readonly SpokenWord[] {
  const text = withoutComments(template);
  return [...text.matchAll(WORDS)].map((match) => ({
    word: match[1] ?? '',
    arguments: [unquoted(match[2] ?? ''), match[4]?.trim()],
    line: lineAt(text, match.index),
  }));
}

/** The template with its `{# #}` comments blanked, line ends kept. */
export function withoutComments(template: string): string {
  return template.replace(/\{#[\s\S]*?#\}/g, (comment) => comment.replace(/[^\n]/g, ' '));
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function unquoted(text: string): string | undefined {
  return text === '' ? undefined : text.slice(1, -1);
}
