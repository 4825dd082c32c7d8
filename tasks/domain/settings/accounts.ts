import * as z from 'zod';
import { accountIdSchema, unitSchema } from '../scope.ts';
import { setting } from './entry.ts';

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
