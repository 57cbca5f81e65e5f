import { uniqueIds } from '../engine/artifacts/unique-ids.ts';
import type { CompiledProject } from '../engine/compile/compile-project.ts';
import type { Project } from '../engine/contracts/project.ts';
import type { Resource, ResourceType } from './resource.ts';

/** Everything a project declares, by type and then in the order of its files; models, seeds and snapshots in build order. */
export function listResources(project: Project, compiled: CompiledProject): Resource[] {
  const own = project.config.name;
  const names = uniqueIds(project);
  const parentOf = (id: string): string => names.relation(id) ?? names.check(id) ?? id;
  const make = (type: ResourceType, given: Given): Resource => {
    const { id, vertical, file, line, description, dependsOn = [] } = given;
    const name = given.name ?? id;
    return {
      type,
      id,
      name,
      uniqueId: given.uniqueId ?? `${type}.${own}.${id}`,
      package: own,
      vertical,
      fqn: [own, vertical, ...file.split('/').slice(2, -1), ...(given.within ?? []), name],
      file,
      line: line ?? null,
      description: description ?? null,
      tags: given.tags ?? [],
      config: given.config ?? {},
      dependsOn,
      parents: dependsOn.map(parentOf),
      test: given.test ?? null,
    };
  };
  return [
    ...Object.entries(project.config.verticals).map(([id, { description }]) =>
      make('vertical', { id, vertical: id, file: 'tickmark.yml', description }),
    ),
    ...project.sources.map(({ source, name, vertical, declaredIn: file, line, description, tags, meta, eventTime }) =>
      make('source', {
        id: `${source}.${name}`,
        uniqueId: names.relation(`${source}.${name}`),
        vertical,
        file,
        line,
        description,
        tags,
        config: { enabled: true, event_time: eventTime, tags: tags ?? [], meta: meta ?? {} },
      }),
    ),
    ...compiled.models.map(({ name, resource, vertical, file, description, tags, config, dependsOn }) =>
      make(resource, {
        id: name,
        uniqueId: names.relation(name),
        dependsOn: [...dependsOn.sources, ...dependsOn.models],
        vertical,
        file,
        description,
        tags,
        config,
      }),
    ),
    ...project.checks.map(({ id, name, vertical, file, line, settings, on, refersTo, test, kind, sql }) =>
      make('check', {
        id,
        name,
        uniqueId: names.check(id),
        vertical,
        file,
        line,
        description: settings.description,
        tags: settings.tags,
        config: settings,
        dependsOn: unique([on, ...refersTo]),
        test: {
          name: test?.name ?? kind,
          form: test === undefined && sql !== undefined ? 'singular' : 'generic',
        },
      }),
    ),
    ...project.waivers.map(({ check, vertical, file, line, approvedOn, expires, reason }) =>
      make('waiver', {
        id: `${check}@${approvedOn}`,
        vertical,
        file,
        line,
        description: `until ${expires}: ${reason}`,
        dependsOn: [check],
      }),
    ),
    ...project.unitTests.map(({ name, model, vertical, file, line, description, tags }) =>
      make('unit_test', {
        id: name,
        uniqueId: names.unitTest(name),
        dependsOn: [model],
        within: [model],
        vertical,
        file,
        line,
        description,
        tags,
      }),
    ),
    ...project.exposures.map((exposure) =>
      make('exposure', { ...exposure, id: exposure.name, uniqueId: names.exposure(exposure.name) }),
    ),
    ...project.kris.map(({ id, vertical, file, line, title, numerator, denominator }) =>
      make('kri', {
        id,
        vertical,
        file,
        line,
        description: title,
        dependsOn: unique([numerator.model, denominator?.model]),
      }),
    ),
    ...project.controls.map(({ id, vertical, file, line, title, population, tests }) =>
      make('control', {
        id,
        vertical,
        file,
        line,
        description: title,
        dependsOn: unique([population.model, ...tests]),
      }),
    ),
  ];
}

interface Given {
  readonly id: string;
  readonly name?: string | undefined;
  readonly uniqueId?: string | undefined;
  readonly vertical: string;
  readonly file: string;
  readonly line?: number | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  readonly test?: Resource['test'];
  /** What stands between folders and name in its dotted path. */
  readonly within?: readonly string[];
}

function unique(ids: readonly (string | undefined)[]): string[] {
  return [...new Set(ids)].flatMap((id) => (id === undefined || id === '' ? [] : [id]));
}
