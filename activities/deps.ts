import type { EvidenceKey } from '../engine/evidence/evidence-key.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';

/** What activities are made of; a worker's composition root fills it in once. */
export interface ActivityDeps {
  readonly warehouse: Warehouse;
  /** The folder with tickmark.yml. */
  readonly root: string;
  /** Where `${env:NAME}` and env_var are read; nothing of it is kept or logged. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly evidenceKey: EvidenceKey;
  readonly toolVersion: string;
  readonly fetch: typeof fetch;
}
