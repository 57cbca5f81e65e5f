import type { Position } from './template-error.ts';
import type { Arguments, At, Body, Expression, Filter, If, Parameter, Statement, Target } from './syntax/nodes.ts';

/** A name in a template and where it stands; lines and columns count from 1. */
export interface NamedPlace extends Position {
  readonly name: string;
}

export interface TemplateCall extends NamedPlace {
  /** Each argument's text where it is written out as text, else undefined. */
  readonly texts: readonly (string | undefined)[];
  /** Whether it is reached whenever the template is rendered: not in a macro, nor behind an `if`. */
  readonly certain: boolean;
}

/** What can be known of a template before it is rendered. Names, filters and tests are those that are reached in any case. */
export interface TemplateSyntax {
  readonly calls: readonly TemplateCall[];
  /** Names that the template uses and does not itself define. */
  readonly names: readonly NamedPlace[];
  readonly filters: readonly NamedPlace[];
  readonly tests: readonly NamedPlace[];
  readonly members: readonly NamedPlace[];
  /** Names that the template gives a value somewhere. */
  readonly assigned: ReadonlySet<string>;
}

/** Reads what a template speaks of. */
export function readTemplate(body: Body): TemplateSyntax {
  const into: Reader = { calls: [], names: [], filters: [], tests: [], members: [], assigned: new Set() };
  readBody(body, true, into);
  return { ...into, names: into.names.filter(({ name }) => !into.assigned.has(name)) };
}

interface Reader {
  readonly calls: TemplateCall[];
  readonly names: NamedPlace[];
  readonly filters: NamedPlace[];
  readonly tests: NamedPlace[];
  readonly members: NamedPlace[];
  readonly assigned: Set<string>;
}

function readBody(body: Body | If | null, certain: boolean, into: Reader): void {
  if (body === null) return;
  if (body.typename === 'If') readStatement(body, certain, into);
  else for (const statement of body.children) readStatement(statement, certain, into);
}

function readStatement(node: Statement, certain: boolean, into: Reader): void {
  switch (node.typename) {
    case 'Output':
      for (const child of node.children) if (child.typename !== 'TemplateData') read(child, certain, into);
      return;
    case 'NodeList':
    case 'Root':
      readBody(node, certain, into);
      return;
    case 'If':
      read(node.cond, certain, into);
      readBody(node.body, false, into);
      readBody(node.else_, false, into);
      return;
    case 'For':
      assign(node.target, into);
      into.assigned.add('loop');
      read(node.iter, certain, into);
      if (node.test) read(node.test, certain, into);
      readBody(node.body, certain, into);
      readBody(node.else_, false, into);
      return;
    case 'Set':
      assign(node.target, into);
      if (node.value) read(node.value, certain, into);
      readFilters(node.filters, certain, into);
      readBody(node.body, certain, into);
      return;
    case 'Macro':
      into.assigned.add(node.name);
      readParameters(node.parameters, into);
      readBody(node.body, false, into);
      return;
    case 'CallBlock':
      read(node.call, certain, into);
      readParameters(node.parameters, into);
      readBody(node.body, certain, into);
      return;
    case 'Do':
      read(node.value, certain, into);
      return;
    case 'FilterBlock':
      readFilters(node.filters, certain, into);
      readBody(node.body, certain, into);
      return;
    case 'With':
      for (const { target, value } of node.targets) {
        assign(target, into);
        read(value, certain, into);
      }
      readBody(node.body, certain, into);
      return;
    case 'Import':
      if (node.as !== null) into.assigned.add(node.as);
      for (const { alias } of node.names) into.assigned.add(alias);
      return;
    case 'Break':
    case 'Continue':
      return;
    default:
      node satisfies never;
  }
}

function read(node: Expression, certain: boolean, into: Reader): void {
  switch (node.typename) {
    case 'Literal':
      return;
    case 'Symbol':
      if (certain) into.names.push(named(node.value, node));
      return;
    case 'LookupVal':
      read(node.target, certain, into);
      if (node.val.typename !== 'Literal') read(node.val, certain, into);
      else if (typeof node.val.value === 'string') into.members.push(named(node.val.value, node.val));
      return;
    case 'Slice':
      for (const part of node.parts) if (part) read(part, certain, into);
      return;
    case 'FunCall': {
      const { name, args } = node;
      if (name.typename === 'Symbol') {
        const texts = args.positional.map((each) =>
          each.typename === 'Literal' && typeof each.value === 'string' ? each.value : undefined,
        );
        into.calls.push({ ...named(name.value, name), texts, certain });
      }
      read(name, certain, into);
      readArguments(args, certain, into);
      return;
    }
    case 'Filter': {
      const { name, input } = node;
      if (certain) into.filters.push(named(name, node));
      const isDefault = name === 'default' || name === 'd';
      if (input && !(isDefault && input.typename === 'Symbol')) read(input, certain, into);
      readArguments(node.args, certain, into);
      return;
    }
    case 'Is': {
      const { name, input } = node;
      if (certain) into.tests.push(named(name, node));
      const asks = name === 'defined' || name === 'undefined';
      if (!(asks && input.typename === 'Symbol')) read(input, certain, into);
      readArguments(node.args, certain, into);
      return;
    }
    case 'Compare':
      read(node.first, certain, into);
      for (const { to } of node.rest) read(to, certain, into);
      return;
    case 'Binary':
      read(node.left, certain, into);
      read(node.right, certain && node.operator !== 'and' && node.operator !== 'or', into);
      return;
    case 'Unary':
      read(node.target, certain, into);
      return;
    case 'Concat':
      for (const part of node.parts) read(part, certain, into);
      return;
    case 'InlineIf':
      read(node.cond, certain, into);
      read(node.body, false, into);
      if (node.else_) read(node.else_, false, into);
      return;
    case 'Array':
    case 'Tuple':
      for (const child of node.children) read(child, certain, into);
      return;
    case 'Dict':
      for (const { key, value } of node.children) {
        read(key, certain, into);
        read(value, certain, into);
      }
      return;
    default:
      node satisfies never;
  }
}

function readArguments(
  { positional, named: byName, spread, spreadNamed }: Arguments,
  certain: boolean,
  into: Reader,
): void {
  for (const each of positional) read(each, certain, into);
  for (const { value } of byName) read(value, certain, into);
  if (spread) read(spread, certain, into);
  if (spreadNamed) read(spreadNamed, certain, into);
}

function readFilters(filters: readonly Filter[], certain: boolean, into: Reader): void {
  for (const filter of filters) read(filter, certain, into);
}

function readParameters(parameters: readonly Parameter[], into: Reader): void {
  for (const word of ['caller', 'varargs', 'kwargs']) into.assigned.add(word);
  for (const parameter of parameters) {
    into.assigned.add(parameter.name);
    if (parameter.default) read(parameter.default, false, into);
  }
}

function assign(target: Target, into: Reader): void {
  if (target.typename === 'Symbol') into.assigned.add(target.value);
  else if (target.typename === 'Targets') for (const child of target.children) assign(child, into);
}

function named(name: string, { lineno, colno }: At): NamedPlace {
  return { name, line: lineno + 1, column: colno + 1 };
}
