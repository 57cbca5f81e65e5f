import { didYouMean } from '../config/did-you-mean.ts';
import { parseYaml } from '../config/parse-yaml.ts';
import type { CheckDefinition, Waiver } from '../contracts/check.ts';
import { WaiversFile } from '../contracts/waiver.ts';
import type { WaiverSpec } from '../contracts/waiver.ts';
import { EngineError, formatPlace } from '../errors.ts';
import type { ContentFile } from './content-file.ts';
import { hashDefinition } from './hash-definition.ts';

/** The waivers of the waivers.yml files; each is of a check of its vertical, and at any day a check has one at most. */
export function loadWaivers(files: readonly ContentFile[], checks: readonly CheckDefinition[]): readonly Waiver[] {
  const verticals = new Map(checks.map(({ id, vertical }) => [id, vertical]));
  const waivers = files.flatMap((file) => loadFile(file, verticals));
  for (const ofOne of Map.groupBy(waivers, ({ check }) => check).values()) refuseOverlap(ofOne);
  return waivers;
}

function loadFile({ file, text, vertical }: ContentFile, verticals: ReadonlyMap<string, string>): readonly Waiver[] {
  const { value, place, exact } = parseYaml(WaiversFile, text, file, 'PROJECT_INVALID');
  return value.waivers.map((spec, index) => {
    const refuse = (key: keyof WaiverSpec, message: string): never => {
      throw new EngineError('PROJECT_INVALID', message, { place: place(['waivers', index, key]) });
    };
    const { check, reason, author, approver, approved_on: approvedOn, expires } = spec;
    const home = verticals.get(check);
    if (home === undefined) refuse('check', `no check '${check}'${didYouMean(check, verticals.keys())}`);
    if (home !== vertical)
      refuse('check', `check '${check}' is of vertical '${home}'; its waivers stand in checks/${home}/waivers.yml`);
    if (folded(author) === folded(approver))
      refuse('approver', `'${approver}' is the author too; a waiver is approved by somebody else`);
    if (expires <= approvedOn) refuse('expires', `a waiver expires after the day it was approved on, ${approvedOn}`);
    if (expires > yearAfter(approvedOn))
      refuse('expires', `a waiver holds for a year at most, here until ${yearAfter(approvedOn)}; approve it anew then`);
    const subjects = (spec.subjects ?? []).map((_, n) => String(exact(['waivers', index, 'subjects', n])));
    const hash = hashDefinition({ ...spec, subjects, vertical });
    const maxFailures = spec.max_failures === undefined ? null : BigInt(spec.max_failures);
    const { line = 1 } = place(['waivers', index]);
    return { check, vertical, reason, author, approver, approvedOn, expires, maxFailures, subjects, file, line, hash };
  });
}

/** One person, however the name is typed. */
function folded(name: string): string {
  const plain = name
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .trim()
    .replaceAll(/\s+/g, ' ');
  return plain.toUpperCase().toLowerCase();
}

/** Dates as text compare as dates do: of 29 February it is the last of the next February. */
function yearAfter(date: string): string {
  const next = `${String(Number(date.slice(0, 4)) + 1).padStart(4, '0')}${date.slice(4)}`;
  return next.endsWith('-02-29') ? next.replace(/29$/, '28') : next;
}

function refuseOverlap(waivers: readonly Waiver[]): void {
  const byStart = waivers.toSorted((a, b) => (a.approvedOn < b.approvedOn ? -1 : 1));
  let longest = byStart[0];
  for (const waiver of byStart.slice(1)) {
    if (longest !== undefined && waiver.approvedOn <= longest.expires) {
      const [first, second] =
        waiver.line < longest.line && waiver.file === longest.file ? [waiver, longest] : [longest, waiver];
      const at = formatPlace({ file: first.file, line: first.line });
      const message = `check '${waiver.check}' is waived twice on ${waiver.approvedOn}, first at ${at}; one waiver must end before the next begins`;
      throw new EngineError('PROJECT_INVALID', message, { place: { file: second.file, line: second.line } });
    }
    longest = waiver;
  }
}
