import { z } from 'zod';
import { decimal } from './arguments.ts';

const share = z
  .string()
  .trim()
  .regex(/^\d+(\.\d+)?\s*%$/, `a share in quotes: '10 %'`)
  .transform((written) => written.replace(/\s*%$/, ''));

const positive = decimal.refine((text) => Number(text) > 0 && !text.includes('e'), { error: 'a plain number above 0' });

/** How a figure is judged by the figures before it. */
export const anomalyArguments = {
  training: z.int().min(3).max(400).default(28).describe('With how many earlier figures it is compared.'),
  min_training: z.int().min(3).default(7).describe('With fewer than these there is no data.'),
  method: z
    .enum(['hampel', 'ewma'])
    .default('hampel')
    .describe(
      'hampel: further from the median than k times 1.4826 times the median of the distances from it (MAD); one odd day among the earlier ones does not matter. Where most of them are the same the MAD is 0, and then every difference beyond min_change counts. ewma: an exponentially weighted average of the earlier figures and this one, further from their mean than k of its own standard deviations; finds slow drift.',
    ),
  k: positive.default('3').describe('How many spreads away is unusual; a greater one finds less.'),
  lambda: positive
    .refine((text) => Number(text) <= 1, { error: 'at most 1' })
    .default('0.3')
    .describe('Of ewma: the weight of the newest figure.'),
  direction: z
    .enum(['both', 'up', 'down'])
    .default('both')
    .describe('Whether only more, or only less, than usual counts.'),
  min_change: share.default('0').describe(`The smallest change, in percent of what is usual, that counts: '10 %'.`),
};

export type AnomalyArguments = z.output<z.ZodObject<typeof anomalyArguments>>;

/** Arguments that say where the threshold is, not what is measured. */
export const anomalyThresholds = [
  'training',
  'min_training',
  'method',
  'k',
  'lambda',
  'direction',
  'min_change',
] as const;

/** What is wrong with them together. */
export function refuseTraining({ training, min_training: least }: AnomalyArguments): string | undefined {
  return least > training ? `min_training is ${least}, more than training, which is ${training}` : undefined;
}
