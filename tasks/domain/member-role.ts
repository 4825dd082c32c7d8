/**
 * Each member account has two roles: one that can read, and one that can also change something. The deployment makes
 * them and the tasks assume them under the names that this gives.
 * @param base the deployment's `memberRole`
 */
export const memberRoleOf = (base: string, access: 'read' | 'write'): string =>
  access === 'write' ? base : `${base}-read`;
