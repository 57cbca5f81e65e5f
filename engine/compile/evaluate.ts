import type { Place } from '../errors.ts';
import type { TemplateEngine } from '../jinja/template-engine.ts';

/** Calls that dbt runs in a test's arguments although they are not in braces. */
const CALL = /^\s*(?:env_var|ref|var|source|doc)\s*\(.+\)\s*$/s;
const BRACES = /^\s*\{\{-?((?:[^{}]|\{[^{}]*\})*?)-?\}\}\s*$/;
const TEMPLATE = /\{[{%#]/;

/**
 * A value of YAML with its templates run, in lists and dicts too. What is one `{{ expression }}` becomes the value itself, not its
 * text; with `calls` also a bare `ref('x')` does.
 */
export function evaluate(
  value: unknown,
  engine: TemplateEngine,
  { place, calls }: { readonly place: Place; readonly calls: boolean },
): unknown {
  const how = { place, calls };
  if (Array.isArray(value)) return value.map((each) => evaluate(each, engine, how));
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, evaluate(each, engine, how)]));
  }
  if (typeof value !== 'string') return value;
  const expression = calls && CALL.test(value) ? value : BRACES.exec(value)?.[1];
  if (expression !== undefined) return valueOf(expression, engine, place);
  return TEMPLATE.test(value) ? engine.parse(value, place, []).render({}) : value;
}

function valueOf(expression: string, engine: TemplateEngine, place: Place): unknown {
  let found: unknown;
  const take = (value: unknown): string => {
    found = value;
    return '';
  };
  engine.parse(`{{ take_value(${expression}) }}`, place, ['take_value']).render({ take_value: take });
  return found;
}
