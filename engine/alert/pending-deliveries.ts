import type { Session } from '../warehouse/warehouse.ts';
import type { AlertDestination, AlertInput } from './alert-input.ts';
import type { Incident } from './find-incidents.ts';

export interface Delivery {
  readonly incident: Incident;
  readonly route: AlertDestination;
}

/** Every open incident of the vertical with every route that wants its status and has not had it, also from earlier runs. */
export async function pendingDeliveries(input: AlertInput, session: Session): Promise<Delivery[]> {
  const open = await session.query(
    `select o.incident_id, o.subject, o.status, o.message,
       (select string_agg(s.route, ',') from audit.incident_events s where s.incident_id = o.incident_id and s.event = 'sent') as sent_to
     from audit.incident_events o
     where o.vertical = $1 and o.event = 'opened'
       and not exists (select 1 from audit.incident_events c where c.incident_id = o.incident_id and c.event = 'closed')
     order by o.event_no`,
    [input.run.vertical],
  );
  return open.flatMap((row) => {
    const had = (row['sent_to'] ?? '').split(',');
    const incident: Incident = {
      incidentId: row['incident_id'] as string,
      subject: row['subject'] as string,
      status: row['status'] as string,
      message: row['message'] as string,
    };
    return input.routes
      .filter(({ name, on }) => on.includes(incident.status) && !had.includes(name))
      .map((route) => ({ incident, route }));
  });
}
