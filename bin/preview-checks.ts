import { elsewhere } from '../activities/elsewhere.ts';
import type { CliContext } from '../cli/context.ts';
import { previewChecks as preview } from '../engine/check/preview-checks.ts';

/** Tries checks on the live tables; those that compare with another database open it. */
export const previewChecks: CliContext['previewChecks'] = ({ config, ...input }, { warehouse, world }) =>
  preview({ ...input, compareElsewhere: elsewhere(config, world, new AbortController().signal) }, { warehouse });
