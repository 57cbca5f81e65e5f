import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import { writeTuples } from '../tuples/write-tuples.ts';
import type { WireRow } from './mysql-dial.ts';
import { placeOf } from './mysql-relation.ts';
import type { MysqlColumn, MysqlRelation } from './mysql-relation.ts';
import type { MysqlSession } from './mysql-session.ts';

const BATCH_BYTES = 128 * 1024;

/** One column of the stream: where its values come from, and how they are written. */
export interface MysqlField {
  /** Null: the source no longer has it, so that it is null in every row. */
  readonly column: MysqlColumn | null;
  /** Whether its values land as text, to be masked further on. */
  readonly asText: boolean;
}

/** Runs a SELECT over the fields that have a column and gives its rows as a COPY BINARY stream, without its trailer. */
export async function* streamMysqlRows(
  sql: string,
  fields: readonly MysqlField[],
  source: { readonly session: MysqlSession; readonly table: DeclaredSource; readonly relation: MysqlRelation },
): AsyncGenerator<Buffer, Buffer> {
  const { session } = source;
  const writer = writeTuples(fields.length);
  const encoders = fields.map((field) => encoderOf(field, source));
  let wake = Promise.withResolvers<void>();
  let isOver = false;
  let failure: { readonly error: unknown } | undefined;

  const flow = session.flow(sql, (row) => {
    let at = 0;
    writer.add(encoders.map((encode) => (encode === null ? null : encode(row[at++] ?? null))));
    if (writer.pendingBytes() < BATCH_BYTES) return;
    flow.pause();
    wake.resolve();
  });
  flow.done
    .catch((error: unknown) => {
      failure = { error };
    })
    .finally(() => {
      isOver = true;
      wake.resolve();
    });
  try {
    for (;;) {
      await wake.promise;
      if (failure) throw failure.error;
      if (isOver) return writer.end();
      wake = Promise.withResolvers<void>();
      const batch = writer.take();
      flow.resume();
      yield batch;
    }
  } finally {
    // Whoever stops taking rows has no use for the rest of the snapshot either.
    if (!isOver) session.fail(new EngineError('EXTRACT_CANCELLED', `${source.relation.called}: reading was given up`));
  }
}

/** Hands each row of a SELECT over as texts by column name, one at a time. */
export async function readMysqlTexts(
  sql: string,
  columns: readonly MysqlColumn[],
  session: MysqlSession,
  take: (row: ReadonlyMap<string, string | null>) => Promise<void>,
): Promise<void> {
  let pending: WireRow[] = [];
  let wake = Promise.withResolvers<void>();
  let isOver = false;
  let bytes = 0;
  const flow = session.flow(sql, (row) => {
    // The driver's buffers are parts of larger ones.
    pending.push(row.map((field) => field && Buffer.from(field)));
    bytes += row.reduce((sum, field) => sum + (field?.length ?? 0), 0);
    if (bytes > BATCH_BYTES) flow.pause();
    wake.resolve();
  });
  const done = flow.done.finally(() => {
    isOver = true;
    wake.resolve();
  });
  done.catch(() => undefined);
  while (!isOver || pending.length > 0) {
    await wake.promise;
    const rows = pending;
    pending = [];
    bytes = 0;
    if (!isOver) wake = Promise.withResolvers<void>();
    flow.resume();
    for (const row of rows) {
      await take(new Map(columns.map(({ name, wire }, at) => [name, row[at] ? (wire.text(row[at]) ?? null) : null])));
    }
  }
  await done;
}

type FieldEncoder = (field: Buffer | null) => Uint8Array | null;

function encoderOf(
  { column, asText }: MysqlField,
  { table, relation }: { readonly table: DeclaredSource; readonly relation: MysqlRelation },
): FieldEncoder | null {
  if (column === null) return null;
  const { wire } = column;
  const encode = asText
    ? (field: Buffer): Uint8Array | undefined => {
        const text = wire.text(field);
        return text === undefined ? undefined : Buffer.from(text);
      }
    : wire.encode;
  return (field) => {
    if (field === null) return null;
    const bytes = encode(field);
    if (bytes !== undefined) return bytes;
    throw new EngineError(
      'EXTRACT_TYPE_REFUSED',
      `${relation.called}: column ${column.name} holds a value that ${asText ? 'text' : column.type} cannot hold`,
      { place: placeOf(table) },
    );
  };
}
