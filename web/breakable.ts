import { h } from 'preact';
import type { ComponentChild } from 'preact';

/** Names of content break after `.` and `_`, or they would push the figures off a narrow screen. */
export function breakable(name: string): ComponentChild[] {
  return name.split(/(?<=[._])/).flatMap((part, position) => (position === 0 ? [part] : [h('wbr', null), part]));
}
