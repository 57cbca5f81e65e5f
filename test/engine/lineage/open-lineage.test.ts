import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { columnLineage } from '../../../engine/lineage/column-lineage.ts';
import { openLineageEvents } from '../../../engine/lineage/open-lineage.ts';
import type { RunEvent } from '../../../engine/lineage/open-lineage-event.ts';
import { sendOpenLineage } from '../../../engine/lineage/send-open-lineage.ts';
import { RunEventSchema } from './open-lineage-schema.ts';
import { built, checked, checkOf, outcomeOf } from './sample-outcome.ts';
import { modelOf } from './trace-sql.ts';

const STAGED = `select id, amount::numeric as amount from "raw_erp"."orders" where id > 0`;
const models = [
  modelOf('stg', STAGED, { materialized: 'view', dependsOn: { models: [], sources: ['erp.orders'], macros: [] } }),
  modelOf('sums', 'select id, sum(amount) as total from "v"."stg" group by id', {
    description: 'Totals',
    dependsOn: { models: ['stg'], sources: [], macros: [] },
  }),
  modelOf('broken', 'select total from "v"."sums"', { dependsOn: { models: ['sums'], sources: [], macros: [] } }),
  modelOf('below', 'select total from "v"."broken"', { dependsOn: { models: ['broken'], sources: [], macros: [] } }),
];
const compiled = {
  models,
  relation: (name: string) => (name === 'erp.orders' ? '"raw_erp"."orders"' : `"v"."${name}"`),
};

const WAIVER = {
  reason: 'it is known',
  author: 'Ann',
  approver: 'Carl',
  approvedOn: '2026-01-01',
  expires: '2026-12-31',
  hash: 'f',
};
const outcome = outcomeOf({
  status: 'held',
  models: [
    built('stg', { materialized: 'view', rows: null, affected: null }),
    built('sums'),
    built('broken', {
      status: 'error',
      error: { code: 'TRANSFORM_MODEL_FAILED', message: 'it failed (SQLSTATE 22012)' },
    }),
    built('below', { status: 'skipped' }),
    built('untouched', { status: 'no-op' }),
  ],
  checks: [
    checked('v.total_there', 'sums'),
    checked('v.nothing', 'sums', { status: 'no_data' }),
    checked('v.waived', 'sums', { status: 'fail', failures: '2', waiver: WAIVER }),
    checked('v.skipped', 'sums', { status: 'skipped' }),
  ],
});

async function events(): Promise<RunEvent[]> {
  const lineage = await columnLineage({ compiled, sources: ['erp.orders'], columnsOf: () => null });
  return openLineageEvents(outcome, {
    project: 'shop',
    compiled,
    lineage,
    checks: [checkOf('v.total_there', 'sums', { column: 'total' })],
    columns: new Map([
      [
        '"v"."sums"',
        [
          { name: 'id', type: 'integer' },
          { name: 'total', type: 'numeric(18,2)' },
        ],
      ],
    ]),
    warehouse: { namespace: 'postgres://db.example:5432', database: 'wh', version: '18.4' },
    toolVersion: '0.1.0',
    runClock: '2026-11-22T12:00:00.000Z',
  });
}

test('every event is what the specification asks for', async () => {
  for (const event of await events()) expect(RunEventSchema.safeParse(event).error).toBeUndefined();
});

test('the specification is held strictly: a facet with a wrong version or a stray field is refused', async () => {
  const [event] = await events();
  expect(RunEventSchema.safeParse({ ...event, eventType: 'DONE' }).success).toBe(false);
  expect(RunEventSchema.safeParse({ ...event, password: 'x' }).success).toBe(false);
  const text = JSON.stringify(event).replace('NominalTimeRunFacet.json', 'NominalTime.json');
  expect(RunEventSchema.safeParse(JSON.parse(text)).success).toBe(false);
});

test('a run begins and ends, a failed model fails, a skipped one is aborted, an untouched one says nothing', async () => {
  expect((await events()).map(({ eventType, job, eventTime }) => `${eventType} ${job.name} ${eventTime}`))
    .toMatchInlineSnapshot(`
      [
        "START v 2026-11-22T12:00:00.000Z",
        "START v.stg 2026-11-22T12:00:00.000Z",
        "COMPLETE v.stg 2026-11-22T12:00:00.020Z",
        "START v.sums 2026-11-22T12:00:00.000Z",
        "COMPLETE v.sums 2026-11-22T12:00:00.020Z",
        "START v.broken 2026-11-22T12:00:00.000Z",
        "FAIL v.broken 2026-11-22T12:00:00.020Z",
        "START v.below 2026-11-22T12:00:00.000Z",
        "ABORT v.below 2026-11-22T12:00:00.020Z",
        "START v.sums.checks 2026-11-22T12:00:00.000Z",
        "COMPLETE v.sums.checks 2026-11-22T12:00:00.012Z",
        "ABORT v 2026-11-22T12:00:00.050Z",
      ]
    `);
});

test('one outcome gives one set of run ids, each model its own', async () => {
  const [first, second] = [await events(), await events()];
  expect(first).toEqual(second);
  const ids = new Map(first.map(({ job, run }) => [job.name, run.runId]));
  expect(new Set(ids.values()).size).toBe(ids.size);
  expect(first.filter(({ job }) => job.name === 'v.sums').map(({ run }) => run.runId)).toEqual([
    ids.get('v.sums'),
    ids.get('v.sums'),
  ]);
});

test('a complete model tells columns, where they come from, and how many rows it wrote', async () => {
  const event = (await events()).find(({ eventType, job }) => eventType === 'COMPLETE' && job.name === 'v.sums');
  expect(event?.inputs.map(({ name }) => name)).toEqual(['wh.v.stg']);
  expect(event?.outputs).toMatchInlineSnapshot(`
    [
      {
        "facets": {
          "columnLineage": {
            "_producer": "urn:tickmark:producer:0.1.0",
            "_schemaURL": "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet",
            "dataset": [
              {
                "field": "id",
                "name": "wh.v.stg",
                "namespace": "postgres://db.example:5432",
                "transformations": [
                  {
                    "description": "",
                    "masking": false,
                    "subtype": "GROUP_BY",
                    "type": "INDIRECT",
                  },
                ],
              },
            ],
            "fields": {
              "id": {
                "inputFields": [
                  {
                    "field": "id",
                    "name": "wh.v.stg",
                    "namespace": "postgres://db.example:5432",
                    "transformations": [
                      {
                        "description": "",
                        "masking": false,
                        "subtype": "IDENTITY",
                        "type": "DIRECT",
                      },
                    ],
                  },
                ],
              },
              "total": {
                "inputFields": [
                  {
                    "field": "amount",
                    "name": "wh.v.stg",
                    "namespace": "postgres://db.example:5432",
                    "transformations": [
                      {
                        "description": "",
                        "masking": false,
                        "subtype": "AGGREGATION",
                        "type": "DIRECT",
                      },
                    ],
                  },
                ],
              },
            },
          },
          "dataSource": {
            "_producer": "urn:tickmark:producer:0.1.0",
            "_schemaURL": "https://openlineage.io/spec/facets/1-0-1/DatasourceDatasetFacet.json#/$defs/DatasourceDatasetFacet",
            "name": "postgres://db.example:5432",
            "uri": "postgres://db.example:5432",
          },
          "schema": {
            "_producer": "urn:tickmark:producer:0.1.0",
            "_schemaURL": "https://openlineage.io/spec/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet",
            "fields": [
              {
                "name": "id",
                "ordinal_position": 1,
                "type": "integer",
              },
              {
                "name": "total",
                "ordinal_position": 2,
                "type": "numeric(18,2)",
              },
            ],
          },
        },
        "name": "wh.v.sums",
        "namespace": "postgres://db.example:5432",
        "outputFacets": {
          "outputStatistics": {
            "_producer": "urn:tickmark:producer:0.1.0",
            "_schemaURL": "https://openlineage.io/spec/facets/1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet",
            "rowCount": 5,
          },
        },
      },
    ]
  `);
});

test('a failed model tells why; its run hangs below that of the vertical', async () => {
  const all = await events();
  const event = all.find(({ eventType }) => eventType === 'FAIL');
  expect(event?.run.facets?.['errorMessage']).toMatchObject({ message: 'it failed (SQLSTATE 22012)' });
  expect(event?.run.facets?.['parent']).toMatchObject({
    run: { runId: all[0]?.run.runId },
    job: { namespace: 'shop', name: 'v' },
  });
});

test('a check that looked at nothing, was skipped or is waived is no success', async () => {
  const event = (await events()).find(({ eventType, job }) => eventType === 'COMPLETE' && job.name === 'v.sums.checks');
  expect(event?.inputs[0]?.inputFacets?.['dataQualityAssertions']).toMatchObject({
    assertions: [
      { assertion: 'not_null', success: true, column: 'total', name: 'v.total_there', actual: '0' },
      { assertion: 'custom_sql', success: false, name: 'v.nothing', actual: 'no data' },
      { success: false, name: 'v.waived', actual: '2, waived until 2026-12-31' },
      { success: false, name: 'v.skipped', actual: 'skipped' },
    ],
  });
});

test('events are appended to a file, one line each', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'open-lineage-')), 'deep', 'events.ndjson');
  const [one, two] = await events();
  await sendOpenLineage([one!], file, { fetch });
  await sendOpenLineage([two!], file, { fetch });
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(lines.map((line) => (line === '' ? null : (JSON.parse(line) as RunEvent).job.name))).toEqual([
    'v',
    'v.stg',
    null,
  ]);
});

test('events are posted one by one, with the key; a refusal is an error that tells no address', async () => {
  const received: { body: string; authorization: string | undefined }[] = [];
  let status = 201;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      received.push({ body, authorization: request.headers.authorization });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const target = `http://127.0.0.1:${port}/api/v1/lineage?key=secret`;
  try {
    const all = await events();
    await sendOpenLineage(all, target, { fetch, headers: { authorization: 'Bearer k' } });
    expect(received.map(({ body }) => JSON.parse(body) as unknown)).toEqual(JSON.parse(JSON.stringify(all)));
    expect(received[0]?.authorization).toBe('Bearer k');
    status = 403;
    const refused = sendOpenLineage(all, target, { fetch });
    await expect(refused).rejects.toThrow(
      `OpenLineage events to 127.0.0.1:${port}: the answer is 403 [LINEAGE_UNSENT]`,
    );
    expect(received).toHaveLength(all.length + 1);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  const unreachable = sendOpenLineage(await events(), target, { fetch });
  await expect(unreachable).rejects.toThrow(`OpenLineage events to 127.0.0.1:${port}: not reachable [LINEAGE_UNSENT]`);
});
