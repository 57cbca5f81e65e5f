import { expect, test } from 'vitest';
import type { Exports } from '../../../engine/tuples/wasm/hasher.ts';
import { TUPLES_WASM } from '../../../engine/tuples/wasm/module.ts';
import { compileWasm } from './compile-wasm.ts';
import { siphashReference } from './siphash-reference.ts';

/** Of vectors_sip128 in https://github.com/veorq/SipHash/blob/master/vectors.h: key 00..0f, message 00, 01, ... of that length. */
const VECTORS: readonly (readonly [length: number, hash: string])[] = [
  [0, 'a3817f04ba25a8e66df67214c7550293'],
  [1, 'da87c1d86b99af44347659119b22fc45'],
  [2, '8177228da4a45dc7fca38bdef60affe4'],
  [3, '9c70b60c5267a94e5f33b6b02985ed51'],
  [4, 'f88164c12d9c8faf7d0f6e7c7bcd5579'],
  [5, '1368875980776f8854527a07690e9627'],
  [6, '14eeca338b208613485ea0308fd7a15e'],
  [7, 'a1f1ebbed8dbc153c0b84aa61ff08239'],
  [8, '3b62a9ba6258f5610f83e264f31497b4'],
  [9, '264499060ad9baabc47f8b02bb6d71ed'],
  [15, '5493e99933b0a8117e08ec0f97cfc3d9'],
  [16, '6ee2a4ca67b054bbfd3315bf85230577'],
  [17, '473d06e8738db89854c066c47ae47740'],
  [31, '2939b0183223fafc1723de4f52c43d35'],
  [32, '7c3956ca5eeafc3e363e9d556546eb68'],
  [33, '77c6077146f01c32b6b69d5f4ea9ffcf'],
  [62, '5853542321f567a005d547a4f04759bd'],
  [63, '5150d1772f50834a503e069a973fbd7c'],
];
const KEY = Buffer.from(Array.from({ length: 16 }, (_, at) => at));

test.each(VECTORS)('a message of %i bytes has the published hash', (length, hash) => {
  const message = Buffer.from(Array.from({ length }, (_, at) => at));
  expect(siphashReference(KEY, message).toString('hex')).toBe(hash);
  expect(hashInModule(message)).toBe(hash);
});

test('what stands after a message does not change its hash', () => {
  const message = Buffer.from('0102030405', 'hex');
  expect(hashInModule(message, Buffer.alloc(16, 0xff))).toBe(hashInModule(message));
});

test('the module is its source, compiled', async () => {
  expect((await compileWasm()).toString('base64')).toBe(TUPLES_WASM);
});

test('control: a source with one constant changed compiles to another module', async () => {
  const changed = await compileWasm((source) => source.replace('0x736f6d6570736575', '0x736f6d6570736574'));
  expect(changed.toString('base64')).not.toBe(TUPLES_WASM);
});

function hashInModule(message: Buffer, after = Buffer.alloc(16)): string {
  const module = new WebAssembly.Module(Buffer.from(TUPLES_WASM, 'base64'));
  const wasm = new WebAssembly.Instance(module).exports as unknown as Exports & {
    readonly siphash: (from: number, length: number) => void;
    readonly hash0: { readonly value: bigint };
    readonly hash1: { readonly value: bigint };
  };
  wasm.memory.grow(1);
  new Uint8Array(wasm.memory.buffer).set(Buffer.concat([message, after]), 1024);
  wasm.init(KEY.readBigUInt64LE(0), KEY.readBigUInt64LE(8), 1, 1, 0, 0, 0, 0, 0);
  wasm.siphash(1024, message.length);
  const hash = Buffer.alloc(16);
  hash.writeBigInt64LE(BigInt.asIntN(64, wasm.hash0.value), 0);
  hash.writeBigInt64LE(BigInt.asIntN(64, wasm.hash1.value), 8);
  return hash.toString('hex');
}
