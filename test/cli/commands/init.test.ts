import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { CliContext } from '../../../cli/context.ts';
import { addInit } from '../../../cli/commands/init.ts';
import type { Conversion } from '../../../engine/from-dbt/conversion.ts';
import { loadProject } from '../../../engine/project/load-project.ts';

interface Said {
  readonly cwd: string;
  readonly out: string;
  readonly said: string;
}

async function init(cwd: string, ...args: string[]): Promise<Said> {
  let [out, said] = ['', ''];
  const context: Partial<CliContext> = {
    cwd,
    env: {},
    out: (text) => (out += text),
    say: (line) => (said += `${line}\n`),
  };
  const program = new Command().exitOverride();
  addInit(program, context as CliContext);
  await program.parseAsync(['init', ...args], { from: 'user' });
  return { cwd, out, said: said.replaceAll(cwd, '<cwd>') };
}

const folder = (): string => mkdtempSync(join(tmpdir(), 'tickmark-init-'));

test('a new project stands in a folder of its name, loads as it is, and its YAML names schemas that are there', async () => {
  const { cwd, said } = await init(folder(), 'first_audit');
  const root = join(cwd, 'first_audit');
  const project = loadProject(root);
  expect(project.models.length).toBeGreaterThan(0);
  const modeline = /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(join(root, 'tickmark.yml'), 'utf8'));
  expect(existsSync(join(root, modeline?.[1] ?? 'none'))).toBe(true);
  expect(said).toMatch(/^\d+ files in <cwd>\/first_audit\n\nNext\n {2}cd <cwd>\/first_audit\n {2}tickmark build\n$/);
});

test('a folder that holds something is refused, and stays as it was', async () => {
  const cwd = folder();
  await init(cwd, 'twice');
  await expect(init(cwd, 'twice')).rejects.toThrow(`${join(cwd, 'twice')} is not empty [INIT_FOLDER_TAKEN]`);
});

test('a dbt project is brought into a folder of its name; the report is for people, or JSON', async () => {
  const dbt = folder();
  writeFileSync(join(dbt, 'dbt_project.yml'), 'name: shop\n');
  const { cwd, out } = await init(folder(), '--from-dbt', dbt);
  expect(out.split('\n')[0]).toBe(`dbt project shop is now the vertical shop in ${join(cwd, 'shop')}`);
  expect(existsSync(join(cwd, 'shop', 'tickmark.yml'))).toBe(true);
  const json = JSON.parse(
    (await init(folder(), '--from-dbt', dbt, '--out', 'o', '--vertical', 'v', '--json')).out,
  ) as Conversion;
  expect([json.project, json.vertical, json.brought]).toEqual(['shop', 'v', []]);
});

test('a dbt project is never brought over into a folder that holds it', async () => {
  const dbt = folder();
  writeFileSync(join(dbt, 'dbt_project.yml'), 'name: shop\n');
  await expect(init(dbt, '--from-dbt', '.', '--out', '.')).rejects.toThrow(
    `${dbt} holds the dbt project itself; give another folder with --out [INIT_INVALID]`,
  );
});
