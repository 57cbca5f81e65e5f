import { expect, test } from 'vitest';
import { loadProject } from '../../../engine/project/load-project.ts';
import { refusals } from './refusals.ts';
import { writeProject } from './write-project.ts';

test('an exposure says what reads which models', () => {
  const { exposures } = loadProject(
    writeProject({
      'sql/shop/exposures.yml': `exposures:
  - name: weekly
    label: Weekly figures
    type: dashboard
    maturity: high
    url: https://example.org/weekly
    description: "{{ doc('weekly') }}"
    owner: { name: Ann, email: ann@example.org, slack: '#figures' }
    depends_on:
      - ref('sales_by_day')
      - ref("minimal", "stg_sales")
      - source('till', 'sales')
    tags: [a]
    config: { tags: b, meta: { x: 1 } }
  - { name: off, type: ml, owner: { name: Ann }, config: { enabled: false } }
`,
      'sql/shop/d.md': '{% docs weekly %}Every Monday.{% enddocs %}',
    }),
  );
  expect(exposures).toMatchInlineSnapshot(`
    [
      {
        "dependsOn": [
          "sales_by_day",
          "stg_sales",
          "till.sales",
        ],
        "description": "Every Monday.",
        "file": "sql/shop/exposures.yml",
        "label": "Weekly figures",
        "line": 2,
        "maturity": "high",
        "meta": {
          "x": 1,
        },
        "name": "weekly",
        "owner": {
          "email": "ann@example.org",
          "name": "Ann",
        },
        "tags": [
          "a",
          "b",
        ],
        "type": "dashboard",
        "url": "https://example.org/weekly",
        "vertical": "shop",
      },
    ]
  `);
});

test('what an exposure depends on is there', () => {
  const file = 'sql/shop/e.yml';
  const one = (rest: string) => ({
    [file]: `exposures:\n  - { name: e, type: dashboard, owner: { name: A }, ${rest} }\n`,
  });
  expect(
    refusals([
      one("depends_on: [ref('sales_by_dy')]"),
      one("depends_on: [source('till', 'sale')]"),
      one("depends_on: [metric('m')]"),
      one('depends_on: [sales_by_day]'),
      one('maturity: middle'),
      { [file]: 'exposures: [{ name: e, type: dashbord, owner: { name: A } }]' },
      { [file]: 'exposures: [{ name: e, type: dashboard }]' },
      { [file]: 'exposures: [{ name: e, type: ml, owner: {} }, { name: e, type: ml, owner: {} }]' },
    ]),
  ).toMatchInlineSnapshot(`
    "sql/shop/e.yml:2:66: no model 'sales_by_dy'; did you mean 'sales_by_day'? [PROJECT_INVALID]
    sql/shop/e.yml:2:87: Missing , or : between flow sequence items [PROJECT_INVALID]
    sql/shop/e.yml:2:66: depends_on takes ref('model') and source('source', 'table') [PROJECT_INVALID]
    sql/shop/e.yml:2:66: depends_on takes ref('model') and source('source', 'table') [PROJECT_INVALID]
    sql/shop/e.yml:2:53: exposures[0].maturity: 'middle' is not one of high, medium, low [PROJECT_INVALID]
    sql/shop/e.yml:1:24: exposures[0].type: 'dashbord' is not one of dashboard, notebook, analysis, ml, application; did you mean 'dashboard'? [PROJECT_INVALID]
    sql/shop/e.yml:1:13: exposures[0].owner is missing [PROJECT_INVALID]
    sql/shop/e.yml:1:49: exposure 'e' is declared twice, first at sql/shop/e.yml:1 [PROJECT_INVALID]"
  `);
});
