import { SaxesParser } from 'saxes';
import { EngineError } from '../../errors.ts';
import { refusedFile } from './refuse-file.ts';

/** What is told of an XML part as it is read; names come without their prefix. */
export interface XmlListener {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly close?: (name: string) => void;
  readonly text?: (text: string) => void;
  /** Between chunks, to hand on what has come. */
  readonly pause?: () => Promise<void>;
}

/** Reads one XML part as a stream, strictly. One that declares a document type is refused: it may declare entities. */
export async function readXml(chunks: AsyncIterable<Buffer>, part: string, listener: XmlListener): Promise<void> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const broken = (): never => {
    throw refusedFile('the workbook is broken: a part of it is not valid XML', part);
  };
  parser.on('error', broken);
  parser.on('doctype', broken);
  parser.on('opentag', ({ name, attributes }) => listener.open?.(local(name), attributes));
  parser.on('closetag', ({ name }) => listener.close?.(local(name)));
  parser.on('text', (text) => listener.text?.(text));
  parser.on('cdata', (text) => listener.text?.(text));
  const feed = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (error instanceof EngineError) throw error;
      broken();
    }
  };
  for await (const chunk of chunks) {
    feed(() => parser.write(decoder.decode(chunk, { stream: true })));
    await listener.pause?.();
  }
  feed(() => parser.write(decoder.decode()).close());
  await listener.pause?.();
}

function local(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}
