/** One difference between two definitions of a check. */
export interface DefinitionChange {
  /** `settings.error_if`; of SQL only `sql`, and then from and to are hashes. */
  readonly path: string;
  /** As JSON text; null where it said nothing. */
  readonly from: string | null;
  readonly to: string | null;
}

/** How the definition of a check in a run differs from that in the run before it. */
export interface DefinitionEvent {
  readonly checkId: string;
  readonly event: 'added' | 'changed' | 'removed';
  readonly fromHash: string | null;
  readonly toHash: string | null;
  readonly changes: readonly DefinitionChange[];
}

const LONGEST = 160;

/** `settings.error_if: "!= 0" -> "> 5"`. */
export function describeChange({ path, from, to }: DefinitionChange): string {
  return `${path}: ${shorten(from)} -> ${shorten(to)}`;
}

function shorten(text: string | null): string {
  if (text === null) return 'nothing';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
