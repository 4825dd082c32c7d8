import * as z from 'zod';
import { accountIdSchema, unitSchema } from '../scope.ts';
import { setting } from './entry.ts';
import { addressSchema } from './mail.ts';

/** Use organizational units for longer lists. */
const longestList = 60;

/**
 * Some of the organization's accounts: those that are surveyed, or those in which changes are allowed. Without units
 * and `include` it is the whole organization; otherwise all accounts below one of the units, and those in `include`.
 * `exclude` overrides both.
 */
export const scopeSchema = z.strictObject({
  organizationalUnits: setting(z.array(unitSchema).max(longestList).default([]), {
    description:
      'All accounts below these organizational units, at any depth. If this list and `include` are both empty, the whole organization.',
    example: ['ou-ab12-product0'],
  }),
  include: setting(z.array(accountIdSchema).max(longestList).default([]), {
    description: 'These accounts, wherever they are in the organization.',
    example: ['222222222222'],
  }),
  exclude: setting(z.array(accountIdSchema).max(longestList).default([]), {
    description: 'None of these accounts, whatever the other two lists say.',
    example: ['333333333333'],
  }),
});

/** A role's policy names every listed account twice, and IAM limits its size. */
export const mostListed = 30;

const listedAccountSchema = z.strictObject({
  id: accountIdSchema,
  name: z.string().trim().min(1).max(50).optional(),
  email: addressSchema,
});

/** The accounts by hand, if there is no organization to read them from. */
export const accountListSchema = z.array(listedAccountSchema).min(1).max(mostListed);

/** Which accounts there are, if no organization says so, and which of them are audited. */
export const accountsSchema = scopeSchema.extend({
  list: setting(accountListSchema.optional(), {
    description:
      "Every account by hand, keyturn's own among them, for a company that has no AWS Organization or may not read it. AWS Organizations is then never called, and no other account is ever entered. `email` is the account's address: who is asked if a user has no owner.",
    ifOmitted: 'the accounts of the organization',
    allowed: `a list of at most ${mostListed}, each with \`id\`, \`email\` and, if you like, \`name\``,
    example: [{ id: '111111111111', name: 'Payments', email: 'aws@example.com' }],
  }),
});
