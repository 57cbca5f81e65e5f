import { expect, test } from 'vitest';
import type { CliContext } from '../../cli/context.ts';
import type { Mutant, MutationReport } from '../../engine/contracts/mutation.ts';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import { runCli, worldOf, writeProject } from './run-cli.ts';
import type { Told } from './run-cli.ts';

const PROJECT = {
  'tickmark.yml': 'name: shop\nwarehouse: { url: "${env:DATABASE_URL}" }\nverticals: { shop: {} }\n',
  'sql/shop/sales.sql': 'select 1 as id\n',
  'sql/shop/days.sql': "select * from {{ ref('sales') }}\n",
};

const mutant = (given: Partial<Mutant>): Mutant => ({
  table: 'sales',
  column: 'id',
  fault: 'null',
  what: 'a value is taken away',
  rows: '1',
  outcome: 'survived',
  spreadsTo: [],
  killedBy: null,
  foundBy: [],
  isFoundAlone: false,
  proposal: null,
  justified: null,
  ...given,
});

const notNull = {
  kind: 'not_null',
  on: 'sales',
  column: 'id',
  yaml: 'models:\n  - name: sales\n    columns:\n      - name: id\n        checks:\n          - not_null\n',
  comparesRuns: false,
};

const REPORT: MutationReport = {
  vertical: 'shop',
  runId: 'r',
  runNo: '7',
  seed: '1',
  all: { mutants: '4', killed: '1', score: '25.00' },
  alone: { mutants: '4', killed: '0', score: '0.00' },
  killedByError: '0',
  killedByBuild: '1',
  equivalent: '2',
  unfit: '0',
  notRebuilt: ['customer_history'],
  isRecorded: true,
  mutants: [
    mutant({ proposal: notNull, spreadsTo: ['days'] }),
    mutant({ fault: 'null 1 %', proposal: notNull, justified: 'a test' }),
    mutant({ fault: 'sign_flipped', what: 'a number has the other sign' }),
    mutant({ table: 'days', column: null, fault: 'dropped_rows', outcome: 'killed', killedBy: 'build' }),
  ],
};

async function run(args: readonly string[], asked: unknown[] = []): Promise<Told> {
  const root = await writeProject(PROJECT);
  const db = await createTestWarehouse();
  const mutate: CliContext['mutate'] = ({ request, onProgress }) => {
    asked.push(request);
    onProgress({ done: 4, of: 4, survived: 3 });
    return Promise.resolve(REPORT);
  };
  try {
    return await runCli(['mutate', ...args], {
      cwd: root,
      mutate,
      env: {},
      openWorld: () => Promise.resolve(worldOf(root, db.url)),
    });
  } finally {
    await db.stop();
  }
}

test('it tells the score, every table and every survivor with the check that would have found it', async () => {
  const { stdout, stderr, code } = await run([]);
  expect(code).toBe(0);
  expect(stderr).toBe('  shop: 4 of 4 faults tried, 3 not found\n');
  expect(stdout).toMatchInlineSnapshot(`
    "shop: 25.00 % of the planted faults are found: 1 of 4
      0.00 % without checks that compare with an earlier refresh, which do not see a fault that was there from the first pull on
      data of run 7, seed 1; the score is kept and published
      2 changed nothing and are left out
      1 was found because a model could not be built
      not built again: customer_history

    table  faults  found  not found
    sales  3       0      3
    days   1       1      0

    Not found
    sales.id  null: a value is taken away (changes days)
        would be found by:
          models:
            - name: sales
              columns:
                - name: id
                  checks:
                    - not_null
    sales.id  null 1 %: a value is taken away
        justified: a test
        found by the not_null above
    sales.id  sign_flipped: a number has the other sign
        no check was thought of that would find it
    "
  `);
});

test('a score below --min-score makes the exit code 1', async () => {
  expect((await run(['--min-score', '25'])).code).toBe(0);
  expect((await run(['--min-score', '25.01', '--json'])).code).toBe(1);
});

test('what is chosen is asked for; without a choice it is the whole vertical', async () => {
  const asked: unknown[] = [];
  await run(['-s', 'sales', '--faults', 'null,swapped', '--per-column', '2', '--seed', 'x', '--no-record'], asked);
  await run([], asked);
  expect(asked).toMatchInlineSnapshot(`
    [
      {
        "faults": [
          "null",
          "swapped",
        ],
        "limit": undefined,
        "perColumn": 2,
        "record": false,
        "seed": "x",
        "tables": [
          "sales",
        ],
        "threads": 2,
        "vertical": "shop",
      },
      {
        "faults": undefined,
        "limit": undefined,
        "perColumn": 4,
        "record": true,
        "seed": "1",
        "tables": undefined,
        "threads": 2,
        "vertical": "shop",
      },
    ]
  `);
});
