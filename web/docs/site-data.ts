import type { DocsSite } from './docs-site.ts';
import { anchor } from './page-path.ts';
import { brief } from './parts.ts';

/** What the search looks through. A script and not a JSON file, because a page in a folder may not fetch. */
export function siteScript(site: DocsSite): string {
  const { nodes, allChecks, macros, project } = site;
  const entries = [
    ...nodes.map(({ type, name, page, description, columns }) => ({
      type,
      name,
      page,
      about: brief(description),
      columns: columns.map((column) => column.name).join(' '),
    })),
    ...allChecks.map(({ check }) => {
      const page = site.node(check.on)?.page ?? 'docs/checks.html';
      const at = `${page}#${anchor('check', check.id)}`;
      return { type: 'check', name: check.id, page: at, about: brief(check.settings.description) };
    }),
    ...macros.map(({ qualified }) => ({
      type: 'macro',
      name: qualified,
      page: `docs/macros.html#${anchor('macro', qualified)}`,
      about: '',
    })),
    ...project.exposures.map(({ name, description }) => ({
      type: 'exposure',
      name,
      page: `docs/uses.html#${anchor('exposure', name)}`,
      about: brief(description),
    })),
    ...project.kris.map(({ id, title }) => ({
      type: 'kri',
      name: id,
      page: `docs/uses.html#${anchor('kri', id)}`,
      about: title,
    })),
    ...project.controls.map(({ id, title }) => ({
      type: 'control',
      name: id,
      page: `docs/uses.html#${anchor('control', id)}`,
      about: title,
    })),
  ];
  return `window.tickmarkSite=${scriptJson(entries)};\n`;
}

/** Nodes, edges and columns by number, because names repeat: `[column, [[node, column of it, kind], ...]]`. */
export function lineageScript({ nodes, project }: DocsSite): string {
  const index = new Map(nodes.map(({ name }, at) => [name, at]));
  const graph = {
    nodes: [
      ...nodes.map(({ name, type, page, status, model }) => ({
        name,
        type,
        kind: type === 'model' ? (model?.materialized ?? '') : type,
        page,
        status: status ?? '',
      })),
      ...project.exposures.map(({ name, label }) => ({
        name: label ?? name,
        type: 'exposure',
        kind: 'exposure',
        page: `docs/uses.html#${anchor('exposure', name)}`,
        status: '',
      })),
    ],
    edges: [
      ...nodes.flatMap(({ upstream }, to) => upstream.flatMap((name) => numbers(index.get(name), to))),
      ...project.exposures.flatMap(({ dependsOn }, at) =>
        dependsOn.flatMap((name) => numbers(index.get(name), nodes.length + at)),
      ),
    ],
    columns: nodes.map(({ columns }) =>
      columns.map(({ name, origins }) => [
        name,
        origins.flatMap(({ node, column, kind }) => {
          const from = index.get(node);
          return from === undefined ? [] : [[from, column, kind]];
        }),
      ]),
    ),
  };
  return `window.tickmarkLineage=${scriptJson(graph)};\n`;
}

function numbers(from: number | undefined, to: number): [number, number][] {
  return from === undefined ? [] : [[from, to]];
}

/** Nothing in it can end the script. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
