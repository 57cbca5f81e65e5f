import { createHash } from 'node:crypto';
import type { CheckDefinition } from '../contracts/check.ts';
import type { Project } from '../contracts/project.ts';
import { pythonRepr } from './python-repr.ts';

/** dbt's names for everything in a project: `model.<project>.<name>` and the like. What the project does not have is undefined. */
export interface UniqueIds {
  /** A model, seed or snapshot by its name, or a landed table by `source.table`. */
  readonly relation: (name: string) => string | undefined;
  /** `test.<project>.<name>.<hash>`, or without the hash when the test has a file of its own. */
  readonly check: (id: string) => string | undefined;
  readonly unitTest: (name: string) => string | undefined;
  readonly exposure: (name: string) => string;
  /** A macro as `package.name`. */
  readonly macro: (qualified: string) => string;
}

export function uniqueIds(project: Pick<Project, 'config' | 'models' | 'sources' | 'checks' | 'unitTests'>): UniqueIds {
  const own = project.config.name;
  const relations = new Map([
    ...project.models.map(({ resource, name }) => [name, `${resource}.${own}.${name}`] as const),
    ...project.sources.map(({ source, name }) => [`${source}.${name}`, `source.${own}.${source}.${name}`] as const),
  ]);
  const checks = new Map(project.checks.map((check) => [check.id, checkUniqueId(check, own)]));
  const unitTests = new Map(project.unitTests.map(({ name, model }) => [name, `unit_test.${own}.${model}.${name}`]));
  return {
    relation: (name) => relations.get(name),
    check: (id) => checks.get(id),
    unitTest: (name) => unitTests.get(name),
    exposure: (name) => `exposure.${own}.${name}`,
    macro: (qualified) => `macro.${qualified}`,
  };
}

/** A data test's metadata as dbt's manifest has it: null for a test with a file of its own. */
export function testMetadata({ test, on }: Pick<CheckDefinition, 'test' | 'on'>): {
  readonly namespace: string | null;
  readonly name: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
} | null {
  if (test === undefined) return null;
  const [source, table] = on.split('.');
  const relation = table === undefined ? `ref('${on}')` : `source('${source}', '${table}')`;
  return {
    namespace: test.namespace ?? null,
    name: test.name,
    kwargs: { ...test.kwargs, model: `{{ get_where_subquery(${relation}) }}` },
  };
}

/**
 * dbt tells two tests of one name apart by ten digits of an MD5 over name and arguments as Python prints them
 * (dbt-core 1.11, parser/schema_generic_tests.py); the same digits, so that states of both tools can be compared.
 */
function checkUniqueId(check: CheckDefinition, own: string): string {
  const metadata = testMetadata(check);
  if (metadata === null) return `test.${own}.${check.name}`;
  const digits = createHash('md5')
    .update(check.name + pythonRepr(metadata))
    .digest('hex')
    .slice(-10);
  return `test.${own}.${check.name}.${digits}`;
}
