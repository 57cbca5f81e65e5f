/** Where something stands in a template's text, counted from 0, as in nunjucks' tree. */
export interface At {
  readonly lineno: number;
  readonly colno: number;
}

interface Of<T extends string> extends At {
  readonly typename: T;
}

export type Constant = string | number | bigint | boolean | null | object;

export interface Literal extends Of<'Literal'> {
  readonly value: Constant;
}
export interface Name extends Of<'Symbol'> {
  readonly value: string;
}
export interface Member extends Of<'LookupVal'> {
  readonly target: Expression;
  readonly val: Expression;
  /** `a.b`, not `a['b']`. */
  readonly dotted: boolean;
}
export interface Slice extends Of<'Slice'> {
  readonly parts: readonly (Expression | null)[];
}
export interface Call extends Of<'FunCall'> {
  readonly name: Expression;
  readonly args: Arguments;
}
export interface Filter extends Of<'Filter'> {
  readonly name: string;
  /** Null for a filter over a block's text. */
  readonly input: Expression | null;
  readonly args: Arguments;
}
export interface Test extends Of<'Is'> {
  readonly name: string;
  readonly input: Expression;
  readonly args: Arguments;
  readonly negated: boolean;
}
export interface Compare extends Of<'Compare'> {
  readonly first: Expression;
  readonly rest: readonly { readonly operator: Comparison; readonly to: Expression }[];
}
export interface Binary extends Of<'Binary'> {
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface Unary extends Of<'Unary'> {
  readonly operator: 'not' | '-' | '+';
  readonly target: Expression;
}
export interface Concat extends Of<'Concat'> {
  readonly parts: readonly Expression[];
}
export interface Choice extends Of<'InlineIf'> {
  readonly cond: Expression;
  readonly body: Expression;
  readonly else_: Expression | null;
}
export interface Items extends Of<'Array' | 'Tuple'> {
  readonly children: readonly Expression[];
}
export interface Pairs extends Of<'Dict'> {
  readonly children: readonly { readonly key: Expression; readonly value: Expression }[];
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';
export type BinaryOperator = 'and' | 'or' | '+' | '-' | '*' | '/' | '//' | '%' | '**';

export interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: readonly { readonly name: string; readonly value: Expression }[];
  /** `*list` and `**dict`. */
  readonly spread: Expression | null;
  readonly spreadNamed: Expression | null;
}

export type Expression =
  Literal | Name | Member | Slice | Call | Filter | Test | Compare | Binary | Unary | Concat | Choice | Items | Pairs;

/** What `set`, `for` and `with` give a value: a name, names in brackets, or an attribute of a namespace. */
export type Target =
  | Name
  | (Of<'Targets'> & { readonly children: readonly Target[] })
  | (Of<'NamespaceTarget'> & { readonly name: string; readonly attribute: string });

export interface Parameter {
  readonly name: string;
  readonly default: Expression | null;
  readonly at: At;
}

export interface Output extends Of<'Output'> {
  readonly children: readonly (Expression | TemplateData)[];
}
export interface TemplateData extends Of<'TemplateData'> {
  readonly value: string;
}
export interface Body extends Of<'NodeList' | 'Root'> {
  readonly children: readonly Statement[];
}
export interface If extends Of<'If'> {
  readonly cond: Expression;
  readonly body: Body;
  readonly else_: Body | If | null;
}
export interface For extends Of<'For'> {
  readonly target: Target;
  readonly iter: Expression;
  readonly test: Expression | null;
  readonly recursive: boolean;
  readonly body: Body;
  readonly else_: Body | null;
}
export interface Assign extends Of<'Set'> {
  readonly target: Target;
  readonly value: Expression | null;
  /** `{% set x %}...{% endset %}`, and the filters over it. */
  readonly body: Body | null;
  readonly filters: readonly Filter[];
}
export interface Macro extends Of<'Macro'> {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
  /** Where it begins and ends in the text, its tags included. */
  readonly start: number;
  readonly end: number;
}
export interface CallBlock extends Of<'CallBlock'> {
  readonly call: Call;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
}
export interface Do extends Of<'Do'> {
  readonly value: Expression;
}
export interface FilterBlock extends Of<'FilterBlock'> {
  readonly filters: readonly Filter[];
  readonly body: Body;
}
export interface With extends Of<'With'> {
  readonly targets: readonly { readonly target: Target; readonly value: Expression }[];
  readonly body: Body;
}
export interface Jump extends Of<'Break' | 'Continue'> {
  readonly typename: 'Break' | 'Continue';
}
export interface Import extends Of<'Import'> {
  readonly file: string;
  /** `import ... as name`. */
  readonly as: string | null;
  /** `from ... import name as alias`. */
  readonly names: readonly { readonly name: string; readonly alias: string; readonly at: At }[];
}

export type Statement = Output | Body | If | For | Assign | Macro | CallBlock | Do | FilterBlock | With | Jump | Import;
