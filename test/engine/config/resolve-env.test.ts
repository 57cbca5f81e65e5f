import { expect, test } from 'vitest';
import { resolveEnv } from '../../../engine/config/resolve-env.ts';

test('every ${env:NAME} is replaced, once: what a value holds is not read again', () => {
  const env = { USER_NAME: 'ann', PASSWORD: '${env:USER_NAME}$&' };
  expect(resolveEnv('postgres://${env:USER_NAME}:${env:PASSWORD}@db/x', env)).toBe(
    'postgres://ann:${env:USER_NAME}$&@db/x',
  );
  expect(resolveEnv('no variable', env)).toBe('no variable');
});

test('a variable that is unset or empty is named, and no value is told', () => {
  const env = { USER_NAME: 'ann', EMPTY: '' };
  expect(() => resolveEnv('${env:USER_NAME}:${env:PASSWORD}', env)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the environment variable PASSWORD is not set [CONFIG_ENV_MISSING]]`,
  );
  expect(() => resolveEnv('${env:EMPTY}', env)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the environment variable EMPTY is not set [CONFIG_ENV_MISSING]]`,
  );
});

test('a ${env:...} that is not closed is refused rather than used as text', () => {
  expect(() => resolveEnv('${env:USER_NAME', { USER_NAME: 'ann' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: a \${env:...} is not closed or names no environment variable [CONFIG_INVALID]]`,
  );
  expect(() => resolveEnv('${env:USER NAME}', { USER_NAME: 'ann' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: a \${env:...} is not closed or names no environment variable [CONFIG_INVALID]]`,
  );
});
