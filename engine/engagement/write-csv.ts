import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CompiledModel } from '../contracts/model.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** Writes a model's rows as CSV (RFC 4180 quoting, LF line ends, header line, UTF-8) and gives its row count and SHA-256. */
export async function writeCsv(
  input: { readonly model: CompiledModel; readonly directory: string },
  session: Session,
): Promise<{ readonly file: string; readonly rows: string; readonly sha256: string }> {
  const { model, directory } = input;
  const file = `${model.name}.csv`;
  const digest = createHash('sha256');
  // Counted first: this proves the SQL to be one query, which COPY would not.
  const [counted] = await session.query(`select count(*)::text as row_count from (\n${model.sql}\n) as exported`);
  const bytes = session.copyOut(`copy (\n${model.sql}\n) to stdout with (format csv, header true)`);
  async function* hashed(): AsyncIterable<Buffer> {
    for await (const chunk of bytes) {
      digest.update(chunk);
      // A stream keeps chunks longer than the wire promises.
      yield Buffer.from(chunk);
    }
  }
  await pipeline(Readable.from(hashed(), { objectMode: false }), createWriteStream(join(directory, file)));
  return { file, rows: counted?.['row_count'] ?? '0', sha256: digest.digest('hex') };
}
