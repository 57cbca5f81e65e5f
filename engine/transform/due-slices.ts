import type { BuildRequest } from '../contracts/build.ts';
import type { CompiledModel } from '../contracts/model.ts';
import { EngineError } from '../errors.ts';
import type { Slice } from './build-plan.ts';

type BatchSize = NonNullable<CompiledModel['config']['batch_size']>;

/** More than this in one run is a mistake in `begin` or `batch_size` rather than a wish. */
const MOST_SLICES = 20_000;

/**
 * The slices of a microbatch model that a run builds, oldest first: those that were asked for; else those since `begin` that were
 * never built, with the last `lookback` ones before the current again, because their rows may have come late.
 */
export function dueSlices(
  model: CompiledModel,
  given: { readonly request: BuildRequest; readonly runClock: string; readonly built: readonly Slice[] },
): readonly Slice[] {
  const { begin, batch_size: size, event_time: eventTime, lookback = 1 } = model.config;
  const refuse = (message: string): never => {
    throw new EngineError('TRANSFORM_CONFIG', `model ${model.name}: ${message}`, { place: { file: model.file } });
  };
  if (eventTime === undefined)
    return refuse('microbatch needs event_time, the column that says which slice a row is of');
  if (size === undefined) return refuse('microbatch needs batch_size: hour, day, month or year');
  if (begin === undefined) return refuse('microbatch needs begin, the day of its first slice');
  const { eventTime: asked } = given.request;
  if (asked !== null) return slicesBetween(momentOf(asked.start, refuse), momentOf(asked.end, refuse), size, refuse);
  const first = momentOf(begin, refuse);
  const now = momentOf(given.runClock, refuse);
  const all = slicesBetween(first, floor(now, size).getTime() + 1, size, refuse);
  const built = new Set(given.built.map(({ from }) => Date.parse(from)));
  const recent = all.length - 1 - lookback;
  return all.filter(({ from }, index) => index >= recent || !built.has(Date.parse(from)));
}

/** Every slice that has a moment of the span in it. */
function slicesBetween(
  start: Date | number,
  end: Date | number,
  size: BatchSize,
  refuse: (message: string) => never,
): readonly Slice[] {
  const slices: Slice[] = [];
  let from = floor(new Date(start), size);
  while (from.getTime() < new Date(end).getTime()) {
    const to = next(from, size);
    slices.push({ from: from.toISOString(), to: to.toISOString() });
    if (slices.length > MOST_SLICES)
      return refuse(`more than ${MOST_SLICES} slices from ${slices[0]?.from} on; check begin and batch_size`);
    from = to;
  }
  return slices;
}

function floor(moment: Date, size: BatchSize): Date {
  const [year, month, day, hour] = [
    moment.getUTCFullYear(),
    moment.getUTCMonth(),
    moment.getUTCDate(),
    moment.getUTCHours(),
  ];
  switch (size) {
    case 'year':
      return new Date(Date.UTC(year, 0));
    case 'month':
      return new Date(Date.UTC(year, month));
    case 'day':
      return new Date(Date.UTC(year, month, day));
    case 'hour':
      return new Date(Date.UTC(year, month, day, hour));
    default:
      return size satisfies never;
  }
}

function next(from: Date, size: BatchSize): Date {
  const [year, month, day, hour] = [from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate(), from.getUTCHours()];
  switch (size) {
    case 'year':
      return new Date(Date.UTC(year + 1, 0));
    case 'month':
      return new Date(Date.UTC(year, month + 1));
    case 'day':
      return new Date(Date.UTC(year, month, day + 1));
    case 'hour':
      return new Date(Date.UTC(year, month, day, hour + 1));
    default:
      return size satisfies never;
  }
}

/** A date or time without a zone is UTC. */
function momentOf(text: string, refuse: (message: string) => never): Date {
  const zoned =
    /^\d{4}-\d\d-\d\d$/.test(text) || /(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.replace(' ', 'T')}Z`;
  const moment = new Date(zoned);
  return Number.isNaN(moment.getTime())
    ? refuse(`'${text}' is no time; write 2026-01-31 or 2026-01-31T08:00:00Z`)
    : moment;
}
