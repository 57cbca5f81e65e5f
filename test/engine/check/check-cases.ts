import type { CaseFile } from './cases/case.ts';
import * as accuracy from './cases/accuracy.ts';
import * as basic from './cases/basic.ts';
import * as compared from './cases/compared.ts';
import * as completeness from './cases/completeness.ts';
import * as dbtUtils from './cases/dbt-utils.ts';
import * as sameness from './cases/sameness.ts';
import * as sequences from './cases/sequences.ts';
import * as timeliness from './cases/timeliness.ts';
import * as unchanged from './cases/unchanged.ts';
import * as validity from './cases/validity.ts';

const files: readonly CaseFile[] = [
  accuracy,
  basic,
  compared,
  completeness,
  dbtUtils,
  sameness,
  sequences,
  timeliness,
  unchanged,
  validity,
];

/** Every kind of check with what it must find on small tables with one thing wrong each. */
export const cases = Object.assign({}, ...files.map((file) => file.cases)) as CaseFile['cases'];
export const models = files.flatMap((file) => file.models ?? []);
export const previous = files.flatMap((file) => file.previous ?? []);
export const before = files.flatMap((file) => file.before ?? []);
export const sources = files.flatMap((file) => file.sources ?? []);
