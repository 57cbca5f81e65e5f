import type { Layer } from '../contracts/model.ts';

/** What a content file is, which its place in the folders tells. */
export type ContentKind =
  | Layer
  | 'seed'
  | 'snapshot'
  | 'macros'
  | 'properties'
  | 'controls'
  | 'kris'
  | 'waivers'
  | 'survivors'
  /** A check in SQL of its own, with a header of ours or as dbt's singular test. */
  | 'bespoke'
  /** Rows of a unit test. */
  | 'fixture'
  /** A .md file with docs blocks. */
  | 'docs';

export interface ContentFile {
  /** Relative to the project's root, with `/`. */
  readonly file: string;
  readonly kind: ContentKind;
  /** Empty for what all verticals share: macros and what is said of them. */
  readonly vertical: string;
  /** Folders between the vertical's (or macros') and the file. */
  readonly folders: readonly string[];
  /** Of macros that came with a package: its name. */
  readonly package?: string | undefined;
  /** Empty for a seed, whose rows are read when it is built. */
  readonly text: string;
  /** SHA-256 of the bytes, hex. */
  readonly hash: string;
}
