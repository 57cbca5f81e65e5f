import type { CompiledModel } from '../../contracts/model.ts';
import { EngineError } from '../../errors.ts';
import { identifier } from '../../sql-text.ts';
import type { Session } from '../../warehouse/warehouse.ts';

const METHODS = ['btree', 'hash', 'gist', 'spgist', 'gin', 'brin'];

/** The indexes of `config(indexes=[...])`; Postgres names them. */
export async function createIndexes(model: CompiledModel, table: string, session: Session): Promise<void> {
  for (const { columns, unique, type = 'btree' } of model.config.indexes ?? []) {
    if (!METHODS.includes(type)) {
      throw new EngineError(
        'TRANSFORM_CONFIG',
        `model ${model.name}: no index type '${type}', only ${METHODS.join(', ')}`,
        {
          place: { file: model.file },
        },
      );
    }
    const list = columns.map(identifier).join(', ');
    await session.execute(`create ${unique ? 'unique ' : ''}index on ${table} using ${type} (${list})`);
  }
}
