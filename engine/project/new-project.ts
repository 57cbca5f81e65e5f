/** Where `init` puts the JSON Schemas, from the project's root. */
const SCHEMAS = '.tickmark/schemas';

/**
 * The files of a small project that builds at once: a seed, a staging view, a mart, a macro, tests, a unit test and a check. Every YAML
 * file names its JSON Schema, which yamlSchemas gives, so that an editor completes and checks it.
 */
export function newProject(name: string): Readonly<Record<string, string>> {
  const called =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9_]+/g, '_')
      .replace(/^[^a-z]+/, '') || 'audit_project';
  return {
    'tickmark.yml': `${modeline('', 'tickmark')}${tickmarkYml(called)}`,
    'README.md': readme(called),
    '.gitignore': '.tickmark/\ntarget/\n',
    'sql/shop/seeds/raw_orders.csv': RAW_ORDERS,
    'sql/shop/seeds/seeds.yml': `${modeline('../../../', 'properties')}${SEEDS_YML}`,
    'sql/shop/staging/stg_orders.sql': STG_ORDERS,
    'sql/shop/marts/daily_sales.sql': DAILY_SALES,
    'sql/shop/models.yml': `${modeline('../../', 'properties')}${MODELS_YML}`,
    'sql/macros/cents_to_amount.sql': CENTS_TO_AMOUNT,
    'checks/shop/large_refund.sql': LARGE_REFUND,
  };
}

function modeline(up: string, schema: string): string {
  return `# yaml-language-server: $schema=${up}${SCHEMAS}/${schema}.schema.json\n`;
}

const tickmarkYml = (name: string): string => `name: ${name}

warehouse:
  # Unset, a warehouse of the project's own is started.
  url: \${env:DATABASE_URL}

# Systems that are pulled from; their tables are declared in YAML under sql/, as sources.
connections: {}

vars:
  large_refund:
    type: decimal
    description: A refund of at least this much is looked at.
    default: '100.00'

verticals:
  shop:
    description: Orders and what came in.
`;

const readme = (name: string): string => `# ${name}

    tickmark build

builds everything in \`sql/\`, runs the tests and checks on it and, when none of them stands in the way, publishes it.

- \`sql/shop/seeds/\`: rows that are kept here, as CSV
- \`sql/shop/staging/\`: one view for each thing that comes in
- \`sql/shop/marts/\`: what people read
- \`sql/macros/\`: SQL that is written once
- \`sql/shop/*.yml\`: what the models are, and their tests
- \`checks/shop/\`: checks in SQL of their own
`;

const RAW_ORDERS = `order_id,ordered_on,status,amount_cents
1,2026-01-02,paid,1250
2,2026-01-02,paid,990
3,2026-01-03,refunded,4500
4,2026-01-03,paid,10000
5,2026-01-05,paid,775
`;

const SEEDS_YML = `version: 2

seeds:
  - name: raw_orders
    description: Orders as the shop system gave them.
    config:
      column_types:
        order_id: integer
        ordered_on: date
        status: text
        amount_cents: integer
`;

const STG_ORDERS = `/* ---
grain: one row per order
--- */
with orders as (
    select * from {{ ref('raw_orders') }}
),

final as (
    select
        order_id,
        ordered_on,
        status,
        {{ cents_to_amount('amount_cents') }} as amount
    from orders
)

select * from final
`;

const DAILY_SALES = `/* ---
grain: one row per day with sales
--- */
{{ config(materialized='table', published=true) }}

with orders as (
    select * from {{ ref('stg_orders') }}
),

final as (
    select
        ordered_on,
        count(*) as orders,
        sum(amount) as amount
    from orders
    where status = 'paid'
    group by ordered_on
)

select * from final
`;

const MODELS_YML = `version: 2

models:
  - name: stg_orders
    description: Orders with their amounts in whole units of the currency.
    columns:
      - name: order_id
        description: The shop system's number of the order.
        data_tests:
          - unique
          - not_null
      - name: status
        data_tests:
          - accepted_values:
              arguments:
                values: [paid, refunded]
      - name: amount
        data_tests:
          - not_null

  - name: daily_sales
    description: What was paid, by day.
    data_tests:
      - expression:
          arguments:
            expression: amount > 0
    columns:
      - name: ordered_on
        data_tests:
          - unique
          - not_null

unit_tests:
  - name: refunds_are_no_sales
    description: Only paid orders count.
    model: daily_sales
    given:
      - input: ref('stg_orders')
        rows:
          - { order_id: 1, ordered_on: 2026-01-02, status: paid, amount: 10.50 }
          - { order_id: 2, ordered_on: 2026-01-02, status: refunded, amount: 4.00 }
    expect:
      rows:
        - { ordered_on: 2026-01-02, orders: 1, amount: 10.50 }
`;

const CENTS_TO_AMOUNT = `{# Cents as units of the currency, exactly. #}
{% macro cents_to_amount(column) %}
({{ column }} / 100.0)::numeric(16, 2)
{%- endmacro %}
`;

const LARGE_REFUND = `/* ---
id: shop.large_refund
title: Large refunds
dimension: accuracy
severity: warn
grain: one row per refunded order
population: stg_orders
--- */
with orders as (
    select * from {{ ref('stg_orders') }}
),

final as (
    select
        order_id::text as subject_id,
        'Order ' || order_id || ' was refunded with ' || amount as reason,
        amount
    from orders
    where status = 'refunded'
        and amount >= {{ literal(var('large_refund')) }}
)

select * from final
`;
