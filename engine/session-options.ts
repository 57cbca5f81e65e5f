/**
 * Settings that decide how Postgres prints a value, pinned so that the same value is the same text in every session; and a
 * limit that frees the locks of a worker that froze inside a transaction.
 */
export const SESSION_OPTIONS = [
  ['timezone', 'UTC'],
  ['datestyle', 'ISO'],
  ['intervalstyle', 'postgres'],
  ['extra_float_digits', '1'],
  ['bytea_output', 'hex'],
  ['client_encoding', 'UTF8'],
  ['idle_in_transaction_session_timeout', '30s'],
  ['lock_timeout', '60s'],
]
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');
