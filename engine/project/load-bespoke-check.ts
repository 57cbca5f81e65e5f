import { basename } from 'node:path';
import { z } from 'zod';
import { parseYaml } from '../config/parse-yaml.ts';
import { splitHeader } from '../config/split-header.ts';
import { CheckSettings, Dimension } from '../contracts/check.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import { findReferences } from './find-references.ts';
import type { ContentFile } from './content-file.ts';
import { loadSingularTest } from './load-singular-test.ts';
import type { SingularSurroundings } from './load-singular-test.ts';

const BespokeHeader = CheckSettings.omit({ where: true, fail_calc: true }).extend({
  id: z.string(),
  title: z.string().optional(),
  dimension: Dimension,
  grain: z.string(),
  /** What it looks at: over nothing of it, the check says no_data. */
  population: z.string(),
  slices: z.never({ error: 'slices: a bespoke check has none; give the condition in its SQL' }).optional(),
});

/** A check written as SQL of its own: a header that says what it is, then a query for the violating rows; or, without a header, dbt's singular test. Undefined when it is switched off. */
export function loadBespokeCheck(content: ContentFile, about: SingularSurroundings): CheckDefinition | undefined {
  const { file, vertical, text, hash } = content;
  const refuse = (message: string, place = { file, line: 1, column: 1 }): never => {
    throw new EngineError('PROJECT_INVALID', message, { place });
  };
  const { header, body } = splitHeader(text);
  if (header === undefined) return loadSingularTest(content, about);
  const yaml = parseYaml(BespokeHeader, header, file, 'PROJECT_INVALID');
  const { title, grain, population, ...settings } = yaml.value;
  const id = `${vertical}.${basename(file, '.sql')}`;
  if (settings.id !== id)
    throw new EngineError('PROJECT_INVALID', `id must be '${id}', as the file is named`, { place: yaml.place(['id']) });
  if (!CheckSettings.shape.id.safeParse(id).success)
    return refuse('a check is named with lower case letters, digits and _');
  if (body.trim() === '') return refuse('the SQL is missing after the header');
  if (settings.enabled === false) return undefined;
  const on = about.relations.require(population, yaml.place(['population']));
  return {
    id,
    name: basename(file, '.sql'),
    alias: settings.alias ?? basename(file, '.sql'),
    test: undefined,
    refersTo: [...new Set([on, ...findReferences([body])])],
    vertical,
    kind: 'bespoke',
    on,
    column: undefined,
    arguments: {},
    settings: { ...settings, where: undefined, description: settings.description ?? title },
    dimension: settings.dimension,
    blocking: settings.blocking ?? settings.severity === 'error',
    sql: body,
    grain,
    file,
    line: 1,
    definitionHash: hash,
    measuredHash: hash,
  };
}
