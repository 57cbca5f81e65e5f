import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml';
import type { Event } from 'js-yaml';

type Path = readonly PropertyKey[];
type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;

/** Where the parts of a map or a list stand, in step with its value. */
interface Branch {
  /** Of a map; a list has none. */
  readonly keys: string[] | undefined;
  readonly starts: number[];
  readonly parts: (Branch | undefined)[];
  /** Numbers whose text says more than the number does, by place in `starts`. */
  exact: Map<number, string> | undefined;
}

interface Composed {
  readonly value: unknown;
  readonly start: number;
  readonly branch: Branch | undefined;
  /** The number's text, where a double does not print the same. */
  readonly exact: string | undefined;
  /** How many values it stands for, aliases written out. */
  readonly size: number;
}

export interface YamlTree {
  readonly value: unknown;
  /** Where the node at a path begins: a key, or an item of a list. Where nothing stands, the nearest that encloses it. */
  readonly offsetOf: (path: Path) => number;
  /** The part at a path, its numbers as text where a double would not print as they are written. */
  readonly exact: (path: Path) => unknown;
}

/** What is wrong with a YAML text, at a character from 0; undefined where the reader did not say. */
export class YamlFault extends Error {
  readonly offset: number | undefined;

  constructor(message: string, offset: number | undefined) {
    super(message);
    this.offset = offset;
  }
}

/** Values that aliases may stand for beyond what is written: far more than a person writes, far less than fills a memory. */
const MOST_ALIASED = 200_000;

/**
 * One YAML document (1.2 core schema, and merge keys) as its value, with the place of every node. It is made from the parser's
 * events: a tree of nodes took ten times as long and 300 MB for the YAML of 5,000 models.
 */
export function composeYaml(text: string): YamlTree {
  const root = compose(text, parseEvents(text, { maxDepth: 200 }));
  const find = (path: Path): { readonly offset: number; readonly branch: Branch | undefined } => {
    let branch = root.branch;
    let offset = 0;
    for (const key of path) {
      const at = indexOf(branch, key);
      const start = branch?.starts[at];
      if (branch === undefined || start === undefined) return { offset, branch: undefined };
      offset = start;
      branch = branch.parts[at];
    }
    return { offset, branch };
  };
  return {
    value: root.value,
    offsetOf: (path) => find(path).offset,
    exact: (path) => {
      const above = find(path.slice(0, -1)).branch;
      const whole = path.length === 0 ? undefined : above?.exact?.get(indexOf(above, path.at(-1) ?? ''));
      if (whole !== undefined) return whole;
      const value = path.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), root.value);
      return exactly(value, find(path).branch);
    },
  };
}

function indexOf(branch: Branch | undefined, key: PropertyKey): number {
  return branch?.keys === undefined ? Number(key) : keyAt(branch.keys, String(key));
}

/** An option is found under the other ways that dbt lets one write it, `+pre-hook` for `pre_hook`: else its errors had no place. */
function keyAt(keys: readonly string[], key: string): number {
  const exact = keys.indexOf(key);
  return exact >= 0 ? exact : keys.findIndex((each) => each.replace(/^\+/, '').replaceAll('-', '_') === key);
}

function exactly(value: unknown, branch: Branch | undefined): unknown {
  if (branch === undefined) return value;
  const part = (inner: unknown, at: number): unknown => branch.exact?.get(at) ?? exactly(inner, branch.parts[at]);
  if (Array.isArray(value)) return value.map(part);
  return Object.fromEntries((branch.keys ?? []).map((key, at) => [key, part(Reflect.get(Object(value), key), at)]));
}

function compose(text: string, events: readonly Event[]): Composed {
  const anchors = new Map<string, Composed>();
  let next = 0;
  let aliased = 0;

  const take = (): Event => {
    const event = events[next++];
    if (event === undefined) throw new YamlFault('the text ends too early', text.length);
    return event;
  };
  const node = (): Composed => {
    const event = take();
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return named(event, scalar(text, event));
      case EVENT_ID.SEQUENCE:
        refuseTag(text, event, '!!seq');
        return named(event, list(event.start));
      case EVENT_ID.MAPPING:
        refuseTag(text, event, '!!map');
        return named(event, map(event.start));
      case EVENT_ID.ALIAS: {
        const found = anchors.get(text.slice(event.anchorStart, event.anchorEnd));
        const start = event.anchorStart - 1;
        if (found === undefined) throw new YamlFault('an alias of nothing', start);
        aliased += found.size;
        if (aliased > MOST_ALIASED) throw new YamlFault('its aliases stand for too much; write it out', start);
        return { ...found, start };
      }
      default:
        throw new YamlFault('not a value', undefined);
    }
  };
  const named = (event: { anchorStart: number; anchorEnd: number }, made: Composed): Composed => {
    if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), made);
    return made;
  };
  const ended = (): boolean => events[next]?.type === EVENT_ID.POP;

  const list = (start: number): Composed => {
    const value: unknown[] = [];
    const branch: Branch = { keys: undefined, starts: [], parts: [], exact: undefined };
    let size = 1;
    while (!ended()) {
      const item = node();
      value.push(item.value);
      size += item.size;
      put(branch, item, item.start);
    }
    next += 1;
    return { value, start, branch, exact: undefined, size };
  };
  const map = (start: number): Composed => {
    const value: Record<string, unknown> = {};
    const keys: string[] = [];
    const branch: Branch = { keys, starts: [], parts: [], exact: undefined };
    const merged: { readonly from: Composed; readonly at: number }[] = [];
    let size = 1;
    while (!ended()) {
      const named = take();
      if (named.type !== EVENT_ID.SCALAR) throw new YamlFault('a key is not text', start);
      const key = getScalarValue(text, named);
      const keyStart = startOf(named);
      const inner = node();
      size += inner.size;
      if (key === '<<' && named.style === SCALAR_STYLE.PLAIN) {
        merged.push({ from: inner, at: keyStart });
        continue;
      }
      if (Object.hasOwn(value, key)) throw new YamlFault('Map keys must be unique', keyStart);
      set(value, key, inner.value);
      keys.push(key);
      put(branch, inner, keyStart);
    }
    next += 1;
    for (const { from, at } of merged) merge(value, branch, from, at);
    return { value, start, branch, exact: undefined, size };
  };

  if (events.length === 0) return { value: null, start: 0, branch: undefined, exact: undefined, size: 0 };
  take();
  const root = ended() ? { value: null, start: 0, branch: undefined, exact: undefined, size: 0 } : node();
  next += 1;
  if (next < events.length) throw new YamlFault('a second document begins here; a file holds one', undefined);
  return root;
}

function put(branch: Branch, item: Composed, start: number): void {
  if (item.exact !== undefined) (branch.exact ??= new Map()).set(branch.starts.length, item.exact);
  branch.starts.push(start);
  branch.parts.push(item.branch);
}

/** `<<: *other`, or a list of such: what is written beside it counts more, then the first of the list. */
function merge(value: Record<string, unknown>, into: Branch, from: Composed, at: number): void {
  const maps = Array.isArray(from.value)
    ? from.value.map((each: unknown, index) => ({ each, branch: from.branch?.parts[index] }))
    : [{ each: from.value, branch: from.branch }];
  for (const { each, branch } of maps) {
    if (branch?.keys === undefined) throw new YamlFault('<< takes a map, or a list of maps', at);
    branch.keys.forEach((key, index) => {
      if (Object.hasOwn(value, key)) return;
      set(value, key, Reflect.get(Object(each), key));
      into.keys?.push(key);
      const exact = branch.exact?.get(index);
      put(
        into,
        { value: undefined, start: 0, branch: branch.parts[index], exact, size: 0 },
        branch.starts[index] ?? at,
      );
    });
  }
}

/** `__proto__` is a key like any other. */
function set(value: Record<string, unknown>, key: string, inner: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(value, key, { value: inner, enumerable: true, writable: true, configurable: true });
  else value[key] = inner;
}

function scalar(text: string, event: ScalarEvent): Composed {
  const start = startOf(event);
  const written = getScalarValue(text, event);
  const plain = event.style === SCALAR_STYLE.PLAIN;
  const tag = event.tagStart < 0 ? undefined : text.slice(event.tagStart, event.tagEnd);
  if (tag !== undefined && tag !== '!!str' && tag !== '!')
    throw new YamlFault(`Unresolved tag: ${tag}`, event.tagStart);
  const value = plain && tag === undefined ? resolved(written) : written;
  const exact = typeof value === 'number' && String(value) !== written ? written : undefined;
  return { value, start, branch: undefined, exact, size: 1 };
}

function refuseTag(text: string, event: { tagStart: number; tagEnd: number }, own: string): void {
  if (event.tagStart < 0) return;
  const tag = text.slice(event.tagStart, event.tagEnd);
  if (tag !== own && tag !== '!') throw new YamlFault(`Unresolved tag: ${tag}`, event.tagStart);
}

function startOf(event: ScalarEvent): number {
  const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return Math.max(0, quoted ? event.valueStart - 1 : event.valueStart);
}

/** YAML 1.2's core schema. */
function resolved(text: string): unknown {
  const first = text.charCodeAt(0);
  // Most plain scalars are words: only what begins as a number, a sign, a dot, ~ or one of n, t, f can be anything else.
  if (first > 0x39 && !'nNtTfF~'.includes(text.charAt(0))) return text;
  switch (text) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    default:
  }
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text);
  if (/^0o[0-7]+$|^0x[\dA-Fa-f]+$/.test(text)) return Number(text);
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? Number.NaN : text;
}
