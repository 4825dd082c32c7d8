import { z } from 'zod';

/**
 * What a deployment sets, read from the environment once. Only the literal `live` lets anything change:
 * a misspelt or missing mode is an audit.
 */
const settingsSchema = z.object({
  mode: z
    .string()
    .optional()
    .transform((mode) => (mode === 'live' ? ('live' as const) : ('audit' as const))),
  memberRole: z.string().min(1).default('keyturn-member'),
  externalId: z.string().min(2).optional(),
  region: z.string().min(1),
  mailFrom: z.email(),
  operators: z.email(),
  ownerTag: z.string().min(1).max(128).default('owner'),
  /** Where the owners' links lead, without a slash at the end. */
  linkBase: z.url().transform((url) => url.replace(/\/$/, '')),
  linkKeySecret: z.string().min(1).default('keyturn/link-key'),
  secretPrefix: z.string().endsWith('/').default('keyturn/'),
});
export type Settings = z.infer<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;

/** @throws {z.ZodError} naming each setting that is wrong */
export const parseSettings = (input: SettingsInput): Settings => settingsSchema.parse(input);

/** The variables of a Lambda function's environment, `KEYTURN_LINK_BASE` and the like. */
export function settingsFrom(environment: Readonly<Record<string, string | undefined>>): Settings {
  return settingsSchema.parse({
    mode: environment.KEYTURN_MODE,
    memberRole: environment.KEYTURN_MEMBER_ROLE,
    externalId: environment.KEYTURN_EXTERNAL_ID,
    region: environment.AWS_REGION,
    mailFrom: environment.KEYTURN_MAIL_FROM,
    operators: environment.KEYTURN_OPERATORS,
    ownerTag: environment.KEYTURN_OWNER_TAG,
    linkBase: environment.KEYTURN_LINK_BASE,
    linkKeySecret: environment.KEYTURN_LINK_KEY_SECRET,
    secretPrefix: environment.KEYTURN_SECRET_PREFIX,
  });
}
