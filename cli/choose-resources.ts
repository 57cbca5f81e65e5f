import { didYouMean } from '../engine/config/did-you-mean.ts';
import { EngineError } from '../engine/errors.ts';
import type { CliContext } from './context.ts';
import type { OpenedProject } from './open-project.ts';
import { listResources } from './list-resources.ts';
import { typesOf } from './match-resource.ts';
import { openState } from './open-state.ts';
import type { Resource } from './resource.ts';
import { readSelectors } from './read-selectors.ts';
import { selectResources } from './select-resources.ts';
import type { Selection } from './select-resources.ts';
import type { SelectionOptions } from './selection-options.ts';

/** What a command's options choose of everything the project declares. */
export function chooseResources(
  options: SelectionOptions & { readonly targetPath?: string },
  opened: OpenedProject,
  context: Pick<CliContext, 'cwd'>,
): Selection & { readonly all: readonly Resource[] } {
  const { project, compiled } = opened;
  const all = listResources(project, compiled);
  refuseUnknown(options.vertical ?? [], Object.keys(project.config.verticals));
  const { selected, warnings } = selectResources(all, {
    select: [...(options.select ?? []), ...(options.models ?? [])],
    exclude: options.exclude,
    selector: options.selector,
    selectors: readSelectors(opened.root),
    indirect: options.indirectSelection,
    state: openState(options, opened, context),
  });
  const wanted = typesIn([...(options.resourceType ?? []), ...(options.resourceTypes ?? [])]);
  const unwanted = typesIn([...(options.excludeResourceType ?? []), ...(options.excludeResourceTypes ?? [])]);
  return {
    all,
    warnings,
    selected: selected.filter(
      ({ type, vertical }) =>
        (wanted.length === 0 || wanted.includes(type)) &&
        !unwanted.includes(type) &&
        (options.vertical === undefined || options.vertical.includes(vertical)),
    ),
  };
}

function typesIn(words: readonly string[]): readonly string[] {
  // `all` and `default` leave nothing out.
  return words.some((word) => word === 'all' || word === 'default') ? [] : words.flatMap(typesOf);
}

function refuseUnknown(given: readonly string[], verticals: readonly string[]): void {
  const unknown = given.find((vertical) => !verticals.includes(vertical));
  if (unknown === undefined) return;
  throw new EngineError('PROJECT_UNKNOWN_VERTICAL', `no vertical ${unknown}${didYouMean(unknown, verticals)}`);
}
