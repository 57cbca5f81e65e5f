import { createTable } from './bench-table.ts';
import type { BenchTable } from './bench-table.ts';
import type { Cluster } from './cluster.ts';
import { bash } from './way.ts';
import type { Way } from './way.ts';

/** The physical limit of one pair of connections: binary COPY through a pipe into a table without keys; nothing is proven. */
export function psqlPipe(tables: readonly BenchTable[], cluster: Cluster): Way {
  return {
    name: 'psql pipe',
    schema: 'public',
    prepare: async (database) => {
      for (const table of tables) await cluster.query(database, createTable(table));
      const psql = `'${cluster.psql}' -X -q -v ON_ERROR_STOP=1`;
      const lines = tables.map(({ name }) =>
        [
          `${psql} -d src -c 'copy ${name} to stdout (format binary)'`,
          `${psql} -d ${database} -c 'copy ${name} from stdin (format binary)'`,
        ].join(' | '),
      );
      return bash(lines, cluster.env);
    },
  };
}
