import { type EndpointSettings, endpointsOf, globalServices, outsideHosts } from '../infra/endpoints.ts';
import { tableOf } from './generated.ts';

const code = (text: string): string => `\`${text}\``;

/** A deployment that calls everything. The region is any that hosts no global service. */
const region = 'eu-west-1';
const least = {
  ...{ region, organization: undefined, events: false, canary: false, cloudTrail: false },
  sweep: { securityHub: false },
};
const most = {
  ...{ region, events: true, canary: true, cloudTrail: true, sweep: { securityHub: true } },
  organization: { id: '', rootId: '', managementAccount: '' },
};
/** Which setting makes functions call a service; none if all deployments do. */
function settingFor(service: string): string {
  const calls = (deployment: EndpointSettings): boolean =>
    endpointsOf(deployment).some((one) => one.service === service);
  if (calls(least)) return '';
  const names = ['organization', 'events', 'cloudTrail', 'sweep'] as const;
  const name = names.find((each) => calls({ ...least, [each]: most[each] }));
  return code(name === 'sweep' ? 'sweep.securityHub' : (name ?? ''));
}

const inAnyRegion = (text: string): string => text.replaceAll(region, '{region}');

/** Each endpoint, and who needs it. */
export const endpointTable = (): string =>
  tableOf(
    ['In the settings', 'Endpoint', 'Type', 'Only with', 'Called by'],
    endpointsOf(most).map(({ service, kind, name, callers }) => [
      ...[code(service), code(inAnyRegion(name)), kind, settingFor(service)],
      callers.length > 4 ? `${callers.length} functions` : callers.map(code).join(', '),
    ]),
  );

/** What no endpoint leads to. */
export const outsideTable = (): string =>
  tableOf(
    ['Host', 'Why'],
    outsideHosts(most).map(({ host, because }) => [code(host), because]),
  );

/** The global services of each partition. */
export const globalTable = (): string =>
  tableOf(
    ['Partition', 'IAM', 'in', 'Organizations', 'in'],
    Object.entries(globalServices).map(([partition, { iam, organizations }]) => [
      ...[code(partition), code(iam.host), iam.region, code(organizations.host), organizations.region],
    ]),
  );
