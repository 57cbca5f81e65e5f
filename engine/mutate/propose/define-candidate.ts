import { kindNamed } from '../../check-kinds/check-kinds.ts';
import { CheckSettings } from '../../contracts/check.ts';
import type { CheckDefinition } from '../../contracts/check.ts';
import { defineCheck } from '../../project/define-check.ts';
import type { Candidate } from './candidate.ts';

/** A candidate as content would declare it; undefined when its kind does not take it so. */
export function defineCandidate(
  candidate: Candidate,
  at: { readonly vertical: string; readonly id: string },
): CheckDefinition | undefined {
  const named = kindNamed(candidate.kind);
  const given = named?.arguments.safeParse(candidate.arguments ?? {});
  if (named === undefined || !given?.success) return undefined;
  const translated = named.translated(given.data);
  if (named.spec.refuse?.(translated) !== undefined) return undefined;
  return defineCheck({
    vertical: at.vertical,
    kind: named.name,
    on: candidate.on,
    column: candidate.column,
    arguments: translated,
    settings: CheckSettings.parse({ ...named.spec.settings, id: at.id }),
    file: 'checks/proposed.yml',
    line: 1,
  });
}
