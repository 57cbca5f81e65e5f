import type { DocBlock, Group, MacroFile, MacroProperties } from '../contracts/project.ts';
import { EngineError, formatPlace } from '../errors.ts';
import { findBlocks } from '../jinja/find-blocks.ts';
import type { ContentFile } from './content-file.ts';
import type { PropertiesFile } from './properties-file.ts';
import type { ResolveDocs } from './resolve-docs.ts';

/** The files of macros: the project's own under its name, those under sql/packages under their package's. */
export function loadMacros(files: readonly ContentFile[], project: string): readonly MacroFile[] {
  return files
    .filter(({ kind }) => kind === 'macros')
    .map(({ file, text, package: from }) => ({ file, template: text, package: from ?? project }));
}

/** What YAML says of macros. */
export function describeMacros(
  files: readonly PropertiesFile[],
  project: string,
  resolveDocs: ResolveDocs,
): readonly MacroProperties[] {
  return files.flatMap((file) =>
    (file.yaml.value.macros ?? []).map((macro, at) => ({
      name: macro.name,
      package: file.package ?? project,
      description: macro.description && resolveDocs(macro.description, file.yaml.place(['macros', at, 'description'])),
      arguments: (macro.arguments ?? []).map(({ name, type, description }) => ({ name, type, description })),
      meta: macro.meta ?? {},
      file: file.file,
      line: file.yaml.place(['macros', at]).line ?? 1,
    })),
  );
}

/** The docs blocks of the .md files; a name stands once. */
export function loadDocs(files: readonly ContentFile[]): readonly DocBlock[] {
  const found = new Map<string, DocBlock>();
  for (const { kind, file, text } of files) {
    if (kind !== 'docs') continue;
    for (const block of findBlocks(text, { file })) {
      if (block.kind !== 'docs') continue;
      const first = found.get(block.name);
      if (first) {
        const message = `docs block '${block.name}' is also in ${first.file}`;
        throw new EngineError('PROJECT_INVALID', message, { place: { file, line: block.line, column: block.column } });
      }
      found.set(block.name, { name: block.name, text: block.body.trim(), file });
    }
  }
  return [...found.values()];
}

/** Who owns models; a name stands once. */
export function loadGroups(files: readonly PropertiesFile[]): readonly Group[] {
  const found = new Map<string, Group>();
  for (const file of files) {
    file.yaml.value.groups?.forEach(({ name, description, owner, config }, at) => {
      const place = file.yaml.place(['groups', at]);
      const first = found.get(name);
      if (first) {
        const message = `group '${name}' is declared twice, first at ${formatPlace({ file: first.file, line: first.line })}`;
        throw new EngineError('PROJECT_INVALID', message, { place });
      }
      found.set(name, {
        name,
        description,
        owner: { name: owner.name, email: [owner.email ?? []].flat().join(', ') || undefined },
        meta: (config?.['meta'] ?? {}) as Readonly<Record<string, unknown>>,
        file: file.file,
        line: place.line ?? 1,
      });
    });
  }
  return [...found.values()];
}
