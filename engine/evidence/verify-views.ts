import type { Warehouse } from '../warehouse/warehouse.ts';
import { hashViews } from './hash-views.ts';

/** Compares the views that dashboards read with those that the newest publication made, by the ledger. A fault is a sentence. */
export async function verifyViews(warehouse: Warehouse): Promise<readonly string[]> {
  const [newest] = await warehouse.query(
    `select body from audit.ledger where kind = 'publish' and body like '%"decision":"published"%' order by entry_no desc limit 1`,
  );
  if (newest === undefined) return [];
  const recorded = viewsOf(newest['body']);
  const standing = await hashViews(warehouse);
  return [...new Set([...Object.keys(recorded), ...Object.keys(standing)])].sort().flatMap((name) => {
    if (standing[name] === recorded[name]) return [];
    if (standing[name] === undefined) return [`the view ${name} is gone`];
    return [`the view ${name} ${recorded[name] === undefined ? 'was put in' : 'was changed'} after it was published`];
  });
}

function viewsOf(body: string | null | undefined): Readonly<Record<string, string>> {
  try {
    return (JSON.parse(body ?? '') as { views?: Record<string, string> }).views ?? {};
  } catch {
    return {};
  }
}
