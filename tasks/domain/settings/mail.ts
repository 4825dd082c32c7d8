import * as z from 'zod';
import { accountPlaces } from '../owners.ts';
import { setting } from './entry.ts';
import { senderSchema } from './sender.ts';

export const addressSchema = z.email('must be a mail address, such as ops@example.com');

export const mailSchema = z.strictObject({
  from: setting(senderSchema, {
    description: 'The sender, with or without a name. Without one, mail programs show `brand.name`.',
    example: 'keyturn <keyturn@example.com>',
  }),
  identity: setting(
    z
      .string()
      .regex(
        /^([^\s@<>]+@)?([a-z0-9-]+\.)+[a-z]{2,}$/i,
        'must be a domain or an address, such as example.com',
      )
      .optional(),
    {
      description:
        'The SES identity that the sender belongs to: a domain, which may be a parent domain, or an address.',
      ifOmitted: "the sender's domain",
      example: 'example.com',
    },
  ),
  operators: setting(addressSchema.optional(), {
    description: 'Where failures, escalations and alarms go. Required in mode `live`.',
    ifOmitted: "mails go to the sender's address; nobody is subscribed to the alarms",
    example: 'operators@example.com',
  }),
  ownerTag: setting(z.string().min(1).max(128).default('owner'), {
    description:
      "The tag on an IAM user, or on its account, that holds the owner's mail addresses, separated by spaces or slashes.",
    example: 'team-mail',
  }),
  ownersFrom: setting(z.array(z.enum(accountPlaces)).default([...accountPlaces]), {
    description:
      'Where [the owner](owners.md#who-is-asked) of a user without such a tag is looked for; the order is always this one. If nothing names anybody, the operators are asked.',
    example: ['accountTag', 'accountAddress'],
  }),
  createIdentity: setting(z.boolean().default(true), {
    description:
      "Whether the deployment creates the SES identity; its DKIM records are then among the stack's outputs. Set it to `false` if the identity exists.",
    example: false,
  }),
});
