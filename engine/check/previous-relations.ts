import type { CompiledProject } from '../compile/compile-project.ts';
import { relationAsOf } from '../compile/as-of.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';

export type Previous = (name: string) => string | undefined;

/** What kinds may compare with: relations as the last published run of a vertical left them. */
export interface PreviousRelations {
  /** For planning: undefined of a relation that nobody asked for before, and it is noted. */
  readonly of: (definition: CheckDefinition) => Previous;
  /** Whether something was noted since. */
  readonly isAsked: () => boolean;
  /** Looks up in the warehouse what was noted. */
  readonly lookUp: (session: Session) => Promise<void>;
}

/**
 * Nothing is looked up until some check asks. `live` is the project with the names that stand: while a run builds beside them, models there
 * are those of the published run; an author who tries checks on them has nothing earlier (`modelsAre: 'current'`).
 */
export function previousRelations(project: {
  readonly live: CompiledProject;
  readonly sources: readonly DeclaredSource[];
  readonly modelsAre: 'previous' | 'current';
}): PreviousRelations {
  const known = new Map<string, string | undefined>();
  const asked = new Map<string, { readonly vertical: string; readonly name: string }>();
  return {
    of: (definition) => (name) => {
      refuseView(name, definition, project.live);
      const key = `${definition.vertical}/${name}`;
      if (!known.has(key)) asked.set(key, { vertical: definition.vertical, name });
      return known.get(key);
    },
    isAsked: () => asked.size > 0,
    lookUp: async (session) => {
      const runs = await session.query(
        `select distinct on (vertical) vertical, run_no from audit.publications where decision = 'published' order by vertical, publication_no desc`,
      );
      const runOf = new Map(runs.map((row) => [row['vertical'], row['run_no'] as string]));
      for (const [key, { vertical, name }] of asked) {
        const runNo = runOf.get(vertical);
        known.set(key, runNo === undefined ? undefined : await relationBefore(name, runNo, project, session));
      }
      asked.clear();
    },
  };
}

function refuseView(name: string, { id, file, line }: CheckDefinition, live: CompiledProject): void {
  const model = live.models.find((each) => each.name === name);
  if (model?.materialized !== 'view' && model?.materialized !== 'ephemeral') return;
  const what = model.materialized === 'view' ? 'a view' : 'ephemeral';
  const message = `check ${id}: ${name} is ${what}: no earlier version of it is kept; put the check on a table, or on a landed table`;
  throw new EngineError('CHECK_INVALID', message, { place: { file, line } });
}

async function relationBefore(
  name: string,
  runNo: string,
  { live, sources, modelsAre }: Parameters<typeof previousRelations>[0],
  session: Session,
): Promise<string | undefined> {
  const source = sources.find((declared) => `${declared.source}.${declared.name}` === name);
  if (source !== undefined) {
    // What was never landed is read where it stands; it has no past.
    if (source.external !== undefined) return undefined;
    const before = relationAsOf(source.source, source.name, { run: runNo });
    return (await canRead(before, session)) ? before : undefined;
  }
  if (modelsAre === 'current') return undefined;
  const relation = live.relation(name);
  const [there] = await session.query('select 1 as one where to_regclass($1) is not null', [relation]);
  return there === undefined ? undefined : relation;
}

/** A table that had not landed then, or had another shape, refuses to be read as of then. */
async function canRead(relation: string, session: Session): Promise<boolean> {
  await session.execute('savepoint previous_relation');
  try {
    await session.query(`select 1 as one from ${relation} as t limit 1`);
    return true;
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint previous_relation');
    return false;
  } finally {
    await session.execute('release savepoint previous_relation').catch(() => undefined);
  }
}
