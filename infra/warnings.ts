import { addressOf } from '../tasks/domain/settings/sender.ts';
import { outsideHosts } from './endpoints.ts';
import { listedIds } from './reach.ts';
import { isOptIn } from './regions.ts';
import type { Deployment } from './settings.ts';

/** Something about the settings that can be deployed and may still not be what was meant. */
export interface Warning {
  readonly id: string;
  readonly message: string;
}

/** Public mail providers: nobody else can prove mail from these domains. */
const publicProviders: ReadonlySet<string> = new Set([
  ...['gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'yahoo.com'],
  ...['icloud.com', 'me.com', 'aol.com', 'gmx.com', 'gmx.net', 'gmx.de', 'web.de', 'mail.com'],
  ...['proton.me', 'protonmail.com', 'zoho.com', 'yandex.com', 'qq.com', '163.com', 'mail.ru'],
]);

/** What a deployer should know before the deployment; synthesis prints it. */
export const warningsOf = (deployment: Deployment): Warning[] => [
  ...publicSender(deployment),
  ...optInRegion(deployment),
  ...leaksElsewhere(deployment),
  ...noEndpoint(deployment),
];

function publicSender({ mail }: Deployment): Warning[] {
  const address = addressOf(mail.from).toLowerCase();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (!publicProviders.has(domain)) return [];
  const message = `mail.from is ${address}: ${domain} lets nobody else prove mail from it, so owners' mail programs refuse these mails or hide them; send from a domain of yours`;
  return [{ id: 'publicSender', message }];
}

function optInRegion({ region, storage }: Deployment): Warning[] {
  const used = [region, ...storage.replicaRegions];
  return used.filter(isOptIn).map((each) => ({
    id: `optInRegion:${each}`,
    message: `${each} is an opt-in region: an account that hasn't enabled it can't be used from there; "npx keyturn doctor" and the audit name those accounts`,
  }));
}

/** In a VPC, some calls have no endpoint to go through. */
function noEndpoint(deployment: Deployment): Warning[] {
  const hosts = outsideHosts(deployment).map(({ host }) => host);
  if (deployment.vpc === undefined || hosts.length === 0) return [];
  const message = `the functions’ subnets must lead to ${hosts.join(', ')}: no VPC endpoint of ${deployment.region} does; see docs/vpc.md`;
  return [{ id: 'noEndpoint', message }];
}

/** Without an organization, AWS Health has no view of the other accounts. */
function leaksElsewhere(deployment: Deployment): Warning[] {
  const others = (listedIds(deployment) ?? []).filter((id) => id !== deployment.account);
  if (others.length === 0) return [];
  const message = `without an organization, AWS Health reports leaked keys of ${deployment.account} alone; for the other accounts of accounts.list, somebody has to run "npx keyturn leak": docs/deploy.md, Without an organization`;
  return [{ id: 'leaksElsewhere', message }];
}
