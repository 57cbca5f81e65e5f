import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileProject } from '../compile/compile-project.ts';
import type { Project } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import { loadProject } from '../project/load-project.ts';
import type { Remark } from './conversion.ts';

const MOST = 100;

/** Every error that stands in the way of a project's first build, each file's first. Files are moved aside meanwhile and put back. */
export function tryProject(root: string, env: Readonly<Record<string, string | undefined>>): readonly Remark[] {
  const errors: Remark[] = [];
  const aside: string[] = [];
  const place = `${root}.aside`;
  try {
    const project = loadWhatCan({ root, place }, errors, aside);
    if (project !== undefined) compileWhatCan(project, env, errors);
  } finally {
    for (const file of aside.reverse()) renameSync(join(place, file), join(root, file));
    rmSync(place, { recursive: true, force: true });
  }
  return errors;
}

function loadWhatCan(
  { root, place }: { readonly root: string; readonly place: string },
  errors: Remark[],
  aside: string[],
): Project | undefined {
  while (errors.length < MOST) {
    try {
      return loadProject(root);
    } catch (error) {
      const remark = asRemark(error);
      errors.push(remark);
      if (remark.file === '' || remark.file === 'tickmark.yml' || aside.includes(remark.file)) return undefined;
      mkdirSync(dirname(join(place, remark.file)), { recursive: true });
      renameSync(join(root, remark.file), join(place, remark.file));
      aside.push(remark.file);
    }
  }
  return undefined;
}

function compileWhatCan(whole: Project, env: Readonly<Record<string, string | undefined>>, errors: Remark[]): void {
  let project = whole;
  const broken = new Set<string>();
  while (errors.length < MOST) {
    try {
      compileProject(project, {
        schemaOf: ({ vertical, layer }) => (layer === 'staging' ? `${vertical}_staging` : vertical),
        vars: {},
        env,
        target: { name: 'warehouse' },
        runClock: '2000-01-01T00:00:00Z',
        invocationId: '00000000-0000-0000-0000-000000000000',
      });
      return;
    } catch (error) {
      const remark = asRemark(error);
      const found = project.models.filter(({ file }) => file === remark.file);
      const follows = [...broken].some((name) => remark.what.includes(`'${name}'`));
      if (!follows) errors.push(remark);
      if (found.length === 0) return;
      for (const { name } of found) broken.add(name);
      project = { ...project, models: project.models.filter(({ file }) => file !== remark.file) };
    }
  }
}

function asRemark(error: unknown): Remark {
  if (!(error instanceof EngineError)) {
    // The conversion is worth having all the same; the text of an unknown error may quote anything.
    const name = error instanceof Error ? error.name : 'error';
    return {
      file: '',
      line: undefined,
      what: `an unexpected ${name}`,
      next: '`tickmark parse` with TICKMARK_DEBUG=1 says more',
    };
  }
  const { place, code, hint } = error;
  const prefix =
    place === undefined
      ? ''
      : `${[place.file, place.line, place.column].filter((part) => part !== undefined).join(':')}: `;
  const what = error.message.slice(error.message.startsWith(prefix) ? prefix.length : 0).replace(` [${code}]`, '');
  return { file: place?.file ?? '', line: place?.line, what, next: hint };
}
