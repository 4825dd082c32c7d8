/**
 * Each member account has two roles: one that can only read, and one that can also change something. The deployment
 * creates them and the tasks assume them under these names.
 * @param base the deployment's `memberRole`
 */
export const memberRoleOf = (base: string, access: 'read' | 'write'): string =>
  access === 'write' ? base : `${base}-read`;
