import { didYouMean } from '../config/did-you-mean.ts';
import { parseYaml } from '../config/parse-yaml.ts';
import type { Config } from '../contracts/config.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { SourcesFile } from '../contracts/source.ts';
import { EngineError, formatPlace } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { ContentFile } from './read-content.ts';
import { unfitTable } from './unfit-table.ts';

/** Every table of every sources.yml, each with its connection; a table declared twice, or not as its connection needs it, is an error. */
export function loadSources(files: readonly ContentFile[], config: Config): readonly DeclaredSource[] {
  const declared = new Map<string, DeclaredSource>();
  for (const file of files) {
    const { value, place } = parseYaml(SourcesFile, file.text, file.file, 'PROJECT_INVALID');
    value.sources.forEach((system, s) => {
      const connection = system.connection ?? system.name;
      const type = config.connections[connection]?.type;
      if (type === undefined) {
        const guess = didYouMean(connection, Object.keys(config.connections));
        refuse(
          `no connection '${connection}' in tickmark.yml${guess}`,
          place(['sources', s, system.connection === undefined ? 'name' : 'connection']),
        );
      }
      system.tables.forEach((table, t) => {
        const path = ['sources', s, 'tables', t];
        const name = `${system.name}.${table.name}`;
        const first = declared.get(name);
        if (first) {
          const at = formatPlace({ file: first.declaredIn, line: first.line });
          refuse(`source table '${name}' is declared twice, first at ${at}`, place([...path, 'name']));
        }
        const [key, message] = unfitTable(table, type, config) ?? [];
        if (key !== undefined) refuse(`source table '${name}': ${message}`, place([...path, key]));
        declared.set(name, {
          ...table,
          vertical: file.vertical,
          source: system.name,
          connection,
          declaredIn: file.file,
          line: place(path).line ?? 1,
        });
      });
    });
  }
  return [...declared.values()];
}

function refuse(message: string, place: Place): never {
  throw new EngineError('PROJECT_INVALID', message, { place });
}
