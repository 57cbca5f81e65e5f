import { Guarded } from '../guarded-value.ts';
import { plainOf, reworded } from '../guarded.ts';
import { lookUp } from './dict.ts';
import type { Dict } from './dict.ts';
import { formatSpec } from './format-spec.ts';
import { representationOf, textOf } from './print.ts';

const FIELD = /\{\{|\}\}|\{([^{}!:]*)(?:!([rs]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}|[{}]/g;

/** Python's `text.format(...)`: `{}`, `{0}`, `{name}`, `{x:,.2f}`, `{x[key]}`. Guarded values stay guarded parts of the text. */
export function braceFormat(
  text: string,
  values: readonly unknown[],
  named: Dict,
  memberOf: (owner: unknown, key: unknown) => unknown,
): string {
  let next = 0;
  const find = (field: string): unknown => {
    const [, first = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(field) ?? [];
    let value: unknown;
    if (first === '' || /^\d+$/.test(first)) {
      const at = first === '' ? next++ : Number(first);
      if (at >= values.length) throw new Error(`format has no value for {${first}}`);
      value = values[at];
    } else {
      if (!named.has(first)) throw new Error(`format has no value for {${first}}`);
      value = lookUp(named, first);
    }
    for (const [, attribute, index = ''] of rest.matchAll(/\.(\w+)|\[([^\]]*)\]/g))
      value = memberOf(value, attribute ?? (/^\d+$/.test(index) ? Number(index) : index));
    return value;
  };
  return text.replace(FIELD, (whole: string, field?: string, conversion?: string, spec: string = '') => {
    if (whole === '{{' || whole === '}}') return whole.charAt(0);
    if (field === undefined) throw new Error(`a single ${whole} stands in the text that format fills; write it twice`);
    const value = find(field);
    const form = spec.replace(/\{([^{}]*)\}/g, (_: string, inner: string) => textOf(plainOf(find(inner))));
    if (form === '' && conversion !== 'r') return textOf(value);
    const plain = plainOf(value);
    const written = formatSpec(
      conversion === 'r' ? representationOf(plain) : conversion === 's' ? textOf(plain) : plain,
      form,
    );
    return value instanceof Guarded ? reworded(value, written).toString() : written;
  });
}
