import { isCallable, isTrusted, trust } from './callable.ts';
import { Guarded, plainText } from './guarded-value.ts';
import { tainted } from './guarded.ts';
import { HIDDEN_MEMBERS } from './hidden-members.ts';
import type { Native } from './native.ts';
import { DICT_METHODS, LIST_METHODS, TUPLE_METHODS } from './python/collection-methods.ts';
import { Dict, isDict, lookUp } from './python/dict.ts';
import { Namespace } from './python/namespace.ts';
import { isInteger } from './python/numbers.ts';
import { Slice, sliced } from './python/slice.ts';
import { TEXT_METHODS } from './python/text-methods.ts';
import { Tuple } from './python/tuple.ts';

/** A method of a text, list or dict, taken from it and not yet called. */
export class Method {
  readonly owner: unknown;
  readonly name: string;
  readonly native: Native | undefined;

  /** Without a native it is one of text's `join` and `format`. */
  constructor(owner: unknown, name: string, ofOwner: Native | undefined) {
    this.owner = owner;
    this.name = name;
    this.native = ofOwner;
  }
}

/** `owner.name`: a method or an attribute, else what a dict has under this key. Undefined when there is none. */
export function attributeOf(owner: unknown, name: string): unknown {
  refuseHidden(name);
  if (owner === null || owner === undefined) return undefined;
  if (isText(owner))
    return methodOf(owner, name, TEXT_METHODS) ?? (isJoining(name) ? new Method(owner, name, undefined) : undefined);
  if (owner instanceof Guarded) return attributeOf(owner.plain, name);
  if (Array.isArray(owner))
    return methodOf(owner, name, owner instanceof Tuple ? TUPLE_METHODS : LIST_METHODS) ?? memberOfObject(owner, name);
  if (owner instanceof Dict) return methodOf(owner, name, DICT_METHODS) ?? owner.get(name);
  if (owner instanceof Namespace) return owner.attributes.get(name);
  if (isDict(owner)) {
    const own = lookUp(owner, name);
    if (typeof own === 'function') return bound(owner, own);
    return methodOf(owner, name, DICT_METHODS) ?? own;
  }
  return memberOfObject(owner, name);
}

/** `owner[key]`: an item of a list, a letter, what a dict has under this key, else the attribute of this name. */
export function itemOf(owner: unknown, key: unknown): unknown {
  const index = key instanceof Guarded ? key.plain : typeof key === 'string' ? plainText(key) : key;
  if (typeof index === 'string') refuseHidden(index);
  if (owner === null || owner === undefined) return undefined;
  if (index instanceof Slice) return sliced(owner, index);
  if (Array.isArray(owner) && isInteger(index)) return owner.at(Number(index));
  if (isText(owner) && isInteger(index)) {
    const text = plainText(owner instanceof Guarded ? owner.text : owner);
    const letter = Array.from(text).at(Number(index));
    return text === owner || letter === undefined
      ? letter
      : tainted(letter, owner instanceof Guarded ? owner.name : 'this');
  }
  if (isDict(owner)) {
    const value = lookUp(owner, index);
    if (value !== undefined) return typeof value === 'function' ? bound(owner, value) : value;
  }
  if (typeof index === 'string') return attributeOf(owner, index);
  return typeof owner === 'object' && isInteger(index) && !Array.isArray(owner)
    ? memberOfObject(owner, String(index))
    : undefined;
}

/** Names that may be meant by one that is not there. */
export function memberNames(owner: unknown): readonly string[] {
  if (isText(owner)) return [...Object.keys(TEXT_METHODS), 'join', 'format'];
  if (Array.isArray(owner)) return Object.keys(owner instanceof Tuple ? TUPLE_METHODS : LIST_METHODS);
  if (owner instanceof Namespace) return [...owner.attributes.keys()];
  if (owner instanceof Dict)
    return [...owner.keys().filter((key) => typeof key === 'string'), ...Object.keys(DICT_METHODS)];
  if (isDict(owner)) return [...Object.keys(owner), ...Object.keys(DICT_METHODS)];
  return typeof owner === 'object' && owner !== null ? membersOfObject(owner) : [];
}

function methodOf(owner: unknown, name: string, methods: Readonly<Record<string, Native>>): Method | undefined {
  const found = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return found ? new Method(owner, name, found) : undefined;
}

/** An object or a function that a word gave: what its class or itself has, nothing that every object or function inherits. */
function memberOfObject(owner: unknown, name: string): unknown {
  if (typeof owner !== 'object' && typeof owner !== 'function') return undefined;
  if (owner === null || !isOwn(owner, name)) return undefined;
  const value: unknown = Reflect.get(owner, name);
  return typeof value === 'function' ? bound(owner, value) : value;
}

const ROOTS: readonly (object | null)[] = [null, Object.prototype, Array.prototype, Tuple.prototype];

function isOwn(owner: object, name: string): boolean {
  if (typeof owner === 'function')
    return Object.hasOwn(owner, name) && !['length', 'name', 'arguments', 'caller'].includes(name);
  if (Array.isArray(owner) && name === 'length') return false;
  for (let holder: object | null = owner; holder !== null && !ROOTS.includes(holder);) {
    if (Object.hasOwn(holder, name)) return true;
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return false;
}

function membersOfObject(owner: object): string[] {
  const names = new Set<string>();
  for (let holder: object | null = owner; holder !== null && !ROOTS.includes(holder);) {
    for (const name of Object.getOwnPropertyNames(holder)) names.add(name);
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return [...names].filter((name) => !HIDDEN_MEMBERS.includes(name));
}

const boundTo = new WeakMap<object, WeakMap<object, unknown>>();

/** A function of an object that keeps its owner and its own members; the same one each time it is asked for. */
function bound(owner: object, method: object): unknown {
  if (typeof method !== 'function' || isCallable(method)) return method;
  const known = boundTo.get(owner) ?? new WeakMap<object, unknown>();
  boundTo.set(owner, known);
  const before = known.get(method);
  if (before !== undefined) return before;
  const result: unknown = Object.assign((...args: unknown[]) => Reflect.apply(method, owner, args) as unknown, method);
  if (isTrusted(method)) trust(result);
  known.set(method, result);
  return result;
}

function isText(value: unknown): value is string | Guarded {
  return typeof value === 'string' || (value instanceof Guarded && value.kind === 'text');
}

function isJoining(name: string): boolean {
  return name === 'join' || name === 'format' || name === 'format_map';
}

function refuseHidden(name: string): void {
  if (HIDDEN_MEMBERS.includes(name)) throw new Error(`'${name}' is not for templates`);
}
