import type { ComparedColumn } from '../connectors/comparison.ts';
import { plainDecimal } from './plain-decimal.ts';
import { plainJson } from './plain-json.ts';
import type { ComparedAs } from './pair-columns.ts';

/** The one text of a value, from what its database printed: equal values have equal texts, others have not. */
export function plainValue(text: string, as: ComparedAs, column: Pick<ComparedColumn, 'kind' | 'type'>): string {
  switch (as) {
    case 'number':
      return plainDecimal(text);
    case 'float':
      return plainFloat(text, column.type === 'real');
    case 'boolean':
      return text === 'true' || text === 't' ? '1' : text === 'false' || text === 'f' ? '0' : text;
    case 'text':
      // Blanks at the end are none of a char(n)'s value; of any other text they are.
      return column.kind === 'character' ? text.replace(/ +$/, '') : text;
    case 'uuid':
      return (column.kind === 'character' ? text.replace(/ +$/, '') : text).replaceAll(/[A-Z]/g, (letter) =>
        letter.toLowerCase(),
      );
    case 'bytes':
      return text.replace(/^\\x/, '').toLowerCase();
    case 'json':
      return plainJson(text);
    case 'timestamp':
    case 'time':
      return withoutZeros(text);
    case 'moment':
      return withoutZeros(text.replace(/\+00(:00)?$/, ''));
    case 'date':
    case 'printed':
      return text;
    default:
      return as satisfies never;
  }
}

/** Engines print different digits of one float; -0 is 0, and NaN is NaN. */
function plainFloat(text: string, isReal: boolean): string {
  const number = Number(text);
  return String(isReal ? Math.fround(number) : number).replace(/^-0$/, '0');
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
