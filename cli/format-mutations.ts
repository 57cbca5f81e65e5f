import pc from 'picocolors';
import type { Mutant, MutationReport, MutationScore } from '../engine/contracts/mutation.ts';
import { formatNumber } from './format-number.ts';
import { formatTable } from './format-table.ts';

/** What was tried and found, table by table, and every survivor with the check that would have found it. */
export function formatMutations(
  report: MutationReport,
  { onlySurvivors }: { readonly onlySurvivors: boolean },
): readonly string[] {
  const survivors = report.mutants.filter(({ outcome }) => outcome === 'survived');
  return [
    ...headOf(report),
    ...(onlySurvivors ? [] : ['', ...tablesOf(report)]),
    ...(survivors.length === 0 ? [] : ['', pc.bold('Not found'), ...survivors.flatMap(survivorOf(new Set()))]),
  ];
}

function headOf(report: MutationReport): readonly string[] {
  const { vertical, all, alone, seed } = report;
  const sides = [
    ...told(report.equivalent, 'changed nothing and is left out', 'changed nothing and are left out'),
    ...told(report.unfit, 'could not be planted and is left out', 'could not be planted and are left out'),
    ...told(
      report.killedByError,
      'was found only because a check could not run',
      'were found only because a check could not run',
    ),
    ...told(
      report.killedByBuild,
      'was found because a model could not be built',
      'were found because a model could not be built',
    ),
    ...(report.notRebuilt.length === 0 ? [] : [`not built again: ${report.notRebuilt.join(', ')}`]),
  ];
  return [
    pc.bold(
      `${vertical}: ${scoreOf(all)} of the planted faults are found: ${formatNumber(all.killed)} of ${formatNumber(all.mutants)}`,
    ),
    `  ${scoreOf(alone)} without checks that compare with an earlier refresh, which do not see a fault that was there from the first pull on`,
    `  data of run ${report.runNo}, seed ${seed}; the score is ${report.isRecorded ? 'kept and published' : 'not kept'}`,
    ...sides.map((side) => `  ${side}`),
  ];
}

function told(count: string, one: string, many: string): readonly string[] {
  return count === '0' ? [] : [`${formatNumber(count)} ${count === '1' ? one : many}`];
}

function scoreOf({ score }: MutationScore): string {
  return score === null ? 'none' : `${score} %`;
}

function tablesOf({ mutants }: MutationReport): readonly string[] {
  const counted = mutants.filter(({ outcome }) => outcome === 'killed' || outcome === 'survived');
  const rows = [...Map.groupBy(counted, ({ table }) => table)].map(([table, own]) => {
    const killed = own.filter(({ outcome }) => outcome === 'killed').length;
    return [table, String(own.length), String(killed), String(own.length - killed)];
  });
  return formatTable([['table', 'faults', 'found', 'not found'], ...rows]);
}

/** A proposal is written out once; later survivors that it would also have found only name it. */
function survivorOf(shown: Set<string>): (mutant: Mutant) => readonly string[] {
  return ({ table, column, fault, what, proposal, justified, spreadsTo }) => {
    const where = column === null ? table : `${table}.${column}`;
    const reach = spreadsTo.length === 0 ? '' : pc.dim(` (changes ${spreadsTo.join(', ')})`);
    const line = `${where}  ${fault}: ${what}${reach}`;
    const reason = justified === null ? [] : [`    ${pc.yellow('justified')}: ${justified}`];
    if (proposal === null) return [line, ...reason, pc.dim('    no check was thought of that would find it')];
    const text = proposal.yaml.trimEnd().split('\n');
    if (shown.has(proposal.yaml)) return [line, ...reason, pc.dim(`    found by the ${proposal.kind} above`)];
    shown.add(proposal.yaml);
    const note = proposal.comparesRuns ? ', from the second refresh on' : '';
    return [line, ...reason, pc.dim(`    would be found by${note}:`), ...text.map((each) => `      ${each}`)];
  };
}
