import type { Config } from '../contracts/config.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { SourceConfig } from '../contracts/source.ts';
import type { DescribedTable, SourceFreshness, SourceSystem } from '../contracts/source.ts';
import { EngineError } from '../errors.ts';
import { blockOptions } from './config-blocks.ts';
import type { Path, PropertiesFile } from './properties-file.ts';
import { holdsTemplate } from './read-options.ts';

export interface SourceSettings {
  readonly enabled: boolean;
  readonly described: Pick<
    DeclaredSource,
    'loader' | 'freshness' | 'loadedAtField' | 'loadedAtQuery' | 'eventTime' | 'tags' | 'meta' | 'quoting'
  >;
}

type Said = Pick<
  SourceConfig,
  'freshness' | 'loaded_at_field' | 'loaded_at_query' | 'enabled' | 'event_time' | 'tags' | 'meta'
>;

/** What tickmark.yml, a source and its table say together: the table's word counts most, tags and meta add up. */
export function sourceSettings(
  table: DescribedTable,
  {
    file,
    system,
    path,
    config,
  }: {
    readonly file: PropertiesFile;
    readonly system: SourceSystem;
    readonly path: Path;
    readonly config: Config;
  },
): SourceSettings {
  const blocks = blockOptions(
    config.sources,
    [config.name, file.vertical],
    [...file.folders, system.name, table.name],
  ).map((options): Said => SourceConfig.parse(options));
  const said: readonly Said[] = [...blocks, system, system.config ?? {}, table, table.config ?? {}];
  let freshness: SourceFreshness | undefined;
  let loaded: { field: string | undefined; query: string | undefined } = { field: undefined, query: undefined };
  for (const each of said) {
    freshness = freshnessAfter(freshness, each.freshness);
    const field = each.loaded_at_field ?? undefined;
    const query = each.loaded_at_query ?? undefined;
    if (field !== undefined && query !== undefined) {
      const message = 'loaded_at_field and loaded_at_query say the same; keep one';
      throw new EngineError('PROJECT_INVALID', message, { place: file.yaml.place([...path, 'loaded_at_query']) });
    }
    if (field !== undefined || query !== undefined) loaded = { field, query };
  }
  const last = <K extends keyof Said>(key: K): Said[K] => said.findLast((each) => each[key] !== undefined)?.[key];
  const enabled = last('enabled') ?? true;
  if (holdsTemplate(enabled)) {
    const message = 'enabled: a template is not rendered here; write true or false';
    throw new EngineError('PROJECT_INVALID', message, { place: file.yaml.place(path) });
  }
  return {
    enabled: enabled === true || enabled === 'true',
    described: {
      loader: table.loader ?? system.loader,
      freshness,
      loadedAtField: loaded.field,
      loadedAtQuery: loaded.query,
      eventTime: last('event_time'),
      tags: [...new Set(said.flatMap(({ tags }) => tags ?? []))],
      meta: Object.assign({}, ...said.map(({ meta }) => meta ?? {})),
      quoting: { ...system.quoting, ...table.quoting },
    },
  };
}

function freshnessAfter(before: SourceFreshness | undefined, said: Said['freshness']): SourceFreshness | undefined {
  if (said === undefined) return before;
  if (said === null) return undefined;
  return {
    warn_after: said.warn_after === undefined ? before?.warn_after : (said.warn_after ?? undefined),
    error_after: said.error_after === undefined ? before?.error_after : (said.error_after ?? undefined),
    filter: said.filter ?? before?.filter,
  };
}
