import type { CompiledProject } from '../engine/compile/compile-project.ts';
import type { Project } from '../engine/contracts/project.ts';

export const RESOURCE_TYPES = ['vertical', 'source', 'model', 'check', 'kri', 'control'] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/** One thing that the project declares. */
export interface Resource {
  readonly type: ResourceType;
  readonly id: string;
  readonly vertical: string;
  readonly file: string;
  readonly line: number | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly dependsOn: readonly string[];
}

/** Everything a project declares, by type and then in the order of its files; models in build order. */
export function listResources(project: Project, compiled: CompiledProject): Resource[] {
  const plain = { tags: [], dependsOn: [] };
  return [
    ...Object.entries(project.config.verticals).map(([id, { description }]): Resource => ({
      ...plain,
      type: 'vertical',
      id,
      vertical: id,
      file: 'tickmark.yml',
      line: null,
      description: description ?? null,
    })),
    ...project.sources.map(({ source, name, vertical, declaredIn, line, description }): Resource => ({
      ...plain,
      type: 'source',
      id: `${source}.${name}`,
      vertical,
      file: declaredIn,
      line,
      description: description ?? null,
    })),
    ...compiled.models.map(({ name, vertical, file, description, tags, dependsOn }): Resource => ({
      type: 'model',
      id: name,
      vertical,
      file,
      line: null,
      description: description ?? null,
      tags,
      dependsOn: [...dependsOn.sources, ...dependsOn.models],
    })),
    ...project.checks.map(({ id, vertical, file, line, settings, on }): Resource => ({
      type: 'check',
      id,
      vertical,
      file,
      line,
      description: settings.description ?? null,
      tags: [],
      dependsOn: [on],
    })),
    ...project.kris.map(({ id, vertical, file, line, title, numerator }): Resource => ({
      type: 'kri',
      id,
      vertical,
      file,
      line,
      description: title,
      tags: [],
      dependsOn: [numerator.model],
    })),
    ...project.controls.map(({ id, vertical, file, line, title, population, tests }): Resource => ({
      type: 'control',
      id,
      vertical,
      file,
      line,
      description: title,
      tags: [],
      dependsOn: [population.model, ...tests],
    })),
  ];
}
