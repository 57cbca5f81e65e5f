import type { AlertSummary } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { append, once } from '../evidence/ledger.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { AlertInput } from './alert-input.ts';
import { findIncidents } from './find-incidents.ts';
import type { Incident } from './find-incidents.ts';
import { pendingDeliveries } from './pending-deliveries.ts';
import { sendWebhook } from './send-webhook.ts';

/**
 * Opens an incident for every check that stopped passing and for a failed run, closes those that are right again, and tells each
 * route once per incident. Safe to repeat: what was sent is not sent again; a receiver that lost the answer sees the same
 * Idempotency-Key.
 */
export async function alert(
  input: AlertInput,
  deps: { readonly warehouse: Warehouse; readonly fetch: typeof fetch },
): Promise<AlertSummary> {
  const { run } = input;
  const key = `${run.runId}/alert`;
  const { opened, closed } = await once<{ opened: readonly Incident[]; closed: readonly Incident[] }>(
    deps.warehouse,
    { key, kind: 'alert', runId: run.runId, subject: run.vertical },
    async (session) => {
      await session.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`alert/${run.vertical}`]);
      const found = await findIncidents(input, session);
      for (const [event, incidents] of [
        ['closed', found.closed],
        ['opened', found.opened],
      ] as const) {
        for (const { incidentId, subject, status, message } of incidents) {
          await session.execute(
            `insert into audit.incident_events (incident_id, run_id, vertical, subject, event, status, message) values ($1, $2, $3, $4, $5, $6, $7)`,
            [incidentId, run.runId, run.vertical, subject, event, status, message],
          );
        }
      }
      return found;
    },
  );

  let sent = 0;
  const undelivered: { readonly route: string; readonly fault: string; readonly unset: boolean }[] = [];
  for (const { incident, route } of await pendingDeliveries(input, deps.warehouse)) {
    const fault =
      route.url === null ? 'the route has no URL' : await sendWebhook({ url: route.url, incident }, deps.fetch);
    await deps.warehouse.transaction(async (session) => {
      await session.execute(
        `insert into audit.incident_events (incident_id, run_id, vertical, subject, event, status, route, message)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict do nothing`,
        [
          incident.incidentId,
          run.runId,
          run.vertical,
          incident.subject,
          fault === null ? 'sent' : 'undelivered',
          incident.status,
          route.name,
          fault ?? incident.message,
        ],
      );
      if (fault !== null) return;
      const subject = incident.incidentId;
      await append(
        session,
        { key: `${subject}/sent/${route.name}`, kind: 'alert', runId: run.runId, subject },
        { route: route.name, status: incident.status, message: incident.message },
      );
    });
    if (fault === null) sent += 1;
    else undelivered.push({ route: route.name, fault, unset: route.url === null });
  }
  if (undelivered.length > 0) {
    const faults = new Set(undelivered.map(({ route, fault }) => `${route}: ${fault}`));
    // A receiver may be up at the next attempt; a route without a URL has none then either.
    const code = undelivered.every(({ unset }) => unset) ? 'ALERT_ROUTE_UNSET' : 'ALERT_UNDELIVERED';
    throw new EngineError(code, `${undelivered.length} not delivered; ${[...faults].join('; ')}`);
  }
  return { opened: opened.length, closed: closed.length, sent, undelivered: 0 };
}
