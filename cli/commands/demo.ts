import type { Command } from 'commander';
import pc from 'picocolors';
import { EngineError } from '../../engine/errors.ts';
import type { RunReport } from '../../engine/evidence/run-report.ts';
import type { Warehouse } from '../../engine/warehouse/warehouse.ts';
import type { CliContext, World } from '../context.ts';
import { formatVerdict } from '../format-verdict.ts';
import { interruptible } from '../interruptible.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { readHighlights } from '../read-highlights.ts';
import { runWorkflow } from '../run-workflow.ts';
import { nextRuns } from '../schedules.ts';
import type { TemporalTarget } from '../with-temporal.ts';
import { withWarehouse } from '../with-warehouse.ts';
import { isFine } from '../is-fine.ts';

type DemoOptions = ProjectOptions & { readonly once?: boolean; readonly json?: boolean };

export function addDemo(program: Command, context: CliContext): void {
  program
    .command('demo')
    .description(
      'what npm start does: refresh every vertical on embedded servers, print the verdict, stay up until Ctrl-C',
    )
    .option('--once', 'end after the verdict')
    .option('--json', 'the verdicts as one JSON document on stdout')
    .action((options: DemoOptions, command: Command) => demo({ ...command.optsWithGlobals(), ...options }, context));
}

async function demo(options: DemoOptions, context: CliContext): Promise<void> {
  const { root, project } = openProject(options, context);
  const { say } = context;
  say(pc.bold(`Tickmark ${context.toolVersion}, project ${project.config.name}`));
  // Alerts go to a receiver of our own unless the environment names a real one.
  const receiver = context.env['TICKMARK_ALERT_URL'] ? undefined : await context.receiveWebhooks();
  const extraEnv = receiver ? { TICKMARK_ALERT_URL: receiver.url } : {};
  try {
    await withWarehouse({ root, temporal: true, ui: true, extraEnv }, context, async ({ world, warehouse }) => {
      const worker = await context.spawnWorker(world, say);
      try {
        const reports: RunReport[] = [];
        for (const vertical of Object.keys(project.config.verticals)) {
          const running = refresh(vertical, { world, warehouse, context, quiet: options.json ?? false });
          reports.push(await interruptible(running, context));
        }
        if (options.json) context.out(`${JSON.stringify(reports, null, 2)}\n`);
        else if (receiver) context.out(alertLines(receiver.texts()).join(''));
        if (!options.once) await stayUp(world, context);
      } finally {
        await worker.stop();
      }
    });
  } finally {
    await receiver?.stop();
  }
}

async function refresh(
  vertical: string,
  deps: { readonly world: World; readonly warehouse: Warehouse; readonly context: CliContext; readonly quiet: boolean },
): Promise<RunReport> {
  const { world, warehouse, context } = deps;
  context.say(`\n${pc.bold(`Refreshing ${vertical}`)}`);
  const { report, failure } = await runWorkflow(
    {
      temporal: temporalOf(world),
      workflow: 'runVertical',
      workflowId: `refresh-${vertical}`,
      args: [{ vertical }],
    },
    { warehouse, say: context.say },
  );
  if (report === undefined) throw new EngineError('RUN_FAILED', failure ?? 'the run left no record');
  if (!deps.quiet) {
    const lines = [...formatVerdict(report), ...(await readHighlights(report, warehouse))];
    context.out(`${lines.join('\n')}\n`);
  }
  if (report.status !== 'succeeded' || !report.checks.every(isFine)) context.failed();
  return report;
}

function temporalOf(world: World): TemporalTarget {
  if (world.temporal === null) throw new EngineError('TEMPORAL_UNREACHABLE', 'no Temporal server was opened');
  return world.temporal;
}

function alertLines(texts: readonly string[]): string[] {
  if (texts.length === 0) return [`\n${pc.bold('Received by the local webhook receiver')}: nothing new\n`];
  return [`\n${pc.bold('Received by the local webhook receiver')}\n`, ...texts.map((text) => `  ${text}\n`)];
}

async function stayUp(world: World, context: CliContext): Promise<void> {
  const page = await context.serve(world, { host: '127.0.0.1', port: 8080, orFree: true });
  try {
    const lines = [
      '',
      pc.bold('Up until Ctrl-C'),
      `  status page   ${page.url}`,
      `  Temporal UI   ${world.temporal?.uiUrl ?? 'not served'}`,
      `  warehouse     ${world.warehouse === 'embedded' ? 'psql "$(cat .tickmark/warehouse-url)"' : 'as DATABASE_URL says'}`,
      ...(await nextRuns(temporalOf(world))).map(({ vertical, next }) => `  next refresh  ${vertical} at ${next}`),
      `  also          npm run tickmark -- --help`,
    ];
    context.say(lines.join('\n'));
    await context.interrupted;
    context.say('\nstopping ...');
  } finally {
    await page.stop();
  }
}
