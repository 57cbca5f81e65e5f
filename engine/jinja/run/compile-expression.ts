import { callValue } from '../call.ts';
import { FILTERS } from '../filters/filters.ts';
import { didYouMean } from '../../config/did-you-mean.ts';
import { attributeOf, itemOf, memberNames } from '../members.ts';
import { callNative } from '../native.ts';
import type { Named, Native } from '../native.ts';
import { arithmetic, signed } from '../python/arithmetic.ts';
import { equal, order } from '../python/compare.ts';
import { contains } from '../python/contains.ts';
import { Dict, entriesOf, isDict } from '../python/dict.ts';
import { isForgiving } from '../python/forgiving.ts';
import { itemsOf } from '../python/iterate.ts';
import { textOf } from '../python/print.ts';
import { Slice } from '../python/slice.ts';
import { isTrue } from '../python/truth.ts';
import { tuple } from '../python/tuple.ts';
import { typeOf } from '../python/type-of.ts';
import { isMacro } from './macro.ts';
import type { Arguments, At, Call, Comparison, Expression, Filter, Member, Name, Test } from '../syntax/nodes.ts';
import { located, passing } from '../template-error.ts';
import { TESTS } from '../tests.ts';
import type { Frame } from './frame.ts';
import { NOTHING } from './unit.ts';
import type { Unit } from './unit.ts';

export type Evaluate = (frame: Frame) => unknown;

/** What an expression gives, as a function of the names around it. Whatever it throws has its place. */
export function compileExpression(node: Expression, unit: Unit): Evaluate {
  switch (node.typename) {
    case 'Literal': {
      const { value } = node;
      return () => value;
    }
    case 'Symbol':
      return compileName(node, unit);
    case 'LookupVal':
      return compileMember(node, unit);
    case 'Slice': {
      const [start, stop, step] = node.parts.map((part) => (part ? compileExpression(part, unit) : undefined));
      return (frame) => new Slice(start?.(frame), stop?.(frame), step?.(frame));
    }
    case 'FunCall':
      return compileCall(node, unit, () => []);
    case 'Filter':
      return compileFilter(node, unit);
    case 'Is':
      return compileTest(node, unit);
    case 'Compare': {
      const first = compileExpression(node.first, unit);
      const rest = node.rest.map(({ operator, to }) => ({ operator, to: compileExpression(to, unit) }));
      return at(node, unit, (frame) => {
        let left = first(frame);
        for (const { operator, to } of rest) {
          const right = to(frame);
          if (!holds(operator, left, right)) return false;
          left = right;
        }
        return true;
      });
    }
    case 'Binary': {
      const { operator } = node;
      const left = compileExpression(node.left, unit);
      const right = compileExpression(node.right, unit);
      if (operator === 'and' || operator === 'or') {
        return (frame) => {
          const value = left(frame);
          return isTrue(value) === (operator === 'and') ? right(frame) : value;
        };
      }
      return at(node, unit, (frame) => arithmetic(operator, left(frame), right(frame)));
    }
    case 'Unary': {
      const { operator } = node;
      const target = compileExpression(node.target, unit);
      if (operator === 'not') return (frame) => !isTrue(target(frame));
      return at(node, unit, (frame) => signed(operator, target(frame)));
    }
    case 'Concat': {
      const parts = node.parts.map((part) => ({ value: compileExpression(part, unit), part }));
      return (frame) => parts.map(({ value, part }) => locatedAt(part, unit, () => textOf(value(frame)))).join('');
    }
    case 'InlineIf': {
      const cond = compileExpression(node.cond, unit);
      const body = compileExpression(node.body, unit);
      const else_ = node.else_ ? compileExpression(node.else_, unit) : () => NO_CHOICE;
      return (frame) => (isTrue(cond(frame)) ? body(frame) : else_(frame));
    }
    case 'Array':
    case 'Tuple': {
      const children = node.children.map((child) => compileExpression(child, unit));
      const make = (frame: Frame): unknown[] => children.map((child) => child(frame));
      return node.typename === 'Array' ? make : (frame) => tuple(make(frame));
    }
    case 'Dict': {
      const pairs = node.children.map(
        (pair) => [compileExpression(pair.key, unit), compileExpression(pair.value, unit)] as const,
      );
      return at(node, unit, (frame) => new Dict(pairs.map(([key, value]) => [key(frame), value(frame)] as const)));
    }
    default:
      return node satisfies never;
  }
}

/** What `x if y` gives when y does not hold: nothing, which may be written out. */
const NO_CHOICE = '';

/** A call; `more` are arguments by name that the tag around it adds. */
export function compileCall(node: Call, unit: Unit, more: (frame: Frame) => Named): Evaluate {
  const callee = compileWithOwner(node.name, unit);
  const name = nameOf(node.name);
  const args = compileArguments(node.args, unit);
  // Where the name stands is where people look, not the bracket behind it.
  const place = node.name;
  return (frame) => {
    const { value: called, lacks } = callee(frame);
    try {
      if (called === undefined && lacks && !isForgiving()) throw new Error(lacks());
      const { positional, named } = args(frame);
      if (called === undefined && isForgiving()) return undefined;
      return callValue(called, positional, [...named, ...more(frame)], name);
    } catch (error) {
      throw located(isMacro(called) ? passing(error, called.macro.name, unit.at(place)) : error, () => unit.at(place));
    }
  };
}

/** A filter over what `input` gives, which is the filter's own input unless it is over a block. */
export function compileFilter(node: Filter, unit: Unit, block?: Evaluate): Evaluate {
  const { name } = node;
  const lenient = name === 'default' || name === 'd';
  const input = block ?? (node.input ? compileInput(node.input, unit, lenient) : () => '');
  const args = compileArguments(node.args, unit);
  return at(node, unit, (frame) => {
    const value = input(frame);
    const { positional, named } = args(frame);
    return callNative(name, found('filter', FILTERS, name), [value], positional, named);
  });
}

/** A value with what to say when there is none: which name its owner does not have. */
export function compileWithOwner(
  node: Expression,
  unit: Unit,
): (frame: Frame) => { readonly value: unknown; readonly lacks?: () => string } {
  if (node.typename !== 'LookupVal' || !node.dotted) {
    const value = compileExpression(node, unit);
    return (frame) => ({ value: value(frame) });
  }
  const target = compileExpression(node.target, unit);
  const name = node.val.typename === 'Literal' && typeof node.val.value === 'string' ? node.val.value : '';
  return (frame) => {
    const owner = target(frame);
    const value = locatedAt(node, unit, () => attributeOf(owner, name));
    const of = `${nameOf(node.target)} has `;
    const lacks = (): string =>
      owner === undefined || owner === null
        ? `${of}no value, so it has no '${name}'`
        : `${of}no '${name}'${didYouMean(name, memberNames(owner))}`;
    return { value, lacks };
  };
}

/** Runs, and places what is thrown at a node. */
export function locatedAt<T>(node: At, unit: Unit, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw located(error, () => unit.at(node));
  }
}

/** What is written, for messages: `'a.b.c'`, or `this` where that has no name. */
export function nameOf(node: Expression): string {
  const name = pathOf(node);
  return name === undefined ? 'this' : `'${name}'`;
}

function pathOf(node: Expression): string | undefined {
  if (node.typename === 'Symbol') return node.value;
  if (node.typename === 'FunCall') return pathOf(node.name) && `${pathOf(node.name)}(...)`;
  if (node.typename !== 'LookupVal') return undefined;
  const [owner, key] = [pathOf(node.target), node.val.typename === 'Literal' ? node.val.value : undefined];
  if (owner === undefined) return undefined;
  if (node.dotted) return `${owner}.${typeof key === 'string' ? key : '...'}`;
  return `${owner}[${typeof key === 'string' ? JSON.stringify(key) : typeof key === 'number' ? key : '...'}]`;
}

function at(node: At, unit: Unit, run: Evaluate): Evaluate {
  return (frame) => {
    try {
      return run(frame);
    } catch (error) {
      throw located(error, () => unit.at(node));
    }
  };
}

function compileName(node: Name, unit: Unit, lenient = false): Evaluate {
  const { value: name } = node;
  return (frame) => {
    const holder = frame.holder(name);
    if (holder) return holder.get(name);
    const value = locatedAt(node, unit, () => unit.resolve(name));
    if (value !== NOTHING) return value;
    if (lenient || unit.assigned(name) || isForgiving()) return undefined;
    const known = [...frame.names(), ...unit.known()];
    throw located(new Error(`no word '${name}'${didYouMean(name, known)}`), () => unit.at(node));
  };
}

/** What a filter or a test looks at; `default` and `is defined` also take a name that nobody knows. */
function compileInput(node: Expression, unit: Unit, lenient: boolean): Evaluate {
  if (!lenient) return compileExpression(node, unit);
  if (node.typename === 'Symbol') return compileName(node, unit, true);
  const input = compileExpression(node, unit);
  if (node.typename !== 'InlineIf' || node.else_) return input;
  const cond = compileExpression(node.cond, unit);
  return (frame) => (isTrue(cond(frame)) ? input(frame) : undefined);
}

function compileMember(node: Member, unit: Unit): Evaluate {
  const target = compileExpression(node.target, unit);
  const key = compileExpression(node.val, unit);
  if (node.dotted) return at(node, unit, (frame) => attributeOf(target(frame), String(key(frame))));
  return at(node, unit, (frame) => itemOf(target(frame), key(frame)));
}

function compileTest(node: Test, unit: Unit): Evaluate {
  const { name, negated } = node;
  const input = compileInput(node.input, unit, name === 'defined' || name === 'undefined');
  const args = compileArguments(node.args, unit);
  return at(node, unit, (frame) => {
    const value = input(frame);
    const { positional, named } = args(frame);
    return isTrue(callNative(name, found('test', TESTS, name), [value], positional, named)) !== negated;
  });
}

function compileArguments(
  node: Arguments,
  unit: Unit,
): (frame: Frame) => { readonly positional: readonly unknown[]; readonly named: Named } {
  const positional = node.positional.map((each) => compileExpression(each, unit));
  const named = node.named.map(({ name, value }) => [name, compileExpression(value, unit)] as const);
  const spread = node.spread && compileExpression(node.spread, unit);
  const spreadNamed = node.spreadNamed && compileExpression(node.spreadNamed, unit);
  return (frame) => {
    const values = positional.map((each) => each(frame));
    const byName = named.map(([name, value]) => [name, value(frame)] as const);
    if (spread) values.push(...itemsOf(spread(frame)));
    if (spreadNamed) {
      const more = spreadNamed(frame);
      if (!isDict(more)) throw new Error(`** takes a dict, not ${typeOf(more)}`);
      byName.push(...entriesOf(more).map(([name, value]) => [String(name), value] as const));
    }
    return { positional: values, named: byName };
  };
}

function holds(operator: Comparison, left: unknown, right: unknown): boolean {
  switch (operator) {
    case '==':
      return equal(left, right);
    case '!=':
      return !equal(left, right);
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
    case '<':
      return order(left, right) < 0;
    case '<=':
      return order(left, right) <= 0;
    case '>':
      return order(left, right) > 0;
    case '>=':
      return order(left, right) >= 0;
    default:
      return operator satisfies never;
  }
}

function found(what: string, table: ReadonlyMap<string, Native>, name: string): Native {
  const native = table.get(name);
  if (native) return native;
  throw new Error(`no ${what} '${name}'${didYouMean(name, table.keys())}`);
}
