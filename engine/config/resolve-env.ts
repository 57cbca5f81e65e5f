import { EngineError } from '../errors.ts';

/** The text with every `${env:NAME}` replaced by that variable; one that is unset or empty is an error that names it. The result may be a secret: never keep or print it. */
export function resolveEnv(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(/\$\{env:([^}]*)\}?/g, (whole, name: string) => {
    if (!whole.endsWith('}') || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new EngineError('CONFIG_INVALID', 'a ${env:...} is not closed or names no environment variable');
    }
    const value = env[name];
    if (!value) throw new EngineError('CONFIG_ENV_MISSING', `the environment variable ${name} is not set`);
    return value;
  });
}
