import nunjucks from 'nunjucks';

/** A name in a template and where it stands; lines and columns count from 1. */
export interface NamedPlace {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

export interface TemplateCall extends NamedPlace {
  /** Each argument's text where it is written out as text, else undefined. */
  readonly texts: readonly (string | undefined)[];
  /** Where nunjucks says at run time that the call is: at its parenthesis, counted from 0. */
  readonly parenthesis: { readonly lineno: number; readonly colno: number };
}

/** What can be known of a template before it is rendered. */
export interface TemplateSyntax {
  readonly calls: readonly TemplateCall[];
  /** Names that the template uses and does not itself define. */
  readonly names: readonly NamedPlace[];
  readonly filters: readonly NamedPlace[];
  readonly tests: readonly NamedPlace[];
  readonly members: readonly NamedPlace[];
  readonly macros: readonly NamedPlace[];
  /** include, import, extends: a template is one file. */
  readonly otherFiles: readonly NamedPlace[];
}

interface Node {
  readonly typename: string;
  readonly lineno: number;
  readonly colno: number;
  readonly fields: readonly string[];
  readonly [field: string]: unknown;
}

/** Reads a template's syntax with nunjucks' own parser; throws its TemplateError, with lineno and colno from 1. */
export function readTemplate(text: string): TemplateSyntax {
  const found = { calls: [], names: [], filters: [], tests: [], members: [], macros: [], otherFiles: [] };
  const reader: Reader = { ...found, defined: new Set() };
  walk(parse(text), reader);
  return { ...reader, names: reader.names.filter(({ name }) => !reader.defined.has(name)) };
}

function parse(text: string): Node {
  const { parser } = nunjucks as unknown as {
    parser: { parse(text: string, extensions: unknown[], options: object): Node };
  };
  try {
    return parser.parse(text, [], {});
  } catch (error) {
    if (!(error instanceof Error) || ('lineno' in error && error.lineno !== undefined)) throw error;
    // What is not closed is missed at the end of the file; nunjucks then tells no place.
    const lines = text.trimEnd().split('\n');
    throw Object.assign(error, { lineno: lines.length, colno: (lines.at(-1)?.length ?? 0) + 1 });
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
type Reader = Writable<TemplateSyntax> & { readonly defined: Set<string> };

function walk(node: Node, into: Reader): void {
  switch (node.typename) {
    case 'Symbol':
      into.names.push(placeOf(node));
      return;
    case 'FunCall':
      readCall(node, into);
      break;
    case 'Filter':
      into.filters.push(...nodesIn(node['name']).map(placeOf));
      walkAll(node['args'], into);
      return;
    case 'Is': {
      walkAll(node['left'], into);
      const [test] = nodesIn(node['right']);
      const name = test?.typename === 'FunCall' ? nodesIn(test['name'])[0] : test;
      if (name?.typename === 'Symbol') into.tests.push(placeOf(name));
      walkAll(test?.['args'], into);
      return;
    }
    case 'LookupVal': {
      const [key] = nodesIn(node['val']);
      if (key?.typename === 'Literal') into.members.push(placeOf(key));
      break;
    }
    case 'Pair':
      walkAll(node['value'], into);
      return;
    case 'Set':
      define(node['targets'], into);
      walkAll(node['value'], into);
      walkAll(node['body'], into);
      return;
    case 'For':
      define(node['name'], into);
      into.defined.add('loop');
      for (const field of ['arr', 'body', 'else_']) walkAll(node[field], into);
      return;
    case 'Macro':
      define(node['name'], into);
      into.macros.push(...nodesIn(node['name']).map(placeOf));
      readParameters(node, into);
      return;
    case 'Caller':
      readParameters(node, into);
      return;
    case 'Block':
      walkAll(node['body'], into);
      return;
    case 'Include':
    case 'Import':
    case 'FromImport':
    case 'Extends':
      into.otherFiles.push(placeOf(node));
      return;
    default:
  }
  for (const field of node.fields) walkAll(node[field], into);
}

function readCall(node: Node, into: Reader): void {
  const [callee] = nodesIn(node['name']);
  if (callee?.typename !== 'Symbol') return;
  const [list] = nodesIn(node['args']);
  const texts = nodesIn(list?.['children']).map((each) =>
    each.typename === 'Literal' && typeof each['value'] === 'string' ? each['value'] : undefined,
  );
  into.calls.push({ ...placeOf(callee), texts, parenthesis: { lineno: node.lineno, colno: node.colno } });
}

/** A macro's parameters, the ones with a default as pairs at their end. */
function readParameters(node: Node, into: Reader): void {
  into.defined.add('caller');
  for (const parameter of nodesIn(nodesIn(node['args'])[0]?.['children'])) {
    if (parameter.typename === 'Symbol') define(parameter, into);
    for (const pair of nodesIn(parameter['children'])) {
      define(pair['key'], into);
      walkAll(pair['value'], into);
    }
  }
  walkAll(node['body'], into);
}

function define(names: unknown, into: Reader): void {
  for (const name of nodesIn(names)) {
    if (name.typename === 'Array') define(name['children'], into);
    else into.defined.add(String(name['value']));
  }
}

function walkAll(value: unknown, into: Reader): void {
  for (const node of nodesIn(value)) walk(node, into);
}

function nodesIn(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return typeof value === 'object' && value !== null && 'typename' in value ? [value as Node] : [];
}

function placeOf(node: Node): NamedPlace {
  const { value } = node;
  return { name: typeof value === 'string' ? value : node.typename, line: node.lineno + 1, column: node.colno + 1 };
}
