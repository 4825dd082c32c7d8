import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import { CfnStage, DomainName, HttpApi, HttpMethod, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnFunction, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { defined } from '../tasks/domain/defined.ts';
import { except } from './exceptions.ts';
import { logGroupName, prefix } from './names.ts';
import type { Deployment } from './settings.ts';

/** Requests per second, and in a burst. A person doesn't click faster. */
const throttle = { throttlingRateLimit: 10, throttlingBurstLimit: 20 };

/** Never the path: the link in it is a credential. */
const accessLog = {
  requestId: '$context.requestId',
  at: '$context.requestTime',
  from: '$context.identity.sourceIp',
  agent: '$context.identity.userAgent',
  route: '$context.routeKey',
  status: '$context.status',
  error: '$context.integrationErrorMessage',
};

export interface OwnerApiProps {
  readonly links: Deployment['links'];
  readonly logRetentionDays: number;
  readonly key: IKey;
}

interface Served {
  readonly path: string;
  /** Lambda concurrency to set aside; none if omitted. */
  readonly concurrency: number | undefined;
}

/** Where the owners' links lead: an HTTP API before the web app's function. */
export class OwnerApi extends Construct {
  readonly api: HttpApi;
  /** Without a slash at the end. */
  readonly linkBase: string;

  constructor(scope: Construct, id: string, { links, logRetentionDays, key }: OwnerApiProps) {
    super(scope, id);
    const domain = links === undefined ? undefined : this.#domain(links);
    this.api = new HttpApi(this, 'Api', {
      apiName: `${prefix}-owners`,
      description: 'keyturn: the pages that owners’ links lead to',
      // The links have one host; a second address for the same pages would be one more to protect.
      disableExecuteApiEndpoint: domain !== undefined,
      ...defined({ defaultDomainMapping: domain && { domainName: domain } }),
    });
    const log = new LogGroup(this, 'Log', {
      logGroupName: logGroupName(`/aws/vendedlogs/${prefix}-owners`),
      encryptionKey: key,
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const stage = this.api.defaultStage?.node.defaultChild;
    if (!(stage instanceof CfnStage)) throw new Error('the API has no default stage');
    stage.defaultRouteSettings = throttle;
    stage.accessLogSettings = { destinationArn: log.logGroupArn, format: JSON.stringify(accessLog) };
    this.linkBase = links === undefined ? this.api.apiEndpoint : `https://${links.domain}`;
    new CfnOutput(this, 'LinkBase', {
      description: 'Where owners’ links lead',
      value: this.linkBase,
    }).overrideLogicalId('LinkBase');
  }

  /** Routes every request to the web app, which has its own routes and also answers unknown ones. */
  serve(pages: IFunction, { path, concurrency }: Served): void {
    const resource = pages.node.defaultChild;
    // Reserved, so that a sweep can't take it away from owners.
    if (concurrency !== undefined && resource instanceof CfnFunction) {
      resource.reservedConcurrentExecutions = concurrency;
    }
    const integration = new HttpLambdaIntegration('Pages', pages);
    const routes = this.api.addRoutes({ path, methods: [HttpMethod.ANY], integration });
    for (const route of routes) {
      except(route, 'APIG4', 'The signed link is the authorization: owners have no account here.');
    }
  }

  #domain({ domain, certificateArn, hostedZone }: NonNullable<Deployment['links']>): DomainName {
    const name = new DomainName(this, 'Domain', {
      domainName: domain,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    if (hostedZone === undefined) {
      new CfnOutput(this, 'DomainTarget', {
        description: `DNS: point ${domain} here, by a CNAME`,
        value: name.regionalDomainName,
      }).overrideLogicalId('DomainTarget');
      return name;
    }
    new ARecord(this, 'Record', {
      zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: hostedZone.id,
        zoneName: hostedZone.name,
      }),
      recordName: domain,
      target: RecordTarget.fromAlias(
        new ApiGatewayv2DomainProperties(name.regionalDomainName, name.regionalHostedZoneId),
      ),
    });
    return name;
  }
}
