import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import type { BuildCheck, BuildOutcome, BuiltModel } from '../../../engine/contracts/build.ts';

/** A model that was built well; what a test is about is given. */
export function built(model: string, given: Partial<BuiltModel> = {}): BuiltModel {
  return {
    model,
    resource: 'model',
    vertical: 'v',
    layer: 'marts',
    materialized: 'table',
    status: 'success',
    reason: 'it is new',
    rows: '5',
    affected: '5',
    contentHash: null,
    durationMs: 20,
    sql: '',
    sqlHash: '',
    templateHash: '',
    dependsOn: '[]',
    fingerprint: '',
    relation: `"v"."${model}"`,
    error: null,
    ...given,
  };
}

export function checked(id: string, on: string, given: Partial<BuildCheck> = {}): BuildCheck {
  return {
    id,
    on,
    status: 'pass',
    blocking: true,
    population: '5',
    failures: '0',
    message: null,
    durationMs: 3,
    reusedFrom: null,
    ...given,
  };
}

export function outcomeOf(given: Partial<BuildOutcome>): BuildOutcome {
  return {
    vertical: 'v',
    runId: '7',
    runNo: '7',
    status: 'succeeded',
    reason: null,
    startedAt: '2026-11-22T12:00:00.000Z',
    durationMs: 50,
    models: [],
    checks: [],
    unitTests: [],
    ...given,
  };
}

export function checkOf(id: string, on: string, given: Partial<CheckDefinition> = {}): CheckDefinition {
  return {
    id,
    name: id.replaceAll('.', '_'),
    alias: id.replaceAll('.', '_'),
    refersTo: [],
    test: undefined,
    vertical: 'v',
    kind: 'not_null',
    on,
    column: undefined,
    arguments: {},
    settings: { severity: 'error', warn_if: '!= 0', error_if: '!= 0' },
    dimension: 'completeness',
    blocking: true,
    sql: undefined,
    grain: undefined,
    file: 'checks/v/x.yml',
    line: 1,
    definitionHash: '0'.repeat(64),
    measuredHash: '0'.repeat(64),
    ...given,
  };
}
