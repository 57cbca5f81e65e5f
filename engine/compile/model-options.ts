import { z } from 'zod';
import { describeIssue } from '../config/describe-issue.ts';
import type { Layer } from '../contracts/model.ts';
import { wordFailure } from './word-failure.ts';

const Options = z.strictObject({
  materialized: z.enum(['view', 'table']).optional(),
  published: z.boolean().optional(),
  tags: z.union([z.string().transform((tag) => [tag]), z.array(z.string())]).optional(),
});
export type ModelOptions = z.output<typeof Options>;

/** What `config(...)` in a model of this layer says; an option that does not exist or fit is a WordFailure. */
export function readModelOptions(layer: Layer, given: readonly unknown[]): ModelOptions {
  const [options = {}, ...more] = given;
  if (typeof options !== 'object' || options === null || more.length > 0) {
    throw wordFailure('COMPILE_TEMPLATE', "config takes named options, such as config(materialized='table')");
  }
  const { __keywords: _, ...named } = options as Record<string, unknown>;
  const result = Options.safeParse(named);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw wordFailure(
      'COMPILE_TEMPLATE',
      `config: ${issue ? describeIssue(issue, Options, named).message : 'cannot be read'}`,
    );
  }
  if (layer === 'engagement' && result.data.published) {
    throw wordFailure('COMPILE_TEMPLATE', 'config: a model in engagement/ is exported, so it cannot be published');
  }
  return result.data;
}
