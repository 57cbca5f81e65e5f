import type { Config } from '../contracts/config.ts';
import type { Exposure } from '../contracts/project.ts';
import { EngineError, formatPlace } from '../errors.ts';
import { blockOptions } from './config-blocks.ts';
import { parseReference } from './parse-reference.ts';
import type { Path, PropertiesFile } from './properties-file.ts';
import type { Relations } from './relations.ts';
import type { ResolveDocs } from './resolve-docs.ts';

/** What reads the project's models elsewhere; what it depends on is there, and its name stands once. */
export function loadExposures(
  files: readonly PropertiesFile[],
  relations: Relations,
  { config, resolveDocs }: { readonly config: Config; readonly resolveDocs: ResolveDocs },
): readonly Exposure[] {
  const found = new Map<string, Exposure>();
  for (const file of files) {
    file.yaml.value.exposures?.forEach((spec, at) => {
      const path = ['exposures', at];
      const place = (...further: Path) => file.yaml.place([...path, ...further]);
      const first = found.get(spec.name);
      if (first) {
        const message = `exposure '${spec.name}' is declared twice, first at ${formatPlace({ file: first.file, line: first.line })}`;
        throw new EngineError('PROJECT_INVALID', message, { place: place('name') });
      }
      const blocks = blockOptions(config.exposures, [config.name, file.vertical], [...file.folders, spec.name]);
      const said = [...blocks, { tags: spec.tags, meta: spec.meta }, spec.config ?? {}];
      if (isOff(said.findLast((options) => options['enabled'] !== undefined)?.['enabled'])) return;
      found.set(spec.name, {
        name: spec.name,
        vertical: file.vertical,
        label: spec.label,
        type: spec.type,
        maturity: spec.maturity,
        url: spec.url,
        description: spec.description && resolveDocs(spec.description, place('description')),
        owner: { name: spec.owner.name, email: [spec.owner.email ?? []].flat().join(', ') || undefined },
        dependsOn: (spec.depends_on ?? []).map((text, d) => {
          const reference = parseReference(text);
          if (reference) return relations.require(reference.name, place('depends_on', d));
          const message = "depends_on takes ref('model') and source('source', 'table')";
          throw new EngineError('PROJECT_INVALID', message, { place: place('depends_on', d) });
        }),
        tags: [...new Set(said.flatMap(({ tags }) => tagsOf(tags)))],
        meta: Object.assign({}, ...said.map(({ meta }) => meta ?? {})),
        file: file.file,
        line: place().line ?? 1,
      });
    });
  }
  return [...found.values()];
}

function isOff(enabled: unknown): boolean {
  return enabled === false || enabled === 'false';
}

function tagsOf(tags: unknown): readonly string[] {
  return (Array.isArray(tags) ? tags : [tags]).filter((tag) => typeof tag === 'string');
}
