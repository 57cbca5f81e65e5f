import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { ExportSummary } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { once } from '../evidence/ledger.ts';
import { sha256 } from '../evidence/sha256.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { describePack } from './describe-pack.ts';
import type { ExportEngagementInput } from './export-input.ts';
import { writeCsv } from './write-csv.ts';

/**
 * Writes an engagement's pack: a CSV file for each model in `engagement/`, all of one moment, the manifest that says where every
 * row came from, and SHA256SUMS over them (`sha256sum -c` checks it). The folder appears whole or not at all. Safe to repeat.
 */
export async function exportEngagement(
  input: ExportEngagementInput,
  deps: { readonly warehouse: Warehouse },
): Promise<ExportSummary> {
  const { run, engagement, outputDirectory, compiled } = input;
  const models = compiled.beside.models.filter(
    ({ vertical, layer }) => vertical === run.vertical && layer === 'engagement',
  );
  if (models.length === 0) {
    throw new EngineError(
      'ENGAGEMENT_INVALID',
      `vertical ${run.vertical} has no SQL in sql/${run.vertical}/engagement/`,
    );
  }
  if (!isAbsolute(outputDirectory))
    throw new EngineError('ENGAGEMENT_INVALID', 'the output folder must be an absolute path');

  const key = `${run.runId}/engagement`;
  return once<ExportSummary>(
    deps.warehouse,
    { key, kind: 'engagement', runId: run.runId, subject: engagement },
    async (session) => {
      await refuseOccupied(outputDirectory, run.runId);
      const partial = `${outputDirectory}.partial-r${run.runNo}`;
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial, { recursive: true });

      // Both the files and the manifest read the run's own build, which nothing changes.
      const files: { file: string; rows: string; sha256: string }[] = [];
      for (const model of models) files.push(await writeCsv({ model, directory: partial }, session));
      const manifest = `${JSON.stringify(await describePack({ ...input, models, files }, session), null, 2)}\n`;
      const manifestSha256 = sha256(manifest);
      await writeFile(join(partial, 'manifest.json'), manifest);
      const sums = [...files, { file: 'manifest.json', sha256: manifestSha256 }].map(
        (each) => `${each.sha256}  ${each.file}\n`,
      );
      await writeFile(join(partial, 'SHA256SUMS'), sums.join(''));

      for (const { file, rows, sha256: hash } of files) {
        await session.execute(
          'insert into audit.engagement_files (run_id, engagement, file, row_count, sha256) values ($1, $2, $3, $4, $5)',
          [run.runId, engagement, file, rows, hash],
        );
      }
      await takePlace(partial, outputDirectory);
      return { files, manifestSha256 };
    },
  );
}

/** A folder with anything in it is left alone, unless it is what an earlier attempt of this same run wrote. */
async function refuseOccupied(directory: string, runId: string): Promise<void> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new EngineError('ENGAGEMENT_INVALID', `the output folder cannot be read (${error.code})`);
  });
  if (names.length === 0) return;
  const standing = await readFile(join(directory, 'manifest.json'), 'utf8').catch(() => '');
  if (standing.includes(JSON.stringify(runId))) return rm(directory, { recursive: true });
  throw new EngineError('ENGAGEMENT_INVALID', `the output folder ${directory} is not empty`);
}

async function takePlace(partial: string, directory: string): Promise<void> {
  await rmdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(partial, directory);
}
