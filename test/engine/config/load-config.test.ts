import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../engine/config/load-config.ts';

const good = `name: shop
warehouse: { url: '\${env:DATABASE_URL}' }
connections:
  till: { type: files, directory: data }
vars:
  as_of: { type: date, default: 2026-01-31 }
verticals:
  shop:
    schedule: { cron: '0 2 * * *', timezone: Europe/Berlin }
`;

function load(text: string) {
  const root = mkdtempSync(join(tmpdir(), 'tickmark-config-'));
  writeFileSync(join(root, 'tickmark.yml'), text);
  return loadConfig(root);
}

test('every default is filled, and ${env:...} stays as written', () => {
  expect(load(good)).toEqual({
    name: 'shop',
    warehouse: { url: '${env:DATABASE_URL}', readers: [] },
    connections: { till: { type: 'files', directory: 'data', limits: { rows: 1e9, bytes: 1e12, seconds: 3_600 } } },
    vars: { as_of: { type: 'date', default: '2026-01-31' } },
    env_vars: [],
    verticals: { shop: { schedule: { cron: '0 2 * * *', timezone: 'Europe/Berlin' } } },
    models: {},
    seeds: {},
    snapshots: {},
    data_tests: {},
    sources: {},
    unit_tests: {},
    exposures: {},
    on_run_start: [],
    on_run_end: [],
    dispatch: [],
    alerts: [],
    closed_periods: [],
  });
});

test('a folder without tickmark.yml is named', () => {
  expect(() => loadConfig('/nowhere')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: no tickmark.yml in /nowhere [PROJECT_NOT_FOUND]]`,
  );
});

test('a misspelt key is named with its place and what was meant', () => {
  expect(() => load(good.replace('verticals:', 'vertical:'))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:7:1: unknown key 'vertical'; did you mean 'verticals'? [CONFIG_INVALID]]`,
  );
  expect(() => load(good.replace('directory:', 'directroy:'))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:4:24: unknown key 'directroy' in connections.till; did you mean 'directory'? [CONFIG_INVALID]]`,
  );
  expect(() => load(good.replace('schedule:', 'shedule:'))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:9:5: unknown key 'shedule' in verticals.shop; did you mean 'schedule'? [CONFIG_INVALID]]`,
  );
});

test('a connection type that does not exist is refused', () => {
  expect(() => load(good.replace('type: files', 'type: flies'))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:4:11: connections.till.type: 'flies' is not one of postgres, mysql, files, http, bigquery; did you mean 'files'? [CONFIG_INVALID]]`,
  );
  expect(() => load(good.replace('type: files, ', ''))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:4:3: connections.till.type is missing [CONFIG_INVALID]]`,
  );
});

test('a name that could not name a schema is refused', () => {
  expect(() => load(good.replace('  shop:', '  Shop-1:'))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:8:3: 'Shop-1' cannot be a name: lower case letters, digits and _ [CONFIG_INVALID]]`,
  );
  expect(() => load(good.replace('  shop:', '  audit:'))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:8:3: a vertical cannot be named 'audit': that is a schema or folder of Tickmark's own [CONFIG_INVALID]]`,
  );
  expect(() => load(good.replace('  shop:', '  shop_staging:'))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:8:3: a vertical cannot be named 'shop_staging': that is a schema or folder of Tickmark's own [CONFIG_INVALID]]`,
  );
});

test('cron takes five fields that come true some day', () => {
  const cron = (text: string) => load(good.replace('0 2 * * *', text));
  expect(() => cron('0 0 2 * * *')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:9:17: verticals.shop.schedule.cron: expected five cron fields, such as 0 2 * * * [CONFIG_INVALID]]`,
  );
  expect(() => cron('@daily')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:9:17: verticals.shop.schedule.cron: expected five cron fields, such as 0 2 * * * [CONFIG_INVALID]]`,
  );
  expect(() => cron('61 2 * * *')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:9:17: verticals.shop.schedule.cron: Invalid value for minute: 61 [CONFIG_INVALID]]`,
  );
  expect(() => cron('0 0 31 2 *')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:9:17: verticals.shop.schedule.cron: that time never comes [CONFIG_INVALID]]`,
  );
});

test('a time zone is an IANA name, not an offset', () => {
  const zone = (text: string) => load(good.replace('Europe/Berlin', text));
  expect(zone('Asia/Kolkata').verticals.shop?.schedule?.timezone).toBe('Asia/Kolkata');
  expect(() => zone('Europe/Berln')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:9:36: verticals.shop.schedule.timezone: 'Europe/Berln' is no IANA time zone; did you mean 'Europe/Berlin'? [CONFIG_INVALID]]`,
  );
  expect(() => zone("'+02:00'")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:9:36: verticals.shop.schedule.timezone: '+02:00' is no IANA time zone [CONFIG_INVALID]]`,
  );
});

test("a default that is not of its variable's type is refused", () => {
  expect(() => load(good.replace('2026-01-31', '2026-02-30'))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:6:24: vars.as_of.default: expected a date that exists, as YYYY-MM-DD [CONFIG_INVALID]]`,
  );
});

test('two alert routes cannot share a name', () => {
  const route = `  - { name: ops, type: webhook, url: 'https://example.com' }\n`;
  expect(() => load(`${good}alerts:\n${route}${route}`)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:12:7: two alert routes are named 'ops' [CONFIG_INVALID]]`,
  );
});

test('hooks are taken in either spelling, as one text or a list, and not in both', () => {
  expect(load(`${good}on-run-start: select 1\non_run_end: [select 2, select 3]\n`)).toMatchObject({
    on_run_start: ['select 1'],
    on_run_end: ['select 2', 'select 3'],
  });
  expect(() => load(`${good}on_run_end: select 1\non-run-end: select 2\n`)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:11:1: on-run-end and on_run_end are one word for the same; keep one [CONFIG_INVALID]]`,
  );
});

test('a project needs no connections, and cannot name one as the built-in one', () => {
  expect(load(good.replace('  till: { type: files, directory: data }', '  {}')).connections).toEqual({});
  expect(() => load(good.replace('  till:', '  warehouse:'))).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:4:3: connection 'warehouse' is built in, for tables that are in the warehouse already; give this one another name [CONFIG_INVALID]]`,
  );
});

test("a variable may be a list of texts, and have the name of a package's variable", () => {
  const withVar = (line: string) => load(good.replace('vars:\n', `vars:\n  ${line}\n`)).vars;
  expect(withVar("'dbt_date:methods': { type: list, default: [card, 2] }")).toMatchObject({
    'dbt_date:methods': { type: 'list', default: ['card', 2] },
  });
  expect(() => withVar('methods: { type: list, default: [card, "it\'s"] }')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:6:26: vars.methods.default: expected a list, each one line of text without quotes, \\ $ ; { }, -- or /*, with no - at an end [CONFIG_INVALID]]`,
  );
  expect(() => withVar('methods: { type: list, default: card }')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:6:26: vars.methods.default: expected a list, each one line of text without quotes, \\ $ ; { }, -- or /*, with no - at an end [CONFIG_INVALID]]`,
  );
  expect(() => withVar("'a-b': { type: text }")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: tickmark.yml:6:3: 'a-b' cannot be a name: letters, digits and _ [CONFIG_INVALID]]`,
  );
});
