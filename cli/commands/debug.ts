import type { Command } from 'commander';
import pc from 'picocolors';
import { EngineError } from '../../engine/errors.ts';
import type { CliContext } from '../context.ts';
import { findRoot } from '../find-root.ts';
import { foundLine } from '../found-line.ts';
import { listResources } from '../list-resources.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';

type DebugOptions = ProjectOptions & { readonly json?: boolean };

interface Finding {
  readonly what: string;
  readonly isGood: boolean;
  readonly found: string;
}

export function addDebug(program: Command, context: CliContext): void {
  const command = program.command('debug').description('say whether project and warehouse are as they should be');
  command
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--json', 'one JSON document on stdout')
    .action(async (given: DebugOptions): Promise<void> => {
      const options = { ...command.optsWithGlobals<DebugOptions>(), ...given };
      const findings: Finding[] = [];
      const look = async (what: string, work: () => Promise<string> | string): Promise<void> => {
        try {
          findings.push({ what, isGood: true, found: await work() });
        } catch (error) {
          if (!(error instanceof EngineError)) throw error;
          findings.push({ what, isGood: false, found: `${error.message}\n${error.hint}` });
        }
      };
      findings.push({
        what: 'tickmark',
        isGood: true,
        found: `${context.toolVersion} on Node ${process.versions.node}`,
      });
      await look('project', () => findRoot(options.projectDir, context.cwd));
      await look('content', () => {
        const { project, compiled } = openProject(options, context);
        return foundLine(listResources(project, compiled));
      });
      if (findings.every(({ isGood }) => isGood)) await look('warehouse', () => versionOf(options, context));
      if (findings.some(({ isGood }) => !isGood)) context.failed();
      if (options.json) return context.out(`${JSON.stringify(findings, null, 2)}\n`);
      context.out(
        findings
          .flatMap(format)
          .map((line) => `${line}\n`)
          .join(''),
      );
    });
}

async function versionOf(options: DebugOptions, context: CliContext): Promise<string> {
  const root = findRoot(options.projectDir, context.cwd);
  const { withWarehouse } = await import('../with-warehouse.ts');
  return withWarehouse({ root, temporal: false, readOnly: true }, context, async ({ world, warehouse }) => {
    const [row] = await warehouse.query(`select current_setting('server_version') as version, current_user as role`);
    const place = world.warehouse === 'embedded' ? 'embedded' : 'as DATABASE_URL says';
    return `Postgres ${row?.['version']}, ${place}, as the role ${row?.['role']}`;
  });
}

function format({ what, isGood, found }: Finding): string[] {
  const [first = '', ...rest] = found.split('\n');
  const mark = isGood ? pc.green('OK   ') : pc.red('ERROR');
  return [`${mark} ${what.padEnd(10)} ${first}`, ...rest.map((line) => `                 ${line}`)];
}
