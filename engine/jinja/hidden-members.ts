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
