import { beginningsOf, nameOf } from '../execution-name.ts';
import { recordPrefix } from './record.ts';

/** The record of one end of a rotation, by its place alone. */
export interface RecordPlace {
  /** The object's key in the report bucket. */
  readonly key: string;
  /** The rotation's name. */
  readonly rotation: string;
  readonly redrives: number;
}

/** What the keys of a user's records begin with. Other users' may begin so too: `deploy-bot-2` and `deploy-bot`. */
export const recordBeginnings = (user: {
  readonly accountId: string;
  readonly userName: string;
}): readonly string[] =>
  beginningsOf(user).map((beginning) => `${recordPrefix}${user.accountId}/${beginning}`);

/** What the keys of one rotation's records begin with. */
export const recordBeginning = (rotation: string): string =>
  `${recordPrefix}${rotation.slice(0, 12)}/${rotation}/`;

/** A record's place; undefined if the key isn't a record's. */
export function placeOfRecord(key: string): RecordPlace | undefined {
  const path = key.startsWith(recordPrefix) ? key.slice(recordPrefix.length) : '';
  const { rotation = '', redrives } =
    /^[^/]+\/(?<rotation>[^/]+)\/(?:\d{4}-\d{2}-\d{2}-)?(?<redrives>\d+)\.html$/.exec(path)?.groups ?? {};
  return redrives === undefined ? undefined : { key, rotation, redrives: Number(redrives) };
}

/** The first record of a rotation, as a page of the same bucket links to it. */
export const recordLink = (page: { readonly prefix: string }, executionArn: string): string =>
  `${'../'.repeat(page.prefix.split('/').length - 1)}${recordBeginning(nameOf(executionArn))}0.html`;
