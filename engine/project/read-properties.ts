import { parseYaml } from '../config/parse-yaml.ts';
import type { ParsedYaml } from '../config/parse-yaml.ts';
import { EngineError } from '../errors.ts';
import type { ContentFile } from './content-file.ts';
import type { Path, PropertiesFile, SingularTestProperties, TestedRelation, TestEntry } from './properties-file.ts';
import { PropertiesSpec } from './properties-spec.ts';
import type { Properties } from './properties-spec.ts';

/** A YAML file beside the models or in checks/, parsed once; undefined when it says nothing but comments. */
export function readProperties(content: ContentFile): PropertiesFile | undefined {
  if (saysNothing(content.text)) return undefined;
  const yaml = parseYaml(PropertiesSpec, content.text, content.file, 'PROJECT_INVALID');
  if (content.vertical === '') {
    const other = Object.keys(yaml.value).find((key) => key !== 'version' && key !== 'macros');
    if (other !== undefined) refuse(yaml, [other], `${other}: is not read here, beside macros; only macros: is`);
  }
  return { ...content, yaml, tested: testedIn(yaml), singularTests: singularTests(yaml) };
}

function saysNothing(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:#|---\s*$|$)/.test(line));
}

function testedIn(yaml: ParsedYaml<Properties>): readonly TestedRelation[] {
  const { value } = yaml;
  const found: TestedRelation[] = [];
  for (const [word, resource] of [
    ['models', 'model'],
    ['seeds', 'seed'],
    ['snapshots', 'snapshot'],
  ] as const) {
    value[word]?.forEach((part, at) => found.push(tested(part.name, resource, part, [word, at], yaml)));
  }
  value.sources?.forEach((source, s) =>
    source.tables?.forEach((table, t) => {
      found.push(tested(`${source.name}.${table.name}`, 'source', table, ['sources', s, 'tables', t], yaml));
    }),
  );
  return found;
}

interface Tested {
  readonly data_tests?: readonly unknown[] | undefined;
  readonly tests?: readonly unknown[] | undefined;
  readonly checks?: readonly unknown[] | undefined;
}

function tested(
  on: string,
  resource: TestedRelation['resource'],
  part: Tested & {
    readonly columns?:
      readonly (Tested & { readonly name: string; readonly quote?: boolean | undefined })[] | undefined;
  },
  path: Path,
  yaml: ParsedYaml<Properties>,
): TestedRelation {
  const columns = (part.columns ?? []).map((column, at) => {
    const columnPath = [...path, 'columns', at];
    const entries = entriesOf(column, columnPath, yaml);
    return { name: column.name, quote: column.quote ?? false, path: columnPath, entries };
  });
  return { on, resource, path, entries: entriesOf(part, path, yaml), columns };
}

function entriesOf(part: Tested, path: Path, yaml: ParsedYaml<Properties>): readonly TestEntry[] {
  const words = (['checks', 'data_tests', 'tests'] as const).filter((word) => part[word] !== undefined);
  const [word, other] = words;
  if (word === undefined) return [];
  if (other !== undefined) refuse(yaml, [...path, other], `${word} and ${other} are one word for the same; keep one`);
  return (part[word] ?? []).map((entry, at) => ({ entry, path: [...path, word, at] }));
}

function singularTests(yaml: ParsedYaml<Properties>): readonly SingularTestProperties[] {
  const { data_tests: tests, tests: legacy } = yaml.value;
  if (tests && legacy) refuse(yaml, ['tests'], 'data_tests and tests are one word for the same; keep one');
  const word = tests ? 'data_tests' : 'tests';
  return (tests ?? legacy ?? []).map(({ name, description, config, tags, meta }, at) => {
    const said = { ...(tags === undefined ? {} : { tags }), ...(meta === undefined ? {} : { meta }), ...config };
    return { name, description, config: said, path: [word, at] };
  });
}

function refuse(yaml: ParsedYaml<unknown>, path: Path, message: string): never {
  throw new EngineError('PROJECT_INVALID', message, { place: yaml.place(path) });
}
