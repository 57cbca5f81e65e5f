import { stringify } from 'yaml';
import type { DbtProject } from './dbt-project.ts';

/** The text of the new project's tickmark.yml. */
export function tickmarkYml(input: {
  readonly project: DbtProject;
  readonly vertical: string;
  /** Blocks that dbt_project.yml has too. */
  readonly settings: string;
  readonly vars: string;
  readonly envVars: readonly string[];
}): string {
  const { project, vertical, settings, vars, envVars } = input;
  const head = [
    '# yaml-language-server: $schema=.tickmark/schemas/tickmark.schema.json',
    `# Brought over from the dbt project ${project.name}.`,
    `name: ${project.name}`,
    '',
    'warehouse:',
    "  # Unset, a warehouse of the project's own is started.",
    '  url: ${env:DATABASE_URL}',
    '',
    'connections: {}',
    '',
    'verticals:',
    `  ${vertical}:`,
    `    description: ${JSON.stringify(`All models of the dbt project ${project.name}.`)}`,
    '',
  ].join('\n');
  const names = envVars.length === 0 ? '' : stringify({ env_vars: envVars });
  return [head, vars, names, settings].filter((part) => part !== '').join('\n');
}
