import { wordFailure } from '../../jinja/word-failure.ts';
import { placeValues } from '../place-values.ts';
import type { Scene } from '../scene.ts';
import type { Answer } from './result-table.ts';

/** The answer to a query, its columns' types too when they are asked for; without one the rendering ends here, and begins again when it is there. */
export function ask(sql: string, scene: Scene, { typed = false } = {}): Answer {
  scene.spoken.asksWarehouse = true;
  const question = placeValues(sql).trim().replace(/;\s*$/, '');
  const answer = scene.answers.get(question);
  if (answer !== undefined) return answer;
  scene.questions.set(question, { typed });
  throw wordFailure('COMPILE_TEMPLATE', 'the template asks the warehouse (run_query, adapter), which is not open here');
}
