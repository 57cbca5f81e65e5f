/** The targets of rel="next" in a Link header (RFC 8288), as they are written. */
export function parseNextLinks(header: string): readonly string[] {
  const links = header.matchAll(
    /<([^<>]*)>((?:\s*;\s*[!#$%&'*+.^_`|~\w-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]+))?)*)/g,
  );
  return [...links].flatMap(([, target, params = '']) => {
    const [, quoted, plain] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(params) ?? [];
    const relations = (quoted ?? plain ?? '').toLowerCase().split(/\s+/);
    return relations.includes('next') && target !== undefined ? [target] : [];
  });
}
