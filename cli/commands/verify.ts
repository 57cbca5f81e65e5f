import type { Command } from 'commander';
import pc from 'picocolors';
import { EngineError } from '../../engine/errors.ts';
import { evidenceKeyFrom } from '../../engine/evidence/evidence-key.ts';
import { landedBatches } from '../../engine/evidence/landed-batches.ts';
import { verifyLanded } from '../../engine/evidence/verify-landed.ts';
import type { LandedVerdict } from '../../engine/evidence/verify-landed.ts';
import type { CliContext } from '../context.ts';
import { findRoot } from '../find-root.ts';
import { formatNumber } from '../format-number.ts';
import type { ProjectOptions } from '../open-project.ts';
import { withWarehouse } from '../with-warehouse.ts';

type Options = ProjectOptions & { readonly json?: boolean; readonly run?: string };

export function addVerify(program: Command, context: CliContext): void {
  program
    .command('verify')
    .description('read landed rows again and compare them with what the signed verdict of their pull says')
    .argument('<table...>', 'landed tables, as source.table')
    .option('--run <number>', 'as of this run; the newest pull of the table when left out')
    .option('--json', 'one JSON document on stdout')
    .action(async (tables: string[], options: Options, command: Command): Promise<void> => {
      const all = { ...command.optsWithGlobals<ProjectOptions>(), ...options };
      const verdicts = await verifyTables(tables, all, context);
      if (verdicts.some(({ intact }) => !intact)) context.failed();
      if (options.json) return context.out(`${JSON.stringify(verdicts, null, 2)}\n`);
      context.out(verdicts.flatMap(format).join(''));
    });
}

async function verifyTables(
  tables: readonly string[],
  options: Options,
  context: CliContext,
): Promise<readonly LandedVerdict[]> {
  if (options.run !== undefined && !/^\d+$/.test(options.run)) {
    throw new EngineError('RUN_NOT_FOUND', `--run takes a run's number, as \`tickmark ledger ls\` lists it`);
  }
  const root = findRoot(options.projectDir, context.cwd);
  return withWarehouse({ root, temporal: false, readOnly: true }, context, async ({ warehouse, world }) => {
    const deps = { warehouse, evidenceKey: evidenceKeyFrom(world.env) };
    const batches = await landedBatches(warehouse);
    const verdicts: LandedVerdict[] = [];
    for (const name of tables) {
      const until = options.run === undefined ? undefined : BigInt(options.run);
      const batch = batches
        .filter(({ source, table }) => `${source}.${table}` === name)
        .findLast(({ runNo }) => until === undefined || BigInt(runNo) <= until);
      if (batch === undefined) {
        const when = until === undefined ? '' : ` by run ${until}`;
        throw new EngineError('VERIFY_PULL_MISSING', `no pull of ${name} was put in place${when}`);
      }
      verdicts.push(await verifyLanded(batch, deps));
    }
    return verdicts;
  });
}

function format({ source, table, rows, runNo, faults }: LandedVerdict): string[] {
  if (faults.length === 0) {
    return [`${pc.green('intact ')} ${source}.${table}: ${formatNumber(rows)} rows as run ${runNo} left them\n`];
  }
  return faults.map((fault) => `${pc.red('BROKEN ')} ${source}.${table}: ${fault}\n`);
}
