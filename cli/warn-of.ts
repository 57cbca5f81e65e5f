import pc from 'picocolors';
import type { CliContext } from './context.ts';

/** Tells warnings, each on a line of its own. */
export function warnOf(warnings: readonly string[], context: Pick<CliContext, 'say'>): void {
  for (const warning of warnings) context.say(`${pc.yellow('warning:')} ${warning}`);
}
