import { linkKeys, linkKeysAnew } from '../aws/link-key.ts';
import type { Dependencies } from '../dependencies.ts';
import type { FoundQuestion } from '../domain/asking/find-question.ts';
import { type LinkReference, type ReadLink, readLink } from '../domain/asking/link.ts';

/** The subject of a request, once its link has been read. */
export interface PageVisit {
  readonly link: string;
  readonly reference: LinkReference;
  readonly found: FoundQuestion;
}

/** Reads a link. If none of this process's cached keys has signed it, tries the current keys. */
export async function read(text: string, dependencies: Dependencies): Promise<ReadLink> {
  const { now } = dependencies;
  const link = readLink(text, await linkKeys(dependencies), now());
  if (link.state !== 'forged') return link;
  const anew = await linkKeysAnew(dependencies);
  return anew === undefined ? link : readLink(text, anew, now());
}
