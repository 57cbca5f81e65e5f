import { didYouMean } from '../../config/did-you-mean.ts';
import { wordFailure } from '../../jinja/word-failure.ts';
import { AS_OF_FORMS, parseAsOf, relationAsOf } from '../as-of.ts';
import type { KnownModel, Scene, Stage } from '../scene.ts';
import { splitArguments } from './arguments.ts';
import { plain, texts } from './plain.ts';
import { Relation, relationOfSql } from './relation.ts';

const REF_TAKES = "the name of one model, as in ref('orders')";
const SOURCE_TAKES = "a source and a table, as in source('erp', 'orders')";

/** `ref` and `source`. */
export function referenceWords(stage: Stage): { readonly ref: unknown; readonly source: unknown } {
  return {
    ref: (...given: unknown[]) => ref(given, stage.scene()),
    source: (...given: unknown[]) => source(given, stage.scene()),
  };
}

function ref(given: readonly unknown[], scene: Scene): Relation {
  const name = modelNamed(given, scene);
  scene.spoken.models.add(name);
  const replaced = scene.how.replaced?.get(name);
  const known = scene.world.models.get(name);
  if (!scene.execute && known === undefined) {
    // A model that is disabled may speak of what is not there; any other is told when all configs are known.
    scene.spoken.looksAround = true;
    return new Relation({ identifier: name });
  }
  if (known === undefined) throw unknownModel(name, scene);
  if (known.config?.enabled === false) {
    throw wordFailure(
      'COMPILE_UNKNOWN_REF',
      `the model '${name}' is disabled (enabled: false), so nothing can refer to it`,
    );
  }
  refuseUnforeseen(name, scene);
  if (replaced !== undefined) return known.relation.with({ text: replaced });
  return limited(relationOf(name, known, scene), known.config?.event_time, scene);
}

function relationOf(name: string, known: KnownModel, scene: Scene): Relation {
  const deferred = scene.world.target.deferred?.[name];
  if (deferred !== undefined) return relationOfSql(deferred);
  if (known.relation.type === 'cte' && scene.ephemeralInline)
    return known.relation.with({ text: scene.ephemeralInline(name) });
  return known.relation;
}

/** The name given to ref; of a package there is only the project itself, so far. */
function modelNamed(given: readonly unknown[], { world }: Scene): string {
  const { positional, named } = splitArguments(given);
  const version = plain(named['v'] ?? named['version']);
  if (version !== undefined && version !== null) {
    throw wordFailure('COMPILE_TEMPLATE', 'ref: models have no versions here; name the model itself, and leave v out');
  }
  const other = Object.keys(named).find((key) => key !== 'v' && key !== 'version');
  if (other !== undefined)
    throw wordFailure('COMPILE_TEMPLATE', `ref has no argument '${other}'; it takes ${REF_TAKES}`);
  if (positional.length !== 2) return texts('ref', REF_TAKES, positional, 1)[0] ?? '';
  const [home = '', name = ''] = texts('ref', REF_TAKES, positional, 2);
  const homes = [world.project.config.name, ...Object.keys(world.project.config.verticals)];
  if (!homes.includes(home) && !world.project.macros.some((file) => file.package === home)) {
    throw wordFailure('COMPILE_UNKNOWN_REF', `no project or package '${home}'${didYouMean(home, homes)}`);
  }
  return name;
}

function source(given: readonly unknown[], scene: Scene): Relation {
  const { positional, named } = splitArguments(given);
  const other = Object.keys(named).find((name) => name !== 'as_of');
  if (other !== undefined) throw wordFailure('COMPILE_TEMPLATE', `source has no argument '${other}'; it takes as_of`);
  const [system = '', table = ''] = texts('source', SOURCE_TAKES, positional, 2);
  const name = `${system}.${table}`;
  scene.spoken.sources.add(name);
  const known = scene.world.tables.get(name);
  if (known === undefined) {
    if (!scene.execute) {
      scene.spoken.looksAround = true;
      return new Relation({ schema: system, identifier: table });
    }
    const guess = didYouMean(name, scene.world.tables.keys());
    throw wordFailure('COMPILE_UNKNOWN_REF', `no source table '${name}'${guess}`);
  }
  const replaced = scene.how.replaced?.get(name);
  if (replaced !== undefined) return known.relation.with({ text: replaced });
  if ('as_of' in named) {
    const asOf = parseAsOf(plain(named['as_of']));
    if (asOf === undefined) throw wordFailure('COMPILE_TEMPLATE', `as_of takes ${AS_OF_FORMS}`);
    if (known.declared.external) {
      throw wordFailure(
        'COMPILE_TEMPLATE',
        `as_of: '${name}' is read where it stands and was never landed, so its past is not known`,
      );
    }
    return known.relation.with({ text: relationAsOf(system, table, asOf) });
  }
  return limited(known.relation, known.declared.eventTime, scene);
}

/** Of a build without rows nothing, of a slice only its rows. */
function limited(relation: Relation, eventTime: string | undefined, { how, world, model }: Scene): Relation {
  if (how.batch && eventTime !== undefined) {
    const { start, end } = how.batch;
    return relation.with({ slice: { column: eventTime, start, end } });
  }
  return world.target.flags?.empty && model ? relation.with({ empty: true }) : relation;
}

function refuseUnforeseen(name: string, { allowed, model }: Scene): void {
  if (allowed === undefined || allowed.has(name)) return;
  const self = model?.file.name ?? 'the template';
  throw wordFailure(
    'COMPILE_UNKNOWN_REF',
    `${self} refers to '${name}' only when it is run, so it was not known beforehand; say it in a comment: -- depends_on: {{ ref('${name}') }}`,
  );
}

function unknownModel(name: string, { world }: Scene): Error {
  return wordFailure('COMPILE_UNKNOWN_REF', `no model '${name}'${didYouMean(name, world.models.keys())}`);
}
