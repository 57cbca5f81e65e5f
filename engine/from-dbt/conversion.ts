/** Something in the dbt project that is worth telling, with where it stands there. */
export interface Remark {
  /** Of the dbt project, relative to its folder. */
  readonly file: string;
  readonly line: number | undefined;
  readonly what: string;
  /** What to do about it; empty when nothing is to be done. */
  readonly next: string;
}

/** A file of the dbt project and the file it became. */
export interface BroughtFile {
  readonly from: string;
  readonly to: string;
}

/** What became of a dbt project: nothing of it is left unsaid. */
export interface Conversion {
  readonly project: string;
  readonly vertical: string;
  /** Absolute path of the new project. */
  readonly root: string;
  readonly brought: readonly BroughtFile[];
  readonly changed: readonly Remark[];
  readonly notBrought: readonly Remark[];
  /** Errors that Tickmark finds in the new project; their files are those of the new project. */
  readonly errors: readonly Remark[];
  /** Where the relations will stand, as sentences. */
  readonly relations: readonly string[];
  /** Commands and settings, in order. */
  readonly nextSteps: readonly string[];
}
