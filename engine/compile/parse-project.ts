import { hash } from 'node:crypto';
import { z } from 'zod';
import { parseYaml } from '../config/parse-yaml.ts';
import { splitHeader } from '../config/split-header.ts';
import type { ModelFile } from '../contracts/model.ts';
import type { Project } from '../contracts/project.ts';
import type { Place } from '../errors.ts';
import { createTemplateEngine } from '../jinja/template-engine.ts';
import type { Template, TemplateEngine } from '../jinja/template-engine.ts';
import { createStage } from './scene.ts';
import type { Stage } from './scene.ts';
import { createTemplateWords, replaceableWords } from './template-words.ts';

/** What a model's own header says. */
export type ModelHeader = z.output<typeof ModelHeader>;
const ModelHeader = z.strictObject({
  description: z.string().optional(),
  grain: z.string().optional(),
  owner: z.string().optional(),
});

/** A project with all its templates read: it is rendered for as many targets as need be. */
export interface ParsedProject {
  readonly project: Project;
  readonly engine: TemplateEngine;
  readonly stage: Stage;
  /** By model; a seed has none. */
  readonly templates: ReadonlyMap<string, Template>;
  readonly headers: ReadonlyMap<string, ModelHeader>;
  /** SHA-256 of each model's template as written, hex. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** Reads every template of a project, macros first. Renders nothing. */
export function parseProject(project: Project): ParsedProject {
  const stage = createStage();
  const words = createTemplateWords(stage, (home, name) => engine.macro(home, name));
  const engine: TemplateEngine = createTemplateEngine(words, {
    project: project.config.name,
    replaceable: replaceableWords(words),
    onMacro: (home, name) => heardMacro(stage, home, name),
    // In its first pass dbt takes what is not there for nothing: answers of the warehouse are not there yet.
    forgives: () => !stage.scene().execute,
  });
  engine.addMacros(project.macros);
  const templates = new Map<string, Template>();
  const headers = new Map<string, ModelHeader>();
  for (const file of project.models) {
    if (file.resource === 'seed') continue;
    const { header, body } = splitHeader(file.template);
    if (header !== undefined)
      headers.set(file.name, parseYaml(ModelHeader, header, file.file, 'PROJECT_INVALID').value);
    templates.set(file.name, engine.parse(body, startOf(file), []));
  }
  const hashes = new Map(project.models.map(({ name, template }) => [name, hash('sha256', template)]));
  return { project, engine, stage, templates, headers, hashes };
}

/** Where a model's template begins; a snapshot block may stand in the middle of a file. */
export function startOf({ file, firstLine }: ModelFile): Place {
  return firstLine === 1 ? { file } : { file, line: firstLine };
}

function heardMacro(stage: Stage, home: string, name: string): { readonly value: unknown } | undefined {
  const { spoken, how } = stage.scene();
  spoken.macros.add(`${home}.${name}`);
  const key = [`${home}.${name}`, name].find((each) => how.macros && Object.hasOwn(how.macros, each));
  return key === undefined ? undefined : { value: how.macros?.[key] };
}
