import type { Command } from 'commander';
import pc from 'picocolors';
import { evidenceKeyFrom } from '../../engine/evidence/evidence-key.ts';
import { landedBatches, standingBatches } from '../../engine/evidence/landed-batches.ts';
import { verifyFigures } from '../../engine/evidence/verify-figures.ts';
import { verifyLanded } from '../../engine/evidence/verify-landed.ts';
import { verifyLedger } from '../../engine/evidence/verify-ledger.ts';
import { verifyPublished } from '../../engine/evidence/verify-published.ts';
import { verifyViews } from '../../engine/evidence/verify-views.ts';
import type { CliContext } from '../context.ts';
import { findRoot } from '../find-root.ts';
import { formatNumber } from '../format-number.ts';
import { formatTable } from '../format-table.ts';
import type { ProjectOptions } from '../open-project.ts';
import { withWarehouse } from '../with-warehouse.ts';

type Options = ProjectOptions & { readonly json?: boolean };

export function addLedger(program: Command, context: CliContext): void {
  const ledger = program.command('ledger').description('the evidence ledger');
  ledger
    .command('verify')
    .description('recompute every link, and read landed rows, figures and published tables again')
    .option('--json', 'one JSON document on stdout')
    .action((options: Options, command: Command) =>
      verify({ ...command.optsWithGlobals(), ...options }, command, context),
    );
  ledger
    .command('ls')
    .description('list the entries, newest last')
    .option('--json', 'one JSON document on stdout')
    .action((options: Options, command: Command) => list({ ...command.optsWithGlobals(), ...options }, context));
}

async function verify(options: Options, command: Command, context: CliContext): Promise<void> {
  const root = findRoot(options.projectDir, context.cwd);
  const verdict = await withWarehouse(
    { root, temporal: false, readOnly: true },
    context,
    async ({ warehouse, world }) => {
      const deps = { warehouse, evidenceKey: evidenceKeyFrom(world.env) };
      const chain = await verifyLedger(warehouse);
      const landed = [];
      for (const batch of standingBatches(await landedBatches(warehouse))) landed.push(await verifyLanded(batch, deps));
      return {
        chain,
        landed,
        figures: await verifyFigures(warehouse),
        published: await verifyPublished(warehouse),
        views: await verifyViews(warehouse),
      };
    },
  );
  const { chain, landed, figures, published, views } = verdict;
  const intact =
    chain.broken === null &&
    landed.every((table) => table.intact) &&
    figures.length === 0 &&
    views.length === 0 &&
    published.every((table) => table.intact);
  if (!intact) context.failed();
  if (options.json) return context.out(`${JSON.stringify({ intact, ...verdict }, null, 2)}\n`);

  const good = (text: string): string => `${pc.green('intact ')} ${text}`;
  const bad = (text: string): string => `${pc.red('BROKEN ')} ${text}`;
  const lines = [
    chain.broken === null
      ? good(`ledger: ${formatNumber(chain.entries)} entries, head ${chain.head ?? 'none'}`)
      : bad(
          `ledger: entry ${chain.broken.entryNo} (${chain.broken.kind} ${chain.broken.subject}): ${chain.broken.fault}`,
        ),
    ...landed.flatMap(({ source, table, rows, runNo, faults }) =>
      faults.length === 0
        ? [good(`landed ${source}.${table}: ${formatNumber(rows)} rows as run ${runNo} landed them`)]
        : faults.map((fault) => bad(`landed ${source}.${table}: ${fault}`)),
    ),
    ...(figures.length === 0
      ? [good('figures: every model, check result, KRI reading and control test is as recorded')]
      : []),
    ...figures.map(({ table, runNo, subject, fault }) => bad(`${table}, run ${runNo}, ${subject}: ${fault}`)),
    ...(views.length === 0 ? [good('views: dashboards read what was published')] : views.map(bad)),
    ...published.map(({ vertical, model, runNo, fault }) =>
      fault === null
        ? good(`live ${vertical}.${model}: as run ${runNo} built it`)
        : bad(`live ${vertical}.${model}: ${fault}`),
    ),
  ];
  context.out(`${lines.join('\n')}\n`);
}

async function list(options: Options, context: CliContext): Promise<void> {
  const root = findRoot(options.projectDir, context.cwd);
  const rows = await withWarehouse({ root, temporal: false, readOnly: true }, context, ({ warehouse }) =>
    warehouse.query(
      `select l.entry_no, l.recorded_at, l.kind, coalesce(r.run_no::text, '') as run_no, l.subject, l.hash
       from audit.ledger l left join audit.runs r using (run_id) order by l.entry_no`,
    ),
  );
  if (options.json) return context.out(`${JSON.stringify(rows, null, 2)}\n`);
  const cells = rows.map((row) =>
    ['entry_no', 'recorded_at', 'kind', 'run_no', 'subject', 'hash'].map((name) => row[name] ?? ''),
  );
  context.out(
    formatTable(cells)
      .map((line) => `${line}\n`)
      .join(''),
  );
}
