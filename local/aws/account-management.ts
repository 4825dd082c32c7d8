import type {
  AlternateContactType,
  GetAlternateContactRequest,
  GetAlternateContactResponse,
} from '@aws-sdk/client-account';
import { refusal } from './errors.ts';
import type { Model } from './iam/account.ts';
import { AwsError, type Operations } from './types.ts';
import { operation, service } from './wire/operation.ts';

/**
 * Account Management, as far as contacts are read: of the caller's own account, and of the organization's others if
 * the caller is the management account or its delegate. An account may not name itself.
 */
export const accountOperations = (model: Model): Operations =>
  service('account', {
    GetAlternateContact: operation<GetAlternateContactRequest, GetAlternateContactResponse>()(
      ['AlternateContactType'],
      ['AccountId'],
      ({ AlternateContactType: kind, AccountId }, caller) => {
        if (
          AccountId !== undefined &&
          (caller.accountId !== model.centralAccountId || AccountId === caller.accountId)
        )
          throw refusal('account', 'denied');
        const account = model.accounts.get(AccountId ?? caller.accountId);
        const address = account?.contacts.get(kind);
        if (address === undefined)
          throw new AwsError(
            'ResourceNotFoundException',
            'No contact of the inputted alternate contact type found.',
            404,
          );
        return { AlternateContact: contactOf(kind, address) };
      },
    ),
  });

const contactOf = (AlternateContactType: AlternateContactType, EmailAddress: string) => ({
  AlternateContactType,
  EmailAddress,
  Name: 'On duty',
  PhoneNumber: '+49 30 1234567',
  Title: 'Team',
});
