import type { CliContext } from '../cli/context.ts';
import { BuildRequest } from '../engine/contracts/build.ts';
import type { IntervalReport, IntervalSpan } from '../engine/contracts/build.ts';
import type { CompiledModel } from '../engine/contracts/model.ts';
import { defineModel } from '../engine/transform/define-model.ts';
import { dueSlices } from '../engine/transform/due-slices.ts';
import { findBuiltSlices } from '../engine/transform/find-built-slices.ts';

type Intervals = CliContext['intervals'];

/** Holds the slices that each microbatch model should have against those that published runs built. */
export async function readIntervals(
  { models, compiled, runClock }: Parameters<Intervals>[0],
  { warehouse }: Parameters<Intervals>[1],
): Promise<readonly IntervalReport[]> {
  const request = BuildRequest.parse({});
  const reports: IntervalReport[] = [];
  for (const model of models) {
    const built = (await findBuiltSlices(model.vertical, warehouse)).get(model.name) ?? [];
    const definitionHash = await defineModel(model, compiled);
    // Slices before `begin`, or of another size, stand as well: whoever asked for them got them.
    const due = dueSlices(model, { request, runClock, built: [] }).filter(
      (slice) =>
        !built.some(
          ({ from, to }) => Date.parse(from) < Date.parse(slice.to) && Date.parse(to) > Date.parse(slice.from),
        ),
    );
    const slices = [
      ...built.map((slice): IntervalSpan => ({
        ...slice,
        slices: 1,
        state: slice.definitionHash === definitionHash ? 'built' : 'outdated',
      })),
      ...due.map((slice): IntervalSpan => ({ ...slice, slices: 1, state: 'missing', definitionHash: null })),
    ];
    reports.push({
      model: model.name,
      vertical: model.vertical,
      batchSize: batchSizeOf(model),
      definitionHash,
      spans: join(slices.sort((a, b) => Date.parse(a.from) - Date.parse(b.from))),
    });
  }
  return reports;
}

function batchSizeOf({ config }: CompiledModel): string {
  return config.batch_size ?? 'none';
}

function join(slices: readonly IntervalSpan[]): IntervalSpan[] {
  const spans: IntervalSpan[] = [];
  for (const slice of slices) {
    const last = spans.at(-1);
    if (last?.state === slice.state && last.definitionHash === slice.definitionHash && last.to === slice.from) {
      spans[spans.length - 1] = { ...last, to: slice.to, slices: last.slices + 1 };
    } else spans.push(slice);
  }
  return spans;
}
