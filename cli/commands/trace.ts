import type { Command } from 'commander';
import pc from 'picocolors';
import { evidenceKeyFrom } from '../../engine/evidence/evidence-key.ts';
import { trace } from '../../engine/evidence/trace.ts';
import type { Trace } from '../../engine/evidence/trace.ts';
import type { CliContext } from '../context.ts';
import { findRoot } from '../find-root.ts';
import { formatNumber } from '../format-number.ts';
import { formatTable } from '../format-table.ts';
import type { ProjectOptions } from '../open-project.ts';
import { withWarehouse } from '../with-warehouse.ts';

export function addTrace(program: Command, context: CliContext): void {
  program
    .command('trace')
    .description(
      'lead a published table, KRI or control back to its SQL, landed batches, extraction queries and hashes',
    )
    .argument('<figure>', 'a published table, a KRI id or a control id')
    .option('--json', 'one JSON document on stdout')
    .action(async (figure: string, options: ProjectOptions & { json?: boolean }, command: Command): Promise<void> => {
      const root = findRoot(command.optsWithGlobals<ProjectOptions>().projectDir, context.cwd);
      const traced = await withWarehouse({ root, temporal: false, readOnly: true }, context, ({ warehouse, world }) =>
        trace(figure, { warehouse, evidenceKey: evidenceKeyFrom(world.env) }),
      );
      if (!traced.intact) context.failed();
      context.out(options.json ? `${JSON.stringify(traced, null, 2)}\n` : `${format(traced).join('\n')}\n`);
    });
}

function format(traced: Trace): string[] {
  const { figure, run, sql, checks, models, landed, ledger, faults, intact } = traced;
  const mark = (faults: readonly string[]): string[] =>
    faults.length === 0 ? [`  ${pc.green('intact')}`] : faults.map((fault) => `  ${pc.red('BROKEN')} ${fault}`);
  const code = (text: string): string[] => text.split('\n').map((line) => pc.dim(`    ${line}`));
  return [
    pc.bold(`${figure.kind} ${figure.name}`),
    ...Object.entries(figure.values).map(([name, value]) => `  ${name}: ${formatNumber(value ?? 'none')}`),
    `  run ${run.runNo}, published ${run.publishedAt}, ${run.state}; project ${run.projectHash}`,
    ...faults.map((fault) => `  ${pc.red('BROKEN')} ${fault}`),
    ...(sql === null ? [] : ['', pc.bold('Its SQL'), ...code(sql)]),
    ...checks.flatMap((check) => [
      '',
      pc.bold(`Check ${check.id}: ${check.status}, ${formatNumber(check.failures)} violations, sql ${check.sqlHash}`),
      ...(check.waiver === null
        ? []
        : [`  waived until ${check.waiver.expires}: ${check.waiver.reason} (approved by ${check.waiver.approver})`]),
      ...code(check.sql),
    ]),
    ...[...models]
      .reverse()
      .flatMap((model) => [
        '',
        pc.bold(`Model ${model.name} (${model.file})`),
        `  ${model.materialized}, ${formatNumber(model.rows)} rows; content ${model.contentHash ?? 'none, it is a view'}`,
        `  sql ${model.sqlHash}; template ${model.templateHash}`,
        ...(model.contentHash === null ? [] : mark(model.fault === null ? [] : [model.fault])),
        ...code(model.sql),
      ]),
    ...landed.flatMap(({ table, batchId, manifest, tieOut, faults }) => [
      '',
      pc.bold(`Landed batch ${batchId}`),
      `  from ${Object.entries(manifest.system)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}`,
      `  snapshot ${manifest.snapshotId}, extracted ${manifest.extractedAt}`,
      `  query ${manifest.queryHash}`,
      ...code(manifest.query),
      ...formatTable(
        tieOut.map(({ figure: name, source, landed: there, agrees }) => [
          `  ${name}`,
          formatNumber(source ?? 'none'),
          formatNumber(there ?? 'none'),
          agrees ? 'agrees' : 'DIFFERS',
        ]),
      ),
      ...mark(faults.map((fault) => `${table}: ${fault}`)),
    ]),
    '',
    pc.bold('Ledger entries'),
    ...formatTable(ledger.map(({ entryNo, kind, subject, hash }) => [`  ${entryNo}`, kind, subject, hash])),
    '',
    intact
      ? pc.green('The ledger, the figure and every table on the way are as recorded.')
      : pc.red('Something on the way was changed: see BROKEN above.'),
  ];
}
