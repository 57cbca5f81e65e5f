import { didYouMean } from '../config/did-you-mean.ts';
import type { DocBlock } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';

/** A description with every `{{ doc('name') }}` in it replaced by that block's text. */
export type ResolveDocs = (text: string, place: Place) => string;

const DOC = /\{\{-?\s*doc\(\s*(["'])([^"']+)\1\s*(?:,\s*(["'])([^"']+)\3\s*)?\)\s*-?\}\}/g;

/** For the docs blocks of a project; a block that is not there is an error at the description's place. */
export function resolveDocs(blocks: readonly DocBlock[]): ResolveDocs {
  const texts = new Map(blocks.map(({ name, text }) => [name, text]));
  return (text, place) => {
    if (!text.includes('{{')) return text;
    return text.replaceAll(DOC, (_, _quote, first: string, _other, second: string | undefined) => {
      const name = second ?? first;
      const found = texts.get(name);
      if (found !== undefined) return found;
      throw new EngineError('PROJECT_INVALID', `no docs block '${name}'${didYouMean(name, texts.keys())}`, { place });
    });
  };
}
