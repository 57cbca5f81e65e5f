import type { Config } from '../contracts/config.ts';
import { readConfig } from './read-config.ts';

/** What the folder's tickmark.yml says, every default filled; `${env:...}` is left as written. What is wrong is an error with file, line and column. */
export function loadConfig(root: string): Config {
  return readConfig(root).value;
}
