import { wordFailure } from '../../jinja/word-failure.ts';
import type { Scene, Stage } from '../scene.ts';
import { text } from '../python/text.ts';
import { nameArguments } from './arguments.ts';
import { ask } from './ask.ts';
import { NOTHING_YET } from './nothing.ts';
import { plain } from './plain.ts';
import { ResultTable } from './result-table.ts';

interface Result {
  readonly response: string;
  readonly data: readonly unknown[];
  readonly table: ResultTable;
}

/** `run_query`, `statement` with `load_result`, and `store_result`. */
export function statementWords(stage: Stage): Readonly<Record<string, unknown>> {
  return {
    run_query: (...given: unknown[]): unknown => {
      const { sql } = nameArguments('run_query', ['sql'], given);
      return runQuery(text(sql), stage.scene())?.table ?? NOTHING_YET;
    },
    statement: (...given: unknown[]): string => {
      const takes = ['name', 'fetch_result', 'auto_begin', 'language', 'caller'];
      const { name, caller } = nameArguments('statement', takes, given);
      if (typeof caller !== 'function') {
        throw wordFailure(
          'COMPILE_TEMPLATE',
          "statement stands around its SQL: {% call statement('name') %} ... {% endcall %}",
        );
      }
      const scene = stage.scene();
      scene.spoken.looksAround = true;
      const sql = scene.execute ? String((caller as () => unknown)()) : '';
      const result = runQuery(sql, scene);
      if (result !== undefined && name !== undefined && name !== null) scene.results.set(String(plain(name)), result);
      return '';
    },
    load_result: (name: unknown): unknown => {
      const { results, execute } = stage.scene();
      return results.get(text(plain(name))) ?? (execute ? null : NOTHING_YET);
    },
    store_result: (...given: unknown[]): string => {
      const {
        name,
        response,
        agate_table: table = null,
      } = nameArguments('store_result', ['name', 'response', 'agate_table'], given);
      const data = table instanceof ResultTable ? table.data : [];
      stage.scene().results.set(String(plain(name)), { response, data, table });
      return '';
    },
  };
}

/** Undefined while nothing is asked yet, as in dbt's parsing. */
export function runQuery(sql: string, scene: Scene): Result | undefined {
  scene.spoken.asksWarehouse = true;
  scene.spoken.looksAround = true;
  if (!scene.execute) return undefined;
  const table = new ResultTable(ask(sql, scene, { typed: true }));
  return { response: `SELECT ${table.rows.length}`, data: table.data, table };
}
