import pc from 'picocolors';
import type { BuildOutcome } from '../engine/contracts/build.ts';
import type { Project } from '../engine/contracts/project.ts';
import { formatPlace, hintOf } from '../engine/errors.ts';
import { formatNumber } from './format-number.ts';

/** Everything that went wrong in a build, each with where it is written, what was said, and where its compiled SQL is. */
export function formatFailures(
  outcomes: readonly BuildOutcome[],
  around: { readonly project: Project; readonly compiledPaths: ReadonlyMap<string, string> },
): string[] {
  const { project, compiledPaths } = around;
  const files = new Map(project.models.map(({ name, file }) => [name, file]));
  const checks = new Map(project.checks.map((check) => [check.id, check]));
  const tests = new Map(project.unitTests.map((test) => [test.name, test]));
  const compiledAt = (name: string): string[] => {
    const path = compiledPaths.get(name);
    return path === undefined ? [] : ['', `  compiled code at ${path}`];
  };
  return outcomes.flatMap(({ vertical, models, checks: results, unitTests, status, reason }) => [
    ...models.flatMap(({ model, resource, error }) =>
      error === null
        ? []
        : [
            '',
            pc.red(`Error in ${resource} ${model} (${files.get(model) ?? vertical})`),
            ...indent(error.message),
            ...hint(error.code),
            ...compiledAt(model),
          ],
    ),
    ...unitTests.flatMap(({ name, model, status: ended, message }) =>
      ended === 'pass'
        ? []
        : [
            '',
            pc.red(
              `${ended === 'fail' ? 'Failure' : 'Error'} in unit test ${name} of ${model} (${placeOf(tests.get(name))})`,
            ),
            ...indent(message ?? ''),
          ],
    ),
    ...results.flatMap(({ id, status: ended, failures, message, blocking, on, waiver }) =>
      ended === 'pass' || waiver
        ? []
        : [
            '',
            (ended === 'warn' ? pc.yellow : pc.red)(`${HEADS[ended]} in check ${id} (${placeOf(checks.get(id))})`),
            ...(ended === 'fail' || ended === 'warn' || message === null
              ? indent(`Got ${formatNumber(failures)} failing rows${on === '' ? '' : ` of ${on}`}`)
              : []),
            ...(message === null ? [] : indent(message)),
            ...(blocking && ended !== 'warn' ? indent('it is blocking: the build was not published') : []),
            ...compiledAt(id),
          ],
    ),
    ...(status === 'held' || status === 'failed'
      ? [
          '',
          pc.red(
            `${vertical} was not published${reason === null ? '' : `: ${reason}`}; readers keep what stood before`,
          ),
        ]
      : []),
  ]);
}

const HEADS = { warn: 'Warning', fail: 'Failure', error: 'Error', no_data: 'No data', skipped: 'Skipped' } as const;

function placeOf(defined: { readonly file: string; readonly line: number } | undefined): string {
  return defined === undefined
    ? 'not in the project any more'
    : formatPlace({ file: defined.file, line: defined.line });
}

function indent(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`.trimEnd());
}

function hint(code: string): string[] {
  const told = hintOf(code);
  return told === undefined ? [] : [`  hint: ${told}`];
}
