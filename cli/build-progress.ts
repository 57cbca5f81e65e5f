import type { BuildCheck, BuildEvent, BuiltModel, UnitTestOutcome } from '../engine/contracts/build.ts';
import { formatLine, formatSeconds, plural } from './format-line.ts';

/** Says a build's events as they come, in dbt's lines; `quiet` says only what went wrong. */
export function buildProgress(
  say: (line: string) => void,
  options: {
    readonly quiet?: boolean | undefined;
    readonly target: string;
    /** How many models are selected. */
    readonly total: number;
    /** Their names; null: all. */
    readonly models: readonly string[] | null;
  },
): (event: BuildEvent) => void {
  const { total, target } = options;
  const asked = options.models === null ? null : new Set(options.models);
  // The engine's index counts models that were not selected too.
  const places = new Map<string, number>();
  const placeOf = (relation: string): string => {
    const place = places.get(relation) ?? places.size + 1;
    places.set(relation, place);
    return `${place} of ${total}`;
  };
  const chat = options.quiet ? (): void => undefined : say;
  return (event) => {
    switch (event.kind) {
      case 'plan':
        chat('');
        chat(`Concurrency: ${plural(event.threads, 'thread')} (target='${target}')`);
        chat(`Run ${event.runNo} of ${event.vertical}: ${plural(total, 'model')} to look at`);
        chat('');
        return;
      case 'start':
        return chat(
          formatLine(`${placeOf(event.relation)} START ${nounOf(event.materialized)} ${plain(event.relation)}`, 'RUN'),
        );
      case 'end': {
        if (event.built.status === 'carried' || asked?.has(event.built.model) === false) return;
        const line = lineOf(event.built, placeOf(event.built.relation));
        return event.built.status === 'error' ? say(line) : chat(line);
      }
      case 'check':
        return isFine(event.check) ? chat(checkLine(event.check)) : say(checkLine(event.check));
      case 'unit_test':
        return event.test.status === 'pass' ? chat(unitTestLine(event.test)) : say(unitTestLine(event.test));
      case 'publish':
        if (event.decision === 'published') return chat(formatLine(`PUBLISH ${event.vertical}`, 'PUBLISHED'));
        if (event.decision === 'nothing') return chat(`${event.vertical}: nothing to do${because(event.reason)}`);
        return say(formatLine(`PUBLISH ${event.vertical}`, `HELD${because(event.reason)}`));
      default:
        return event satisfies never;
    }
  };
}

function isFine({ status, waiver }: BuildCheck): boolean {
  return status === 'pass' || status === 'warn' || Boolean(waiver);
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${reason}`;
}

const NOUNS: Readonly<Record<string, string>> = { seed: 'seed file', snapshot: 'snapshot' };

function nounOf(materialized: string): string {
  return NOUNS[materialized] ?? `${materialized} model`;
}

/** `"finance"."accounts"` for people. */
function plain(relation: string): string {
  return relation.replaceAll('"', '');
}

const DONE: Readonly<Record<string, string>> = { seed: 'OK loaded', snapshot: 'OK snapshotted' };

function lineOf(built: BuiltModel, place: string): string {
  const { status, materialized, relation, durationMs, reason } = built;
  const what = `${nounOf(materialized)} ${plain(relation)}`;
  const took = formatSeconds(durationMs);
  switch (status) {
    case 'success':
      return formatLine(`${place} ${DONE[materialized] ?? 'OK created'} ${what}`, `${commandOf(built)} in ${took}`);
    case 'error':
      return formatLine(`${place} ERROR creating ${what}`, `ERROR in ${took}`);
    case 'skipped':
      return formatLine(`${place} SKIP ${what}`, `SKIP: ${reason}`);
    case 'no-op':
      return formatLine(`${place} NO-OP ${what}`, `NO-OP: ${reason}`);
    case 'carried':
      return formatLine(`${place} KEPT ${what}`, 'KEPT');
    default:
      return status satisfies never;
  }
}

/** What Postgres would say of the statement. */
function commandOf({ materialized, affected }: BuiltModel): string {
  if (affected === null) return 'CREATE VIEW';
  const verb = materialized === 'table' ? 'SELECT' : 'INSERT';
  return `${verb} ${affected}`;
}

/** One line for a check's verdict. */
function checkLine({ id, status, failures, message, durationMs, reusedFrom, waiver }: BuildCheck): string {
  const took = reusedFrom === null ? `in ${formatSeconds(durationMs)}` : `as before: nothing that it reads has changed`;
  if (waiver) return formatLine(`WAIVED ${failures} ${id}`, `WAIVED until ${waiver.expires} ${took}`);
  switch (status) {
    case 'pass':
      return formatLine(`PASS ${id}`, `PASS ${took}`);
    case 'warn':
      return formatLine(`WARN ${failures} ${id}`, `WARN ${failures} ${took}`);
    case 'fail':
      return formatLine(`FAIL ${failures} ${id}`, `FAIL ${failures} ${took}`);
    case 'error':
      return formatLine(`ERROR ${id}`, `ERROR ${took}`);
    case 'no_data':
      return formatLine(`NO DATA ${id}`, `NO DATA ${took}`);
    case 'skipped':
      return formatLine(`SKIP ${id}`, `SKIP${because(message)}`);
    default:
      return status satisfies never;
  }
}

/** One line for a unit test's verdict. */
function unitTestLine({ name, model, status, durationMs }: UnitTestOutcome): string {
  const word = status.toUpperCase();
  return formatLine(`${word} ${model}::${name}`, `${word} in ${formatSeconds(durationMs)}`);
}
