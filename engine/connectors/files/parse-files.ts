import { EngineError } from '../../errors.ts';
import { parsePointer } from '../json/json-pointer.ts';
import { subtractFromCursor } from '../cursor-value.ts';
import { innerFiles } from './inner-files.ts';
import { landRecords } from './land-records.ts';
import { landSlices } from './land-slices.ts';
import type { LandedFigures, LandingInput } from './landing.ts';
import { openFile } from './read-bytes.ts';
import type { OpenFile } from './read-bytes.ts';
import type { ParsedTail, ParseJob, ParserPort } from './parse-job.ts';
import { refusedFile } from './refuse-file.ts';
import { tupleOutput } from './tuple-output.ts';
import { countUnpacked } from './unpack.ts';
import type { UnpackedBytes } from './unpack.ts';

type ReadFile = ParsedTail['files'][number];

/**
 * Reads the files of one table in one pass: their rows leave by the port as one COPY BINARY stream while they are judged. The
 * stream has its trailer only when all of them were found whole and unchanged.
 */
export async function parseFiles(job: ParseJob, port: ParserPort): Promise<ParsedTail> {
  const { window } = job;
  let upper: string | null = null;
  let first: readonly ReadFile[] | undefined;
  if (window !== null && window.to === null && window.lag !== null) {
    // What the lag is taken from is known only when every row has been seen.
    const wide = { ...job, window: { ...window, from: null, lag: null } };
    const seen = await parseOnce(wide, { send: () => undefined, reject: nothing, write: nothing }, null);
    first = seen.files;
    const largest = seen.figures.cursor?.upper ?? null;
    const type = seen.columns.find(({ name }) => name === window.column)?.type ?? 'text';
    upper = largest === null ? null : subtractFromCursor(type, largest, window.lag);
  }
  const { files, figures } = await parseOnce(job, port, upper);
  const changed = first?.find(({ sha256 }, at) => sha256 !== files[at]?.sha256);
  if (changed) throw refusedFile('the file changed while it was read', changed.name);
  return {
    files,
    rows: figures.rows.toString(),
    totals: figures.totals,
    whole: figures.whole && { rows: figures.whole.rows.toString(), totals: figures.whole.totals },
    cursor: figures.cursor && { upper: figures.cursor.upper, nullRows: figures.cursor.nullRows.toString() },
    drift: figures.drift,
    discardedValues: figures.discardedValues.toString(),
  };
}

const nothing = (): Promise<void> => Promise.resolve();

async function parseOnce(job: ParseJob, port: ParserPort, upper: string | null) {
  const files: ReadFile[] = [];
  let columns: Parameters<LandingInput['onColumns']>[0] = [];
  const landing = await landingOf(job, {
    job,
    output: tupleOutput(port),
    upper,
    onColumns: (found) => {
      columns = found;
      port.send({ kind: 'head', head: { columns: found } });
    },
  });
  const counted = countUnpacked(job.maxBytes);
  let rows = 0n;
  for (const found of job.files) {
    const file = await openFile(found);
    try {
      const read = await landing.read(file, counted);
      rows += read;
      files.push({ name: found.name, bytes: found.bytes, rows: read.toString(), sha256: await file.finish() });
    } finally {
      await file.close();
    }
  }
  const figures = await landing.end(rows);
  return { files, columns, figures };
}

interface Landing {
  /** Gives the file's rows by an independent count. */
  readonly read: (file: OpenFile, counted: UnpackedBytes) => Promise<bigint>;
  readonly end: (counted: bigint) => Promise<LandedFigures>;
}

/** A format's code is loaded when it is needed: a process is started for each table. */
async function landingOf(job: ParseJob, input: LandingInput): Promise<Landing> {
  switch (job.format) {
    case 'csv':
      return landCsv(job, input);
    case 'ndjson':
    case 'json':
      return landJson(job, input);
    case 'xlsx': {
      const { landWorkbook } = await import('./land-workbook.ts');
      return landWorkbook(job, input);
    }
    case 'parquet': {
      const { landParquet } = await import('./land-parquet.ts');
      return landParquet(input);
    }
    default:
      return job.format satisfies never;
  }
}

async function landCsv(job: ParseJob, input: LandingInput): Promise<Landing> {
  const { table } = job;
  const delimiter = table.delimiter ?? ',';
  if (/["\r\n\0]/.test(delimiter)) {
    throw new EngineError('PROJECT_INVALID', `delimiter of ${table.name} is a sign that CSV has for itself`, {
      place: { file: table.declaredIn, line: table.line },
    });
  }
  const { readCsv } = await import('./read-csv.ts');
  const landing = landSlices(input);
  return {
    read: async (file, unpacked) => {
      let rows = 0n;
      for await (const { name, chunks } of innerFiles(file, 'csv', unpacked)) {
        const reading = readCsv({ file: name, chunks, delimiter });
        landing.header(await reading.header(), name);
        for await (const slices of reading.blocks()) await landing.block(slices, name);
        rows += reading.counted();
      }
      return rows;
    },
    end: landing.end,
  };
}

async function landJson(job: ParseJob, input: LandingInput): Promise<Landing> {
  const { table, format } = job;
  const path = parsePointer(table.records, { file: table.declaredIn, line: table.line });
  const { readNdjson } = await import('./read-ndjson.ts');
  const { readJson } = await import('./read-json.ts');
  const landing = landRecords(input);
  return {
    read: async (file, unpacked) => {
      let rows = 0n;
      const onCounted = (records: bigint): void => {
        rows += records;
      };
      for await (const { name, chunks } of innerFiles(file, format, unpacked)) {
        const each = { file: name, chunks, onCounted };
        const records = format === 'json' ? readJson({ ...each, path }) : readNdjson(each);
        for await (const { record, line } of records) await landing.add(record, name, line);
      }
      return rows;
    },
    end: landing.end,
  };
}
