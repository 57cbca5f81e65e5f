import { plural } from './format-line.ts';
import { RESOURCE_TYPES } from './resource.ts';
import type { Resource, ResourceType } from './resource.ts';

const WORDS: Readonly<Record<ResourceType, string>> = {
  vertical: 'vertical',
  source: 'source',
  seed: 'seed',
  model: 'model',
  snapshot: 'snapshot',
  check: 'check',
  waiver: 'waiver',
  unit_test: 'unit test',
  exposure: 'exposure',
  kri: 'KRI',
  control: 'control',
};

/** `Found 5 models, 12 checks, 2 seeds`: what the project declares, without what there is none of. */
export function foundLine(resources: readonly Resource[]): string {
  const counts = RESOURCE_TYPES.map((type) => ({
    type,
    count: resources.filter((resource) => resource.type === type).length,
  }));
  const named = counts.filter(({ type, count }) => type !== 'vertical' && count > 0);
  return `Found ${named.map(({ type, count }) => plural(count, WORDS[type])).join(', ') || 'nothing'}`;
}
