import { openWarehouse } from '../../../engine/warehouse/warehouse.ts';
import { mutate } from '../../../engine/mutate/mutate.ts';
import { inputOf } from './mutate-world.ts';

// A process of its own, to be killed in the middle of its work.
const [url = '', runId = ''] = process.argv.slice(2);
const warehouse = openWarehouse(url);
const input = await inputOf(runId, warehouse, { onProgress: () => void process.stdout.write('planted\n') });
await mutate(input, { warehouse });
