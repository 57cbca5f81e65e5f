import { itemsOf } from '../python/iterate.ts';
import { Namespace } from '../python/namespace.ts';
import { typeOf } from '../python/type-of.ts';
import type { Target } from '../syntax/nodes.ts';
import { locatedAt } from './compile-expression.ts';
import type { Frame } from './frame.ts';
import type { Unit } from './unit.ts';

/** Gives a value to a name, to several whose brackets it has, or to an attribute of a namespace. */
export function compileTarget(target: Target, unit: Unit): (frame: Frame, value: unknown) => void {
  switch (target.typename) {
    case 'Symbol': {
      const { value: name } = target;
      return (frame, value) => frame.set(name, value);
    }
    case 'NamespaceTarget':
      return (frame, value) =>
        locatedAt(target, unit, () => {
          const space = frame.holder(target.name)?.get(target.name);
          if (!(space instanceof Namespace))
            throw new Error(
              `'${target.name}' is no namespace; only a namespace's attributes can be set: set ${target.name} = namespace()`,
            );
          space.attributes.set(target.attribute, value);
        });
    case 'Targets': {
      const targets = target.children.map((child) => compileTarget(child, unit));
      return (frame, value) => {
        const items = locatedAt(target, unit, () => unpacked(value, targets.length));
        targets.forEach((set, at) => set(frame, items[at]));
      };
    }
    default:
      return target satisfies never;
  }
}

function unpacked(value: unknown, count: number): readonly unknown[] {
  if (value === undefined) throw new Error('what has no value cannot be taken apart');
  const items = itemsOf(value);
  if (items.length === count) return items;
  throw new Error(`${count} names take ${typeOf(value)} of ${items.length} apart`);
}
