import type { Sent } from './reading.ts';

/** A mail of a rotation. `kind`: as in the mail's tags, such as `newKeyReady`. */
export interface RotationMail {
  readonly at: Date;
  readonly kind: string;
  readonly to: readonly string[];
}

/** The mails that a rotation has sent, the oldest first. */
export const mailsIn = (sent: readonly Sent[]): RotationMail[] =>
  sent.map((one) => ({ at: one.at, kind: kindOf(one), to: one.to }));

function kindOf({ call: { state, payload } }: Sent): string {
  switch (state) {
    case 'AskOwner':
      return askedAs(payload);
    case 'OfferRollback':
      return payload.plan?.confirmation === 'leakedKey' ? 'leakedKey' : 'oldKeyInactive';
    case 'AskAboutLeak':
      return 'leakStillActive';
    default:
      return payload.mail ?? state;
  }
}

/** Which of the mails that ask an owner a question is. */
export function askedAs({ asking, reminder, plan }: Sent['call']['payload']): string {
  const kind = asking?.interruption?.kind;
  if (kind === 'moreTime') return 'moreTime';
  if (kind === 'unreachable') return 'askedInPlace';
  if ((reminder ?? 0) > 0) return 'reminder';
  return plan?.act === 'retire' ? 'retirement' : 'newKeyReady';
}
