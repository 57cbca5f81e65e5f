import type { CompiledProject } from '../compile/compile-project.ts';
import type { CheckDefinition, CheckResult } from '../contracts/check.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import { literal } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** A check with what it concluded and what it read. */
interface Concluded {
  readonly definition: CheckDefinition;
  readonly result: CheckResult;
}

/**
 * Takes a pass back where something that the check rests on is empty, near or far above it: nothing went wrong there because nothing was
 * there. A relation that `may_be_empty`, and a check with `empty_upstream: allow`, are left out. Every relation is asked once.
 */
export async function refuseEmptyUpstream<C extends Concluded>(
  concluded: readonly C[],
  project: { readonly compiled: CompiledProject; readonly sources: readonly DeclaredSource[] },
  session: Session,
): Promise<readonly C[]> {
  const upstream = new Map<string, ReadonlySet<string>>();
  const restsOn = new Map(
    concluded.flatMap(({ definition, result }) =>
      result.status !== 'pass' || definition.settings.empty_upstream === 'allow'
        ? []
        : [[definition.id, upstreamOf(JSON.parse(result.reads) as string[], project.compiled, upstream)] as const],
    ),
  );
  const asked = [...new Set([...restsOn.values()].flatMap((names) => [...names]))];
  const empty = await findEmpty(
    asked.filter((name) => !mayBeEmpty(name, project)),
    project.compiled,
    session,
  );
  if (empty.size === 0) return concluded;
  return concluded.map((one) => {
    const all = [...(restsOn.get(one.definition.id) ?? [])].filter((name) => empty.has(name));
    // What is empty because something above it is goes without saying.
    const found = all.filter((name) => all.every((other) => !ancestorsOf(name, project.compiled, upstream).has(other)));
    return found.length === 0 ? one : { ...one, result: takeBack(one, found) };
  });
}

function takeBack({ definition, result }: Concluded, empty: readonly string[]): CheckResult {
  const named = empty.length > 3 ? `${empty.slice(0, 3).join(', ')} and ${empty.length - 3} more` : empty.join(' and ');
  return {
    ...result,
    status: 'no_data',
    blocking: definition.blocking && definition.settings.no_data !== 'tell',
    message: `it rests on ${named}, which ${empty.length === 1 ? 'is' : 'are'} empty; may_be_empty: true says of a relation that it may be, empty_upstream: allow of a check that it stands all the same`,
    // Rows may come there without a change in what the check reads.
    inputsHash: null,
    reusedFromRun: null,
  };
}

/** What a check reads with all that it is made of, in order from near to far. */
function upstreamOf(
  names: readonly string[],
  compiled: CompiledProject,
  known: Map<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const found = new Set(names);
  for (const name of names) for (const above of ancestorsOf(name, compiled, known)) found.add(above);
  return found;
}

function ancestorsOf(
  name: string,
  compiled: CompiledProject,
  known: Map<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const before = known.get(name);
  if (before !== undefined) return before;
  const parents = parentsOf(name, compiled);
  const found = new Set(parents);
  known.set(name, found);
  for (const parent of parents) for (const above of ancestorsOf(parent, compiled, known)) found.add(above);
  return found;
}

const parents = new WeakMap<CompiledProject, ReadonlyMap<string, readonly string[]>>();

function parentsOf(name: string, compiled: CompiledProject): readonly string[] {
  let known = parents.get(compiled);
  if (known === undefined) {
    known = new Map(
      compiled.models.map((model) => [
        model.name,
        [...model.dependsOn.models, ...model.dependsOn.sources].filter((each) => each !== model.name),
      ]),
    );
    parents.set(compiled, known);
  }
  return known.get(name) ?? [];
}

function mayBeEmpty(
  name: string,
  { compiled, sources }: { readonly compiled: CompiledProject; readonly sources: readonly DeclaredSource[] },
): boolean {
  const source = sources.find((declared) => `${declared.source}.${declared.name}` === name);
  if (source !== undefined) return source.may_be_empty === true;
  return compiled.models.find((model) => model.name === name)?.config.may_be_empty === true;
}

/** Which of them have no row; what is not there, or cannot be read, is not empty. */
async function findEmpty(
  names: readonly string[],
  compiled: CompiledProject,
  session: Session,
): Promise<ReadonlySet<string>> {
  const relations = names.flatMap((name) => {
    const relation = relationOf(name, compiled);
    return relation === undefined ? [] : [{ name, relation }];
  });
  if (relations.length === 0) return new Set();
  const standing = await session.query(
    'select value as relation from jsonb_array_elements_text($1::jsonb) where to_regclass(value) is not null',
    [JSON.stringify(relations.map(({ relation }) => relation).filter((relation) => relation.startsWith('"')))],
  );
  const isThere = new Set(standing.map((row) => row['relation']));
  const there = relations.filter(({ relation }) => !relation.startsWith('"') || isThere.has(relation));
  return new Set(await emptyOf(there, session));
}

const MOST_AT_ONCE = 100;

async function emptyOf(
  relations: readonly { readonly name: string; readonly relation: string }[],
  session: Session,
): Promise<string[]> {
  if (relations.length > MOST_AT_ONCE) {
    const [some, others] = [relations.slice(0, MOST_AT_ONCE), relations.slice(MOST_AT_ONCE)];
    return [...(await emptyOf(some, session)), ...(await emptyOf(others, session))];
  }
  if (relations.length === 0) return [];
  await session.execute('savepoint empty_upstream');
  try {
    const rows = await session.query(relations.map(emptyStatement).join('\nunion all\n'));
    await session.execute('release savepoint empty_upstream');
    return rows.map((row) => row['name'] as string);
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint empty_upstream');
    await session.execute('release savepoint empty_upstream');
    if (relations.length === 1) return [];
    const half = Math.ceil(relations.length / 2);
    return [...(await emptyOf(relations.slice(0, half), session)), ...(await emptyOf(relations.slice(half), session))];
  }
}

/**
 * One row when there is none. A materialised expression is planned for all its rows and read for one: planned for one row Postgres
 * prefers nested loops, and walks them all when a view has none.
 */
function emptyStatement({ name, relation }: { readonly name: string; readonly relation: string }): string {
  return `select ${literal(name)} as name where not exists (with held as materialized (select 1 from ${relation} as t) select from held)`;
}

function relationOf(name: string, compiled: CompiledProject): string | undefined {
  try {
    return compiled.relation(name);
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}
