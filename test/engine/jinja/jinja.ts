import { guard, plainOf } from '../../../engine/jinja/guarded.ts';
import type { GuardKind } from '../../../engine/jinja/guarded-value.ts';
import { placeGuarded } from '../../../engine/jinja/place-guarded.ts';
import { createTemplateEngine } from '../../../engine/jinja/template-engine.ts';
import type { EngineOptions, TemplateEngine } from '../../../engine/jinja/template-engine.ts';
import { wordFailure } from '../../../engine/jinja/word-failure.ts';
import { EngineError } from '../../../engine/errors.ts';
import { identifier, literal } from '../../../engine/sql-text.ts';

type Values = Readonly<Record<string, unknown>>;

const models = ['orders', 'stg_sales'];

/** Words such as a project has them, and these values. */
export function wordsWith(values: Values = {}): Record<string, unknown> {
  return {
    ref: (name: unknown): string => {
      if (!models.includes(String(name))) throw wordFailure('COMPILE_UNKNOWN_REF', `no model '${String(name)}'`);
      return `"shop"."${String(name)}"`;
    },
    literal: (value: unknown): string => literal(plainOf(value) as string),
    identifier: (value: unknown): string => identifier(String(plainOf(value))),
    target: { name: 'dev', schema: 'shop' },
    ...values,
  };
}

/** An engine of the project `shop` with these macros: file to template; `package:file` is of a package. */
export function engineWith(
  macros: Readonly<Record<string, string>> = {},
  values: Values = {},
  options: EngineOptions = {},
): TemplateEngine {
  const engine = createTemplateEngine(wordsWith(values), { project: 'shop', ...options });
  engine.addMacros(
    Object.entries(macros).map(([name, template]) => {
      const [home = '', file = ''] = name.includes(':') ? name.split(':') : ['shop', name];
      return { file, template, package: home };
    }),
  );
  return engine;
}

/** What a template of the file x.sql gives. */
export function render(template: string, macros: Readonly<Record<string, string>> = {}, values: Values = {}): string {
  return engineWith(macros, values).parse(template, { file: 'x.sql' }, []).render({});
}

/** The SQL of a template whose `var` gives guarded values; a decimal is written `{ decimal: '12.30' }`. */
export function sqlWith(template: string, vars: Values, macros: Readonly<Record<string, string>> = {}): string {
  return place(render(template, macros, { var: (name: unknown) => guardedVar(vars[String(name)], String(name)) }));
}

export function place(text: string): string {
  return placeGuarded(text, literal, (message, at) => {
    throw new EngineError('COMPILE_VAR', message, at ? { place: at } : {});
  });
}

function guardedVar(value: unknown, name: string): unknown {
  const isDecimal = typeof value === 'object' && value !== null && 'decimal' in value;
  const kind: GuardKind | undefined = isDecimal ? 'number' : undefined;
  return guard(isDecimal ? value.decimal : value, name, kind);
}
