import * as z from 'zod';
import { accountIdSchema, unitSchema } from '../scope.ts';
import { setting } from './entry.ts';

/** Longer lists are better said as organizational units. */
const longestList = 60;

/**
 * Some of the organization's accounts: those that are surveyed, or those in which anything may be changed. With neither
 * units nor `include` it is the whole organization; else the accounts somewhere below one of the units, and those
 * included. `exclude` wins over both.
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
