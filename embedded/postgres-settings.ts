/** The server's settings as `postgres` arguments; given at every start, so that a newer release applies them too. */
export function postgresSettings(options: { port: number; durability: 'safe' | 'none' }): readonly string[] {
  const settings = { ...always, ...durability[options.durability], port: String(options.port) };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

const always = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  // Compiling a query costs more than it saves on the many short statements here.
  jit: 'off',
  // No replica reads this server's log, and COPY into a table of its own transaction then writes none.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  shared_buffers: '256MB',
  // The log is for why a server did not start. An ERROR quotes row values and a LOG about a crash quotes the statement,
  // so nothing below FATAL is written, and never a statement, a parameter or a detail.
  logging_collector: 'off',
  log_destination: 'stderr',
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
};

const durability = {
  safe: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  none: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
};
