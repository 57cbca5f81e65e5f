import { createHmac, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { EngineError } from '../errors.ts';
import { sha256 } from './sha256.ts';

/**
 * The secret that evidence is made with. Rows are hashed under it, so that who can write the warehouse but does not hold it
 * cannot make other rows with the same hash; manifests and verdicts are signed with it. Who holds it can do both: keep it away
 * from the warehouse's owner.
 */
export interface EvidenceKey {
  /** Tells keys apart and gives nothing of them away. */
  readonly id: string;
  /** The 16-byte key of a landed table's row hash; `subject` is `source.table`. */
  readonly rowKey: (subject: string) => Buffer;
  /** Ed25519, base64. */
  readonly sign: (text: string) => string;
  readonly holds: (text: string, signature: string) => boolean;
  /** For who verifies signatures only: SPKI, base64. */
  readonly publicKey: string;
}

/** A PKCS #8 wrapper around a raw Ed25519 seed (RFC 8410). */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key in TICKMARK_EVIDENCE_KEY: 64 hex digits. */
export function evidenceKeyFrom(env: Readonly<Record<string, string | undefined>>): EvidenceKey {
  const text = env['TICKMARK_EVIDENCE_KEY'];
  if (!text) throw new EngineError('CONFIG_ENV_MISSING', 'the environment variable TICKMARK_EVIDENCE_KEY is not set');
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new EngineError('CONFIG_INVALID', 'TICKMARK_EVIDENCE_KEY is not a key: 64 hex digits in lower case');
  }
  const secret = Buffer.from(text, 'hex');
  const derive = (purpose: string): Buffer => createHmac('sha256', secret).update(`tickmark/${purpose}`).digest();
  const privateKey = createPrivateKey({
    key: Buffer.concat([ED25519_PKCS8, derive('sign')]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  return {
    id: sha256(derive('id')).slice(0, 16),
    rowKey: (subject) => derive(`row/${subject}`).subarray(0, 16),
    sign: (message) => sign(null, Buffer.from(message), privateKey).toString('base64'),
    holds: (message, signature) => verify(null, Buffer.from(message), publicKey, Buffer.from(signature, 'base64')),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}
