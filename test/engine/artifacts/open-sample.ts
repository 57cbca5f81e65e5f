import { compileProject } from '../../../engine/compile/compile-project.ts';
import { loadProject } from '../../../engine/project/load-project.ts';
import { liveSchema } from '../../../engine/warehouse/model-schema.ts';

export const SAMPLE = new URL('project', import.meta.url).pathname;

/** A small project with everything that artifacts tell of, compiled as `parse` does it. */
export function openSample(root = SAMPLE) {
  const project = loadProject(root);
  const compiled = compileProject(project, {
    vars: {},
    env: {},
    schemaOf: liveSchema,
    target: { name: 'warehouse' },
    runClock: '2026-11-22T12:00:00.000Z',
    invocationId: INVOCATION.id,
  });
  return { project, compiled };
}

export const INVOCATION = {
  id: '1d3e3a4e-57a8-4f3e-9a4c-0d2f3c2b1a00',
  startedAt: '2026-11-22T12:00:00.000Z',
  elapsedMs: 1500,
  database: 'wh',
  args: { which: 'build', select: ['customer_totals'] },
};
