import type { Layer } from '../contracts/model.ts';

/** Schema that a vertical's models live in. */
export function liveSchema(model: { readonly vertical: string; readonly layer: Layer }): string {
  return model.layer === 'staging' ? `${model.vertical}_staging` : model.vertical;
}

/** Schema beside it that one run builds in, until it is published or dropped. */
export function buildSchema(model: { readonly vertical: string; readonly layer: Layer }, runNo: string): string {
  return `${liveSchema(model)}__r${runNo}`;
}

/** Both build schemas of a run, staging first. */
export function buildSchemas(vertical: string, runNo: string): readonly [staging: string, marts: string] {
  return [buildSchema({ vertical, layer: 'staging' }, runNo), buildSchema({ vertical, layer: 'marts' }, runNo)];
}
