import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { didYouMean } from '../../engine/config/did-you-mean.ts';
import { EngineError } from '../../engine/errors.ts';
import { readCheckHistory } from '../../engine/evidence/check-history.ts';
import type { CliContext } from '../context.ts';
import { findRoot } from '../find-root.ts';
import { formatHistory } from '../format-history.ts';
import type { ProjectOptions } from '../open-project.ts';
import { withWarehouse } from '../with-warehouse.ts';

type Options = ProjectOptions & { readonly limit: number; readonly json?: boolean };

export function addHistory(program: Command, context: CliContext): void {
  program
    .command('history')
    .description('the trend of a check: what each run found, and what was changed of its definition in between')
    .argument('<check>', 'the id of a check; also of one that is not in the project any more')
    .option('--limit <runs>', 'only so many runs, the newest', runs, 30)
    .option('--json', 'one JSON document on stdout')
    .action(async (checkId: string, given: Options, command: Command): Promise<void> => {
      const options = { ...command.optsWithGlobals<Options>(), ...given };
      const root = findRoot(options.projectDir, context.cwd);
      const history = await withWarehouse({ root, temporal: false, readOnly: true }, context, async ({ warehouse }) => {
        const found = await readCheckHistory(checkId, options.limit, warehouse);
        if (found !== undefined) return found;
        const known = await warehouse.query('select distinct check_id from audit.check_results');
        const ids = known.map((row) => row['check_id'] as string);
        throw new EngineError('CHECK_UNKNOWN', `no run has recorded a check '${checkId}'${didYouMean(checkId, ids)}`);
      });
      context.out(options.json ? `${JSON.stringify(history, null, 2)}\n` : `${formatHistory(history).join('\n')}\n`);
    });
}

function runs(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 to 9,999 is expected');
  return Number(text);
}
