import { Guarded, plainText } from '../guarded-value.ts';
import { plainOf, reworded } from '../guarded.ts';
import { isDict, lookUp } from './dict.ts';
import { formatSpec } from './format-spec.ts';
import { isNumeric } from './numbers.ts';
import { representationOf, textOf } from './print.ts';
import { Tuple } from './tuple.ts';
import { typeOf } from './type-of.ts';

const DIRECTIVE = /%(?:\(([^)]*)\))?([-+ #0]*)(\d+|\*)?(?:\.(\d+))?[hlL]?(.?)/gsu;

/** Python's `text % values`: `%s`, `%d`, `%.2f`, `%(name)s`. Guarded values stay guarded parts of the text. */
export function percentFormat(text: string, values: unknown): string {
  const list = values instanceof Tuple ? values : [values];
  let used = 0;
  const result = text.replace(
    DIRECTIVE,
    (
      whole: string,
      name: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      type: string,
    ) => {
      if (type === '%') return '%';
      if (name !== undefined && !isDict(values)) throw new Error(`${whole} needs a dict, not ${typeOf(values)}`);
      if (name === undefined && used >= list.length) throw new Error('there are fewer values than places for them');
      const value = name !== undefined && isDict(values) ? lookUp(values, name) : list[used++];
      return directive(value, flags, width ?? '', precision, type, whole);
    },
  );
  if (used < list.length && !isDict(values)) throw new Error('there are more values than places for them');
  return result;
}

function directive(
  value: unknown,
  flags: string,
  width: string,
  precision: string | undefined,
  type: string,
  whole: string,
): string {
  if (
    whole === '%s' ||
    (whole === '%d' && value instanceof Guarded && value.kind === 'number' && /^-?\d+$/.test(value.text))
  )
    return textOf(value);
  const plain = plainOf(value);
  const align = flags.includes('-') ? '<' : flags.includes('0') && type !== 's' && type !== 'r' ? '0' : '>';
  const sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const places = precision === undefined ? '' : `.${precision}`;
  const form = (kind: string): string =>
    align === '0' ? `${sign}0${width}${places}${kind}` : `${align}${sign}${width}${places}${kind}`;
  const written = ((): string => {
    switch (type) {
      case 's':
        return formatSpec(plainText(textOf(plain)), form('s').replace(/[+ ]/, ''));
      case 'r':
        return formatSpec(representationOf(plain), form('s').replace(/[+ ]/, ''));
      case 'd':
      case 'i':
      case 'u':
        return formatSpec(truncated(number(plain, whole)), form('d').replace(places, ''));
      case 'f':
      case 'F':
      case 'e':
      case 'E':
      case 'g':
      case 'G':
        return formatSpec(asFloat(number(plain, whole)), form(type));
      case 'x':
      case 'X':
      case 'o':
        return formatSpec(number(plain, whole), form(type));
      case 'c':
        return typeof plain === 'string' ? plain : formatSpec(plain, form('c'));
      default:
        throw new Error(`'${whole}' is no place for a value; a percent sign is written %%`);
    }
  })();
  return value instanceof Guarded ? reworded(value, written).toString() : written;
}

function number(value: unknown, whole: string): unknown {
  if (isNumeric(value)) return value;
  throw new Error(`${whole} takes a number, not ${typeOf(value)}`);
}

function truncated(value: unknown): unknown {
  return typeof value === 'bigint' ? value : Math.trunc(Number(value));
}

function asFloat(value: unknown): unknown {
  return Number(value);
}
