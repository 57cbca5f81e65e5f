import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pullAll } from '../activities/pull-all.ts';
import { openSource } from '../engine/connectors/open-source.ts';
import { Connection } from '../engine/contracts/config.ts';
import type { DeclaredSource } from '../engine/contracts/project.ts';
import { SourceTable } from '../engine/contracts/source.ts';
import { evidenceKeyFrom } from '../engine/evidence/evidence-key.ts';
import { beginRun } from '../engine/evidence/run-record.ts';
import { recordPull } from '../engine/land/record-pull.ts';
import { verify } from '../engine/verify/verify.ts';
import { openWarehouse } from '../engine/warehouse/warehouse.ts';

/** One pull of a source system, as tickmark.yml and sources.yml would order it. */
export interface PullOnce {
  readonly warehouseUrl: string;
  /** As 64 hex digits; the same for all pulls into one warehouse. A new one when left out. */
  readonly evidenceKey?: string;
  readonly connection: unknown;
  readonly tables: readonly (Partial<SourceTable> & { readonly name: string })[];
}

/** What this process says of itself when all tables are in place. */
export interface PulledOnce {
  readonly rows: string;
  readonly addedRows: string;
  readonly cpuMs: number;
  /** The largest resident memory it ever had. */
  readonly peakBytes: number;
}

/*
 * The activities pullSource and verifySource in a process of their own, without Temporal: what a worker does, and nothing else. The
 * order comes by TICKMARK_BENCH_PULL; the last line printed is a PulledOnce.
 */
const pull = JSON.parse(process.env['TICKMARK_BENCH_PULL'] ?? '') as PullOnce;
const source = 'bench';
const tables = pull.tables.map((table): DeclaredSource => ({
  ...SourceTable.parse(table),
  vertical: 'bench',
  source,
  connection: source,
  declaredIn: 'bench/pull-once.ts',
  line: 1,
}));
const connection = Connection.parse(pull.connection);
const evidenceKey = evidenceKeyFrom({
  TICKMARK_EVIDENCE_KEY: pull.evidenceKey ?? randomBytes(32).toString('hex'),
});
const warehouse = openWarehouse(pull.warehouseUrl);
const pinned = { project: 'bench', projectHash: '0'.repeat(64), toolVersion: 'bench' };
const deps = { warehouse, evidenceKey, piiKey: undefined, ...pinned };
try {
  const run = await beginRun(
    { runId: randomUUID(), vertical: 'bench', kind: 'refresh', vars: {}, fullRefresh: false, ...pinned },
    warehouse,
  );
  const pulls = await pullAll(
    {
      run,
      attempt: 1,
      tables,
      limits: connection.limits,
      fullRefresh: false,
      backfill: undefined,
      cancelled: new AbortController().signal,
      open: (signal) => openSource(connection, { name: source, root: process.cwd(), signal }),
    },
    deps,
  );
  await recordPull({ run, source, tables: pulls }, deps);
  const tieOuts = await verify({ run, source, fullRefresh: false, closedPeriods: [] }, deps);
  const sum = (figures: readonly string[]): string =>
    figures.reduce((total, each) => total + BigInt(each), 0n).toString();
  const { user, system } = process.cpuUsage();
  const peakKb = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const said: PulledOnce = {
    rows: sum(pulls.map(({ manifest }) => manifest.copiedRows)),
    addedRows: sum(tieOuts.map(({ addedRows }) => addedRows)),
    cpuMs: (user + system) / 1_000,
    peakBytes: Number(peakKb) * 1_024,
  };
  console.log(JSON.stringify(said));
} finally {
  await warehouse.close();
}
