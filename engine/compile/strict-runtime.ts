import nunjucks from 'nunjucks';

/** Ways from a value of a template into JavaScript; a template is content and runs no code. */
export const HIDDEN_MEMBERS: readonly string[] = [
  'constructor',
  'prototype',
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
];

interface Runtime {
  /** Every `a.b` and `a[b]`; a key put together while rendering is caught here. */
  memberLookup: (owner: unknown, key: unknown) => unknown;
  /** Every `{{ value }}`, with its position counted from 0. */
  ensureDefined: (value: unknown, lineno: number, colno: number) => unknown;
}

const runtime = nunjucks.runtime as unknown as Runtime;
const lookUp = runtime.memberLookup;

runtime.memberLookup = (owner, key) => {
  if (HIDDEN_MEMBERS.includes(String(key))) throw new Error(`'${String(key)}' is not for templates`);
  return lookUp(owner, key);
};

runtime.ensureDefined = (value, lineno, colno) => {
  const wrong =
    value === null || value === undefined ? 'has no value' : isText(value) ? undefined : 'cannot be written as SQL';
  if (wrong === undefined) return value;
  throw new nunjucks.lib.TemplateError(`this ${wrong}`, lineno + 1, colno + 1);
};

/** A String object is what a macro gives. A function or an object would come out as JavaScript. */
function isText(value: unknown): boolean {
  return typeof value === 'object' ? value instanceof String || Array.isArray(value) : typeof value !== 'function';
}
