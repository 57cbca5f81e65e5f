import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { SourceFigures, TableRead } from '../../engine/connectors/connector.ts';
import { identifier } from '../../engine/sql-text.ts';

/** A stream keeps chunks longer than their source promises. */
async function* copied(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

/** Lands what a connector read in a temporary table and gives the rows as Postgres prints them, in the order they came. */
export async function landRead(
  read: TableRead,
  client: pg.Client,
): Promise<{ readonly rows: readonly (readonly (string | null)[])[]; readonly figures: SourceFigures }> {
  const columns = read.columns.map(({ name, type }) => `${identifier(name)} ${type}`);
  await client.query(`drop table if exists pg_temp.landed_read`);
  await client.query(`create temporary table landed_read (${columns.join(', ')})`);
  await pipeline(
    Readable.from(copied(read.rows), { objectMode: false }),
    client.query(copyFrom('copy landed_read from stdin (format binary)')),
  );
  const figures = await read.figures();
  const texts = read.columns.map(({ name }) => `${identifier(name)}::text`);
  const { rows } = await client.query({
    text: `select ${texts.join(', ')} from landed_read order by ctid`,
    rowMode: 'array',
  });
  return { rows: rows as (string | null)[][], figures };
}
