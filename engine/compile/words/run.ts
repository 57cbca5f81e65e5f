import { wordFailure } from '../../jinja/word-failure.ts';
import { DateTime } from '../python/datetime.ts';
import { UTC } from '../python/time-zone.ts';
import type { Stage } from '../scene.ts';

/** dbt's version whose words templates speak here. */
const DBT_VERSION = '1.11.0';

/** What templates may know of the run: all of it is pinned with it. */
export function runWords(stage: Stage): object {
  return {
    dbt_version: DBT_VERSION,
    thread_id: 'main',
    get project_name(): string {
      return stage.scene().world.project.config.name;
    },
    get execute(): boolean {
      const scene = stage.scene();
      scene.spoken.looksAround = true;
      return scene.execute;
    },
    get run_started_at(): DateTime {
      const { runClock } = stage.scene().world.target;
      if (runClock === undefined) {
        throw wordFailure('COMPILE_TEMPLATE', 'run_started_at is not known here; give it with --run-clock');
      }
      return DateTime.parse(runClock).astimezone(UTC);
    },
    get invocation_id(): string {
      const { invocationId } = stage.scene().world.target;
      if (invocationId === undefined)
        throw wordFailure('COMPILE_TEMPLATE', 'invocation_id is not known here: nothing is being run');
      return invocationId;
    },
    get target(): object {
      const { model, world } = stage.scene();
      const { name, database = 'warehouse', threads = 4, schema } = world.target.target;
      return {
        name,
        target_name: name,
        profile_name: world.project.config.name,
        schema: schema ?? model?.file.vertical ?? Object.keys(world.project.config.verticals)[0] ?? 'public',
        type: 'postgres',
        database,
        dbname: database,
        threads,
      };
    },
    get flags(): object {
      const { fullRefresh = false, empty = false, which = 'build' } = stage.scene().world.target.flags ?? {};
      return {
        FULL_REFRESH: fullRefresh,
        EMPTY: empty,
        WHICH: which,
        STORE_FAILURES: false,
        USE_COLORS: false,
        VERSION_CHECK: true,
      };
    },
    get invocation_args_dict(): object {
      const { world } = stage.scene();
      const { fullRefresh = false, empty = false, which = 'build' } = world.target.flags ?? {};
      return { which, full_refresh: fullRefresh, empty, target: world.target.target.name, vars: {} };
    },
    is_incremental: (): boolean => {
      const scene = stage.scene();
      scene.spoken.asksIncremental = true;
      return Boolean(overridden('is_incremental', scene.how.macros) ?? scene.how.isIncremental ?? false);
    },
    should_full_refresh: (): boolean => {
      const { model, world } = stage.scene();
      return model?.config?.full_refresh ?? world.target.flags?.fullRefresh ?? false;
    },
  };
}

function overridden(name: string, macros: Readonly<Record<string, unknown>> | undefined): unknown {
  return macros?.[name] ?? macros?.[`dbt.${name}`];
}
