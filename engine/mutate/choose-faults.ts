import { didYouMean } from '../config/did-you-mean.ts';
import type { Project } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { Fault } from './fault.ts';
import { FAULTS } from './faults.ts';
import { nameOf } from './plan-mutants.ts';

/** The faults of these names; all without any. Refuses a name that no fault has, also one in a survivors.yml. */
export function chooseFaults(
  names: readonly string[] | undefined,
  project: Pick<Project, 'survivors'>,
): readonly Fault[] {
  const known = FAULTS.map(({ name }) => name);
  const inFull = FAULTS.flatMap((fault) => fault.shares.map((share) => nameOf(fault, share)));
  for (const { fault, file, line } of project.survivors ?? []) {
    if (fault === undefined || inFull.includes(fault)) continue;
    const message = `no fault is called '${fault}'${didYouMean(fault, inFull)}; there are ${inFull.join(', ')}`;
    throw new EngineError('PROJECT_INVALID', message, { place: { file, line } });
  }
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const message = `no fault is called '${unknown}'${didYouMean(unknown, known)}; there are ${known.join(', ')}`;
    throw new EngineError('MUTATE_INVALID', message);
  }
  return FAULTS.filter(({ name }) => names?.includes(name) ?? true);
}
