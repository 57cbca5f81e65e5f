/** Python's json.dumps: a blank behind every comma and colon, and no letter beyond ASCII as it is. Undefined for what is none of JSON's kinds. */
export function dumpJson(value: unknown, sortKeys = false): string | undefined {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'number':
    case 'bigint':
      return String(value);
    case 'string':
      return dumpText(value);
    case 'object':
      break;
    default:
      return undefined;
  }
  if (Array.isArray(value))
    return joined(
      value.map((each) => dumpJson(each, sortKeys)),
      '[',
      ']',
    );
  const entries = entriesOf(value);
  if (entries === undefined) return undefined;
  if (sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const pairs = entries.map(([key, each]) => {
    const text = dumpJson(each, sortKeys);
    return text === undefined ? undefined : `${dumpText(key)}: ${text}`;
  });
  return joined(pairs, '{', '}');
}

function joined(parts: readonly (string | undefined)[], open: string, close: string): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(', ')}${close}`;
}

function dumpText(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A dict is an object without a class, or has entries of its own; a number in a box has its value. */
function entriesOf(value: object): [string, unknown][] | undefined {
  if ('entries' in value && typeof value.entries === 'function') {
    return [...(value.entries as () => Iterable<readonly [unknown, unknown]>)()].map(([key, each]) => [
      String(key),
      each,
    ]);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : undefined;
}
