import type { ErrorCode, Place } from '../../errors.ts';
import type { DeclaredSource } from '../../contracts/project.ts';
import type { ColumnDrift, ControlTotal, LandedColumn, PulledFile, PullWindow } from '../../contracts/pull.ts';
import type { RejectedRow } from '../connector.ts';
import type { FileFormat } from './file-kind.ts';

/** One file on disk, as it was found: it must be the same when it is opened and when it has been read. */
export interface FoundFile {
  /** As messages and the manifest call it. */
  readonly name: string;
  readonly path: string;
  readonly bytes: string;
  /** Device and inode, and the time of its last change in nanoseconds. */
  readonly identity: string;
}

/** What the process that parses is given: the files of one table and what to make of them. */
export interface ParseJob {
  readonly files: readonly FoundFile[];
  readonly format: FileFormat;
  readonly table: DeclaredSource;
  readonly window: PullWindow | null;
  readonly standing: readonly LandedColumn[] | null;
  /** Most bytes that the files may have when they are unpacked. */
  readonly maxBytes: number;
}

/** What it tells when the rows begin. */
export interface ParsedHead {
  readonly columns: readonly LandedColumn[];
}

/** What it tells when they have ended. */
export interface ParsedTail {
  readonly files: readonly PulledFile[];
  readonly rows: string;
  readonly totals: readonly ControlTotal[];
  readonly whole: { readonly rows: string; readonly totals: readonly ControlTotal[] } | null;
  readonly cursor: { readonly upper: string | null; readonly nullRows: string } | null;
  readonly drift: ColumnDrift;
  /** Values that were left out because they are not of their declared type. */
  readonly discardedValues: string;
}

export interface ParseFault {
  readonly code: ErrorCode;
  /** Without its place and code. */
  readonly message: string;
  readonly place: Place | undefined;
}

/** Messages of the process that parses; the rows themselves leave it by its standard output. */
export type ParserMessage =
  | { readonly kind: 'head'; readonly head: ParsedHead }
  /** Answered by the number of rejections that were kept, so that they cannot pile up. */
  | { readonly kind: 'reject'; readonly rows: readonly RejectedRow[] }
  | { readonly kind: 'alive' }
  | { readonly kind: 'tail'; readonly tail: ParsedTail }
  | { readonly kind: 'fault'; readonly fault: ParseFault };

/** What the process that parses has of the world. */
export interface ParserPort {
  readonly send: (message: ParserMessage) => void;
  /** Resolves when the rows are kept. */
  readonly reject: (rows: readonly RejectedRow[]) => Promise<void>;
  /** Resolves when more may be written. */
  readonly write: (bytes: Buffer) => Promise<void>;
}
