import type { Connection } from '../contracts/config.ts';
import { EngineError } from '../errors.ts';
import type { ComparedTable, Comparison } from './comparison.ts';

export interface ComparisonsContext {
  /** The project's folder. */
  readonly root: string;
  readonly signal: AbortSignal;
  /** Processes that one statement may use; null leaves it to the server. */
  readonly threads: number | null;
}

/** Tables of databases, each database held at one moment. */
export interface Comparisons {
  readonly open: (
    connection: { readonly name: string; readonly config: Connection },
    table: Pick<ComparedTable, 'called' | 'from' | 'where'>,
  ) => Promise<Comparison>;
  /** Rejects when a moment that is read is lost. */
  readonly lost: Promise<never>;
  readonly close: () => Promise<void>;
}

interface Held {
  readonly compare: (table: ComparedTable) => Promise<Comparison>;
  readonly close: () => Promise<void>;
}

/** Opens tables to be compared. Two of one database are of one moment; drivers are loaded when they are needed. */
export function openComparisons(context: ComparisonsContext): Comparisons {
  const { signal, threads } = context;
  const held = new Map<string, Promise<Held>>();
  const { promise: lost, reject } = Promise.withResolvers<never>();
  lost.catch(() => undefined);
  return {
    lost,
    open: async ({ name, config }, table) => {
      const id = JSON.stringify(config);
      const holding = held.get(id) ?? hold(name, config, context, reject);
      held.set(id, holding);
      return (await holding).compare({ ...table, connection: name, threads, signal });
    },
    close: async () => {
      await Promise.all([...held.values()].map((each) => each.then(({ close }) => close()).catch(() => undefined)));
    },
  };
}

async function hold(
  name: string,
  config: Connection,
  { root, signal }: ComparisonsContext,
  onLost: (error: unknown) => void,
): Promise<Held> {
  switch (config.type) {
    case 'postgres': {
      const [{ openSnapshot }, { comparePostgres }] = await Promise.all([
        import('./postgres-snapshot.ts'),
        import('./postgres-compare.ts'),
      ]);
      const snapshot = await openSnapshot({
        url: config.url,
        name,
        parallel: 2,
        seconds: config.limits.seconds,
        signal,
      });
      snapshot.lost.catch(onLost);
      return { compare: (table) => comparePostgres(table, snapshot), close: snapshot.close };
    }
    case 'mysql': {
      const [{ parseMysqlAddress }, { openMysqlSession }, { takeMysqlSnapshot }, { compareMysql }] = await Promise.all([
        import('./mysql-address.ts'),
        import('./mysql-session.ts'),
        import('./mysql-snapshot.ts'),
        import('./mysql-compare.ts'),
      ]);
      const { seconds, bytes } = config.limits;
      const address = await parseMysqlAddress(config.url, { name, root });
      const session = await openMysqlSession(address, { what: `connection ${name}`, seconds, bytes, signal });
      session.lost.catch(onLost);
      try {
        await takeMysqlSnapshot(session, seconds);
      } catch (error) {
        await session.close();
        throw error;
      }
      return {
        compare: (table) => compareMysql(table, { session, database: address.database }),
        close: session.close,
      };
    }
    case 'bigquery': {
      const { holdBigquery } = await import('./bigquery-compare.ts');
      return holdBigquery(name, config, signal);
    }
    case 'files':
    case 'http':
      throw new EngineError(
        'DIFF_INVALID',
        `connection ${name} has no tables of its own: name one that sources.yml declares`,
      );
    default:
      return config satisfies never;
  }
}
