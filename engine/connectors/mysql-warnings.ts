import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import { placeOf } from './mysql-relation.ts';
import type { MysqlSession } from './mysql-session.ts';

/** Refuses what the server gave last when it warned that it cut, rounded or replaced a value: MySQL goes on where others fail. */
export async function refuseWarnings(session: MysqlSession, table: DeclaredSource, called: string): Promise<void> {
  const warnings = await session.ask('show warnings');
  for (const [, code] of warnings) {
    const number = Number(code?.toString());
    const reason = CHANGES_VALUES.get(number);
    if (reason === undefined) continue;
    throw new EngineError(
      'EXTRACT_TYPE_REFUSED',
      `${called}: the server changed a value while reading: ${reason} (warning ${number})`,
      { place: placeOf(table) },
    );
  }
}

const CHANGES_VALUES: ReadonlyMap<number, string> = new Map([
  [1260, 'group_concat cut its text'],
  [1264, 'a number was out of range'],
  [1265, 'a value was cut'],
  [1292, 'a text was taken for a number or a date that it is not'],
  [1300, 'a text is not valid in its character set'],
  [1301, 'a text was larger than max_allowed_packet and became null'],
  [1366, 'a value was not of its type'],
  [1411, 'a text is not the date that a function was told'],
  [1441, 'a date was out of range'],
  [1916, 'a number was out of range'],
  [1918, 'a value was not of its type'],
  [1977, 'a character could not be converted'],
  [3854, 'a character could not be converted'],
]);
