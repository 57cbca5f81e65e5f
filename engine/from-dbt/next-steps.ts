import type { DbtConnection } from './read-profile.ts';

/** Commands and settings that lead to the first build, in order. The password is never read, so it is left to be filled in. */
export function describeNextSteps(input: {
  readonly connection: DbtConnection | undefined;
  readonly profile: string | undefined;
  readonly envVars: readonly string[];
  readonly fromSeeds: boolean;
}): readonly string[] {
  const { connection, profile, envVars, fromSeeds } = input;
  const steps: string[] = [];
  if (connection === undefined) {
    steps.push(
      profile === undefined
        ? 'set DATABASE_URL to the Postgres that the sources are in; unset, Tickmark starts one of its own'
        : `set DATABASE_URL to the Postgres of profile ${profile}, which was not found in profiles.yml; unset, Tickmark starts one of its own`,
    );
  } else if (connection.type === 'postgres' || connection.type === 'redshift') {
    const { user = 'USER', host = 'HOST', port = '5432', database = 'DATABASE' } = connection;
    steps.push(
      `export DATABASE_URL=postgres://${plain(user, 'USER')}:PASSWORD@${plain(host, 'HOST')}:${plain(port, 'PORT')}/${plain(database, 'DATABASE')}`,
    );
  } else {
    steps.push(
      `the profile is of ${connection.type}; Tickmark builds in Postgres: bring the sources there, and set DATABASE_URL to it`,
    );
  }
  for (const name of envVars) steps.push(`set ${name}, which templates read with env_var`);
  if (fromSeeds) steps.push('tickmark seed');
  steps.push('tickmark build');
  return steps;
}

/** A profile may read the environment by a template. */
function plain(value: string, placeholder: string): string {
  return value.includes('{{')
    ? (/env_var\(\s*['"](\w+)['"]/.exec(value)?.[1] ?? placeholder).replace(/^/, '$')
    : encodeURIComponent(value);
}
