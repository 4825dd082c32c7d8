import { Aws, CfnOutput } from 'aws-cdk-lib';
import {
  CfnConfigurationSetEventDestination,
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  Identity,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { addressOf } from '../tasks/domain/settings/sender.ts';
import { configurationSetName } from './names.ts';
import type { Deployment } from './settings.ts';

/** The sender, and where SES publishes events about mails. */
export class MailSetup extends Construct {
  constructor(scope: Construct, id: string, { account, region, mail }: Deployment) {
    super(scope, id);
    const set = new ConfigurationSet(this, 'ConfigurationSet', {
      configurationSetName,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
    });
    // To the account's own bus, where a rule hands bounces and complaints to a task.
    new CfnConfigurationSetEventDestination(this, 'Events', {
      configurationSetName: set.configurationSetName,
      eventDestination: {
        name: 'bus',
        enabled: true,
        matchingEventTypes: ['bounce', 'complaint', 'reject'],
        eventBridgeDestination: {
          eventBusArn: `arn:${Aws.PARTITION}:events:${region}:${account}:event-bus/default`,
        },
      },
    });
    if (mail.createIdentity) this.#identity(identityOf(mail));
  }

  /** DKIM proves the sender to the owners' mail programs; its records belong in the domain's DNS. */
  #identity(identity: string): void {
    if (identity.includes('@')) {
      // SES verifies the address itself, by a mail with a link.
      new EmailIdentity(this, 'Identity', { identity: Identity.email(identity) });
      return;
    }
    const { dkimRecords } = new EmailIdentity(this, 'Identity', { identity: Identity.domain(identity) });
    for (const [index, { name, value }] of dkimRecords.entries()) {
      new CfnOutput(this, `Dkim${index + 1}`, {
        description: `DNS of ${identity}: this CNAME proves mail from it`,
        value: `${name} CNAME ${value}`,
      }).overrideLogicalId(`Dkim${index + 1}`);
    }
  }
}

/** The sender's SES identity: the configured one, or the domain of the sender's address. */
export function identityOf({ from, identity }: Pick<Deployment['mail'], 'from' | 'identity'>): string {
  const address = addressOf(from);
  return identity ?? address.slice(address.lastIndexOf('@') + 1);
}
