/** A pattern of `*` (anything) and `?` (any one character), as an expression over a whole text. */
export function globOf(pattern: string, flags = ''): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, flags);
}

/** How policies compare ARNs: part by part, so that no `*` matches a colon; the last part may hold colons. */
export function arnGlobOf(pattern: string): (arn: string) => boolean {
  const globs = partsOf(pattern).map((part) => globOf(part));
  return (arn) => {
    const parts = partsOf(arn);
    return parts.length === globs.length && globs.every((glob, index) => glob.test(parts[index] ?? ''));
  };
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
