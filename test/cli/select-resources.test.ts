import { describe, expect, test } from 'vitest';
import type { State, StateNode } from '../../engine/artifacts/read-state.ts';
import type { SelectionState } from '../../cli/match-state.ts';
import type { IndirectSelection } from '../../cli/parse-selector.ts';
import type { Resource, ResourceType } from '../../cli/resource.ts';
import { selectResources } from '../../cli/select-resources.ts';
import { catchError } from '../setup/catch-error.ts';

/**
 * raw.orders, raw.payments -> stg_orders, stg_payments (staging/) -> orders (core/) -> revenue (core/finance/) -> dashboard;
 * countries is a seed that orders reads, orders_history a snapshot of stg_orders, report of the vertical sales reads revenue.
 */
const RESOURCES: readonly Resource[] = [
  vertical('shop'),
  vertical('sales'),
  make('source', 'raw.orders', { file: 'sql/shop/sources.yml', tags: ['raw'] }),
  make('source', 'raw.payments', { file: 'sql/shop/sources.yml' }),
  make('seed', 'countries', { file: 'sql/shop/seeds/countries.csv' }),
  make('model', 'stg_orders', {
    file: 'sql/shop/staging/stg_orders.sql',
    parents: ['source.p.raw.orders'],
    config: { materialized: 'view', meta: { owner: 'Ann' } },
    tags: ['nightly', 'raw'],
  }),
  make('model', 'stg_payments', {
    file: 'sql/shop/staging/stg_payments.sql',
    parents: ['source.p.raw.payments'],
    config: { materialized: 'view' },
  }),
  make('snapshot', 'orders_history', { file: 'sql/shop/snapshots/history.sql', parents: ['model.p.stg_orders'] }),
  make('model', 'orders', {
    file: 'sql/shop/core/orders.sql',
    parents: ['model.p.stg_orders', 'model.p.stg_payments', 'seed.p.countries'],
    config: { materialized: 'incremental', unique_key: ['id', 'day'], group: 'core', access: 'public' },
    tags: ['nightly'],
  }),
  make('model', 'revenue', {
    file: 'sql/shop/core/finance/revenue.sql',
    parents: ['model.p.orders'],
    config: { materialized: 'table', contract: { enforced: true } },
  }),
  make('model', 'report', { file: 'sql/sales/report.sql', vertical: 'sales', parents: ['model.p.revenue'] }),
  make('check', 'shop.not_null.orders.id', { test: ['not_null', 'generic'], parents: ['model.p.orders'] }),
  make('check', 'shop.relationships.orders.country', {
    test: ['relationships', 'generic'],
    parents: ['model.p.orders', 'seed.p.countries'],
  }),
  make('check', 'shop.no_negative_revenue', { test: ['bespoke', 'singular'], parents: ['model.p.revenue'] }),
  make('check', 'shop.unique.raw_orders', { test: ['unique', 'generic'], parents: ['source.p.raw.orders'] }),
  make('unit_test', 'adds_up', { file: 'sql/shop/core/core.yml', parents: ['model.p.revenue'] }),
  make('exposure', 'dashboard', { file: 'sql/shop/core/core.yml', parents: ['model.p.revenue'], tags: ['nightly'] }),
];

const CHECKS_OF_ORDERS = ['shop.not_null.orders.id', 'shop.relationships.orders.country'];
const CHECKS_OF_REVENUE = ['shop.no_negative_revenue', 'adds_up'];

describe('each way to name resources selects what dbt selects', () => {
  const cases: readonly [selector: string, expected: readonly string[]][] = [
    ['orders', ['orders']],
    ['or*', ['orders_history', 'orders']],
    ['stg_?rders', ['stg_orders']],
    ['stg_[op]*', ['stg_orders', 'stg_payments']],
    ['stg_[!o]*', ['stg_payments']],
    ['p.shop.core.orders', ['orders']],
    ['shop.core', ['orders', 'revenue', 'adds_up', 'dashboard']],
    ['core', ['orders', 'revenue', 'adds_up', 'dashboard']],
    ['core.*', ['orders', 'revenue', 'adds_up', 'dashboard']],
    ['p.core.finance', ['revenue']],
    ['fqn:core.finance.revenue', ['revenue']],
    ['no_negative_revenue', ['shop.no_negative_revenue']],
    ['not_null_orders_id', ['shop.not_null.orders.id']],
    ['tag:nightly', ['stg_orders', 'orders', 'dashboard']],
    ['tag:r*', ['raw.orders', 'stg_orders']],
    ['path:sql/shop/staging', ['stg_orders', 'stg_payments']],
    ['sql/shop/core/', ['orders', 'revenue', 'adds_up', 'dashboard']],
    ['./sql/shop/core/orders.sql', ['orders']],
    ['path:sql/shop/*/stg_*.sql', ['stg_orders', 'stg_payments']],
    ['path:sql/**/finance', ['revenue']],
    ['orders.sql', ['orders']],
    ['file:stg_*', ['stg_orders', 'stg_payments']],
    ['countries.csv', ['countries']],
    ['source:raw', ['raw.orders', 'raw.payments']],
    ['source:raw.orders', ['raw.orders']],
    ['source:p.raw.orders', ['raw.orders']],
    ['source:*.pay*', ['raw.payments']],
    ['exposure:dash*', ['dashboard']],
    ['exposure:p.dashboard', ['dashboard']],
    ['unit_test:adds_up', ['adds_up']],
    ['config.materialized:view', ['stg_orders', 'stg_payments']],
    ['config.meta.owner:ann', ['stg_orders']],
    ['config.unique_key:day', ['orders']],
    ['config.contract.enforced:true', ['revenue']],
    ['config.meta:owner', ['stg_orders']],
    ['resource_type:seed', ['countries']],
    ['resource_type:test', [...CHECKS_OF_ORDERS, 'shop.no_negative_revenue', 'shop.unique.raw_orders']],
    ['test_type:singular', ['shop.no_negative_revenue']],
    ['test_type:generic', [...CHECKS_OF_ORDERS, 'shop.unique.raw_orders']],
    ['test_type:data', [...CHECKS_OF_ORDERS, 'shop.no_negative_revenue', 'shop.unique.raw_orders']],
    ['test_type:unit', ['adds_up']],
    ['test_name:not_*', ['shop.not_null.orders.id']],
    ['group:core', ['orders']],
    ['access:public', ['orders']],
    ['vertical:sales', ['sales', 'report']],
    ['package:q', []],
  ];
  test.each(cases)('%s', (selector, expected) => {
    expect(idsOf(selector)).toEqual(expected);
  });

  test('package: the whole project, by its name or as this', () => {
    expect(idsOf('package:p')).toEqual(RESOURCES.map(({ id }) => id));
    expect(idsOf('package:this')).toEqual(idsOf('package:p'));
  });
});

describe('a selector reaches up and down, and words are joined', () => {
  const up = ['raw.orders', 'raw.payments', 'countries', 'stg_orders', 'stg_payments'];
  const cases: readonly [selector: string, expected: readonly string[]][] = [
    ['+orders', [...up, 'orders']],
    ['1+orders', ['countries', 'stg_orders', 'stg_payments', 'orders']],
    ['0+orders', ['orders']],
    ['2+revenue', ['countries', 'stg_orders', 'stg_payments', 'orders', 'revenue']],
    ['orders+', ['orders', 'revenue', 'report', ...CHECKS_OF_ORDERS, ...CHECKS_OF_REVENUE, 'dashboard']],
    ['orders+1', ['orders', 'revenue', ...CHECKS_OF_ORDERS]],
    ['1+orders+1', ['countries', 'stg_orders', 'stg_payments', 'orders', 'revenue', ...CHECKS_OF_ORDERS]],
    ['+source:raw.orders+1', ['raw.orders', 'stg_orders', 'shop.unique.raw_orders']],
    ['@stg_payments', [...up, 'orders', 'revenue', 'report', ...CHECKS_OF_ORDERS, ...CHECKS_OF_REVENUE, 'dashboard']],
    ['+exposure:dashboard', [...up, 'orders', 'revenue', 'dashboard']],
    ['+shop.not_null.orders.id', [...up, 'orders', 'shop.not_null.orders.id']],
    ['stg_orders revenue', ['stg_orders', 'revenue']],
    ['tag:nightly,path:sql/shop/core', ['orders', 'dashboard']],
    ['tag:nightly,config.materialized:view countries', ['countries', 'stg_orders']],
    ['+revenue,stg_orders+', ['stg_orders', 'orders', 'revenue']],
  ];
  test.each(cases)('%s', (selector, expected) => {
    expect(idsOf(selector, { indirect: 'empty' })).toEqual(expected);
  });

  test('several --select are a union, and --exclude is taken out of it with its checks', () => {
    const { selected } = selectResources(RESOURCES, { select: ['orders+', 'stg_orders'], exclude: ['revenue+'] });
    expect(ids(selected)).toEqual(['stg_orders', 'orders', ...CHECKS_OF_ORDERS]);
  });

  test('nothing asked for is everything', () => {
    expect(selectResources(RESOURCES, {}).selected).toEqual(RESOURCES);
    expect(ids(selectResources(RESOURCES, { exclude: ['vertical:shop'] }).selected)).toEqual(['sales', 'report']);
  });
});

describe('checks come with the models that they read', () => {
  const cases: readonly [mode: IndirectSelection, selector: string, expected: readonly string[]][] = [
    ['eager', 'orders', ['orders', ...CHECKS_OF_ORDERS]],
    ['cautious', 'orders', ['orders', 'shop.not_null.orders.id']],
    ['cautious', 'orders countries', ['countries', 'orders', ...CHECKS_OF_ORDERS]],
    ['buildable', 'orders', ['orders', ...CHECKS_OF_ORDERS]],
    ['buildable', 'countries', ['countries']],
    ['empty', 'orders', ['orders']],
    ['eager', 'countries', ['countries', 'shop.relationships.orders.country']],
    ['eager', 'revenue', ['revenue', ...CHECKS_OF_REVENUE]],
    ['eager', 'raw.orders', ['raw.orders', 'shop.unique.raw_orders']],
    ['eager', 'orders,test_name:not_null', ['shop.not_null.orders.id']],
  ];
  test.each(cases)('%s: %s', (indirect, selector, expected) => {
    expect(idsOf(selector, { indirect })).toEqual(expected);
  });
});

describe('state: and result: compare with an earlier invocation', () => {
  const unchanged = node('model.p.orders');
  const state: SelectionState = {
    previous: earlier(
      [
        unchanged,
        node('model.p.stg_orders', { checksum: 'old' }),
        node('model.p.stg_payments', { configHash: 'old' }),
        node('model.p.revenue', { contractChecksum: 'old' }),
        node('seed.p.countries', { relationName: '"old"."countries"' }),
        node('snapshot.p.orders_history', { macros: new Map([['macro.p.m', 'old']]) }),
        node('exposure.p.dashboard'),
      ],
      { 'model.p.orders': 'error', 'model.p.revenue': 'skipped', 'test.p.shop.not_null.orders.id': 'fail' },
    ),
    current: new Map(
      RESOURCES.map(({ uniqueId }) => [
        uniqueId,
        node(uniqueId, uniqueId.startsWith('snapshot') ? { macros: new Map([['macro.p.m', 'new']]) } : {}),
      ]),
    ),
    fresher: new Set(['source.p.raw.orders']),
  };
  const fresh = ['shop', 'sales', 'raw.orders', 'raw.payments', 'report', ...CHECKS_OF_ORDERS];
  const isNew = [...fresh, 'shop.no_negative_revenue', 'shop.unique.raw_orders', 'adds_up'];
  const cases: readonly [selector: string, expected: readonly string[]][] = [
    ['state:new', isNew],
    ['state:old', ['countries', 'stg_orders', 'stg_payments', 'orders_history', 'orders', 'revenue', 'dashboard']],
    ['state:modified', inOrder([...isNew, 'countries', 'stg_orders', 'stg_payments', 'orders_history', 'revenue'])],
    ['state:unmodified', ['orders', 'dashboard']],
    ['state:modified.body,resource_type:model', ['stg_orders', 'report']],
    ['state:modified.configs,state:old', ['stg_payments']],
    ['state:modified.contract,state:old', ['revenue']],
    ['state:modified.relation,state:old', ['countries']],
    ['state:modified.macros,state:old', ['orders_history']],
    ['state:modified.persisted_descriptions,state:old', []],
    ['result:error', ['orders']],
    ['result:fail', ['shop.not_null.orders.id']],
    [
      'result:error+ result:skipped',
      ['orders', 'revenue', 'report', ...CHECKS_OF_ORDERS, ...CHECKS_OF_REVENUE, 'dashboard'],
    ],
    ['source_status:fresher+1', ['raw.orders', 'stg_orders', 'shop.unique.raw_orders']],
  ];
  test.each(cases)('%s', (selector, expected) => {
    expect(ids(selectResources(RESOURCES, { select: [selector], indirect: 'empty', state }).selected)).toEqual(
      expected,
    );
  });
});

test('what selects nothing is a warning, but a bare name that is not there is an error', async () => {
  expect(selectResources(RESOURCES, { select: ['tag:none', 'x*'], exclude: ['path:models'] }).warnings).toEqual([
    "the selection 'tag:none' does not match anything",
    "the selection 'x*' does not match anything",
    "the selection 'path:models' does not match anything",
  ]);
  expect(await messageOf('orderz')).toBe(
    "nothing is selected by 'orderz'; did you mean 'orders'? [COMPILE_UNKNOWN_REF]",
  );
  expect(await messageOf('+orderz+')).toBe(
    "nothing is selected by '+orderz+'; did you mean 'orders'? [COMPILE_UNKNOWN_REF]",
  );
});

test.each([
  ['tagg:x', "no selector method 'tagg' in 'tagg:x'; did you mean 'tag'? [SELECTOR_INVALID]"],
  [
    'colour:red',
    "no selector method 'colour' in 'colour:red'; there are fqn, tag, path, file, source, exposure, unit_test, resource_type, test_type, test_name, package, group, access, vertical, state, result, source_status, config.<key>, selector [SELECTOR_INVALID]",
  ],
  [
    'state:changed',
    "'state:changed': no state 'changed'; it takes new, old, modified, modified.body, modified.configs, modified.relation, modified.contract, modified.macros, modified.persisted_descriptions, unmodified [SELECTOR_INVALID]",
  ],
  ['resource_type:modle', "'resource_type:modle': no resource_type 'modle'; did you mean 'model'? [SELECTOR_INVALID]"],
  ['state:modified', 'state: compares with an earlier invocation; give its folder with --state [SELECTOR_INVALID]'],
  ['result:fail', 'result: compares with an earlier invocation; give its folder with --state [SELECTOR_INVALID]'],
  ['@+orders', "'@+orders': @ and a leading + cannot stand together [SELECTOR_INVALID]"],
  ['tag:', "'tag:' names nothing [SELECTOR_INVALID]"],
  ['orders,', "'' names nothing [SELECTOR_INVALID]"],
])('%s is refused', async (selector, message) => {
  expect(await messageOf(selector)).toBe(message);
});

function idsOf(selector: string, options: { readonly indirect?: IndirectSelection } = {}): string[] {
  return ids(selectResources(RESOURCES, { select: [selector], indirect: 'empty', ...options }).selected);
}

function ids(resources: readonly Resource[]): string[] {
  return resources.map(({ id }) => id);
}

function inOrder(wanted: readonly string[]): string[] {
  return ids(RESOURCES).filter((id) => wanted.includes(id));
}

async function messageOf(selector: string): Promise<string> {
  return (await catchError(() => selectResources(RESOURCES, { select: [selector] }))).message;
}

function vertical(name: string): Resource {
  return make('vertical', name, { file: 'tickmark.yml', vertical: name });
}

function make(
  type: ResourceType,
  id: string,
  given: {
    readonly file?: string;
    readonly vertical?: string;
    readonly parents?: readonly string[];
    readonly tags?: readonly string[];
    readonly config?: Readonly<Record<string, unknown>>;
    readonly test?: readonly [name: string, form: 'generic' | 'singular'];
  },
): Resource {
  const name = type === 'check' ? id.replace(`${given.vertical ?? 'shop'}.`, '').replaceAll('.', '_') : id;
  const { file = 'checks/shop/checks.yml', vertical: of = 'shop', parents = [], tags = [], config = {} } = given;
  return {
    type,
    id,
    name,
    uniqueId: `${type === 'check' ? 'test' : type}.p.${id}`,
    package: 'p',
    vertical: of,
    fqn: ['p', of, ...file.split('/').slice(2, -1), name],
    file,
    line: null,
    description: null,
    tags,
    config,
    dependsOn: [],
    parents,
    test: given.test === undefined ? null : { name: given.test[0], form: given.test[1] },
  };
}

function node(uniqueId: string, changed: Partial<StateNode> = {}): StateNode {
  return {
    uniqueId,
    resourceType: uniqueId.split('.')[0] ?? '',
    name: uniqueId,
    checksum: 'same',
    configHash: 'same',
    relationName: 'same',
    contractChecksum: null,
    columns: [],
    description: '',
    dependsOn: [],
    macros: new Map(),
    ...changed,
  };
}

function earlier(nodes: readonly StateNode[], results: Readonly<Record<string, string>>): State {
  return {
    nodes: new Map(nodes.map((each) => [each.uniqueId, each])),
    results: new Map(Object.entries(results).map(([uniqueId, status]) => [uniqueId, { uniqueId, status }])),
    invocationId: null,
    args: {},
  };
}
