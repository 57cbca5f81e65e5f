import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { EvidenceKey } from './evidence-key.ts';

/**
 * Notes the key that this warehouse's evidence is made with, the first time; afterwards another key is refused, because what it
 * signs and hashes could not be compared with what is there. Safe to repeat.
 */
export async function registerKey(key: EvidenceKey, session: Session): Promise<void> {
  await session.execute(
    `insert into audit.evidence_keys (key_id, public_key)
     select $1, $2 where not exists (select 1 from audit.evidence_keys) on conflict do nothing`,
    [key.id, key.publicKey],
  );
  const [known] = await session.query('select key_id from audit.evidence_keys');
  if (known?.['key_id'] === key.id) return;
  throw new EngineError(
    'VERIFY_KEY_UNKNOWN',
    `the evidence of this warehouse is made with key ${known?.['key_id']}; the key given is ${key.id}`,
  );
}
