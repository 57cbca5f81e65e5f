import type { z } from 'zod';
import type { ParsedYaml } from '../config/parse-yaml.ts';
import type { ContentFile } from './content-file.ts';
import type { PropertiesSpec } from './properties-spec.ts';

export type Path = readonly (string | number)[];

/** One data test as YAML has it, text or a map, not looked into yet, with the path at which it stands. */
export interface TestEntry {
  readonly entry: unknown;
  readonly path: Path;
}

export interface TestedColumn {
  readonly name: string;
  readonly quote: boolean;
  readonly path: Path;
  readonly entries: readonly TestEntry[];
}

/** A relation that a YAML file speaks of, with the data tests under it and under its columns; `data_tests`, `tests` and `checks` are one word. */
export interface TestedRelation {
  /** A model, seed or snapshot by name, or a source's table as `source.table`. It exists and is not disabled. */
  readonly on: string;
  readonly resource: 'model' | 'seed' | 'snapshot' | 'source';
  readonly path: Path;
  readonly entries: readonly TestEntry[];
  readonly columns: readonly TestedColumn[];
}

/** What YAML says of a singular test (`data_tests:` at the top of a file): its SQL file is found by name. */
export interface SingularTestProperties {
  readonly name: string;
  readonly description: string | undefined;
  /** As written; not looked into yet. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly path: Path;
}

/** A YAML file beside the models or in checks/, parsed once: who reads a part of it takes it from here, with `yaml.place(path)` for messages and `yaml.read(schema, path)` for parts left open. */
export interface PropertiesFile extends ContentFile {
  readonly yaml: ParsedYaml<z.output<typeof PropertiesSpec>>;
  readonly tested: readonly TestedRelation[];
  readonly singularTests: readonly SingularTestProperties[];
}
