import type { RunCompilation } from '../compile/compile-run.ts';
import type { ControlDefinition, ControlTest } from '../contracts/control.ts';
import type { KriDefinition, Reading } from '../contracts/kri.ts';
import type { RunRef } from '../contracts/run.ts';
import { once } from '../evidence/ledger.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { readKri } from './read-kri.ts';
import { testControl } from './test-control.ts';

export interface Measurements {
  readonly readings: readonly Reading[];
  readonly controls: readonly RecordedControl[];
}

/** A control test as the ledger keeps it: counts as decimal text. */
export type RecordedControl = Omit<ControlTest, 'population' | 'exceptions'> & {
  readonly population: string;
  readonly exceptions: string;
};

/** Reads a vertical's KRIs and tests its controls over what the run built and checked. Safe to repeat: it is recorded once per run. */
export async function measure(
  input: {
    readonly run: RunRef;
    readonly kris: readonly KriDefinition[];
    readonly controls: readonly ControlDefinition[];
    readonly compiled: RunCompilation;
  },
  deps: { readonly warehouse: Warehouse },
): Promise<Measurements> {
  const { run, compiled } = input;
  const key = `${run.runId}/measure`;
  return once(deps.warehouse, { key, kind: 'measure', runId: run.runId, subject: run.vertical }, async (session) => {
    await session.execute(`set local statement_timeout = '600s'`);
    const readings: Reading[] = [];
    for (const kri of input.kris) readings.push(await readKri({ run, kri, compiled }, session));
    const controls: RecordedControl[] = [];
    for (const control of input.controls) {
      const { population, exceptions, ...rest } = await testControl({ run, control, compiled }, session);
      controls.push({ ...rest, population: population.toString(), exceptions: exceptions.toString() });
    }
    return { readings, controls };
  });
}
