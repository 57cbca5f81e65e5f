import type { Command } from 'commander';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Ask, CompiledProject } from '../../engine/compile/compile-project.ts';
import { didYouMean } from '../../engine/config/did-you-mean.ts';
import { EngineError } from '../../engine/errors.ts';
import type { CliContext } from '../context.ts';
import { interruptible } from '../interruptible.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { withWarehouse } from '../with-warehouse.ts';

type OperationOptions = ProjectOptions & { readonly args?: string; readonly json?: boolean };

const Arguments = z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.json());

export function addRunOperation(program: Command, context: CliContext): void {
  const command = program
    .command('run-operation')
    .description('run a macro, with what it asks of the warehouse in one transaction')
    .argument('<macro>', 'a macro of the project, or package.macro');
  command
    .option('--args <yaml>', 'its arguments by name, as YAML or JSON')
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--run-clock <time>', 'what run_started_at says; now when left out')
    .option('--json', 'what the macro gives as one JSON document on stdout')
    .action(async (macro: string, given: OperationOptions): Promise<void> => {
      const options = { ...command.optsWithGlobals<OperationOptions>(), ...given };
      let messages: string[] = [];
      const { root, compiled } = openProject(options, context, (message) => void messages.push(message));
      refuseUnknown(macro, compiled.macros);
      const template = callOf(macro, argumentsOf(options.args));
      const { sql } = await withWarehouse({ root, temporal: false }, context, ({ warehouse }) => {
        messages = [];
        const work = warehouse.transaction((session) => {
          // Rendering begins anew with every answer: what counts is what the last one tells.
          const ask: Ask = (query) => {
            messages = [];
            return session.query(query);
          };
          return compiled.renderAround(template, { file: 'run-operation', line: 1 }, { ask });
        });
        return interruptible(work, context);
      });
      if (options.json) return context.out(`${JSON.stringify({ macro, messages, result: sql }, null, 2)}\n`);
      context.out(
        [...messages, sql]
          .filter((line) => line !== '')
          .map((line) => `${line}\n`)
          .join(''),
      );
    });
}

/** A name with a package may be one of the macros that are built in. */
function refuseUnknown(macro: string, macros: CompiledProject['macros']): void {
  const names = macros.map(({ name }) => name);
  if (macro.includes('.') || names.includes(macro)) return;
  throw new EngineError('COMPILE_UNKNOWN_REF', `no macro '${macro}'${didYouMean(macro, names)}`);
}

/** `{{ macro(a=1, b=['x']) }}`: JSON is the same in a template, but for null, and true and false are. */
function callOf(macro: string, given: Readonly<Record<string, unknown>>): string {
  if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$/.test(macro)) {
    throw new EngineError('OPTION_INVALID', `run-operation takes a macro's name, as in grant_select or package.macro`);
  }
  const named = Object.entries(given).map(([name, value]) => `${name}=${written(value)}`);
  return `{{ ${macro}(${named.join(', ')}) }}`;
}

function written(value: unknown): string {
  if (value === null) return 'none';
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value as Record<string, unknown>);
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}: ${written(each)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

function argumentsOf(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined || text.trim() === '') return {};
  let value: unknown;
  try {
    value = parse(text, { schema: 'core' });
  } catch {
    throw new EngineError('OPTION_INVALID', '--args is not valid YAML or JSON');
  }
  const given = Arguments.safeParse(value);
  if (given.success) return given.data;
  throw new EngineError('OPTION_INVALID', "--args: expected an object of the macro's arguments by name");
}
