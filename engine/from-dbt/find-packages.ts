import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import type { YAMLMap } from 'yaml';
import type { Remark } from './conversion.ts';
import { readDbtProject, pairOf } from './dbt-project.ts';
import type { DbtProject } from './dbt-project.ts';
import { listFiles } from './list-files.ts';
import type { PlacedFile } from './place-files.ts';

/** Packages whose macros Tickmark has of its own. */
const BUILT_IN = ['dbt_utils', 'dbt'];

export interface FoundPackages {
  readonly names: readonly string[];
  /** Their macros; `from` is an absolute path. */
  readonly placed: readonly PlacedFile[];
  readonly notBrought: readonly Remark[];
}

/** The packages that a project asks for: their macros where they are installed or local, and a word on each that is not. */
export function findPackages(project: DbtProject): FoundPackages {
  const names = new Set<string>();
  const placed: PlacedFile[] = [];
  const notBrought: Remark[] = [];
  const installed = installedPackages(project);
  for (const { file, line, spec, local } of asked(project)) {
    const found =
      local === undefined
        ? installed.find(
            ({ folder, name }) => spec.endsWith(`/${folder}`) || spec.endsWith(`/${name}`) || named(spec, name),
          )
        : readPackage(resolve(project.root, local), project);
    const name = found?.name ?? nameOf(spec);
    names.add(name);
    if (BUILT_IN.includes(name)) continue;
    if (found === undefined) {
      notBrought.push({
        file,
        line,
        what: `package ${spec} is not installed`,
        next: 'run `dbt deps` in the dbt project and bring it over again, if its macros are used',
      });
      continue;
    }
    notBrought.push(...takeMacros(found, { file, line }, placed));
  }
  for (const found of installed) {
    if (names.has(found.name) || BUILT_IN.includes(found.name)) continue;
    names.add(found.name);
    notBrought.push(...takeMacros(found, { file: 'dbt_packages', line: undefined }, placed));
  }
  for (const name of BUILT_IN) names.add(name);
  return { names: [...names], placed, notBrought };
}

interface Package {
  readonly name: string;
  readonly folder: string;
  readonly project: DbtProject;
}

function takeMacros(
  found: Package,
  place: { readonly file: string; readonly line: number | undefined },
  placed: PlacedFile[],
): readonly Remark[] {
  const remarks: Remark[] = [];
  const { project, name } = found;
  for (const folder of project.paths.macro) {
    for (const path of listFiles(join(project.root, folder))) {
      if (!path.endsWith('.sql')) continue;
      placed.push({ kind: 'macro', from: join(project.root, folder, path), to: `sql/packages/${name}/macros/${path}` });
    }
  }
  for (const folder of project.paths.test) {
    for (const path of listFiles(join(project.root, folder, 'generic'))) {
      if (!path.endsWith('.sql')) continue;
      const from = join(project.root, folder, 'generic', path);
      placed.push({ kind: 'macro', from, to: `sql/packages/${name}/macros/generic/${path}` });
    }
  }
  const models = [...project.paths.model, ...project.paths.seed, ...project.paths.snapshot].flatMap((folder) =>
    listFiles(join(project.root, folder)).filter((path) => /\.(sql|csv)$/.test(path)),
  );
  if (models.length > 0) {
    remarks.push({
      ...place,
      what: `the ${models.length} models and seeds of package ${name}`,
      next: 'bring the package over as a vertical of its own, or copy the models that are needed',
    });
  }
  return remarks;
}

function installedPackages(project: DbtProject): readonly Package[] {
  const declared: unknown = project.top.get('packages-install-path');
  const folder = join(project.root, typeof declared === 'string' ? declared : 'dbt_packages');
  const folders = new Set(
    listFiles(folder).flatMap((path) => (/^[^/]+\/dbt_project\.yml$/.test(path) ? [path.split('/')[0] as string] : [])),
  );
  return [...folders].flatMap((each) => readPackage(join(folder, each), project) ?? []);
}

function readPackage(folder: string, project: DbtProject): Package | undefined {
  if (!existsSync(join(folder, 'dbt_project.yml'))) return undefined;
  const found = readDbtProject(folder, project.root);
  return { name: found.name, folder: folder.split(/[\\/]/).at(-1) ?? '', project: found };
}

interface Asked {
  readonly file: string;
  readonly line: number | undefined;
  readonly spec: string;
  readonly local: string | undefined;
}

function asked(project: DbtProject): readonly Asked[] {
  return ['packages.yml', 'dependencies.yml'].flatMap((file) => {
    const path = join(project.root, file);
    if (!existsSync(path)) return [];
    const lines = new LineCounter();
    const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false });
    if (!isMap(document.contents)) return [];
    const listed = pairOf(document.contents, 'packages')?.value;
    if (!isSeq(listed)) return [];
    return listed.items
      .filter((item): item is YAMLMap => isMap(item))
      .map((item) => {
        const local: unknown = item.get('local');
        const spec: unknown = item.get('package') ?? item.get('git') ?? item.get('tarball') ?? local;
        return {
          file,
          line: item.range ? lines.linePos(item.range[0]).line : undefined,
          spec: String(spec),
          local: typeof local === 'string' ? local : undefined,
        };
      });
  });
}

/** `dbt-labs/dbt_utils` and `https://host/x/dbt-utils.git` are both dbt_utils. */
function nameOf(spec: string): string {
  return (spec.split('/').at(-1) ?? spec).replace(/\.git$/, '').replaceAll('-', '_');
}

function named(spec: string, name: string): boolean {
  return nameOf(spec) === name;
}
