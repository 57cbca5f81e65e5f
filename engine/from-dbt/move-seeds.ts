import { isMap, isSeq } from 'yaml';
import type { YAMLMap, YAMLSeq } from 'yaml';
import type { Walk } from './convert-properties.ts';
import { pairOf } from './dbt-project.ts';

/**
 * Seeds that are spoken of under models: dbt warns, runs their tests and reads nothing else of the entry; Tickmark wants them under
 * seeds:. They are moved there as lines, without the config that dbt does not read.
 */
export function moveSeeds(top: YAMLMap, walk: Walk): void {
  const models = pairOf(top, 'models');
  const list = models?.value;
  if (models === undefined || !isSeq(list)) return;
  const found = list.items.flatMap((item, at) => {
    const name = isMap(item) ? item.get('name') : undefined;
    return isMap(item) && typeof name === 'string' && walk.context.seeds.has(name) ? [{ item, at, name }] : [];
  });
  const seeds = seedsOf(top);
  if (
    found.length === 0 ||
    seeds === 'elsewhere' ||
    (seeds && walk.splices.indentOf(seeds) !== walk.splices.indentOf(list))
  )
    return;
  const moved = found.flatMap(({ item, at, name }) => {
    const config = pairOf(item, 'config');
    if (config !== undefined) walk.splices.remove(config);
    const lines = walk.splices.takeItem(list, at);
    if (lines === undefined) return [];
    walk.changed.push({
      file: walk.file,
      line: walk.lineOf(item),
      what: `'${name}' is a seed, and was moved from models: to seeds:`,
      next: '',
    });
    return [lines];
  });
  if (moved.length === 0) return;
  if (moved.length === list.items.length) walk.splices.remove(models);
  walk.splices.append((seeds ? '' : 'seeds:\n') + moved.join(''), seeds);
}

/** The list under seeds:, where lines can be put behind it. */
function seedsOf(top: YAMLMap): YAMLSeq | 'elsewhere' | undefined {
  const pair = pairOf(top, 'seeds');
  if (pair === undefined) return undefined;
  return isSeq(pair.value) && !pair.value.flow && pair.value.items.length > 0 ? pair.value : 'elsewhere';
}
