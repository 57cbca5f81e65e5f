import { readCheckHistory } from '../engine/evidence/check-history.ts';
import type { Session } from '../engine/warehouse/warehouse.ts';
import type { CheckDetail } from './check-detail.ts';

/** Runs that the page of a check shows. */
const SHOWN = 90;

/** Reads one check's page from the warehouse; null when no run ever recorded it. */
export async function readCheck(checkId: string, session: Session): Promise<CheckDetail | null> {
  const history = await readCheckHistory(checkId, SHOWN, session);
  return history === undefined ? null : (history as CheckDetail);
}
