import type { VariableValue } from '../contracts/config.ts';

/** What a template in YAML can be filled with when a project is brought over. */
export interface Filling {
  readonly vars: ReadonlyMap<string, VariableValue>;
  readonly vertical: string;
}

/** The text with every `{{ var(..) }}`, `{{ env_var(.., default) }}` and `{{ target.schema }}` filled in, or undefined when it holds anything else. */
export function fillTemplate(text: string, { vars, vertical }: Filling): string | undefined {
  if (text.includes('{%')) return undefined;
  let whole = true;
  const filled = text.replace(/\{\{-?\s*(.*?)\s*-?\}\}/gs, (_, expression: string) => {
    const value = valueOf(expression, vars, vertical);
    whole &&= value !== undefined;
    return value ?? '';
  });
  return whole ? filled : undefined;
}

function valueOf(expression: string, vars: ReadonlyMap<string, VariableValue>, vertical: string): string | undefined {
  if (expression === 'target.schema') return vertical;
  const call = /^(var|env_var)\(\s*(['"])(.*?)\2\s*(?:,\s*(['"])(.*?)\4\s*)?\)$/.exec(expression);
  if (!call) return undefined;
  const [, word, , name = '', , fallback] = call;
  const known = word === 'var' ? vars.get(name) : undefined;
  return known === undefined ? fallback : String(known);
}
