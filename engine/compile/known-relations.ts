import type { ModelFile } from '../contracts/model.ts';
import type { Project } from '../contracts/project.ts';
import { relationAsOf } from './as-of.ts';
import type { CompileTarget } from './compile-project.ts';
import { ephemeralName } from './ephemeral.ts';
import type { Heard } from './hear-models.ts';
import type { KnownModel, KnownTable } from './scene.ts';
import { Relation, relationOfSql } from './words/relation.ts';

/** A model as references find it in a target: by its alias, an ephemeral one by what it is called before a query. */
export function knownModel(file: ModelFile, heard: Heard | undefined, target: CompileTarget): KnownModel {
  const config = heard?.config;
  const name = config?.alias ?? file.name;
  const isEphemeral = config?.materialized === 'ephemeral' && target.asOf === undefined;
  const there = new Relation({
    schema: target.schemaOf(file),
    identifier: name,
    database: target.target.database ?? null,
    type: config?.materialized === 'view' ? 'view' : 'table',
  });
  const self =
    target.thisOf === undefined ? there : relationOfSql(target.thisOf({ ...file, name })).with({ type: there.type });
  return { file, config, relation: relationOf(), self };

  function relationOf(): Relation {
    // As of a past moment no model stands: each is a common table expression that is put before the query.
    if (target.asOf !== undefined && file.resource === 'model')
      return new Relation({ identifier: file.name, type: 'cte' });
    if (isEphemeral) return new Relation({ identifier: ephemeralName(file.name), type: 'cte' });
    return there.with({ live: self });
  }
}

/** Every landed table, and every table that is read where it stands, by `source.table`. */
export function knownTables(
  { sources, models }: Project,
  { asOf, target, schemaOf }: CompileTarget,
): ReadonlyMap<string, KnownTable> {
  const own = new Map(models.map((file) => [`${liveSchemaOf(file)}.${file.name}`, file]));
  return new Map(
    sources.map((declared) => {
      const { source, name, external } = declared;
      // What the project builds itself is read where this run builds it.
      const built = external && own.get(`${external.schema}.${external.identifier}`);
      const parts = built
        ? { schema: schemaOf(built), identifier: built.name }
        : (external ?? { schema: `raw_${source}`, identifier: name });
      const stands = new Relation({ ...parts, database: target.database ?? null, type: external ? null : 'view' });
      const relation =
        asOf === undefined || external ? stands : stands.with({ text: relationAsOf(source, name, asOf) });
      return [`${source}.${name}`, { declared, relation }];
    }),
  );
}

function liveSchemaOf({ vertical, layer }: ModelFile): string {
  return layer === 'staging' ? `${vertical}_staging` : vertical;
}
