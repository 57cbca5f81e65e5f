import { Marked } from 'marked';

/**
 * Markdown as HTML that can do nothing: HTML in it is shown as text, links lead to web pages, mail or a place on the page only, and
 * pictures are replaced by their words, because the site loads nothing from elsewhere.
 */
export function markdown(text: string): string {
  return MARKED.parse(text, { async: false });
}

const MARKED = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escaped(text),
    image: ({ text }) => escaped(text),
    link({ href, tokens }) {
      const inside = this.parser.parseInline(tokens);
      return isSafe(href) ? `<a href="${escaped(href)}" rel="noreferrer">${inside}</a>` : inside;
    },
    // The page has its own first headings.
    heading({ tokens, depth }) {
      const level = Math.min(depth + 2, 6);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
  },
});

function isSafe(href: string): boolean {
  return /^(https?:\/\/|mailto:|#)/i.test(href);
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
