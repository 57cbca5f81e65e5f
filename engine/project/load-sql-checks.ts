import { basename } from 'node:path';
import { didYouMean } from '../config/did-you-mean.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import type { ContentFile } from './content-file.ts';
import { loadBespokeCheck } from './load-bespoke-check.ts';
import type { CheckSurroundings } from './load-generic-checks.ts';
import type { PropertiesFile } from './properties-file.ts';

/** The checks that are SQL files, with what YAML says of them; YAML that speaks of a test which is not there is an error. */
export function loadSqlChecks(
  content: readonly ContentFile[],
  files: readonly PropertiesFile[],
  about: CheckSurroundings,
): readonly CheckDefinition[] {
  const names = new Set(content.map(({ file }) => basename(file, '.sql')));
  const singular = new Map(
    files.flatMap(({ singularTests, yaml }) =>
      singularTests.map((said) => {
        if (!names.has(said.name)) {
          const message = `no test '${said.name}': a file ${said.name}.sql in checks/${didYouMean(said.name, names)}`;
          throw new EngineError('PROJECT_INVALID', message, { place: yaml.place([...said.path, 'name']) });
        }
        return [said.name, said] as const;
      }),
    ),
  );
  return content.flatMap((file) => loadBespokeCheck(file, { ...about, singular }) ?? []);
}
