import * as z from 'zod';

/** An account ID as Organizations returns it. */
export const accountIdSchema = z.string().regex(/^\d{12}$/, 'must be an account ID of 12 digits');

/** An organizational unit, or the root. */
export const unitSchema = z
  .string()
  .regex(
    /^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/,
    'must be an organizational unit (ou-…) or root (r-…)',
  );

/**
 * Some of the organization's accounts: those that are surveyed, or those in which changes are allowed. Without units
 * and `include` it is the whole organization; otherwise all accounts below one of the units, and those in `include`.
 * `exclude` overrides both.
 */
export interface Scope {
  readonly organizationalUnits: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * Why an account is out of scope; undefined if it is in scope.
 * @param paths its places in the organization in the form of Organizations (`o-…/r-…/ou-…/`), nested units included
 */
export function whyOutOfScope(
  { organizationalUnits, include, exclude }: Scope,
  { id, paths }: { readonly id: string; readonly paths: readonly string[] },
): string | undefined {
  if (exclude.includes(id)) return 'it is excluded';
  if (include.includes(id)) return undefined;
  if (organizationalUnits.length === 0)
    return include.length === 0 ? undefined : 'it is not among the included accounts';
  const above = new Set(paths.flatMap((path) => path.split('/')));
  return organizationalUnits.some((unit) => above.has(unit))
    ? undefined
    : `it is below none of ${organizationalUnits.join(', ')}`;
}
