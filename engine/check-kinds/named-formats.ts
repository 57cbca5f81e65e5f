import { literal } from '../sql-text.ts';
import { COUNTRY_CODES, CURRENCY_CODES, IBAN_LENGTHS } from './format-codes.ts';

interface NamedFormat {
  /** For people: `format` finds what is not ... */
  readonly means: string;
  /** SQL that is true of a text which has the format. */
  readonly holds: (text: string) => string;
}

const DATE =
  '(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)';
const TIME = '(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?';
const LUHN_DIGITS = 20;
const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const HOST = '(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])';
const EMAIL_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";

/** The formats that `format` knows by name. Nothing is trimmed or put into capitals before: a value with a blank at its end is not of the format. */
export const NAMED_FORMATS = {
  email: {
    means: 'an e-mail address, local part and domain, at most 254 characters',
    holds: (text) =>
      `(length(${text}) <= 254 and length(split_part(${text}, '@', 1)) <= 64 and ${matches(text, `${EMAIL_ATOM}(?:\\.${EMAIL_ATOM})*@${HOST}`)})`,
  },
  uuid: { means: 'a UUID in its usual form', holds: pattern('[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}') },
  iso_date: { means: 'a day of the calendar as 2026-01-31', holds: pattern(DATE) },
  iso_datetime: {
    means: 'a day and a time as 2026-01-31T08:00, with seconds, a fraction and Z or +01:00 where they are known',
    holds: pattern(`${DATE}[T ]${TIME}(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?`),
  },
  iban: {
    means: 'an IBAN without blanks: the length of its country and its check digits',
    holds: (text) =>
      guarded(`${matches(text, '[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}')} and ${hasIbanLength(text)}`, ibanHolds(text)),
  },
  bic: {
    means: 'a BIC of 8 or 11 characters with a country in it',
    holds: (text) =>
      `(${matches(text, '[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?')} and substr(${text}, 5, 2) in (${listed(COUNTRY_CODES)}))`,
  },
  currency_code: {
    means: 'a currency of ISO 4217 in use in 2025, in capitals; not XTS (test) and XXX (none)',
    holds: (text) => `${text} in (${listed(CURRENCY_CODES)})`,
  },
  country_code: {
    means: 'a country of ISO 3166-1 in two capitals',
    holds: (text) => `${text} in (${listed(COUNTRY_CODES)})`,
  },
  ipv4: {
    means: 'an IPv4 address of four numbers without leading zeros',
    holds: pattern(`${OCTET}(?:\\.${OCTET}){3}`),
  },
  url: {
    means: 'an http or https address',
    holds: pattern(`https?://(?:${HOST}|localhost|${OCTET}(?:\\.${OCTET}){3})(?::[0-9]{1,5})?(?:[/?#][^[:space:]]*)?`),
  },
  digits: { means: 'digits only', holds: pattern('[0-9]+') },
  lei: {
    means: 'an LEI of 20 characters with its check digits',
    holds: (text) => guarded(matches(text, '[A-Z0-9]{18}[0-9]{2}'), isOneModulo97(text)),
  },
  luhn: {
    means: '2 to 20 digits of which the last is the check digit of Luhn (card numbers)',
    holds: (text) => guarded(matches(text, `[0-9]{2,${LUHN_DIGITS}}`), isLuhn(text)),
  },
} as const satisfies Record<string, NamedFormat>;

export type FormatName = keyof typeof NAMED_FORMATS;

/** A condition that is only asked of texts of the right shape: a cast of another would be an error. */
function guarded(shape: string, holds: string): string {
  return `case when ${shape} then ${holds} else false end`;
}

function pattern(regex: string): (text: string) => string {
  return (text) => matches(text, regex);
}

function matches(text: string, regex: string): string {
  return `${text} ~ ${literal(`^(?:${regex})$`)}`;
}

function listed(codes: string): string {
  return codes.split(' ').map(literal).join(', ');
}

/** ISO 7064, MOD 97-10: a letter stands for two digits, A for 10, and the whole, as a number, leaves 1. */
function isOneModulo97(text: string): string {
  const letters = Array.from({ length: 26 }, (_, index) => [String.fromCodePoint(65 + index), String(10 + index)]);
  const digits = letters.reduce((sql, [letter, number]) => `replace(${sql}, '${letter}', '${number}')`, `(${text})`);
  return `${digits}::numeric % 97 = 1`;
}

/** The first four characters go to the end. Most countries have letters only there: looking for 26 of them in all of it costs three times as much. */
function ibanHolds(text: string): string {
  const letter = (place: number): string => `(ascii(substr(${text}, ${place}, 1)) - 55)`;
  const plain = `(substr(${text}, 5) || ${letter(1)} || ${letter(2)} || substr(${text}, 3, 2))::numeric % 97 = 1`;
  return `case when substr(${text}, 5) ~ '^[0-9]+$' then ${plain} else ${isOneModulo97(`substr(${text}, 5) || left(${text}, 4)`)} end`;
}

/** ISO/IEC 7812-1, annex B: from the right every second digit counts twice, of 10 and more the sum of both digits. Zeros in front change nothing. */
function isLuhn(text: string): string {
  const digits = Array.from({ length: LUHN_DIGITS }, (_, index) => {
    // Where a digit stands in the list is what it counts: 5 twice is 10, so 1.
    const counts = (LUHN_DIGITS - index) % 2 === 0 ? '0516273849' : '0123456789';
    return `strpos('${counts}', substr(lpad(${text}, ${LUHN_DIGITS}, '0'), ${index + 1}, 1))`;
  });
  return `(${digits.join(' + ')} - ${LUHN_DIGITS}) % 10 = 0`;
}

function hasIbanLength(text: string): string {
  const countries = IBAN_LENGTHS.split(' ').map((each) => each.slice(0, 2));
  return `(left(${text}, 2) || length(${text}) in (${listed(IBAN_LENGTHS)}) or left(${text}, 2) not in (${listed(countries.join(' '))}))`;
}
