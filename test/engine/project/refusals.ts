import { loadProject } from '../../../engine/project/load-project.ts';
import { writeProject } from './write-project.ts';

/** What is said of the minimal project with each of these sets of files in it; that one of them loads is said too. */
export function refusals(cases: readonly Readonly<Record<string, string>>[]): string {
  const said = cases.map((files) => {
    try {
      loadProject(writeProject(files));
      return `nothing said of ${Object.keys(files).join(', ')}`;
    } catch (error) {
      return (error as Error).message;
    }
  });
  return said.join('\n');
}
