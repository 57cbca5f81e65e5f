import { formatOf, packingOf } from './file-kind.ts';
import type { FileFormat } from './file-kind.ts';
import type { OpenFile } from './read-bytes.ts';
import { refusedFile } from './refuse-file.ts';
import { gunzip } from './unpack.ts';
import type { UnpackedBytes } from './unpack.ts';

/** A file as it is read: unpacked, and once for each entry of an archive that has the format asked for. */
export interface InnerFile {
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
}

export async function* innerFiles(
  file: OpenFile,
  format: FileFormat,
  counted: UnpackedBytes,
): AsyncIterable<InnerFile> {
  const { name } = file.found;
  const packing = packingOf(name);
  if (packing === undefined) {
    yield { name, chunks: countPlain(file, counted) };
  } else if (packing === 'gz') {
    yield { name, chunks: gunzip(file, counted) };
  } else {
    yield* archived(file, format, counted);
  }
}

async function* countPlain(file: OpenFile, counted: UnpackedBytes): AsyncIterable<Buffer> {
  for await (const chunk of file.chunks()) {
    counted.add(chunk.length, { bytes: file.size, file: file.found.name });
    yield chunk;
  }
}

async function* archived(file: OpenFile, format: FileFormat, counted: UnpackedBytes): AsyncIterable<InnerFile> {
  const { entryName, openArchive } = await import('./unzip.ts');
  const archive = await openArchive(file, counted);
  const nested = archive.entries.find(({ fileName }) => packingOf(fileName) !== undefined);
  if (nested) throw refusedFile('an archive in an archive is not read', entryName(file, nested));
  const fitting = archive.entries
    .filter(({ fileName }) => formatOf(fileName) === format && !fileName.startsWith('__MACOSX/'))
    .toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1));
  if (fitting.length === 0) throw refusedFile(`the archive has no ${format} file`, file.found.name);
  for (const entry of fitting) yield { name: entryName(file, entry), chunks: archive.chunks(entry) };
}
