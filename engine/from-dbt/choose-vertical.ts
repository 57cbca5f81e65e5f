import type { Node } from 'yaml';
import { EngineError } from '../errors.ts';
import type { Remark } from './conversion.ts';
import type { DbtProject } from './dbt-project.ts';
import { sourceSchemas } from './schemas-named.ts';

const NAME = /^[a-z][a-z0-9_]*$/;
/** Schemas that Tickmark or Postgres has for itself, and folders of sql/ that mean something else. */
const RESERVED = /^(audit|published|public|information_schema|pg_.*|raw_.*|macros|packages)$/;

/**
 * The vertical that a dbt project becomes. Its schemas are replaced whole at each build, so they must be none that a source stands
 * in, nor the one that dbt builds in.
 */
export function chooseVertical(
  project: DbtProject,
  { asked, dbtSchema }: { readonly asked: string | undefined; readonly dbtSchema: string | undefined },
): { readonly name: string; readonly remarks: readonly Remark[] } {
  const taken = new Map(
    [...sourceSchemas(project)].map((schema) => [schema, `a source stands in the schema ${schema}`]),
  );
  if (dbtSchema !== undefined) taken.set(dbtSchema, `dbt builds in the schema ${dbtSchema}`);
  const whyNot = (name: string): string | undefined =>
    RESERVED.test(name)
      ? `${name} is a name that Tickmark or Postgres needs`
      : [name, `${name}_staging`, `${name}__store`].map((schema) => taken.get(schema)).find((why) => why !== undefined);
  if (asked !== undefined) {
    const why = NAME.test(asked) ? whyNot(asked) : 'lower case letters, digits and _, the first a letter';
    if (why === undefined) return { name: asked, remarks: [] };
    throw new EngineError('INIT_INVALID', `--vertical ${asked}: ${why}`);
  }
  const plain = plainName(project.name);
  const name = [plain, `${plain}_models`, `${plain}_built`].find((each) => whyNot(each) === undefined);
  if (name === undefined) {
    throw new EngineError('INIT_INVALID', `${whyNot(plain) ?? ''}; name the vertical with --vertical`);
  }
  if (name === project.name) return { name, remarks: [] };
  const why = name === plain ? 'a name is lower case letters, digits and _' : (whyNot(plain) ?? '');
  const line = project.lineOf(project.top.get('name', true) as Node | undefined);
  const what = `project ${project.name} is the vertical ${name}: ${why}`;
  return { name, remarks: [{ file: project.file, line, what, next: '' }] };
}

function plainName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .replace(/^[^a-z]+/, '');
  return plain === '' ? 'project' : plain;
}
