import pg from 'pg';

interface CancelConnection {
  readonly stream: { readonly destroy: () => void };
  readonly connect: (port: number | string, host?: string) => void;
  readonly requestSsl: () => void;
  readonly cancel: (processID: number, secretKey: number) => void;
  readonly on: (event: string, listener: () => void) => void;
}

interface Victim {
  readonly host: string;
  readonly port: number;
  readonly ssl: pg.ClientConfig['ssl'];
  readonly processID: number;
  readonly secretKey: number;
}

const CANCEL_MS = 1_000;

/** Asks the server, over a connection of its own, to stop what a client's session runs. Resolves within a second, heard or not. */
export function sendCancel(client: pg.Client): Promise<void> {
  // pg's own Client.cancel neither speaks TLS nor ends its connection.
  const { host, port, ssl, processID, secretKey } = client as unknown as Victim;
  return new Promise((resolve) => {
    const connection = new pg.Connection(ssl === undefined ? {} : { ssl }) as unknown as CancelConnection;
    const timer = setTimeout(() => connection.stream.destroy(), CANCEL_MS);
    const cancel = (): void => connection.cancel(processID, secretKey);
    connection.on('connect', ssl ? connection.requestSsl.bind(connection) : cancel);
    connection.on('sslconnect', cancel);
    connection.on('error', () => undefined);
    connection.on('end', () => {
      clearTimeout(timer);
      resolve();
    });
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}
