import { parseYaml } from '../config/parse-yaml.ts';
import { SurvivorsFile } from '../contracts/mutation.ts';
import type { JustifiedSurvivor } from '../contracts/mutation.ts';
import type { ContentFile } from './content-file.ts';
import type { Relations } from './relations.ts';

/** The faults of one survivors.yml that checks need not find, each with its reason. */
export function loadSurvivors(
  { file, text, vertical }: ContentFile,
  relations: Relations,
): readonly JustifiedSurvivor[] {
  const { value, place } = parseYaml(SurvivorsFile, text, file, 'PROJECT_INVALID');
  return value.survivors.map((survivor, index) => {
    const path = ['survivors', index];
    relations.require(survivor.table, place([...path, 'table']));
    return { ...survivor, vertical, file, line: place(path).line ?? 1 };
  });
}
