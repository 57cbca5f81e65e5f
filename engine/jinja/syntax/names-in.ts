import type { Body } from './nodes.ts';

/** Every name that is read somewhere in a part of a template. */
export function namesIn(body: Body): ReadonlySet<string> {
  const names = new Set<string>();
  collect(body, names);
  return names;
}

function collect(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) {
    for (const each of value) collect(each, into);
  } else if (typeof value === 'object' && value !== null) {
    const node = value as { readonly typename?: unknown; readonly value?: unknown };
    if (node.typename === 'Symbol') into.add(String(node.value));
    else if (node.typename === 'TemplateData' || node.typename === 'Literal') return;
    else for (const each of Object.values(value)) collect(each, into);
  }
}
