/** A command in a mail, and the words before it, which name the identity to run it as. */
export interface MailedCommand {
  readonly said: string;
  readonly line: string;
}

/** Every command in a mail's text, in its order. */
export function commandsIn(text: string): MailedCommand[] {
  const found: MailedCommand[] = [];
  let said: string[] = [];
  for (const part of text.split('\n\n')) {
    if (part.startsWith('    aws ')) {
      found.push({ said: said.join(' '), line: part.trim() });
    } else if (/\n-+$/.test(part)) {
      said = [part];
    } else {
      said.push(part);
    }
  }
  return found;
}

export type Identity =
  | { readonly as: 'operator' | 'administrator'; readonly accountId: string }
  | { readonly as: 'user'; readonly accountId: string; readonly userName: string };

/** The identity that the words before a command name last; undefined if they name none. */
export function identityIn({ said }: MailedCommand): Identity | undefined {
  const found: [number, Identity][] = [];
  for (const match of said.matchAll(/with credentials of account (\d{12})/g))
    found.push([match.index, { as: 'operator', accountId: match[1] ?? '' }]);
  for (const match of said.matchAll(/[Ii]n the account (?:[^.]*?\()?(\d{12})\)?, with/g))
    found.push([match.index, { as: 'administrator', accountId: match[1] ?? '' }]);
  for (const match of said.matchAll(/as the IAM user (\S+) of account (\d{12}) itself/g))
    found.push([match.index, { as: 'user', userName: match[1] ?? '', accountId: match[2] ?? '' }]);
  return found.toSorted(([a], [b]) => a - b).at(-1)?.[1];
}
