import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const globalSetup = 'test/setup/global.ts';

/** Drills (`test/drill/*.drill.ts`) are left out here; `npm run drill` includes them instead. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/drill/**'],
    globalSetup: existsSync(new URL(globalSetup, import.meta.url)) ? [globalSetup] : [],
    pool: 'forks',
    // The workplace and CI have two cores; a third worker only makes servers miss their deadlines.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    allowOnly: false,
    // What is told to people is compared as text; on CI it would come in colours.
    env: { NO_COLOR: '1' },
  },
});
