import { EngineError } from '../errors.ts';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HAS_OIDS = 0x10000;
/** No server writes an extension yet; a header is held whole, so its length must not be believed blindly. */
const MOST_EXTENSION = 65_536;

/**
 * Where the header of a COPY BINARY stream ends, as far as its first bytes tell: past their end when it is not all there.
 * Throws on what is no such header, or asks for something unknown: https://www.postgresql.org/docs/18/sql-copy.html
 */
export function copyHeaderEnd(bytes: Buffer): number {
  const start = bytes.subarray(0, SIGNATURE.length);
  if (!start.equals(SIGNATURE.subarray(0, start.length))) throw brokenStream('it does not begin as one');
  if (bytes.length < 19) return 19;
  const flags = bytes.readUInt32BE(11);
  if (flags > 0xffff) throw brokenStream((flags & HAS_OIDS) === 0 ? 'it has unknown flags' : 'it has object ids');
  const extension = bytes.readInt32BE(15);
  if (extension < 0 || extension > MOST_EXTENSION) throw brokenStream('its header has no sensible length');
  return 19 + extension;
}

/** The error of a COPY BINARY stream that is not whole. */
export function brokenStream(what: string): EngineError {
  return new EngineError('EXTRACT_FAILED', `the rows are not one whole stream in COPY BINARY format: ${what}`);
}
