import type { Template } from '../jinja/template-engine.ts';
import { identifier, literal } from '../sql-text.ts';
import type { Ask, Rendered } from './compile-project.ts';
import { ephemeralName } from './ephemeral.ts';
import { placeValues } from './place-values.ts';
import { nothingSpoken } from './scene.ts';
import type { Scene, Stage } from './scene.ts';
import { skip } from './sql-tokens.ts';
import { ambiguousColumns } from './words/result-table.ts';
import type { Answer } from './words/result-table.ts';

/** What a scene is before anything is rendered in it. */
export type Setting = Pick<
  Scene,
  'world' | 'model' | 'outside' | 'execute' | 'self' | 'how' | 'allowed' | 'ephemeralInline'
>;

/** A rendering as it came out: without what ephemeral models put before it. */
export interface Played {
  readonly sql: string;
  readonly scene: Scene;
}

/** Renders once, with the answers that are known. */
export function playScene(
  run: () => string,
  setting: Setting,
  stage: Stage,
  answers: ReadonlyMap<string, Answer> = new Map(),
): Played {
  const scene: Scene = {
    ...setting,
    options: [],
    said: [],
    spoken: nothingSpoken(),
    answers,
    questions: new Map(),
    results: new Map(),
  };
  try {
    const text = stage.play(scene, run);
    return { sql: placeValues(text).trim().replace(/\s*;$/, ''), scene };
  } catch (error) {
    if (scene.questions.size > 0) throw new Unanswered(scene, error);
    throw error;
  }
}

/** A rendering that ended where an answer was missing; `cause` is what is told when nobody can be asked. */
export class Unanswered extends Error {
  readonly scene: Scene;
  constructor(scene: Scene, cause: unknown) {
    super('the template asks the warehouse', { cause });
    this.scene = scene;
  }
}

/** Renders again and again, until every query that the template asks is answered; each is asked once. */
export async function playAsking(run: () => string, setting: Setting, stage: Stage, ask: Ask): Promise<Played> {
  const answers = new Map<string, Answer>();
  for (;;) {
    try {
      return playScene(run, setting, stage, answers);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      for (const [question, { typed }] of error.scene.questions) {
        answers.set(question, typed ? await answer(question, ask) : { rows: await ask(question), types: {} });
      }
    }
  }
}

/** Renders where nobody can be asked. */
export function playAlone(run: () => string, setting: Setting, stage: Stage): Played {
  try {
    return playScene(run, setting, stage);
  } catch (error) {
    throw error instanceof Unanswered ? error.cause : error;
  }
}

export function renderTemplate(template: Template): () => string {
  return () => template.render({});
}

/** What a rendering spoke of. */
export function dependenciesOf({ scene }: Played): Rendered['dependsOn'] {
  const { models, sources, macros } = scene.spoken;
  return { models: [...models], sources: [...sources], macros: [...macros].sort() };
}

/** The ephemeral models that a rendering calls by the name of a common table expression. */
export function ephemeralIn({ scene, sql }: Played): readonly string[] {
  return [...scene.spoken.models].filter(
    (name) => scene.world.models.get(name)?.relation.is_cte && sql.includes(identifier(ephemeralName(name))),
  );
}

/** The rows, and the columns' types where the text alone does not tell them: what is asked for those reads no row. */
async function answer(question: string, ask: Ask): Promise<Answer> {
  const rows = await ask(question);
  if (!/^(?:select|with|values|table|\()/i.test(question.slice(skip(question, 0)))) return { rows, types: {} };
  if (rows.length === 0) return { rows, types: await namesOf(question, ask) };
  const columns = ambiguousColumns(rows);
  if (columns.length === 0) return { rows, types: {} };
  const list = columns.map((name) => `pg_typeof(q.${identifier(name)})::text as ${identifier(name)}`);
  const [types] = await ask(
    `select ${list.join(', ')}\nfrom (select 1) as one\nleft join (select * from (\n${question}\n) as asked limit 0) as q on true`,
  );
  return { rows, types: Object.fromEntries(Object.entries(types ?? {}).map(([name, type]) => [name, type ?? ''])) };
}

/** Names of the columns of a query that gave no row. */
async function namesOf(question: string, ask: Ask): Promise<Record<string, string>> {
  const [schema] = await ask(`select query_to_xmlschema(${literal(question)}, true, false, '')::text as columns`);
  const names = [...(schema?.['columns'] ?? '').matchAll(/<xsd:element name="([^"]+)" type="([^"]+)" nillable/g)];
  return Object.fromEntries(names.map(([, name = '', type = '']) => [plainName(name), type]));
}

/** XML writes what its names cannot hold as `_x0020_`. */
function plainName(name: string): string {
  return name.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
