import type { Fault } from './fault.ts';
import { doubledRows } from './faults/doubled-rows.ts';
import { droppedRows } from './faults/dropped-rows.ts';
import { encodingDamage } from './faults/encoding-damage.ts';
import { leadingBlank } from './faults/leading-blank.ts';
import { missingPeriod } from './faults/missing-period.ts';
import { nulls } from './faults/nulls.ts';
import { offByLeast } from './faults/off-by-least.ts';
import { orphanedKey } from './faults/orphaned-key.ts';
import { otherCase } from './faults/other-case.ts';
import { otherCategory } from './faults/other-category.ts';
import { hundredfold, tenfold } from './faults/other-unit.ts';
import { shiftedDay, shiftedMonth } from './faults/shifted-date.ts';
import { shiftedZone } from './faults/shifted-zone.ts';
import { signFlipped } from './faults/sign-flipped.ts';
import { stalePeriod } from './faults/stale-period.ts';
import { swapped } from './faults/swapped.ts';
import { truncated } from './faults/truncated.ts';

/** Every kind of fault. A new one is a file and a line here. */
export const FAULTS: readonly Fault[] = [
  droppedRows,
  doubledRows,
  missingPeriod,
  stalePeriod,
  nulls,
  swapped,
  signFlipped,
  offByLeast,
  tenfold,
  hundredfold,
  shiftedDay,
  shiftedMonth,
  shiftedZone,
  orphanedKey,
  truncated,
  encodingDamage,
  otherCategory,
  otherCase,
  leadingBlank,
];
