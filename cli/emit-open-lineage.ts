import type { BuildOutcome } from '../engine/contracts/build.ts';
import { columnLineage } from '../engine/lineage/column-lineage.ts';
import { openLineageEvents } from '../engine/lineage/open-lineage.ts';
import { sendOpenLineage } from '../engine/lineage/send-open-lineage.ts';
import { columnsOf } from '../engine/warehouse/relation-columns.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';
import type { CliContext } from './context.ts';
import type { OpenedProject } from './open-project.ts';

export interface EmitInput {
  /** A file, to which a line an event is added, or an http(s) address. */
  readonly target: string;
  /** Sent as a bearer token, when the address asks for one. */
  readonly apiKey: string | undefined;
  readonly outcomes: readonly BuildOutcome[];
  readonly opened: OpenedProject;
  /** Where the warehouse is; its user and password go nowhere. */
  readonly warehouseUrl: string;
  /** What run_started_at said, ISO 8601. */
  readonly runClock: string;
}

/** Tells what was built, as OpenLineage events. */
export async function emitOpenLineage(
  { target, apiKey, outcomes, opened, warehouseUrl, runClock }: EmitInput,
  { warehouse, toolVersion }: { readonly warehouse: Warehouse } & Pick<CliContext, 'toolVersion'>,
): Promise<void> {
  const { project, compiled } = opened;
  const sources = project.sources.map(({ source, name }) => `${source}.${name}`);
  const models = compiled.models.filter(({ materialized }) => materialized !== 'ephemeral').map(({ name }) => name);
  const columns = await columnsOf(warehouse, [...models, ...sources].map(compiled.relation));
  const lineage = await columnLineage({
    compiled,
    sources,
    columnsOf: (relation) => columns.get(relation)?.map(({ name }) => name) ?? null,
  });
  const [server] = await warehouse.query<{ database: string; version: string }>(
    `select current_database() as database, current_setting('server_version') as version`,
  );
  const { hostname, port } = new URL(warehouseUrl);
  const events = outcomes.flatMap((outcome) =>
    openLineageEvents(outcome, {
      project: project.config.name,
      compiled,
      lineage,
      checks: project.checks,
      columns,
      warehouse: {
        namespace: `postgres://${hostname || 'localhost'}:${port || '5432'}`,
        database: server?.database ?? '',
        version: server?.version.split(' ')[0] ?? '',
      },
      toolVersion,
      runClock,
    }),
  );
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  await sendOpenLineage(events, target, { fetch: globalThis.fetch, headers });
}
