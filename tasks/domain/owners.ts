import * as z from 'zod';

/** Where an owner's address may come from, in the order in which it is looked for. */
export const ownerPlaces = [
  'userTag',
  'accountTag',
  'securityContact',
  'operationsContact',
  'accountAddress',
  'operators',
] as const;
export type OwnerPlace = (typeof ownerPlaces)[number];

/** The places that say who answers for a whole account; a deployment may leave some out. */
export const accountPlaces = [
  'accountTag',
  'securityContact',
  'operationsContact',
  'accountAddress',
] as const;
export type AccountPlace = (typeof accountPlaces)[number];

/**
 * Where the owners' addresses come from. `passedOver`: what was looked at before and gave none, or not only addresses,
 * and why, one clause each.
 */
export const ownerFromSchema = z.object({ place: z.enum(ownerPlaces), passedOver: z.array(z.string()) });

/** Who answers for a user or an account; never nobody. */
export interface Owners extends z.output<typeof ownerFromSchema> {
  readonly addresses: string[];
}

/** What one place says. */
export type PlaceSays =
  | { readonly state: 'says'; readonly text: string }
  | { readonly state: 'nothing' }
  | { readonly state: 'unreadable'; readonly because: string };

/** An owner's address, as a tag can hold it. */
export const ownerAddressSchema = z.email();
/** Longer texts would fill a mail's footer. */
const longest = 80;

/**
 * The mail addresses in a text and whatever else is in it. They are separated by spaces or slashes: a tag can't contain
 * commas or semicolons, and no address contains either of these.
 */
export function addressesIn(text: string): { addresses: string[]; others: string[] } {
  const parts = text.split(/[\s/]+/).filter((part) => part !== '');
  const isAddress = (part: string): boolean => ownerAddressSchema.safeParse(part).success;
  return {
    addresses: [...new Set(parts.filter(isAddress))],
    others: parts.filter((part) => !isAddress(part)),
  };
}

const names: Readonly<Record<Exclude<OwnerPlace, 'operators'>, string>> = {
  userTag: "the user's tag",
  accountTag: "the account's tag",
  securityContact: "the account's security contact",
  operationsContact: "the account's operations contact",
  accountAddress: "the account's address",
};

const unreadable = "can't be read";

/** Whether a place was passed over because it couldn't be read, and not because of what it says. */
export const isUnreadable = (passedOver: string): boolean => passedOver.includes(` ${unreadable} (`);

/** Where the owners come from, as mails say it. */
export const placeInWords = (place: OwnerPlace): string =>
  place === 'operators' ? 'nothing else names one' : names[place];

/** What a place gives: addresses, if any, and a clause about what isn't one or can't be read. */
export function fromPlace(
  place: Exclude<OwnerPlace, 'operators'>,
  said: PlaceSays,
): Pick<Owners, 'addresses' | 'passedOver'> {
  if (said.state === 'nothing') return { addresses: [], passedOver: [] };
  if (said.state === 'unreadable')
    return { addresses: [], passedOver: [`${names[place]} ${unreadable} (${said.because})`] };
  const { addresses, others } = addressesIn(said.text);
  const [first] = others;
  if (first === undefined) return { addresses, passedOver: [] };
  const [what, verb] =
    others.length === 1 ? [first, "isn't a mail address"] : [others.join(' '), "aren't mail addresses"];
  return { addresses, passedOver: [`${names[place]} has “${what.slice(0, longest)}”, which ${verb}`] };
}

/** A user's owners: those that its tag names, otherwise the account's, with what was wrong with the tag. */
export function ownersOfUser(tag: string | undefined, account: Owners): Owners {
  const own = ownersInTag(tag);
  if (own.addresses.length > 0) return { ...own, place: 'userTag' };
  return { ...account, passedOver: [...own.passedOver, ...account.passedOver] };
}

/** What the user's own tag gives. */
export const ownersInTag = (tag: string | undefined): ReturnType<typeof fromPlace> =>
  fromPlace('userTag', tag === undefined ? { state: 'nothing' } : { state: 'says', text: tag });

/** The account's address, otherwise the operators; without looking anything up. */
export function byAddress(email: string, operators: string, passedOver: readonly string[] = []): Owners {
  const own = fromPlace('accountAddress', { state: 'says', text: email });
  const all = [...passedOver, ...own.passedOver];
  return own.addresses.length > 0
    ? { addresses: own.addresses, place: 'accountAddress', passedOver: all }
    : { addresses: [operators], place: 'operators', passedOver: all };
}
