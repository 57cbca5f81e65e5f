import type { CompiledProject } from '../engine/compile/compile-project.ts';
import { AS_OF_FORMS, parseAsOf, relationAsOf } from '../engine/compile/as-of.ts';
import { didYouMean } from '../engine/config/did-you-mean.ts';
import type { Config, Connection } from '../engine/contracts/config.ts';
import type { DiffSide } from '../engine/contracts/diff.ts';
import type { DeclaredSource, Project } from '../engine/contracts/project.ts';
import { EngineError } from '../engine/errors.ts';
import { landedTable } from '../engine/warehouse/landed-table.ts';
import { LANDING_COLUMNS } from '../engine/landing-columns.ts';

export interface DiffSideContext {
  readonly config: Config;
  /** Loads and compiles the project, which a table of a connection does not need. */
  readonly project: () => { readonly project: Project; readonly compiled: CompiledProject };
  /** With its secrets; the side is opened with it. */
  readonly resolve: (connection: Connection) => Connection;
}

interface Asked {
  /** As its author wrote it. */
  readonly written: string;
  readonly where: string | undefined;
  readonly asOf: string | undefined;
}

/** What a name on the command line stands for: `model`, `source.table`, `connection:schema.table`, each as of a moment with `@`. */
export function findDiffSide({ written, where, asOf }: Asked, context: DiffSideContext): DiffSide {
  const [, name = written, moment = asOf] = /^(.*?)@([^@]*)$/.exec(written) ?? [];
  const [, connection, rest = ''] = /^([^:]+):(.+)$/.exec(name) ?? [];
  const shared = { called: written, where };
  if (connection === undefined) return { ...shared, ...inProject(name, moment, context) };
  if (moment !== undefined) throw noHistory(written);
  const [schema, table] = splitTable(rest);
  if (connection === 'warehouse') {
    if (schema === null) throw unknown(`${written}: name its schema, as warehouse:schema.table`);
    return { ...shared, at: { kind: 'warehouse', schema, table }, key: [], hidden: [] };
  }
  const found = context.config.connections[connection];
  if (found === undefined) {
    const names = ['warehouse', ...Object.keys(context.config.connections)];
    throw unknown(`${written}: tickmark.yml has no connection ${connection}${didYouMean(connection, names)}`);
  }
  if (found.type !== 'files' && found.type !== 'http') {
    const named = { name: connection, config: context.resolve(found) };
    return { ...shared, at: { kind: 'table', connection: named, schema, table }, key: [], hidden: [] };
  }
  const { sources } = context.project().project;
  const declared = sources.filter((each) => each.connection === connection);
  const match = declared.find((each) => each.name === rest || `${each.source}.${each.name}` === rest);
  if (match === undefined) {
    const near = didYouMean(
      rest,
      declared.map((each) => each.name),
    );
    throw unknown(`${written}: sources.yml declares no table ${rest} of connection ${connection}${near}`);
  }
  const named = { name: connection, config: context.resolve(found) };
  return {
    ...shared,
    at: { kind: 'pulled', connection: named, table: match },
    key: match.key,
    hidden: personalColumns(match),
  };
}

function inProject(
  name: string,
  moment: string | undefined,
  context: DiffSideContext,
): Pick<DiffSide, 'at' | 'key' | 'hidden'> {
  const { project, compiled } = context.project();
  const declared = project.sources.find((each) => `${each.source}.${each.name}` === name);
  if (declared !== undefined) return { ...landed(declared, moment), key: declared.key };
  const model = compiled.models.find((each) => each.name === name);
  if (model === undefined) {
    const names = [
      ...compiled.models.map((each) => each.name),
      ...project.sources.map((each) => `${each.source}.${each.name}`),
    ];
    throw unknown(`there is no model, seed or landed table ${name}${didYouMean(name, names)}`);
  }
  if (moment !== undefined) throw noHistory(name);
  return { at: { kind: 'relation', sql: compiled.relation(name) }, key: keyOfModel(name, project), hidden: [] };
}

function landed(declared: DeclaredSource, moment: string | undefined): Pick<DiffSide, 'at' | 'hidden'> {
  const { source, name: table, external } = declared;
  if (external !== undefined) {
    if (moment !== undefined) throw noHistory(`${source}.${table}`);
    return { at: { kind: 'warehouse', schema: external.schema, table: external.identifier }, hidden: [] };
  }
  const hidden = [...LANDING_COLUMNS, ...personalColumns(declared)];
  if (moment === undefined)
    return { at: { kind: 'warehouse', schema: landedTable(source, table).schema, table }, hidden };
  const asOf = parseAsOf(moment);
  if (asOf === undefined)
    throw new EngineError('OPTION_INVALID', `${source}.${table}@${moment}: @ takes ${AS_OF_FORMS}`);
  return { at: { kind: 'relation', sql: relationAsOf(source, table, asOf) }, hidden };
}

/** They land masked or not at all. */
function personalColumns({ columns }: DeclaredSource): readonly string[] {
  return columns.filter(({ pii }) => pii !== undefined).map(({ name }) => name);
}

/** Of the check that says that it is unique. */
function keyOfModel(name: string, { checks }: Project): readonly string[] {
  const [first] = checks.flatMap((check): (readonly string[])[] => {
    if (check.on !== name || check.kind !== 'unique' || check.settings.where !== undefined) return [];
    const columns = check.arguments['columns'];
    if (Array.isArray(columns)) return [columns as string[]];
    return check.column === undefined ? [] : [[check.column]];
  });
  return first ?? [];
}

/** The last dot parts the table's name from its schema's, which has one more in BigQuery. */
function splitTable(text: string): readonly [schema: string | null, table: string] {
  const dot = text.lastIndexOf('.');
  return dot < 0 ? [null, text] : [text.slice(0, dot), text.slice(dot + 1)];
}

function unknown(message: string): EngineError {
  return new EngineError('DIFF_UNKNOWN', message);
}

function noHistory(name: string): EngineError {
  return new EngineError('DIFF_INVALID', `${name}: only tables that Tickmark landed can be read as of a past moment`);
}
