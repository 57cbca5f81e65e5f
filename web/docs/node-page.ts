import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { table } from '../table.ts';
import { checkRow, CHECK_COLUMNS } from './checks-page.ts';
import type { DocsPage } from './docs-page.ts';
import type { DocsColumn, DocsNode, DocsSite } from './docs-site.ts';
import { anchor } from './page-path.ts';
import { breakable, code, columnLink, description, graphOf, links, status } from './parts.ts';

/** The page of a model, a seed, a snapshot or a landed table. */
export function nodePage(node: DocsNode, site: DocsSite): DocsPage {
  const { page: path, lineage } = node;
  const unresolved = lineage?.unresolved ?? [];
  const content = [
    h('h1', null, node.name, ' ', h('span', { class: 'kind' }, kindOf(node))),
    facts(node),
    description(node.description),
    h(
      'section',
      { 'aria-labelledby': 'lineage' },
      h('h2', { id: 'lineage' }, 'Lineage'),
      graphOf(node),
      h(
        'div',
        { class: 'two' },
        h('div', null, h('h3', null, 'Reads'), links(node.upstream, 'It reads nothing of this project.', path, site)),
        h('div', null, h('h3', null, 'Read by'), links(node.downstream, 'No model reads it.', path, site)),
      ),
    ),
    h(
      'section',
      { 'aria-labelledby': 'columns' },
      h('h2', { id: 'columns' }, 'Columns'),
      table({
        caption: `Columns of ${node.name}`,
        columns: [
          { head: 'Column' },
          { head: 'Type' },
          { head: 'Meaning' },
          { head: 'Checks' },
          { head: 'Comes from' },
          { head: 'Goes into', secondary: true },
        ],
        rows: node.columns.map((column) => columnRow(column, node, site)),
        empty: 'Its columns are not known: nothing declares them and it does not stand in the warehouse.',
      }),
      lineage !== undefined &&
        lineage.rows.length > 0 &&
        h(
          'p',
          { class: 'rows' },
          'Which rows there are is decided by ',
          joined(
            lineage.rows.map(({ node: from, column, kind }) => [
              columnLink(from, column, path, site),
              ` (${kind.replaceAll('_', ' ')})`,
            ]),
          ),
          '.',
        ),
      unresolved.length > 0 &&
        h(
          'div',
          { class: 'note' },
          h('p', null, 'Not resolved, and not guessed:'),
          h(
            'ul',
            null,
            unresolved.map(({ column, reason }) => h('li', null, h('code', null, column ?? 'rows'), `: ${reason}`)),
          ),
        ),
    ),
    h(
      'section',
      { 'aria-labelledby': 'checks' },
      h('h2', { id: 'checks' }, 'Checks'),
      table({
        caption: `Checks on ${node.name}`,
        columns: CHECK_COLUMNS,
        rows: node.checks.map((check) => checkRow(check, path, site)),
        empty: 'Nothing checks it.',
      }),
    ),
    unitTests(node, site),
    sql(node),
  ];
  return { title: node.name, path, content, graph: true };
}

function kindOf({ type, model }: DocsNode): string {
  if (type !== 'model') return type === 'source' ? 'source table' : type;
  return model?.materialized ?? 'model';
}

function facts({ model, source, relation, file, vertical, status: last }: DocsNode): ComponentChild {
  const config = model?.config;
  const given: [string, ComponentChild][] = [
    ['Last build', source || relation === null ? undefined : status(last)],
    [
      'Relation',
      relation === null ? 'none: it is written into what reads it' : h('code', null, relation.replaceAll('"', '')),
    ],
    ['File', h('code', null, file)],
    ['Vertical', vertical],
    ['One row is', model?.grain?.replace(/^one row (per|is) /i, '')],
    ['Owner', model?.owner],
    ['Published', model?.published ? 'yes: dashboards read it' : undefined],
    ['Contract', config?.contract?.enforced ? 'enforced' : undefined],
    ['Strategy', config?.incremental_strategy ?? config?.strategy],
    ['Unique key', config?.unique_key?.join(', ')],
    ['Group', config?.group],
    ['Access', config?.access],
    ['Tags', (model?.tags ?? source?.tags ?? []).join(', ')],
    ['Connection', source?.connection],
    ['Mode', source?.external ? 'read where it stands' : source?.mode],
    ['Key', source?.key.join(', ')],
    ['Control totals', source?.control_totals.join(', ')],
  ];
  return h(
    'dl',
    { class: 'facts' },
    given
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))),
  );
}

function columnRow(column: DocsColumn, node: DocsNode, site: DocsSite): readonly ComponentChild[] {
  const { page: path } = node;
  const checks = node.checks.filter(({ check }) => check.column === column.name);
  const from = [
    ...column.origins.map(({ node: parent, column: name, kind }) => [
      columnLink(parent, name, path, site),
      h('span', { class: 'how' }, ` ${kind}`),
    ]),
    ...column.influences.map(({ node: parent, column: name, kind }) => [
      columnLink(parent, name, path, site),
      h('span', { class: 'how' }, ` decides (${kind})`),
    ]),
  ];
  return [
    h(
      'a',
      { id: `column-${column.name}`, href: `#column-${encodeURIComponent(column.name)}`, class: 'column' },
      breakable(column.name),
    ),
    column.type ?? '',
    [
      column.description === undefined ? '' : h('div', { class: 'prose' }, column.description),
      column.constraints.length > 0 && h('div', { class: 'how' }, column.constraints.join(', ')),
    ],
    checks.map(({ check, status: last }) =>
      h(
        'div',
        null,
        h('a', { href: `#${anchor('check', check.id)}` }, check.test?.name ?? check.kind),
        ' ',
        status(last),
      ),
    ),
    folded(from),
    folded(column.uses.map((use) => columnLink(use.node, use.column, path, site))),
  ];
}

/** Few stand in the open; many are folded. */
function folded(items: readonly ComponentChild[]): ComponentChild {
  const list = h(
    'ul',
    { class: 'plain' },
    items.map((item) => h('li', null, item)),
  );
  if (items.length === 0) return '';
  return items.length <= 4 ? list : h('details', null, h('summary', null, `${items.length} columns`), list);
}

function joined(items: readonly ComponentChild[]): ComponentChild {
  return items.map((item, at) => [at === 0 ? '' : ', ', item]);
}

function unitTests({ name }: DocsNode, { project, ids, results }: DocsSite): ComponentChild {
  const tests = project.unitTests.filter(({ model }) => model === name);
  if (tests.length === 0) return null;
  return h(
    'section',
    { 'aria-labelledby': 'unit-tests' },
    h('h2', { id: 'unit-tests' }, 'Unit tests'),
    table({
      caption: `Unit tests of ${name}`,
      columns: [{ head: 'Test' }, { head: 'Last run' }, { head: 'Meaning' }, { head: 'File' }],
      rows: tests.map((test) => [
        test.name,
        status(results.get(ids.unitTest(test.name) ?? '')?.status),
        test.description ?? '',
        h('code', null, `${test.file}:${test.line}`),
      ]),
      empty: '',
    }),
  );
}

function sql({ model, raw, type }: DocsNode): ComponentChild {
  if (model === undefined || type === 'seed') return null;
  return h(
    'section',
    { 'aria-labelledby': 'sql' },
    h('h2', { id: 'sql' }, 'SQL'),
    model.asksWarehouse &&
      h('p', { class: 'note' }, 'It asks the warehouse when it is built; this is the SQL without an answer.'),
    code('Compiled', model.sql, true),
    raw !== undefined && code('As written', raw.template),
  );
}
