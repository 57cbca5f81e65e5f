import { withPrintPlace, isGuarded } from '../guarded-value.ts';
import { isForgiving } from '../python/forgiving.ts';
import { itemsOf } from '../python/iterate.ts';
import { textOf } from '../python/print.ts';
import { isTrue } from '../python/truth.ts';
import type {
  Assign,
  Body,
  CallBlock,
  Filter,
  For,
  Import,
  Macro as MacroNode,
  Output,
  Parameter,
  Statement,
} from '../syntax/nodes.ts';
import { namesIn } from '../syntax/names-in.ts';
import {
  compileCall,
  compileExpression,
  compileFilter,
  compileWithOwner,
  locatedAt,
  nameOf,
} from './compile-expression.ts';
import type { Evaluate } from './compile-expression.ts';
import { compileTarget } from './compile-target.ts';
import { Frame } from './frame.ts';
import { Loop } from './loop.ts';
import { makeCaller, makeMacro } from './macro.ts';
import type { Macro, MacroDefinition } from './macro.ts';
import { BREAK, CONTINUE, Jump } from './signals.ts';
import type { Unit } from './unit.ts';

/** Where the text goes that a template writes. */
export interface Written {
  text: string;
}

type Run = (frame: Frame, out: Written) => void;

/** Runs a template's statements over the names around it. Whatever it throws has its place. */
export function compileBody(body: Body, unit: Unit): Run {
  const runs = body.children.map((statement) => compileStatement(statement, unit));
  const [only] = runs;
  if (runs.length === 1 && only) return only;
  return (frame, out) => {
    for (const run of runs) run(frame, out);
  };
}

/** A macro as its node defines it; `outer` gives the names that are known around it. */
export function compileMacro(node: MacroNode, unit: Unit): (outer: () => Frame) => Macro {
  const definition = definitionOf(node.name, node.parameters, node.body, unit);
  return (outer) => makeMacro(definition, outer, () => unit.onMacro(node.name));
}

/** Names of another file's macros become names here. */
export function bindImport(node: Import, frame: Frame, unit: Unit): void {
  locatedAt(node, unit, () => {
    const macros = unit.macrosOf(node.file);
    if (node.as !== null) frame.set(node.as, Object.fromEntries(macros));
    for (const { name, alias } of node.names) {
      const macro = macros.get(name);
      if (macro === undefined) throw new Error(`${node.file} has no macro '${name}'`);
      frame.set(alias, macro);
    }
  });
}

/** Gives the value of a `set` to its names. */
export function compileAssign(node: Assign, unit: Unit): (frame: Frame) => void {
  const target = compileTarget(node.target, unit);
  if (node.value) {
    const value = compileExpression(node.value, unit);
    return (frame) => target(frame, value(frame));
  }
  const text = node.body ? compileBlockText(node.body, node.filters, unit) : () => '';
  return (frame) => target(frame, text(frame));
}

function compileStatement(node: Statement, unit: Unit): Run {
  switch (node.typename) {
    case 'Output':
      return compileOutput(node, unit);
    case 'NodeList':
    case 'Root':
      return compileBody(node, unit);
    case 'If': {
      const cond = compileExpression(node.cond, unit);
      const body = compileBody(node.body, unit);
      const else_ = node.else_ ? compileStatement(node.else_, unit) : () => undefined;
      return (frame, out) => (isTrue(cond(frame)) ? body : else_)(frame, out);
    }
    case 'For':
      return compileFor(node, unit);
    case 'Set': {
      const assign = compileAssign(node, unit);
      return (frame) => assign(frame);
    }
    case 'Macro': {
      const make = compileMacro(node, unit);
      return (frame) =>
        frame.set(
          node.name,
          make(() => frame),
        );
    }
    case 'CallBlock':
      return compileCallBlock(node, unit);
    case 'Do': {
      const value = compileExpression(node.value, unit);
      return (frame) => {
        value(frame);
      };
    }
    case 'FilterBlock': {
      const text = compileBlockText(node.body, node.filters, unit);
      return (frame, out) => {
        out.text += locatedAt(node, unit, () => textOf(text(frame)));
      };
    }
    case 'With': {
      const targets = node.targets.map(({ target, value }) => ({
        set: compileTarget(target, unit),
        value: compileExpression(value, unit),
      }));
      const body = compileBody(node.body, unit);
      return (frame, out) => {
        const inner = new Frame(frame);
        for (const { set, value } of targets) set(inner, value(frame));
        body(inner, out);
      };
    }
    case 'Break':
    case 'Continue': {
      const jump = node.typename === 'Break' ? BREAK : CONTINUE;
      return () => {
        throw jump;
      };
    }
    case 'Import':
      return (frame) => bindImport(node, frame, unit);
    default:
      return node satisfies never;
  }
}

function compileOutput(node: Output, unit: Unit): Run {
  const parts = node.children.map((child) => {
    if (child.typename === 'TemplateData') return child.value;
    const print = compileWithOwner(child, unit);
    return (frame: Frame): string => {
      const { value, lacks } = print(frame);
      return written(node, value, unit, lacks ?? (() => `${nameOf(child)} has no value`));
    };
  });
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string') {
    return (_, out) => {
      out.text += only;
    };
  }
  return (frame, out) => {
    for (const part of parts) out.text += typeof part === 'string' ? part : part(frame);
  };
}

function written(node: Output, value: unknown, unit: Unit, lacks: () => string): string {
  if (typeof value === 'string' && !isGuarded(value)) return value;
  return locatedAt(node, unit, () => {
    if (value === undefined && !isForgiving()) throw new Error(lacks());
    const text = textOf(value);
    if (!isGuarded(text)) return text;
    const { file, line, column } = unit.at(node);
    return withPrintPlace(text, { file, line, column });
  });
}

function compileFor(node: For, unit: Unit): Run {
  const iter = compileExpression(node.iter, unit);
  const target = compileTarget(node.target, unit);
  const test = node.test ? compileExpression(node.test, unit) : undefined;
  const body = compileBody(node.body, unit);
  const else_ = node.else_ ? compileBody(node.else_, unit) : undefined;
  const over = (all: unknown, frame: Frame, out: Written, depth: number): void => {
    const items = locatedAt(node.iter, unit, () => itemsOf(all)).filter((item) => {
      if (!test) return true;
      const inner = new Frame(frame);
      target(inner, item);
      return isTrue(test(inner));
    });
    const again = (more: unknown): string => {
      const deeper = { text: '' };
      over(more, frame, deeper, depth + 1);
      return deeper.text;
    };
    const loop = new Loop(items, depth, node.recursive ? again : undefined);
    try {
      items.forEach((item, at) => {
        loop.index0 = at;
        const inner = new Frame(frame);
        target(inner, item);
        inner.set('loop', loop);
        runOnce(body, inner, out);
      });
    } catch (error) {
      if (error !== BREAK) throw error;
    }
    if (items.length === 0) else_?.(new Frame(frame), out);
  };
  return (frame, out) => over(iter(frame), frame, out, 1);
}

function runOnce(body: Run, frame: Frame, out: Written): void {
  try {
    body(frame, out);
  } catch (error) {
    if (!(error instanceof Jump) || error.ends) throw error;
  }
}

function compileCallBlock(node: CallBlock, unit: Unit): Run {
  const definition = definitionOf('caller', node.parameters, node.body, unit);
  const call = compileCall(node.call, unit, (frame) => [['caller', makeCaller(definition, frame)]]);
  return (frame, out) => {
    const value = call(frame);
    // A macro that ends with return(none) writes nothing here.
    out.text += value === null ? '' : locatedAt(node, unit, () => textOf(value));
  };
}

function compileBlockText(body: Body, filters: readonly Filter[], unit: Unit): Evaluate {
  const run = compileBody(body, unit);
  const text: Evaluate = (frame) => {
    const out = { text: '' };
    run(new Frame(frame), out);
    return out.text;
  };
  return filters.reduce((input, filter) => compileFilter(filter, unit, input), text);
}

function definitionOf(name: string, parameters: readonly Parameter[], body: Body, unit: Unit): MacroDefinition {
  const used = namesIn(body);
  let run: Run | undefined;
  return {
    name,
    parameters: parameters.map((parameter) => ({
      name: parameter.name,
      default: parameter.default ? compileExpression(parameter.default, unit) : undefined,
    })),
    uses: new Set(['varargs', 'kwargs', 'caller'].filter((word) => used.has(word))),
    run: (frame) => {
      run ??= compileBody(body, unit);
      const out = { text: '' };
      run(frame, out);
      return out.text;
    },
  };
}
