/** What the toString of an object's class gives, such as a relation's; undefined when it has only what every object inherits. */
export function textOfItsOwn(value: object): string | undefined {
  const method: unknown = Reflect.get(value, 'toString');
  if (typeof method !== 'function' || method === Object.prototype.toString) return undefined;
  const text: unknown = Reflect.apply(method, value, []);
  return typeof text === 'string' ? text : undefined;
}
