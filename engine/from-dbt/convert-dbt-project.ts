import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { chooseVertical } from './choose-vertical.ts';
import type { Conversion, Remark } from './conversion.ts';
import { convertProperties } from './convert-properties.ts';
import type { PropertiesContext } from './convert-properties.ts';
import { convertSettings } from './convert-settings.ts';
import { convertVars } from './convert-vars.ts';
import type { SpokenVar } from './convert-vars.ts';
import { readDbtProject } from './dbt-project.ts';
import type { DbtProject } from './dbt-project.ts';
import { findPackages } from './find-packages.ts';
import { findRemarks } from './find-remarks.ts';
import { listFiles } from './list-files.ts';
import { describeNextSteps } from './next-steps.ts';
import { placeFiles, renamedFolder } from './place-files.ts';
import type { PlacedFile } from './place-files.ts';
import { readProfile } from './read-profile.ts';
import { scanTemplate } from './scan-templates.ts';
import { seedSchemas } from './schemas-named.ts';
import { tickmarkYml } from './tickmark-yml.ts';
import { tryProject } from './try-project.ts';
import { writeFolder } from './write-folder.ts';

export interface ConversionInput {
  /** The dbt project's folder. */
  readonly from: string;
  /** The folder to make; it must not exist, or be empty. */
  readonly out: string;
  /** The project's own name in lower case when left out. */
  readonly vertical?: string | undefined;
  /** Folders in which profiles.yml is looked for, besides the project's own. */
  readonly profileFolders: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** More files of the new project, by path. */
  readonly extra: ReadonlyMap<string, string>;
}

/** Brings a dbt project over into a new folder and says what became of each part of it. Reads the dbt project, never changes it. */
export function convertDbtProject(input: ConversionInput): Conversion {
  const project = readDbtProject(resolve(input.from));
  const root = resolve(input.out);
  const packages = findPackages(project);
  const connection = readProfile(project.profile, [project.root, ...input.profileFolders]);
  const vertical = chooseVertical(project, { asked: input.vertical, dbtSchema: connection?.schema });
  const { placed, left } = placeFiles(project, vertical.name);
  const all = [...placed, ...packages.placed];
  const templates = all.filter(({ kind }) => ['model', 'snapshot', 'macro', 'check'].includes(kind));
  const words = [
    ...templates.flatMap(({ from }) => scanFile(project, from)),
    ...scanTemplate(project.text).map((word) => ({ ...word, file: project.file })),
  ];
  const settings = convertSettings(project, packages.names);
  const vars = convertVars(
    project,
    words.filter(({ word }) => word === 'var'),
    packages.names,
  );
  const changed: Remark[] = [...vertical.remarks, ...settings.changed, ...vars.changed, ...renamedFiles(placed)];
  const notBrought: Remark[] = [
    ...settings.notBrought,
    ...vars.notBrought,
    ...packages.notBrought,
    ...left.map(({ from, why, next }) => ({ file: from, line: undefined, what: why, next })),
    ...placed.flatMap(({ kind, from }) => findRemarks(read(project, from), from, kind)),
    ...unreadFiles(project),
  ];
  const context: PropertiesContext = {
    vars: vars.values,
    vertical: vertical.name,
    seeds: new Set(placed.flatMap(({ kind, from }) => (kind === 'seed' ? [nameOf(from)] : []))),
    seedSchemas: seedSchemas(project, vertical.name),
  };
  const files = new Map<string, string | Uint8Array>([...input.extra, ['.gitignore', '.tickmark/\ntarget/\n']]);
  const asked = words.filter(({ word, arguments: [name] }) => word === 'env_var' && name !== undefined);
  const envVars = namesOf(asked);
  files.set(
    'tickmark.yml',
    tickmarkYml({ project, vertical: vertical.name, settings: settings.text, vars: vars.text, envVars }),
  );
  const brought = all.filter((file) => {
    const content = convertFile(project, file, context, { changed, notBrought });
    if (content !== undefined) files.set(file.to, content);
    return content !== undefined;
  });
  const errors = writeFolder(root, files, (folder) => tryProject(folder, input.env));
  return {
    project: project.name,
    vertical: vertical.name,
    root,
    brought: brought.map(({ from, to }) => ({ from: fromOf(project, from), to })),
    changed: inOrder(changed),
    notBrought: inOrder(notBrought),
    errors,
    relations: relationsOf(brought, vertical.name),
    nextSteps: describeNextSteps({
      connection,
      envVars: namesOf(asked.filter(({ arguments: [, fallback] }) => fallback === undefined)),
      profile: project.profile,
      fromSeeds: changed.some(({ next }) => next.includes('tickmark seed')),
    }),
  };
}

function convertFile(
  project: DbtProject,
  { kind, from }: PlacedFile,
  context: PropertiesContext,
  remarks: { readonly changed: Remark[]; readonly notBrought: Remark[] },
): string | Uint8Array | undefined {
  const path = resolve(project.root, from);
  if (kind === 'seed' || kind === 'fixture') return readFileSync(path);
  const text = readFileSync(path, 'utf8');
  if (kind !== 'properties') return text;
  const converted = convertProperties(text, from, context);
  remarks.changed.push(...converted.changed);
  remarks.notBrought.push(...converted.notBrought);
  if (converted.text === undefined) {
    remarks.changed.push({
      file: from,
      line: undefined,
      what: 'left out: nothing in it is read by Tickmark',
      next: '',
    });
  }
  return converted.text;
}

function scanFile(project: DbtProject, from: string): readonly SpokenVar[] {
  return scanTemplate(read(project, from)).map((word) => ({ ...word, file: from }));
}

function renamedFiles(placed: readonly PlacedFile[]): readonly Remark[] {
  const folders = new Set(placed.flatMap(({ kind, from }) => (kind === 'model' ? [from.split('/')[1] ?? ''] : [])));
  return [...folders]
    .filter((folder) => !folder.endsWith('.sql') && renamedFolder(folder) !== folder)
    .map((folder) => ({
      file: `models/${folder}/`,
      line: undefined,
      what: `the folder is now ${renamedFolder(folder)}/, because ${folder}/ means something, or nearly, in Tickmark`,
      next: '',
    }));
}

function unreadFiles(project: DbtProject): readonly Remark[] {
  const remarks: Remark[] = listFiles(join(project.root, 'functions')).map((path) => ({
    file: `functions/${path}`,
    line: undefined,
    what: 'a function of the database',
    next: 'create it with on_run_start in tickmark.yml',
  }));
  if (existsSync(join(project.root, 'selectors.yml'))) {
    remarks.push({
      file: 'selectors.yml',
      line: undefined,
      what: 'named selectors',
      next: 'give the selection with --select and --exclude',
    });
  }
  return remarks;
}

function relationsOf(brought: readonly PlacedFile[], vertical: string): readonly string[] {
  const staging = brought.some(({ kind, to }) => kind === 'model' && to.startsWith(`sql/${vertical}/staging/`));
  const said = [`models, seeds and snapshots in the schema ${vertical}`];
  if (staging) said.push(`models of staging/ in the schema ${vertical}_staging`);
  return said;
}

/** Packages may lie outside of the project. */
function fromOf(project: DbtProject, from: string): string {
  return (isAbsolute(from) ? relative(project.root, from) : from).replaceAll('\\', '/');
}

function namesOf(words: readonly SpokenVar[]): readonly string[] {
  return [...new Set(words.flatMap(({ arguments: [name] }) => name ?? []))].sort();
}

function inOrder(remarks: readonly Remark[]): readonly Remark[] {
  const said = new Map(remarks.map((remark) => [`${remark.file}:${remark.line ?? 0}:${remark.what}`, remark]));
  return [...said.values()].sort((a, b) =>
    a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1,
  );
}

function nameOf(from: string): string {
  return (from.split('/').at(-1) ?? from).replace(/\.[^.]+$/, '');
}

function read(project: DbtProject, from: string): string {
  return readFileSync(resolve(project.root, from), 'utf8');
}
