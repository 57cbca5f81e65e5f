#!/usr/bin/env node
import { run } from './bootstrap.mjs';
await run('bin/tickmark.ts', process.argv.slice(2));
