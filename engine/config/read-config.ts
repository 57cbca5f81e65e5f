import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cron } from 'croner';
import { ConfigSpec } from '../contracts/config.ts';
import type { Config } from '../contracts/config.ts';
import { EngineError } from '../errors.ts';
import { didYouMean } from './did-you-mean.ts';
import { parseVariable, VARIABLE_FORMS } from './parse-variable.ts';
import { parseYaml } from './parse-yaml.ts';
import type { ParsedYaml } from './parse-yaml.ts';

export const CONFIG_FILE = 'tickmark.yml';

/** `tickmark.yml` with the place of every node, checked as far as the file itself tells. */
export function readConfig(root: string): ParsedYaml<Config> {
  const yaml = parseYaml(ConfigSpec, readConfigText(root), CONFIG_FILE, 'CONFIG_INVALID');
  const refuse = (path: readonly PropertyKey[], message: string | undefined): void => {
    if (message !== undefined) throw new EngineError('CONFIG_INVALID', message, { place: yaml.place(path) });
  };
  for (const [vertical, { schedule }] of Object.entries(yaml.value.verticals)) {
    refuse(['verticals', vertical], reservedName(vertical));
    if (!schedule) continue;
    const path = ['verticals', vertical, 'schedule'];
    refuse([...path, 'cron'], wrongCron(schedule.cron, `${path.join('.')}.cron`));
    refuse([...path, 'timezone'], wrongTimezone(schedule.timezone, `${path.join('.')}.timezone`));
  }
  for (const [name, variable] of Object.entries(yaml.value.vars)) {
    if (variable.default === undefined || parseVariable(variable.type, variable.default) !== undefined) continue;
    refuse(['vars', name, 'default'], `vars.${name}.default: expected ${VARIABLE_FORMS[variable.type]}`);
  }
  refuse(
    ['connections', 'warehouse'],
    Object.hasOwn(yaml.value.connections, 'warehouse')
      ? "connection 'warehouse' is built in, for tables that are in the warehouse already; give this one another name"
      : undefined,
  );
  yaml.value.alerts.forEach((route, index) => {
    const twice = yaml.value.alerts.findIndex((other) => other.name === route.name) < index;
    refuse(['alerts', index, 'name'], twice ? `two alert routes are named '${route.name}'` : undefined);
  });
  return { ...yaml, value: withHooks(yaml) };
}

/** dbt's spelling of the hooks is taken for ours. */
function withHooks({ value, place }: ParsedYaml<Config>): Config {
  const { 'on-run-start': start, 'on-run-end': end } = value;
  const hooks = (word: string, theirs: readonly string[] | undefined, ours: readonly string[]): readonly string[] => {
    if (theirs === undefined || ours.length === 0) return theirs ?? ours;
    const message = `${word} and ${word.replaceAll('-', '_')} are one word for the same; keep one`;
    throw new EngineError('CONFIG_INVALID', message, { place: place([word]) });
  };
  return {
    ...value,
    on_run_start: [...hooks('on-run-start', start, value.on_run_start)],
    on_run_end: [...hooks('on-run-end', end, value.on_run_end)],
  };
}

function readConfigText(root: string): string {
  try {
    return readFileSync(join(root, CONFIG_FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      throw new EngineError('PROJECT_NOT_FOUND', `no ${CONFIG_FILE} in ${root}`);
    }
    throw error;
  }
}

/** A vertical names a folder and schemas, so it cannot take the name of another one. */
function reservedName(vertical: string): string | undefined {
  const taken = ['audit', 'information_schema', 'macros', 'packages', 'public', 'published'].includes(vertical);
  if (!taken && !/^(raw|pg)_|_staging$|__store$|__r\d+$|_dbt_test__audit$/.test(vertical)) return undefined;
  return `a vertical cannot be named '${vertical}': that is a schema or folder of Tickmark's own`;
}

function wrongCron(cron: string, name: string): string | undefined {
  if (cron.trim().split(/\s+/).length !== 5) return `${name}: expected five cron fields, such as 0 2 * * *`;
  try {
    // Any fixed day does: what is asked is whether there is a next time at all.
    const next = new Cron(cron, { paused: true, mode: '5-part', timezone: 'UTC' }).nextRun('2024-01-01T00:00:00Z');
    return next ? undefined : `${name}: that time never comes`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `${name}: ${error.message.replace(/^CronPattern: /, '')}`;
  }
}

function wrongTimezone(timezone: string, name: string): string | undefined {
  try {
    if (/^[A-Za-z]/.test(timezone)) {
      new Intl.DateTimeFormat('en', { timeZone: timezone });
      return undefined;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return `${name}: '${timezone}' is no IANA time zone${didYouMean(timezone, Intl.supportedValuesOf('timeZone'))}`;
}
