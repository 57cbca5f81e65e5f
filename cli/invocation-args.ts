import { z } from 'zod';
import type { Vars } from '../engine/contracts/run.ts';
import type { BuildOptions } from './build-options.ts';
import { BUILD_VERBS } from './plan-builds.ts';
import type { BuildVerb } from './plan-builds.ts';

/** Options that say what an invocation was, in dbt's spelling: snake case. */
const words = z.array(z.string()).optional();
const flag = z.boolean().optional();
const text = z.string().optional();
const Args = z.object({
  vars: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  which: z.enum(BUILD_VERBS).optional().catch(undefined),
  select: words,
  exclude: words,
  selector: text,
  resource_type: words,
  exclude_resource_type: words,
  indirect_selection: text,
  state: text,
  vertical: words,
  full_refresh: flag,
  threads: z.int().optional(),
  fail_fast: flag,
  defer: flag,
  favor_state: flag,
  event_time_start: text,
  event_time_end: text,
  run_clock: text,
  empty: flag,
  warn_error: flag,
});
type ArgName = Exclude<keyof z.output<typeof Args>, 'which' | 'vars'>;

const NAMES = Object.keys(Args.shape).filter((name): name is ArgName => name !== 'which' && name !== 'vars');

/** `args` of run_results.json: what an invocation was asked, so that `retry` can ask it again. */
export function argsOf(
  verb: BuildVerb,
  options: BuildOptions,
  vars: Vars,
): Readonly<Record<string, unknown>> & { readonly which: string } {
  const given = options as unknown as Readonly<Record<string, unknown>>;
  const said = NAMES.map((name): [string, unknown] => [name, given[camel(name)]]);
  const select = [...(options.select ?? []), ...(options.models ?? [])];
  return {
    which: verb,
    vars,
    ...Object.fromEntries(said.filter(([, value]) => value !== undefined)),
    ...(select.length === 0 ? {} : { select }),
  };
}

/** The options that `args` hold; no verb when it was another command, or another tool. */
export function optionsOf(args: Readonly<Record<string, unknown>>): {
  readonly verb: BuildVerb | undefined;
  readonly options: Partial<BuildOptions>;
} {
  const read = Args.safeParse(args);
  if (!read.success) return { verb: undefined, options: {} };
  const said = NAMES.filter((name) => read.data[name] !== undefined);
  const { which, vars = {} } = read.data;
  return {
    verb: which,
    options: {
      ...(Object.fromEntries(said.map((name) => [camel(name), read.data[name]])) as Partial<BuildOptions>),
      ...(Object.keys(vars).length === 0 ? {} : { vars: JSON.stringify(vars) }),
    },
  };
}

function camel(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
