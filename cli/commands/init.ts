import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { EngineError } from '../../engine/errors.ts';
import { convertDbtProject } from '../../engine/from-dbt/convert-dbt-project.ts';
import { readDbtProject } from '../../engine/from-dbt/dbt-project.ts';
import { formatConversion } from '../../engine/from-dbt/format-conversion.ts';
import { writeFolder } from '../../engine/from-dbt/write-folder.ts';
import type { CliContext } from '../context.ts';

interface InitOptions {
  readonly fromDbt?: string;
  readonly out?: string;
  readonly vertical?: string;
  readonly json?: boolean;
}

/** `tickmark init`: a new project, or one made of a dbt project. */
export function addInit(program: Command, context: CliContext): void {
  program
    .command('init')
    .description('make a new project, or bring a dbt project over')
    .argument('[name]', 'the new project, and the folder that it is made in')
    .option('--from-dbt <folder>', 'bring the dbt project in this folder over')
    .option('--out <folder>', 'the folder to make; ./<name> when left out')
    .option('--vertical <name>', 'what the models of a dbt project become; the name of the project when left out')
    .option('--json', 'the report as one JSON document')
    .action(async (name: string | undefined, options: InitOptions) => {
      if (options.fromDbt === undefined) await startFresh(name, options, context);
      else await bringOver(options.fromDbt, { ...options, name }, context);
    });
}

async function startFresh(name: string | undefined, options: InitOptions, context: CliContext): Promise<void> {
  const called = name ?? 'audit_project';
  const root = resolve(context.cwd, options.out ?? called);
  const { newProject } = await import('../../engine/project/new-project.ts');
  const files = new Map([...Object.entries(newProject(called)), ...(await schemaFiles())]);
  writeFolder(root, files, () => undefined);
  if (options.json) return context.out(`${JSON.stringify({ root, files: [...files.keys()].sort() }, null, 2)}\n`);
  context.say(`${files.size} files in ${root}\n\nNext\n  cd ${root}\n  tickmark build`);
}

async function bringOver(
  folder: string,
  options: InitOptions & { readonly name: string | undefined },
  context: CliContext,
): Promise<void> {
  const from = resolve(context.cwd, folder);
  const out = resolve(context.cwd, options.out ?? options.name ?? readDbtProject(from).name);
  if (out === from || from.startsWith(join(out, '/'))) {
    throw new EngineError('INIT_INVALID', `${out} holds the dbt project itself; give another folder with --out`);
  }
  const profiles = context.env['DBT_PROFILES_DIR'];
  const conversion = convertDbtProject({
    from,
    out,
    vertical: options.vertical,
    profileFolders: [...(profiles ? [resolve(context.cwd, profiles)] : []), join(homedir(), '.dbt')],
    env: context.env,
    extra: await schemaFiles(),
  });
  context.out(`${options.json ? JSON.stringify(conversion, null, 2) : formatConversion(conversion)}\n`);
}

/** JSON Schemas of the YAML files, for editors. */
async function schemaFiles(): Promise<ReadonlyMap<string, string>> {
  const { yamlSchemas } = await import('../../engine/project/yaml-schemas.ts');
  return new Map(
    Object.entries(yamlSchemas()).map(([file, schema]) => [
      `.tickmark/schemas/${file}`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  );
}
