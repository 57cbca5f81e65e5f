import { hash } from 'node:crypto';
import type { GenericTest } from '../contracts/check.ts';

/** The name that dbt gives a generic test: what it is, of what, and its arguments by their names. The alias is what its table of failures is called: the same, but of 64 characters or more cut and with a hash. */
export function testName(
  test: Pick<GenericTest, 'name' | 'namespace' | 'kwargs'>,
  on: string,
): { readonly name: string; readonly alias: string } {
  const isSource = on.includes('.');
  const type = [test.namespace, isSource ? 'source' : undefined, test.name].filter((part) => part !== undefined);
  const flat = Object.keys(test.kwargs)
    .sort()
    .flatMap((key) => flatten(test.kwargs[key]))
    .map((part) => part.replaceAll(/[^0-9a-zA-Z_]+/g, '_'));
  const start = `${type.join('_')}_${on.replace('.', '_')}`;
  const name = `${start}_${flat.join('__')}`;
  return { name, alias: name.length < 64 ? name : `${start.slice(0, 30)}_${hash('md5', name)}` };
}

function flatten(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(asPython);
  if (typeof value === 'object' && value !== null) return Object.values(value).map(asPython);
  return [asPython(value)];
}

/** As Python's str() prints it. */
function asPython(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
