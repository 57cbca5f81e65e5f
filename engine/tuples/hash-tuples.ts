import { brokenStream, copyHeaderEnd } from './copy-header.ts';
import { EngineError } from '../errors.ts';
import { fieldsOf } from './read-tuples.ts';
import { openHasher } from './wasm/hasher.ts';

export interface HashTuplesInput {
  /** 16 bytes; without it nobody can tell or forge a row's hash. */
  readonly key: Buffer;
  /** Fields of a row, the hash not counted. */
  readonly columns: number;
  /** The columns to add up, by their place from 0, and what each holds. */
  readonly totals: readonly number[];
  readonly kinds: readonly TotalKind[];
  /** `append` gives each row its hash as one more field, a uuid; `check` holds the rows to the hash that is their last field. */
  readonly mode: 'append' | 'check';
  /** Told each row whose hash is not its own, with the hash it came with; the fields are copies. */
  readonly onMismatch?: (row: (Buffer | null)[]) => void;
}

export type TotalKind = 'int2' | 'int4' | 'int8' | 'numeric';

export interface TupleHashing {
  /**
   * Takes the next bytes of the stream, of any length; gives those of the stream with hashes, none in `check`. What it gives is
   * only valid until the next push: copying it would cost as much as hashing it.
   */
  readonly push: (chunk: Buffer) => Buffer;
  /** Rows so far. */
  readonly rows: () => number;
  /** After the last chunk. Throws when the stream was cut off. */
  readonly end: () => HashedTuples;
}

export interface HashedTuples {
  readonly rows: bigint;
  /** Of the stream that came in, header and trailer included. */
  readonly bytes: bigint;
  /** Sum of the rows' hashes modulo 2^128, 32 hex digits: independent of the rows' order. */
  readonly hash: string;
  /** As Postgres' sum() prints them; null when there was no value. */
  readonly totals: readonly (string | null)[];
  readonly mismatches: bigint;
}

const NOTHING = Buffer.alloc(0);

/**
 * Hashes the rows of a COPY BINARY stream as they come and adds columns up, exactly. A row's hash is SipHash-2-4 with 128 bits
 * over its fields in binary, each with its length, up to the last that is not null: a column that is added later and is null
 * in old rows leaves their hashes as they were. Throws when the stream is not one whole stream of such rows.
 */
export function hashTuples(input: HashTuplesInput): TupleHashing {
  const { columns, mode, onMismatch } = input;
  const hasher = openHasher({ ...input, reports: onMismatch !== undefined });
  let state: 'header' | 'tuples' | 'ended' = 'header';
  let header: Buffer = NOTHING;
  let bytes = 0;

  /** Whether parts of the output are the hasher's own memory. */
  let borrowed = false;
  /** Copies what the hasher is about to write over. */
  const ownAll = (output: Buffer[]): void => {
    if (borrowed) output.splice(0, output.length, Buffer.concat(output));
    borrowed = false;
  };

  /** Goes through what the hasher holds. */
  const drain = (output: Buffer[]): void => {
    for (;;) {
      ownAll(output);
      const stop = hasher.run();
      if (mode === 'append') {
        output.push(...hasher.output(stop));
        borrowed = output.length > 0;
      }
      switch (stop) {
        case 'full':
        case 'huge':
          continue;
        case 'mismatch':
          onMismatch?.(fieldsOf(Buffer.from(hasher.tuple()), 2, columns + 1));
          continue;
        case 'ended':
          state = 'ended';
          if (hasher.held() > 0) throw brokenStream('something comes after its end');
          return;
        case 'more':
          return;
        case 'wrong count':
          throw brokenStream(`row ${hasher.rows() + 1n} has not ${columns + (mode === 'check' ? 1 : 0)} fields`);
        case 'wrong length':
          throw brokenStream(`row ${hasher.rows() + 1n} has a field without a length`);
        case 'wrong number':
          throw new EngineError(
            'EXTRACT_FAILED',
            `row ${hasher.rows()} has a control total that is not the number it says`,
          );
        default:
          return stop satisfies never;
      }
    }
  };

  return {
    push: (chunk) => {
      bytes += chunk.length;
      const output: Buffer[] = [];
      borrowed = false;
      let at = 0;
      if (state === 'header') {
        const before = header.length;
        header = before === 0 ? chunk : Buffer.concat([header, chunk]);
        const end = copyHeaderEnd(header);
        if (end > header.length) {
          // What was given belongs to its giver, who may write it anew.
          if (before === 0) header = Buffer.from(chunk);
          return NOTHING;
        }
        state = 'tuples';
        if (mode === 'append') output.push(Buffer.from(header.subarray(0, end)));
        at = end - before;
      }
      while (at < chunk.length) {
        if (state === 'ended') throw brokenStream('something comes after its end');
        ownAll(output);
        at += hasher.feed(chunk, at);
        if (hasher.ready()) drain(output);
      }
      return output.length === 1 ? (output[0] ?? NOTHING) : Buffer.concat(output);
    },
    rows: () => Number(hasher.rows()),
    end: () => {
      if (state !== 'ended') throw brokenStream('it was cut off');
      return {
        rows: hasher.rows(),
        bytes: BigInt(bytes),
        hash: hasher.sum(),
        totals: hasher.totals(),
        mismatches: hasher.mismatches(),
      };
    },
  };
}
