/** A workflow history as `temporal workflow show -o json` prints it. */
export interface HistoryJson {
  readonly events: readonly unknown[];
}

/**
 * Takes out of a history what is of the machine and not of the run: who polled, stack traces, and the folder it ran in, which it
 * replaces by `/project`, also inside payloads. What replay compares stays byte for byte.
 */
export function portableHistory(history: HistoryJson, folder: string): HistoryJson {
  return walk(history, folder) as HistoryJson;
}

function walk(value: unknown, folder: string, name = ''): unknown {
  if (name === 'identity') return 'worker';
  if (name === 'stackTrace') return '';
  if (name === 'data' && typeof value === 'string') {
    const text = Buffer.from(value, 'base64').toString('utf8');
    return text.includes(folder) ? Buffer.from(text.replaceAll(folder, '/project')).toString('base64') : value;
  }
  if (typeof value === 'string') return value.replaceAll(folder, '/project');
  if (Array.isArray(value)) return value.map((item) => walk(item, folder));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, folder, key)]));
}
