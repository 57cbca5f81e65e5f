import { parseYaml } from '../config/parse-yaml.ts';
import { KrisFile } from '../contracts/kri.ts';
import type { KriDefinition, KriSpec } from '../contracts/kri.ts';
import { EngineError } from '../errors.ts';
import { hashDefinition } from './hash-definition.ts';
import type { ContentFile } from './content-file.ts';
import type { Relations } from './relations.ts';

/** The key risk indicators of one kris.yml. */
export function loadKris({ file, text, vertical }: ContentFile, relations: Relations): readonly KriDefinition[] {
  const { value, place } = parseYaml(KrisFile, text, file, 'PROJECT_INVALID');
  return value.kris.map((kri, index) => {
    const path = ['kris', index];
    relations.require(kri.numerator.model, place([...path, 'numerator', 'model']));
    if (kri.denominator) relations.require(kri.denominator.model, place([...path, 'denominator', 'model']));
    if (!redIsWorse(kri)) {
      const message = `red must be ${kri.direction === 'higher_is_worse' ? 'at or above' : 'at or below'} amber, because ${kri.direction}`;
      throw new EngineError('PROJECT_INVALID', message, { place: place([...path, 'red']) });
    }
    const spec = { ...kri, vertical };
    return { ...spec, file, line: place(path).line ?? 1, definitionHash: hashDefinition(spec) };
  });
}

function redIsWorse({ direction, amber, red }: KriSpec): boolean {
  return direction === 'higher_is_worse' ? Number(red) >= Number(amber) : Number(red) <= Number(amber);
}
