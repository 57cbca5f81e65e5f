import { EngineError } from '../engine/errors.ts';

export const INDIRECT_SELECTIONS = ['eager', 'cautious', 'buildable', 'empty'] as const;
export type IndirectSelection = (typeof INDIRECT_SELECTIONS)[number];

/** What is selected, before it is known which resources there are. */
export type Expression =
  | { readonly kind: 'word'; readonly criterion: Criterion; readonly indirect?: IndirectSelection | undefined }
  | { readonly kind: 'union' | 'intersection'; readonly of: readonly Expression[] }
  | { readonly kind: 'difference'; readonly from: Expression; readonly without: Expression };

/** One word of a selector: what it names and how far it reaches from there. */
export interface Criterion {
  /** As written, for messages. */
  readonly word: string;
  /** `tag`, `config.materialized`, ...; `fqn` for a bare name. */
  readonly method: string;
  readonly value: string;
  /** Whether somebody wrote a bare name: then nothing found is a slip of the hand. */
  readonly bare: boolean;
  /** Steps upwards and downwards; Infinity for all of them. */
  readonly up: number;
  readonly down: number;
  /** `@`: all below, and all above those. */
  readonly around: boolean;
}

const WORD = /^(?<around>@)?(?:(?<up>\d*)\+)?(?:(?<method>[A-Za-z_][\w.-]*):)?(?<value>.*?)(?:\+(?<down>\d*))?$/;

/** A union of intersections: words apart are a union, words with commas between them an intersection; as dbt reads them. */
export function parseSelector(texts: readonly string[]): Expression {
  const words = texts.flatMap((text) => text.split(/\s+/)).filter((word) => word !== '');
  return {
    kind: 'union',
    of: words.map((word) => ({
      kind: 'intersection',
      of: word.split(',').map((each) => ({ kind: 'word', criterion: parseWord(each) })),
    })),
  };
}

function parseWord(word: string): Criterion {
  const { around, up, method, value = '', down } = WORD.exec(word)?.groups ?? {};
  if (value === '') throw new EngineError('SELECTOR_INVALID', `'${word}' names nothing`);
  if (around !== undefined && up !== undefined) {
    throw new EngineError('SELECTOR_INVALID', `'${word}': @ and a leading + cannot stand together`);
  }
  return {
    word,
    method: method ?? implied(value),
    value,
    bare: method === undefined,
    up: depth(up),
    down: depth(down),
    around: around !== undefined,
  };
}

function implied(value: string): string {
  if (/[/\\]/.test(value)) return 'path';
  return /\.(sql|csv|ya?ml)$/.test(value) ? 'file' : 'fqn';
}

function depth(digits: string | undefined): number {
  if (digits === undefined) return 0;
  return digits === '' ? Number.POSITIVE_INFINITY : Number(digits);
}
