import { NunjucksParser } from './nunjucks-parser.ts';
import type {
  Assign,
  Body,
  Call,
  CallBlock,
  Expression,
  For,
  If,
  Import,
  Macro,
  Parameter,
  Statement,
  Target,
  With,
} from './nodes.ts';
import { parseExpression, parseFilters, parsePostfixed, parseTuple } from './parse-expression.ts';
import { at, unexpected } from './token-stream.ts';
import type { TokenStream } from './token-stream.ts';
import { SyntaxFault } from './syntax-error.ts';
import { Tokens } from './tokens.ts';
import type { Token } from './tokens.ts';

/** Reads a template; throws SyntaxFault. */
export function parseTemplate(text: string): Body {
  return new JinjaParser(new Tokens(text)).parseAsRoot();
}

/** nunjucks' parser with Jinja's expressions and statements in place of its own. */
class JinjaParser extends NunjucksParser {
  readonly #stream: TokenStream = {
    current: () => this.#look(0),
    following: () => this.#look(1),
    next: () => this.#next(),
    expression: () => parseExpression(this.#stream),
    tuple: (ends) => parseTuple(this.#stream, ends),
  };
  /** Tokens that were looked at and not yet taken. */
  readonly #ahead: Token[] = [];
  /** Tags that are open, so that the one that is not closed can be named. */
  readonly #begun: Token[] = [];

  override nextToken(): Token | null {
    return this.#ahead.shift() ?? this.tokens.nextToken();
  }

  override peekToken(): Token | null {
    const token = this.#look(0);
    return token.type === 'end' ? null : token;
  }

  override pushToken(token: Token | null): void {
    if (token) this.#ahead.unshift(token);
  }

  override fail(message: string, lineno?: number, colno?: number): never {
    const token = this.peekToken() ?? this.tokens.here;
    throw new SyntaxFault(message, lineno === undefined || colno === undefined ? token : { lineno, colno });
  }

  /** A `{{ ... }}`, and the condition of an `if`. */
  override parseExpression(): Expression {
    const node = parseTuple(this.#stream, ({ type }) => type === 'variable-end' || type === 'block-end');
    const after = this.#current();
    if (after.type !== 'variable-end' && after.type !== 'block-end') unexpected(after, this.tokens.ending);
    return node;
  }

  override parseUntilBlocks(...names: string[]): Body {
    const body = super.parseUntilBlocks(...names);
    const begun = this.#begun.at(-1);
    if (this.peekToken() === null && begun)
      throw new SyntaxFault(`{% ${begun.value} %} is not closed: no {% ${names.at(-1) ?? ''} %} follows`, begun);
    return body;
  }

  override parseIf(): If {
    const token = this.#current();
    if (token.value === 'elseif') return unexpected(token, 'elif, else or endif');
    return token.value === 'elif' ? super.parseIf() : this.#within(token, () => super.parseIf());
  }

  override parseStatement(): unknown {
    const tag = this.#current();
    if (tag.type !== 'symbol') unexpected(tag, 'the name of a tag');
    if (this.breakOnBlocks?.includes(tag.value)) return null;
    return this.#within(tag, () => this.#statement(tag));
  }

  #statement(tag: Token): Statement {
    switch (tag.value) {
      case 'if':
        return super.parseIf();
      case 'for':
        return this.#for(tag);
      case 'set':
        return this.#set(tag);
      case 'macro':
        return this.#macro(tag, '', 'endmacro');
      case 'test':
      case 'data_test':
        return this.#macro(tag, 'test_', `end${tag.value}`);
      case 'call':
        return this.#call(tag);
      case 'do':
      case 'print': {
        this.#next();
        const value = parseTuple(this.#stream, ({ type }) => type === 'block-end');
        this.#endOfTag();
        if (tag.value === 'do') return { typename: 'Do', ...at(tag), value };
        return { typename: 'Output', ...at(tag), children: [value] };
      }
      case 'filter': {
        this.#next();
        const filters = parseFilters(this.#stream);
        return { typename: 'FilterBlock', ...at(tag), filters, body: this.#body('endfilter') };
      }
      case 'with':
        return this.#with(tag);
      case 'break':
      case 'continue':
        this.#next();
        if (!this.#begun.some(({ value }) => value === 'for'))
          throw new SyntaxFault(`${tag.value} stands outside of a loop`, tag);
        this.#endOfTag();
        return { typename: tag.value === 'break' ? 'Break' : 'Continue', ...at(tag) };
      case 'import':
      case 'from':
        return this.#import(tag);
      default:
        throw new SyntaxFault(`no tag '${tag.value}' can stand here${this.#stillOpen(tag)}`, tag);
    }
  }

  /** Of a closing tag that closes nothing: what it stands in. */
  #stillOpen(tag: Token): string {
    const around = this.#begun.at(-2);
    return tag.value.startsWith('end') && around
      ? `: {% ${around.value} %} of line ${around.lineno + 1} is still open`
      : '';
  }

  #for(tag: Token): For {
    this.#next();
    const target = this.#target();
    this.#word('in');
    const iter = parseTuple(this.#stream, ({ type, value }) => type === 'block-end' || value === 'recursive', false);
    const test = this.#skipWord('if') ? parseExpression(this.#stream) : null;
    const recursive = this.#skipWord('recursive');
    this.#endOfTag();
    const body = this.parseUntilBlocks('else', 'endfor');
    const hasElse = this.#next().value === 'else';
    this.#endOfTag();
    const else_ = hasElse ? this.parseUntilBlocks('endfor') : null;
    if (hasElse) this.advanceAfterBlockEnd();
    return { typename: 'For', ...at(tag), target, iter, test, recursive, body, else_ };
  }

  #set(tag: Token): Assign {
    this.#next();
    const target = this.#target(true);
    if (this.skipValue('operator', '=')) {
      const value = parseTuple(this.#stream, ({ type }) => type === 'block-end');
      this.#endOfTag();
      return { typename: 'Set', ...at(tag), target, value, body: null, filters: [] };
    }
    const filters = this.skip('pipe') ? parseFilters(this.#stream) : [];
    return { typename: 'Set', ...at(tag), target, value: null, body: this.#body('endset', "'='"), filters };
  }

  #macro(tag: Token, prefix: string, end: string): Macro {
    this.#next();
    const name = this.#name('the name of a macro');
    const parameters = this.#parameters();
    this.#endOfTag();
    const body = this.parseUntilBlocks(end);
    this.#next();
    const closing = this.#endOfTag();
    return {
      typename: 'Macro',
      ...at(name),
      name: prefix + name.value,
      parameters,
      body,
      start: tag.start,
      end: closing.end,
    };
  }

  #call(tag: Token): CallBlock {
    this.#next();
    const parameters = this.#current().type === 'left-paren' ? this.#parameters() : [];
    const begins = this.#current();
    const call = parsePostfixed(this.#stream);
    if (call.typename !== 'FunCall') throw new SyntaxFault('{% call %} takes the call of a macro', begins);
    return { typename: 'CallBlock', ...at(tag), call: call satisfies Call, parameters, body: this.#body('endcall') };
  }

  #with(tag: Token): With {
    this.#next();
    const targets: { target: Target; value: Expression }[] = [];
    while (this.#current().type !== 'block-end') {
      if (targets.length > 0 && !this.skip('comma')) unexpected(this.#current(), "',' or %}");
      const target = this.#target();
      if (!this.skipValue('operator', '=')) unexpected(this.#current(), "'='");
      targets.push({ target, value: parseExpression(this.#stream) });
    }
    return { typename: 'With', ...at(tag), targets, body: this.#body('endwith') };
  }

  #import(tag: Token): Import {
    this.#next();
    const path = this.#next();
    if (path.type !== 'string') unexpected(path, 'the path of a file of macros in quotes');
    const names: { name: string; alias: string; at: Token }[] = [];
    let as: string | null = null;
    if (tag.value === 'import') {
      this.#word('as');
      as = this.#name('a name').value;
    } else {
      this.#word('import');
      do {
        const name = this.#name('the name of a macro');
        names.push({
          name: name.value,
          alias: this.#skipWord('as') ? this.#name('a name').value : name.value,
          at: name,
        });
      } while (this.skip('comma'));
    }
    if (this.#skipWord('with') || this.#skipWord('without')) this.#word('context');
    this.#endOfTag();
    return { typename: 'Import', ...at(path), file: path.value, as, names };
  }

  #parameters(): Parameter[] {
    if (!this.skip('left-paren')) unexpected(this.#current(), "'('");
    const parameters: Parameter[] = [];
    while (!this.skip('right-paren')) {
      if (parameters.length > 0 && !this.skip('comma')) unexpected(this.#current(), "',' or ')'");
      if (parameters.length > 0 && this.skip('right-paren')) break;
      const name = this.#name('the name of a parameter');
      if (this.skip('colon')) this.#type();
      const value = this.skipValue('operator', '=') ? parseExpression(this.#stream) : null;
      if (value === null && parameters.at(-1)?.default)
        throw new SyntaxFault(`parameter '${name.value}' without a default stands after one with a default`, name);
      parameters.push({ name: name.value, default: value, at: at(name) });
    }
    return parameters;
  }

  /** A parameter's type, as in `columns: list[str]`: it says something to people only. */
  #type(): void {
    this.#name('the name of a type');
    if (!this.skip('left-bracket')) return;
    do this.#type();
    while (this.skip('comma'));
    if (!this.skip('right-bracket')) unexpected(this.#current(), "',' or ']'");
  }

  #target(withNamespace = false): Target {
    const first = this.#current();
    const children: Target[] = [];
    let isTuple = false;
    do {
      const token = this.#current();
      if (children.length > 0 && token.type !== 'symbol' && token.type !== 'left-paren') break;
      children.push(this.#oneTarget(withNamespace));
      isTuple ||= this.#current().type === 'comma';
    } while (this.skip('comma'));
    const [only] = children;
    return isTuple || only === undefined ? { typename: 'Targets', ...at(first), children } : only;
  }

  #oneTarget(withNamespace: boolean): Target {
    const token = this.#current();
    if (token.type === 'left-paren' || token.type === 'left-bracket') {
      this.#next();
      const inner = this.#target(withNamespace);
      if (!this.skip(token.type.replace('left', 'right'))) unexpected(this.#current(), "',' or ')'");
      return inner;
    }
    const name = this.#name('a name');
    if (withNamespace && this.skipValue('operator', '.')) {
      return { typename: 'NamespaceTarget', ...at(name), name: name.value, attribute: this.#name('a name').value };
    }
    return { typename: 'Symbol', ...at(name), value: name.value };
  }

  #body(end: string, expected?: string): Body {
    this.#endOfTag(expected);
    const body = this.parseUntilBlocks(end);
    this.advanceAfterBlockEnd();
    return body;
  }

  #endOfTag(expected = '%}'): Token {
    const token = this.#next();
    return token.type === 'block-end' ? token : unexpected(token, expected);
  }

  #name(expected: string): Token {
    const token = this.#next();
    return token.type === 'symbol' ? token : unexpected(token, expected);
  }

  #word(word: string): void {
    if (!this.#skipWord(word)) unexpected(this.#current(), `'${word}'`);
  }

  #skipWord(word: string): boolean {
    return this.skipSymbol(word);
  }

  #within<T>(token: Token, read: () => T): T {
    this.#begun.push(token);
    const result = read();
    this.#begun.pop();
    return result;
  }

  #current(): Token {
    return this.#look(0);
  }

  #look(far: number): Token {
    while (this.#ahead.length <= far) {
      const token = this.tokens.nextToken();
      if (token === null) return this.tokens.here;
      this.#ahead.push(token);
    }
    return this.#ahead[far] ?? this.tokens.here;
  }

  #next(): Token {
    return this.nextToken() ?? this.tokens.here;
  }
}
