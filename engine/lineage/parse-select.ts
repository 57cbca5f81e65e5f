import type { SelectStmt } from 'libpg-query';

/** Loads Postgres' parser; what it gives parses one select, or says why not. */
export async function parseSelect(): Promise<(sql: string) => SelectStmt | string> {
  const { loadModule, parseSync } = await import('libpg-query');
  await loadModule();
  return (sql) => {
    try {
      const { stmts = [] } = parseSync(sql);
      const [first] = stmts;
      if (stmts.length !== 1 || first?.stmt === undefined) return 'the SQL is not one statement';
      return 'SelectStmt' in first.stmt ? first.stmt.SelectStmt : 'the SQL is not a select';
    } catch (error) {
      // The parser's message quotes the SQL, and with it perhaps a value.
      if (error instanceof Error) return "Postgres' parser refuses the SQL";
      throw error;
    }
  };
}
