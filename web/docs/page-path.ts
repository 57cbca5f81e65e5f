/** Where the page of a thing lies, from the site's folder; names keep their letters, everything else becomes _. */
export function pagePath(type: string, name: string): string {
  return `docs/${type}/${name.replaceAll(/[^\w.-]/g, '_')}.html`;
}

/** The id of a part of a page, as links name it. */
export function anchor(kind: string, name: string): string {
  return `${kind}-${name.replaceAll(/[^\w.-]/g, '_')}`;
}
