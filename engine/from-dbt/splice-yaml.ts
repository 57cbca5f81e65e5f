import type { Node, Pair, YAMLSeq } from 'yaml';

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Small edits of a YAML text that leave every other byte of it, comments too, as it was. */
export interface YamlSplices {
  /** Takes a key and its value out, whole lines where it stands alone on them. */
  readonly remove: (pair: Pair<Node, Node | null>) => void;
  /** Puts a line behind a key and its one-line value, as far in as that key is; in a flow map, behind a comma. */
  readonly addAfter: (pair: Pair<Node, Node | null>, line: string) => void;
  /** Puts a line before a key, as far in as that key is. */
  readonly addBefore: (pair: Pair<Node, Node | null>, line: string) => void;
  readonly replace: (node: Node, text: string) => void;
  /** Takes an item of a block list out, whole lines, and gives them with the edits made in them so far; undefined in a flow list. */
  readonly takeItem: (list: YAMLSeq, at: number) => string | undefined;
  /** How far in the items of a block list stand. */
  readonly indentOf: (list: YAMLSeq) => number;
  /** Puts lines behind the last item of a block list, or at the end of the text. */
  readonly append: (lines: string, list?: YAMLSeq) => void;
  readonly result: (from?: number, to?: number) => string;
}

export function spliceYaml(text: string): YamlSplices {
  const splices: Splice[] = [];
  const lineStart = (offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = (offset: number): number => {
    const end = text.indexOf('\n', offset);
    return end === -1 ? text.length : end + 1;
  };
  const startOf = (node: Node): number => node.range?.[0] ?? 0;
  const endOf = (pair: Pair<Node, Node | null>): number => {
    const end = pair.value?.range?.[1] ?? pair.key.range?.[1] ?? 0;
    return text.slice(0, end).trimEnd().length;
  };
  const itemAt = (list: YAMLSeq, at: number): Node => list.items[at] as Node;
  /** Whole lines, from the dash. */
  const linesOf = (list: YAMLSeq, at: number): { readonly start: number; readonly end: number } => {
    const start = lineStart(startOf(itemAt(list, at)));
    const last = itemAt(list, at).range?.[1] ?? start;
    return { start, end: lineEnd(text.slice(0, last).trimEnd().length) };
  };
  const result = (from = 0, to = text.length): string => {
    let out = '';
    let at = from;
    for (const splice of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
      // What stands within a part that is taken out goes with it.
      if (splice.start < at || splice.start >= to + (to === text.length ? 1 : 0)) continue;
      out += text.slice(at, splice.start) + splice.text;
      at = splice.end;
    }
    return out + text.slice(at, Math.max(at, to));
  };
  return {
    remove: (pair) => {
      const start = startOf(pair.key);
      const from = lineStart(start);
      const before = text.slice(from, start);
      const end = endOf(pair);
      if (before.trim() === '') {
        splices.push({ start: from, end: lineEnd(end), text: '' });
        return;
      }
      // The first key of a list's item: the next one moves up to its dash.
      const next = /^[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*/.exec(text.slice(end));
      const inFlow = /^\s*,\s*/.exec(text.slice(end));
      splices.push({ start, end: end + (inFlow?.[0].length ?? next?.[0].length ?? 0), text: '' });
    },
    addAfter: (pair, line) => {
      const start = startOf(pair.key);
      const from = lineStart(start);
      const before = text.slice(from, start);
      const end = endOf(pair);
      if (/[{,]/.test(before)) {
        splices.push({ start: end, end, text: `, ${line}` });
        return;
      }
      const at = lineEnd(end);
      const newline = text[at - 1] === '\n' ? '' : '\n';
      splices.push({ start: at, end: at, text: `${newline}${' '.repeat(before.length)}${line}\n` });
    },
    addBefore: (pair, line) => {
      const start = startOf(pair.key);
      const from = lineStart(start);
      splices.push({ start: from, end: from, text: `${text.slice(from, start)}${line}\n` });
    },
    replace: (node, replacement) => {
      splices.push({ start: startOf(node), end: node.range?.[1] ?? startOf(node), text: replacement });
    },
    takeItem: (list, at) => {
      const { start, end } = linesOf(list, at);
      if (list.flow || !/^\s*-\s/.test(text.slice(start, end))) return undefined;
      const taken = result(start, end);
      splices.push({ start, end, text: '' });
      return taken.endsWith('\n') ? taken : `${taken}\n`;
    },
    indentOf: (list) => {
      const start = list.range?.[0] ?? 0;
      return start - lineStart(start);
    },
    append: (lines, list) => {
      const at = list === undefined ? text.length : linesOf(list, list.items.length - 1).end;
      const newline = at === 0 || text[at - 1] === '\n' ? '' : '\n';
      splices.push({ start: at, end: at, text: newline + lines });
    },
    result,
  };
}
