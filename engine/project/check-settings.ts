import { CheckSettings } from '../contracts/check.ts';
import { describeIssue } from '../config/describe-issue.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { optionName } from './config-blocks.ts';

type Options = Readonly<Record<string, unknown>>;

/** The settings of a check from all places that speak of it, from the least to the most that counts; tags and meta add up. */
export function checkSettings(layers: readonly Options[], place: Place): CheckSettings {
  const merged: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const [written, value] of Object.entries(layer)) {
      if (value === undefined || value === null) continue;
      const name = optionName(written);
      if (name === 'tags') merged[name] = [...new Set([...listOf(merged[name]), ...listOf(value)])];
      else if (name === 'meta') merged[name] = { ...(merged[name] as object | undefined), ...(value as object) };
      else merged[name] = value;
    }
  }
  const result = CheckSettings.safeParse(merged);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new EngineError(
    'PROJECT_INVALID',
    issue ? describeIssue(issue, CheckSettings, merged).message : 'cannot be read',
    { place },
  );
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
