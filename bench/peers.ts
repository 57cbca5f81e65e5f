import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchTable } from './bench-table.ts';
import type { Cluster } from './cluster.ts';
import type { Home } from './home.ts';
import { toolIn } from './venv.ts';
import type { Tool } from './venv.ts';
import { bash } from './way.ts';
import type { Way } from './way.ts';

export const PEERS = ['ingestr', 'sling', 'dlt', 'dlt-connectorx'] as const;
export type PeerName = (typeof PEERS)[number];

interface Copy {
  readonly program: string;
  readonly schema: string;
  /** For what the tool keeps between runs. */
  readonly folder: string;
  readonly tables: readonly string[];
}

interface Peer extends Tool {
  readonly version: string;
  /** A full copy as the tool's users would order it, with $SRC_URL and $WH_URL. */
  readonly lines: (copy: Copy) => readonly string[];
}

const DLT = ['dlt[postgres,parquet]==1.31.0', 'pyarrow==26.0.1', 'connectorx==0.4.6', 'pandas==3.1.1'];
const DRIVERS = ['psycopg2-binary==2.9.13', 'sqlalchemy==2.0.58'];

/** Newer ones of ingestr and sling are stubs that download their program at the first start; these bring it along. */
const KNOWN: Readonly<Record<PeerName, Peer>> = {
  ingestr: {
    name: 'ingestr',
    version: '1.1.21',
    requirements: ['ingestr==1.1.21'],
    program: 'bin/ingestr',
    lines: ({ program, schema, tables }) =>
      tables.map(
        (table) =>
          `'${program}' ingest --yes --incremental-strategy replace --source-uri "$SRC_URL?sslmode=disable" --source-table public.${table} --dest-uri "$WH_URL?sslmode=disable" --dest-table ${schema}.${table}`,
      ),
  },
  sling: {
    name: 'sling',
    version: '1.4.11',
    requirements: ['sling-linux-amd64==1.4.11'],
    program: 'lib/python*/site-packages/sling_linux_amd64/bin/sling-linux-amd64',
    lines: ({ program, schema, tables }) => [
      'export SRC="$SRC_URL?sslmode=disable" WH="$WH_URL?sslmode=disable"',
      ...tables.map(
        (table) =>
          `'${program}' run --mode full-refresh --src-conn SRC --src-stream public.${table} --tgt-conn WH --tgt-object ${schema}.${table}`,
      ),
    ],
  },
  dlt: { name: 'dlt', version: '1.31.0 (pyarrow)', ...dlt('pyarrow') },
  'dlt-connectorx': { name: 'dlt', version: '1.31.0', ...dlt('connectorx') },
};

/** Their telemetry: a machine without a way out would count its time-outs against the tool. */
const QUIET = {
  DO_NOT_TRACK: '1',
  TELEMETRY_DISABLED: 'true',
  INGESTR_DISABLE_TELEMETRY: 'true',
  SLING_DISABLE_TELEMETRY: 'true',
  SLING_TELEMETRY: 'false',
  DLT_TELEMETRY: 'false',
  RUNTIME__DLTHUB_TELEMETRY: 'false',
};

/** A peer that copies the tables whole, or why it cannot be had on this machine. */
export async function peerWay(
  name: PeerName,
  tables: readonly BenchTable[],
  deps: { readonly cluster: Cluster; readonly home: Home },
): Promise<Way | { readonly missing: string }> {
  const { cluster, home } = deps;
  const peer = KNOWN[name];
  const tool = await toolIn(peer, home);
  if (tool.path === null) return { missing: tool.why };
  const program = tool.path;
  const schema = `el_${name.replaceAll('-', '_')}`;
  const folder = join(home.path, 'peer-state');
  return {
    name: `${name} ${peer.version}`,
    schema,
    prepare: async (database) => {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await cluster.query(database, `create schema ${schema}`);
      return bash(peer.lines({ program, schema, folder, tables: tables.map((table) => table.name) }), {
        ...QUIET,
        SRC_URL: cluster.url('src'),
        WH_URL: cluster.url(database),
        HOME: folder,
        SLING_HOME_DIR: folder,
      });
    },
  };
}

function dlt(backend: 'pyarrow' | 'connectorx'): Pick<Peer, 'requirements' | 'program' | 'lines'> {
  const script = fileURLToPath(new URL('./dlt-pull.py', import.meta.url));
  return {
    requirements: [...DLT, ...DRIVERS],
    program: 'bin/python',
    lines: ({ program, schema, folder, tables }) => [
      `'${program}' '${script}' ${backend} ${schema} '${folder}' ${tables.join(' ')}`,
    ],
  };
}
