import { hash } from 'node:crypto';
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

/** Schema of the tables that hold the rows of a vertical's models; what is live are views over them. */
export function storeSchema(vertical: string): string {
  return `${vertical}__store`;
}

/** What a run names its own table of a model in the store; a long name is cut, and told apart by its hash. */
export function storeName(model: string, runNo: string, ending = ''): string {
  const end = `__r${runNo}${ending}`;
  const cut = model.length + end.length <= 63 ? model : `${model.slice(0, 30)}_${hash('sha256', model).slice(0, 8)}`;
  return cut + end;
}
