export { pullEngagement } from './pull-engagement.ts';
export { runVertical } from './run-vertical.ts';
