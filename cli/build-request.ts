import { BuildRequest } from '../engine/contracts/build.ts';
import { EngineError } from '../engine/errors.ts';
import type { BuildOptions } from './build-options.ts';
import { parseMoment } from './parse-moment.ts';
import type { PlannedBuild } from './plan-builds.ts';

/** What the engine is asked to do for one vertical. */
export function buildRequest(
  { models, checks, unitTests }: PlannedBuild,
  options: BuildOptions,
  deferred: Readonly<Record<string, string>>,
): BuildRequest {
  const { fullRefresh, runClock, threads, failFast, empty } = options;
  return BuildRequest.parse({
    models,
    checks,
    unitTests,
    fullRefresh: fullRefresh ?? false,
    eventTime: spanOf(options),
    runClock: runClock === undefined ? null : parseMoment(runClock, '--run-clock'),
    deferred,
    threads,
    failFast: failFast ?? false,
    empty: empty ?? false,
  });
}

function spanOf({ eventTimeStart, eventTimeEnd }: BuildOptions): BuildRequest['eventTime'] {
  if (eventTimeStart === undefined && eventTimeEnd === undefined) return null;
  if (eventTimeStart === undefined || eventTimeEnd === undefined) {
    throw new EngineError('OPTION_INVALID', '--event-time-start and --event-time-end are given together or not at all');
  }
  const start = parseMoment(eventTimeStart, '--event-time-start');
  const end = parseMoment(eventTimeEnd, '--event-time-end');
  if (start >= end) throw new EngineError('OPTION_INVALID', '--event-time-start is before --event-time-end');
  return { start, end };
}
