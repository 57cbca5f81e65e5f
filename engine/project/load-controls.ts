import { didYouMean } from '../config/did-you-mean.ts';
import { parseYaml } from '../config/parse-yaml.ts';
import { ControlsFile } from '../contracts/control.ts';
import type { ControlDefinition } from '../contracts/control.ts';
import { EngineError } from '../errors.ts';
import { hashDefinition } from './hash-definition.ts';
import type { ContentFile } from './content-file.ts';
import type { Relations } from './relations.ts';

/** The controls of one controls.yml; each of their tests is a check of the project. */
export function loadControls(
  { file, text, vertical }: ContentFile,
  relations: Relations,
  checkIds: ReadonlySet<string>,
): readonly ControlDefinition[] {
  const { value, place } = parseYaml(ControlsFile, text, file, 'PROJECT_INVALID');
  return value.controls.map((control, index) => {
    const path = ['controls', index];
    relations.require(control.population.model, place([...path, 'population', 'model']));
    control.tests.forEach((id, t) => {
      if (checkIds.has(id)) return;
      const message = `no check '${id}'${didYouMean(id, checkIds)}`;
      throw new EngineError('PROJECT_INVALID', message, { place: place([...path, 'tests', t]) });
    });
    const spec = { ...control, vertical };
    return { ...spec, file, line: place(path).line ?? 1, definitionHash: hashDefinition(spec) };
  });
}
