import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError } from '../errors.ts';
import type { RunEvent } from './open-lineage-event.ts';

export interface SendDeps {
  readonly fetch: typeof globalThis.fetch;
  /** Sent along with every event, for an endpoint that asks for a key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest time for one event; 10 seconds when left out. */
  readonly timeoutMs?: number;
}

/** Appends the events to a file, one JSON document a line, or posts them one by one to an http(s) address. */
export async function sendOpenLineage(events: readonly RunEvent[], target: string, deps: SendDeps): Promise<void> {
  if (!/^https?:\/\//.test(target)) {
    await mkdir(dirname(target), { recursive: true });
    await appendFile(target, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    return;
  }
  for (const event of events) await post(event, target, deps);
}

async function post(event: RunEvent, target: string, { fetch, headers, timeoutMs = 10_000 }: SendDeps): Promise<void> {
  // The address may hold a key: only its host is told.
  const { host } = new URL(target);
  const failed = (why: string): EngineError =>
    new EngineError('LINEAGE_UNSENT', `OpenLineage events to ${host}: ${why}`);
  const response = await fetch(target, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(event),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw failed(error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'not reachable');
  });
  await response.body?.cancel();
  if (!response.ok) throw failed(`the answer is ${response.status}`);
}
