import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import type { HistoryJson } from './portable-history.ts';

/** Reads the newest history of a workflow in the form that can be replayed and kept. */
export async function showHistory(namespace: string, workflowId: string): Promise<HistoryJson> {
  const { temporalProgram, temporalAddress } = inject('servers');
  const where = ['--address', temporalAddress, '--namespace', namespace, '--workflow-id', workflowId];
  const { stdout } = await promisify(execFile)(temporalProgram, ['workflow', 'show', '-o', 'json', ...where], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as HistoryJson;
}
