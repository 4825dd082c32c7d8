import {
  GetAccountCommand,
  GetConfigurationSetCommand,
  GetConfigurationSetEventDestinationsCommand,
  GetEmailIdentityCommand,
  GetSuppressedDestinationCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import { identityOf } from '../../infra/mail.ts';
import { configurationSetName } from '../../infra/names.ts';
import { addressOf } from '../../tasks/domain/settings/sender.ts';
import { type Check, type CheckContext, deployAgain, fail, ifThere, ok, type Seen, warn } from './finding.ts';

const clientOf = ({ access, deployment }: CheckContext) => new SESv2Client(access(deployment.region));
const readIdentity = (context: CheckContext, name: string) =>
  ifThere(clientOf(context).send(new GetEmailIdentityCommand({ EmailIdentity: name })), 'NotFoundException');

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
const operatorsOf = ({ deployment: { mail } }: CheckContext): string =>
  mail.operators ?? addressOf(mail.from);

/** Owners get mail only if SES sends to any address; an audit mails only the operators. */
export const sandbox: Check = {
  name: 'SES sandbox',
  look: async (context) => {
    const { SendingEnabled, EnforcementStatus, ProductionAccessEnabled, SendQuota } = await clientOf(
      context,
    ).send(new GetAccountCommand({}));
    if (SendingEnabled === false)
      return fail('Sending is paused for this account.', 'Look into the SES console.');
    if (EnforcementStatus !== undefined && EnforcementStatus !== 'HEALTHY') {
      const says = `SES has the account under ${EnforcementStatus.toLowerCase()}.`;
      return EnforcementStatus === 'SHUTDOWN'
        ? fail(says, 'Answer AWS’s mail about it.')
        : warn(says, 'Answer AWS’s mail about it.');
    }
    if (ProductionAccessEnabled === true) {
      return ok(`production access, ${SendQuota?.Max24HourSend ?? '?'} mails per day`);
    }
    const says = 'SES is in its sandbox: only verified addresses get mail.';
    const todo = 'Ask for production access in the SES console before you go live.';
    return context.deployment.mode === 'live' ? fail(says, todo) : warn(says, todo);
  },
};

/** SES sends nothing for an identity that isn't verified, and mail programs refuse mail without DKIM. */
export const sender: Check = {
  name: 'sender and DKIM',
  look: async (context) => {
    const name = identityOf(context.deployment.mail);
    const found = await readIdentity(context, name);
    if (found === undefined) {
      return fail(`SES has no identity ${name}.`, 'Deploy with mail.createIdentity, or create it in SES.');
    }
    if (found.VerifiedForSendingStatus !== true) {
      const how = name.includes('@')
        ? 'Follow the link in SES’s mail to that address.'
        : 'Put the outputs Dkim1 to Dkim3 into the domain’s DNS: docs/deploy.md, 3.';
      return fail(
        `${name} isn’t verified yet (${found.VerificationStatus ?? 'PENDING'}): SES sends nothing.`,
        how,
      );
    }
    const { SigningEnabled, Status } = found.DkimAttributes ?? {};
    if (SigningEnabled === true && Status === 'SUCCESS') return ok(`${name} is verified, DKIM ${Status}`);
    const says = `${name} is verified, but DKIM is ${SigningEnabled === true ? (Status ?? 'unknown') : 'off'}.`;
    return warn(says, 'Set DKIM up for it in SES, or owners’ mail programs may refuse the mails.');
  },
};

/** Bounces reach keyturn by the configuration set's events. */
export const configurationSet: Check = {
  name: 'configuration set',
  look: async (context) => {
    const client = clientOf(context);
    const named = { ConfigurationSetName: configurationSetName };
    const found = await ifThere(client.send(new GetConfigurationSetCommand(named)), 'NotFoundException');
    if (found === undefined)
      return fail(`SES has no configuration set ${configurationSetName}.`, deployAgain);
    if (found.SendingOptions?.SendingEnabled === false) {
      return fail('Its sending is paused, so no mail leaves.', 'Enable sending in the SES console.');
    }
    const { EventDestinations = [] } = await client.send(
      new GetConfigurationSetEventDestinationsCommand(named),
    );
    const heard = EventDestinations.filter(
      ({ Enabled, EventBridgeDestination }) => Enabled === true && EventBridgeDestination !== undefined,
    ).flatMap(({ MatchingEventTypes = [] }) => MatchingEventTypes);
    const missing = (['BOUNCE', 'COMPLAINT', 'REJECT'] as const).filter((type) => !heard.includes(type));
    return missing.length === 0
      ? ok(`${configurationSetName}, its bounces and complaints reach keyturn`)
      : fail(`Its events don’t reach EventBridge: ${missing.join(', ')}.`, deployAgain);
  },
};

/** The operators' mail arrives: it tells them of everything that goes wrong. */
export const operatorsAddress: Check = {
  name: 'operators’ address',
  look: async (context): Promise<Seen> => {
    const client = clientOf(context);
    const address = operatorsOf(context);
    const suppressed = await ifThere(
      client.send(new GetSuppressedDestinationCommand({ EmailAddress: address })),
      'NotFoundException',
    );
    if (suppressed !== undefined) {
      const why = suppressed.SuppressedDestination?.Reason ?? 'a bounce';
      const todo = `aws sesv2 delete-suppressed-destination --email-address ${address}`;
      return fail(
        `SES sends no mail to ${address} any more, after ${why.toLowerCase()}.`,
        `${todo}, once it works.`,
      );
    }
    const { ProductionAccessEnabled } = await client.send(new GetAccountCommand({}));
    if (ProductionAccessEnabled === true) return ok(address);
    for (const name of [address, domainOf(address)]) {
      const identity = await readIdentity(context, name);
      if (identity?.VerifiedForSendingStatus === true)
        return ok(`${address}, verified in the sandbox as ${name}`);
    }
    return fail(
      `${address} isn’t verified, so SES’s sandbox sends it no mail.`,
      `aws sesv2 create-email-identity --email-identity ${address}, and follow the link in the mail.`,
    );
  },
};
