import { didYouMean } from '../config/did-you-mean.ts';
import { parseVariable, VARIABLE_FORMS } from '../config/parse-variable.ts';
import type { Config } from '../contracts/config.ts';
import { EngineError } from '../errors.ts';
import type { CompileTarget } from './compile-project.ts';

/** Refuses values of variables that nobody declared, or that are not of their type. */
export function refuseUnfitVars({ vars: declared }: Config, given: CompileTarget['vars']): void {
  for (const [name, value] of Object.entries(given)) {
    const variable = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (!variable) {
      const guess = didYouMean(name, Object.keys(declared));
      throw new EngineError('COMPILE_VAR', `no variable '${name}' under vars: in tickmark.yml${guess}`);
    }
    if (parseVariable(variable.type, value) === undefined) {
      throw new EngineError('COMPILE_VAR', `variable '${name}': expected ${VARIABLE_FORMS[variable.type]}`);
    }
  }
}
