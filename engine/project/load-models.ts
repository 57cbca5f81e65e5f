import { basename, extname } from 'node:path';
import type { ModelFile, ModelProperties } from '../contracts/model.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { findBlocks } from '../jinja/find-blocks.ts';
import type { ContentFile } from './content-file.ts';
import type { ModelDescription } from './describe-models.ts';

/** Of a model that no YAML describes. */
export const NOTHING_SAID: ModelProperties = {
  description: undefined,
  columns: [],
  constraints: [],
  options: [],
  file: undefined,
  line: undefined,
};

/** A model's file with what tickmark.yml may know it by: folders, then its name. */
export interface FoundModel {
  readonly model: Omit<ModelFile, 'properties'>;
  readonly blockPath: readonly string[];
}

/** The files of models, seeds and snapshots, each named for its file or block; a name stands once in the whole project. */
export function findModels(
  files: readonly ContentFile[],
  descriptions: ReadonlyMap<string, ModelDescription>,
): readonly FoundModel[] {
  const found = new Map<string, FoundModel>();
  const add = (each: FoundModel): void => {
    const { name, resource, file, firstLine } = each.model;
    const place = { file, ...(firstLine > 1 ? { line: firstLine } : {}) };
    // 63 bytes are what Postgres keeps of a name; it cuts the rest without a word.
    if (!/^[A-Za-z0-9_]{1,63}$/.test(name))
      refuse(place, `a ${resource} is named with letters, digits and _, at most 63 of them`);
    const first = found.get(name)?.model;
    if (first) refuse(place, `a ${first.resource} '${name}' is also in ${first.file}`);
    found.set(name, each);
  };
  for (const file of files) {
    if (file.kind === 'staging' || file.kind === 'marts' || file.kind === 'engagement') add(ofModel(file, file.kind));
    else if (file.kind === 'seed') add(ofSeed(file));
    else if (file.kind === 'snapshot') for (const each of ofSnapshots(file)) add(each);
  }
  for (const description of descriptions.values()) {
    if (description.relation !== undefined) add(ofYamlSnapshot(description, description.relation));
  }
  return [...found.values()];
}

function ofModel({ file, vertical, folders, text }: ContentFile, layer: ModelFile['layer']): FoundModel {
  const name = basename(file, extname(file));
  const model = { name, resource: 'model', vertical, layer, file, template: text, firstLine: 1 } as const;
  return { model, blockPath: [...folders, name] };
}

function ofSeed({ file, vertical, folders, hash }: ContentFile): FoundModel {
  const name = basename(file, extname(file));
  const model = { name, resource: 'seed', vertical, layer: 'marts', file, template: hash, firstLine: 1 } as const;
  return { model, blockPath: [...folders.slice(1), name] };
}

function ofSnapshots({ file, vertical, folders, text }: ContentFile): FoundModel[] {
  const blocks = findBlocks(text, { file }).filter(({ kind }) => kind === 'snapshot');
  if (blocks.length === 0) refuse({ file }, 'no snapshot begins here; write {% snapshot name %} ... {% endsnapshot %}');
  return blocks.map(({ name, body, bodyLine: firstLine, bodyColumn }) => {
    // What stood before the query in its first line is blank, so that columns are told as they are in the file.
    const template = ' '.repeat(bodyColumn - 1) + body;
    const model = { name, resource: 'snapshot', vertical, layer: 'marts', file, template, firstLine } as const;
    return { model, blockPath: [...folders.slice(1), basename(file, extname(file)), name] };
  });
}

/** YAML says what a snapshot keeps the history of, so its query is all of that. */
function ofYamlSnapshot({ name, vertical, folders, file, line }: ModelDescription, relation: string): FoundModel {
  const call = relation.replace(/^\s*\{\{|\}\}\s*$/g, '').trim();
  const template = `select * from {{ ${call} }}`;
  const model = {
    name,
    resource: 'snapshot',
    vertical,
    layer: 'marts',
    file,
    template,
    firstLine: line,
  } as const;
  return { model, blockPath: [...(folders[0] === 'snapshots' ? folders.slice(1) : folders), name] };
}

function refuse(place: Place, message: string): never {
  throw new EngineError('PROJECT_INVALID', message, { place });
}
