import { wordFailure } from '../../jinja/word-failure.ts';
import type { Stage } from '../scene.ts';
import { plain } from './plain.ts';

/** `exceptions`, `log`, `print` and `debug`. */
export function messageWords(stage: Stage): Readonly<Record<string, unknown>> {
  const raise = (message: unknown): never => {
    throw wordFailure('COMPILE_TEMPLATE', String(plain(message)));
  };
  const tell = (message: unknown): string => {
    stage.scene().world.target.log?.(String(plain(message)));
    return '';
  };
  return {
    exceptions: {
      raise_compiler_error: raise,
      raise_not_implemented: raise,
      raise_dependency_error: raise,
      raise_database_error: raise,
      raise_contract_error: raise,
      raise_parsing_error: raise,
      raise_fail_fast_error: raise,
      warn: tell,
    },
    log: (message: unknown): string => tell(message),
    print: (message: unknown): string => tell(message),
    debug: (): string => '',
  };
}
