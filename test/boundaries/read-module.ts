import { parseSync, Visitor } from 'oxc-parser';

/** A file as the scanner takes it; the path is relative to the project's root, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Use {
  readonly line: number;
  /** The specifier as written; null for a dynamic import that is worked out at run time. */
  readonly specifier: string | null;
  /** Erased before running: `import type`, `export type`, `import('x').T`. `import { type T }` still loads the file. */
  readonly typeOnly: boolean;
  /** `export * from`. */
  readonly reexportsAll: boolean;
}

export interface ModuleReading {
  readonly uses: readonly Use[];
  /** Where the file reaches for `process.env` or `process.exit`, however it is spelled. */
  readonly processUses: readonly { readonly line: number; readonly name: 'env' | 'exit' }[];
  readonly parseErrors: readonly string[];
}

/** What a TypeScript or JavaScript file imports, by its syntax tree: comments and strings do not count. */
export function readModule({ path, text }: SourceFile): ModuleReading {
  const { program, errors } = parseSync(path, text);
  const uses: Use[] = [];
  const processUses: { line: number; name: 'env' | 'exit' }[] = [];
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;

  const addUse = (start: number, specifier: string | null, how: { typeOnly?: boolean; reexportsAll?: boolean } = {}) =>
    uses.push({
      line: lineAt(start),
      specifier,
      typeOnly: how.typeOnly ?? false,
      reexportsAll: how.reexportsAll ?? false,
    });
  const addProcessUse = (start: number, name: unknown) => {
    if (name === 'env' || name === 'exit') processUses.push({ line: lineAt(start), name });
  };

  new Visitor({
    ImportDeclaration(node) {
      addUse(node.start, node.source.value, { typeOnly: node.importKind === 'type' });
      if (!isProcessModule(node.source.value)) return;
      for (const specifier of node.specifiers) {
        if (specifier.type === 'ImportSpecifier') addProcessUse(specifier.start, nameOf(specifier.imported));
      }
    },
    ExportNamedDeclaration(node) {
      if (node.source) addUse(node.start, node.source.value, { typeOnly: node.exportKind === 'type' });
    },
    ExportAllDeclaration(node) {
      addUse(node.start, node.source.value, { typeOnly: node.exportKind === 'type', reexportsAll: true });
    },
    ImportExpression(node) {
      addUse(node.start, stringOf(node.source));
    },
    TSImportType(node) {
      addUse(node.start, node.source.value, { typeOnly: true });
    },
    CallExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require')
        addUse(node.start, stringOf(node.arguments[0]));
    },
    MemberExpression(node) {
      if (isProcess(node.object))
        addProcessUse(node.start, node.computed ? stringOf(node.property) : nameOf(node.property));
    },
    VariableDeclarator(node) {
      if (node.id.type !== 'ObjectPattern' || !isProcess(node.init)) return;
      for (const property of node.id.properties) {
        if (property.type === 'Property') addProcessUse(property.start, nameOf(property.key));
      }
    },
  }).visit(program);

  return { uses, processUses, parseErrors: errors.map((error) => error.message) };
}

type Syntax = { readonly type: string } | null | undefined;

function isProcessModule(specifier: string): boolean {
  return specifier === 'process' || specifier === 'node:process';
}

/** `process`, or `globalThis.process`. */
function isProcess(node: Syntax): boolean {
  if (nameOf(node) === 'process') return true;
  if (node?.type !== 'MemberExpression') return false;
  const { object, property } = node as unknown as { object: Syntax; property: Syntax };
  return nameOf(object) === 'globalThis' && nameOf(property) === 'process';
}

function nameOf(node: Syntax): string | null {
  if (node?.type === 'Identifier') return (node as unknown as { name: string }).name;
  return stringOf(node);
}

function stringOf(node: Syntax): string | null {
  if (node?.type !== 'Literal') return null;
  const { value } = node as unknown as { value: unknown };
  return typeof value === 'string' ? value : null;
}
