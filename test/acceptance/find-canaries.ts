/** Which of the canaries occur in the texts: as they are, or as base64, hex or part of a URL, whatever stands around them. */
export function findCanaries(texts: readonly string[], canaries: readonly string[]): string[] {
  return canaries.filter((canary) => {
    const shapes = disguises(canary);
    return texts.some((text) => shapes.some((shape) => text.includes(shape)));
  });
}

function disguises(canary: string): string[] {
  const bytes = Buffer.from(canary);
  // Base64 takes three bytes at a time: by what stands before it a text has one of three forms, each but for its ends.
  const base64 = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const skipped = Math.ceil((before * 8) / 6);
    return encoded.slice(skipped, Math.floor(((before + bytes.length) * 8) / 6));
  });
  return [canary, encodeURIComponent(canary), bytes.toString('hex'), ...base64];
}
