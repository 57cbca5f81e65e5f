import { EngineError } from '../../errors.ts';

/** A fault of a file, at the line, record or row where it stands. Messages hold no value of it. */
export function refusedFile(message: string, file: string, line?: number): EngineError {
  return new EngineError('EXTRACT_FILE_REFUSED', message, { place: { file, line } });
}

/** A file that is bigger, deeper or wider than may be read. */
export function overCeiling(message: string, file: string, line?: number): EngineError {
  return new EngineError('EXTRACT_CEILING', message, { place: { file, line } });
}

/** One field, cell or record may have so many bytes at most. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;
/** Postgres has no table with more. */
export const MAX_COLUMNS = 1_600;
