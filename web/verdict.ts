import type { Tone } from './badge.ts';
import { countOf, formatInstant } from './format.ts';
import type { VerticalStatus } from './status.ts';

/** One thing that needs a person, and where on the page it is told. */
export interface Point {
  readonly tone: Tone;
  readonly text: string;
  readonly section: 'tie-out' | 'checks' | 'kris' | 'controls' | 'alerts' | 'run';
}

export interface Verdict {
  readonly tone: Tone;
  readonly word: string;
  readonly headline: string;
  readonly points: readonly Point[];
}

const URGENCY: readonly Tone[] = ['bad', 'attention', 'none'];

/** Whether a vertical's published figures can be relied on now. Nothing looked at is never good. */
export function verdictOf(vertical: VerticalStatus): Verdict {
  const points = [
    ...pullPoints(vertical),
    ...checkPoints(vertical),
    ...kriPoints(vertical),
    ...controlPoints(vertical),
    ...alertPoints(vertical),
  ];
  points.sort((a, b) => URGENCY.indexOf(a.tone) - URGENCY.indexOf(b.tone));
  const { published, lastRun } = vertical;
  if (published === null) return { ...unpublished(lastRun), points };
  if (published.state === 'stale') {
    const since = published.staleSince === null ? '' : ` since ${formatInstant(published.staleSince)}`;
    return { tone: 'bad', word: 'stale', headline: `Dashboards show the last good version, stale${since}`, points };
  }
  if (points.some((point) => point.section === 'tie-out')) {
    return {
      tone: 'bad',
      word: 'not proven',
      headline: 'Published, but not every figure is tied out to its source',
      points,
    };
  }
  if (points.length > 0) {
    return {
      tone: 'attention',
      word: 'current',
      headline: 'Figures are current and tied out; these points need a person',
      points,
    };
  }
  return { tone: 'good', word: 'current', headline: 'Figures are current, tied out and checked', points };
}

function unpublished(lastRun: VerticalStatus['lastRun']): Omit<Verdict, 'points'> {
  switch (lastRun?.status) {
    case undefined:
      return { tone: 'none', word: 'no run yet', headline: 'Nothing has been published yet' };
    case 'running':
      return { tone: 'busy', word: 'running', headline: 'The first run is under way; nothing is published yet' };
    case 'held':
      return {
        tone: 'bad',
        word: 'held',
        headline: 'Nothing is published: a blocking check held the first version back',
      };
    case 'failed':
      return { tone: 'bad', word: 'failed', headline: 'Nothing is published: the run failed' };
    case 'succeeded':
      return { tone: 'none', word: 'nothing published', headline: 'The run succeeded and published nothing' };
  }
}

function pullPoints({ pulls, published }: VerticalStatus): readonly Point[] {
  if (pulls.length === 0) {
    return published === null ? [] : [{ tone: 'bad', text: 'no tie-out on record', section: 'tie-out' }];
  }
  const broken = pulls.filter((pull) => pull.tied === false).length;
  return broken === 0 ? [] : [{ tone: 'bad', text: `${countOf(broken, 'table')} did not tie out`, section: 'tie-out' }];
}

function checkPoints({ checks, published }: VerticalStatus): readonly Point[] {
  if (checks.length === 0 && published !== null) return [{ tone: 'bad', text: 'no check has run', section: 'checks' }];
  const judged = checks.filter(({ waiver }) => waiver === null);
  const having = (status: string): number => judged.filter((check) => check.status === status).length;
  return pointsOf('checks', [
    ['bad', having('fail'), 'check', 'failed'],
    ['bad', having('error'), 'check', 'could not run'],
    ['none', having('no_data'), 'check', 'looked at nothing'],
    ['none', having('skipped'), 'check', having('skipped') === 1 ? 'was skipped' : 'were skipped'],
    ['attention', having('warn'), 'check', 'gave a warning'],
    [
      'attention',
      checks.length - judged.length,
      'check',
      checks.length - judged.length === 1 ? 'is waived' : 'are waived',
    ],
  ]);
}

function kriPoints({ kris }: VerticalStatus): readonly Point[] {
  const having = (colour: string): number => kris.filter((kri) => kri.colour === colour).length;
  return pointsOf('kris', [
    ['bad', having('red'), 'KRI', 'in red'],
    ['attention', having('amber'), 'KRI', 'in amber'],
    ['none', having('no_data') + having('error'), 'KRI', 'without a reading'],
  ]);
}

function controlPoints({ controls }: VerticalStatus): readonly Point[] {
  const having = (conclusion: string): number =>
    controls.filter((control) => control.proposedConclusion === conclusion).length;
  return pointsOf('controls', [
    ['bad', having('ineffective'), 'control', 'proposed as ineffective'],
    ['none', having('no_data') + having('not_tested'), 'control', 'without a result'],
  ]);
}

function alertPoints({ alerts }: VerticalStatus): readonly Point[] {
  const unsent = alerts.filter((alert) => alert.sentAt === null).length;
  return pointsOf('alerts', [['bad', unsent, 'alert', 'not delivered']]);
}

function pointsOf(
  section: Point['section'],
  found: readonly (readonly [tone: Tone, count: number, noun: string, what: string])[],
): readonly Point[] {
  return found
    .filter(([, count]) => count > 0)
    .map(([tone, count, noun, what]) => ({ tone, text: `${countOf(count, noun)} ${what}`, section }));
}
