import { compileProject } from '../compile/compile-project.ts';
import type { CompiledProject, CompileTarget } from '../compile/compile-project.ts';
import type { CompiledModel } from '../contracts/model.ts';
import type { Project } from '../contracts/project.ts';
import { relation } from '../sql-text.ts';

/** How a project is compiled, but for where its relations are. */
export type CompileWords = Omit<CompileTarget, 'schemaOf' | 'thisOf' | 'target' | 'asOf'>;

type SchemaOf = CompileTarget['schemaOf'];

/** A vertical's project compiled against copies of its landed tables and models; other verticals' models are read where they are live. */
export function compileCopy(
  project: Project,
  copy: {
    readonly vertical: string;
    readonly words: CompileWords;
    readonly liveSchema: SchemaOf;
    readonly modelSchema: SchemaOf;
    /** Of a landed table that is copied, by `source.table`. */
    readonly landed: ReadonlyMap<string, { readonly schema: string; readonly identifier: string }>;
  },
): CompiledProject {
  const { vertical, liveSchema, modelSchema } = copy;
  // A table of ours is read as one that stands in the warehouse already: at the place that is named.
  const sources = project.sources.map((declared) => {
    const external = copy.landed.get(`${declared.source}.${declared.name}`);
    return external === undefined ? declared : { ...declared, external };
  });
  return compileProject(
    { ...project, sources },
    {
      ...copy.words,
      target: { name: 'warehouse' },
      schemaOf: (model) => (model.vertical === vertical ? modelSchema(model) : liveSchema(model)),
      thisOf: (model) => relation(liveSchema(model), model.name),
    },
  );
}

/** What each model reads, ephemeral models seen through; a name that is no ephemeral model's stands for itself. */
export function readsThrough(models: readonly CompiledModel[]): (names: readonly string[]) => readonly string[] {
  const ephemeral = new Map(
    models.filter(({ materialized }) => materialized === 'ephemeral').map((model) => [model.name, readsOf(model)]),
  );
  const through = (names: readonly string[]): string[] =>
    names.flatMap((name) => {
      const inner = ephemeral.get(name);
      return inner === undefined ? [name] : through(inner);
    });
  return (names) => [...new Set(through(names))];
}

/** Models and landed tables that a model names. */
export function readsOf({ dependsOn }: CompiledModel): readonly string[] {
  return [...dependsOn.models, ...dependsOn.sources];
}
