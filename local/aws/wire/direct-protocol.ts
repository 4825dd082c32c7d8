import { randomUUID } from 'node:crypto';
import { AccountClient } from '@aws-sdk/client-account';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import { NormalizedSchema } from '@smithy/core/schema';
import { HttpRequest, HttpResponse } from '@smithy/core/transport';
import type {
  AwsCredentialIdentity,
  ClientProtocol,
  EndpointV2,
  MetadataBearer,
  OperationSchema,
  Provider,
} from '@smithy/types';
import { directProtocol, readOutput, writeInput } from './direct.ts';
import type { DirectCall } from './http.ts';

type Protocol = ClientProtocol<HttpRequest, HttpResponse>;

/** What each client speaks by default; made on first use, and the same for all clients of a service. */
const wires: Readonly<Record<string, () => { readonly config: { readonly protocol?: unknown } }>> = {
  'com.amazonaws.account': () => new AccountClient(),
  'com.amazonaws.cloudtrail': () => new CloudTrailClient(),
  'com.amazonaws.eventbridge': () => new EventBridgeClient(),
  'com.amazonaws.iam': () => new IAMClient(),
  'com.amazonaws.kms': () => new KMSClient(),
  'com.amazonaws.lambda': () => new LambdaClient(),
  'com.amazonaws.organizations': () => new OrganizationsClient(),
  'com.amazonaws.s3': () => new S3Client(),
  'com.amazonaws.secretsmanager': () => new SecretsManagerClient(),
  'com.amazonaws.securityhub': () => new SecurityHubClient(),
  'com.amazonaws.sesv2': () => new SESv2Client(),
  'com.amazonaws.sfn': () => new SFNClient(),
  'com.amazonaws.sts': () => new STSClient(),
};
const made = new Map<string, Protocol>();

function wireOf(namespace: string): Protocol {
  const known = made.get(namespace);
  if (known !== undefined) return known;
  const client = wires[namespace]?.();
  if (client === undefined) throw new Error(`${namespace} has no client in the table of wires: add it there`);
  // Every generated client has one.
  const protocol = client.config.protocol as Protocol;
  made.set(namespace, protocol);
  return protocol;
}

/** A request that stays what it is: an operation and its input. */
class DirectRequest extends HttpRequest {
  constructor(readonly direct: DirectCall) {
    super({ method: 'POST', protocol: 'https:', hostname: 'in-process' });
  }
}

/**
 * What SDK clients of this process speak: a call goes to the service as objects, which saves writing it as text twice
 * and reading it twice. Errors, and services whose protocol is REST, take the wire that every other client takes.
 */
export class DirectProtocol implements Protocol {
  readonly #namespace: string;

  /** As the SDK makes it, for one client. */
  constructor({ defaultNamespace }: { readonly defaultNamespace: string }) {
    this.#namespace = defaultNamespace;
  }

  get #wire(): Protocol {
    return wireOf(this.#namespace);
  }

  getShapeId(): string {
    return this.#wire.getShapeId();
  }

  getRequestType(): typeof HttpRequest {
    return HttpRequest;
  }

  getResponseType(): typeof HttpResponse {
    return HttpResponse;
  }

  getPayloadCodec(): ReturnType<Protocol['getPayloadCodec']> {
    return this.#wire.getPayloadCodec();
  }

  /** The wire's has the same context from the client that it came from. */
  setSerdeContext(): void {}

  updateServiceEndpoint(request: HttpRequest, endpoint: EndpointV2): HttpRequest {
    return this.#wire.updateServiceEndpoint(request, endpoint);
  }

  async serializeRequest<Input extends object>(
    operation: OperationSchema,
    input: Input,
    context: Parameters<Protocol['serializeRequest']>[2],
  ): Promise<HttpRequest> {
    const protocol = directProtocol(this.#namespace);
    if (protocol === undefined) return this.#wire.serializeRequest(operation, input, context);
    const written = writeInput(NormalizedSchema.of(operation.input), input, {
      protocol,
      newToken: randomUUID,
    });
    const output = NormalizedSchema.of(operation.output);
    return new DirectRequest({
      operation: operation.name,
      input: written,
      read: (answer) => readOutput(output, answer, protocol),
    });
  }

  async deserializeResponse<Output extends MetadataBearer>(
    operation: OperationSchema,
    context: Parameters<Protocol['deserializeResponse']>[1],
    response: HttpResponse & { readonly direct?: Record<string, unknown> },
  ): Promise<Output> {
    const { direct, statusCode, headers } = response;
    if (direct === undefined) return this.#wire.deserializeResponse(operation, context, response);
    const $metadata = {
      httpStatusCode: statusCode,
      requestId: headers['x-amzn-requestid'],
      extendedRequestId: undefined,
      cfId: undefined,
    };
    // `read` made it by the operation's own schema.
    return { ...direct, $metadata } as unknown as Output;
  }
}

type Credentials = AwsCredentialIdentity | Provider<AwsCredentialIdentity>;

/** Shows which key a request is made with, and that its maker has the key's secret: by the secret itself. */
export class DirectSigner {
  /** As the SDK makes it, for each request. */
  constructor(
    private readonly by: {
      readonly credentials: Credentials;
      readonly region: string | Provider<string>;
      readonly service: string;
    },
  ) {}

  async sign<Request extends { headers: Record<string, string> }>(
    request: Request,
    as: { readonly signingRegion?: string; readonly signingService?: string } = {},
  ): Promise<Request> {
    const { accessKeyId, secretAccessKey, sessionToken } = await resolved(this.by.credentials);
    const region = as.signingRegion ?? (await resolved(this.by.region));
    const scope = `${accessKeyId}/00000000/${region}/${as.signingService ?? this.by.service}/aws4_request`;
    request.headers.authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
    if (sessionToken !== undefined) request.headers['x-amz-security-token'] = sessionToken;
    return Object.assign(request, { secret: secretAccessKey });
  }
}

const resolved = async <Value>(given: Value | Provider<Value>): Promise<Value> =>
  given instanceof Function ? given() : given;
