import type { Incident } from './find-incidents.ts';

const TIMEOUT_MS = 10_000;

/** Posts an incident as Slack-compatible JSON. Gives null when it was taken, else why not; the URL is never told. */
export async function sendWebhook(
  input: { readonly url: string; readonly incident: Incident },
  send: typeof fetch,
): Promise<string | null> {
  const { incidentId, subject, status, message } = input.incident;
  try {
    const response = await send(input.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'idempotency-key': incidentId },
      body: JSON.stringify({ text: message, incident: incidentId, subject, status }),
      // A receiver that answers with another address is not the one that was configured.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? null : `the receiver answered ${response.status}`;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError'
      ? 'the receiver did not answer in time'
      : 'the receiver could not be reached';
  }
}
