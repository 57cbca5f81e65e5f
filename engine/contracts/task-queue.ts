/** The one task queue that Tickmark's workflows and activities run on. */
export const TASK_QUEUE = 'tickmark';
