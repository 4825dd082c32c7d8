import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
} from '@aws-sdk/client-sfn';
import type { APIGatewayProxyResult, LambdaEvent } from 'hono/aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signLink } from '../../tasks/domain/asking/link.ts';
import { handler } from '../../tasks/owner/lambda.ts';
import { environmentFrom } from '../../tasks/settings.ts';
import { executionArn } from '../tasks/ids.ts';
import { mockAws } from '../tasks/mocked-aws.ts';
import { settings, writeSettings } from '../written-settings.ts';
import { History, makeQuestion } from './fixtures.ts';

const aws = mockAws();
const secret = 'the current signing key, 32 characters or more';
const link = signLink(
  { executionArn, stage: 'ask', round: 1, decision: 'confirm', expiresAt: new Date('2100-01-01') },
  Buffer.from(secret),
);

const folder = writeSettings();

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('LAMBDA_TASK_ROOT', folder);
  for (const [name, value] of Object.entries(environmentFrom(settings))) vi.stubEnv(name, value);
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  aws.secrets.on(GetSecretValueCommand).resolves({ SecretString: secret });
  aws.sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING', startDate: new Date(), input: '{}' });
  aws.sfn.on(GetExecutionHistoryCommand).resolves({ events: new History().ask(makeQuestion()).events });
  aws.sfn.on(SendTaskSuccessCommand).resolves({});
  aws.s3.on(PutObjectCommand).resolves({});
});
afterEach(() => vi.unstubAllEnvs());

/** A request as an HTTP API hands it on, payload version 2.0, with every field that it may have. */
function event(method: string, rawPath: string, form?: Record<string, string>): LambdaEvent {
  const body =
    form === undefined ? {} : { body: Buffer.from(String(new URLSearchParams(form))).toString('base64') };
  return {
    version: '2.0',
    routeKey: 'ANY /{path+}',
    rawPath,
    rawQueryString: '',
    cookies: ['a=1', 'b=2'],
    headers: {
      accept: 'text/html,application/xhtml+xml',
      'accept-encoding': 'gzip, deflate, br',
      'accept-language': 'en-GB,en;q=0.9',
      'content-length': '36',
      'content-type': 'application/x-www-form-urlencoded',
      host: 'keyturn.example.com',
      origin: 'null',
      'user-agent': 'Browser/1.0',
      'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793',
      'x-forwarded-for': '198.51.100.1, 203.0.113.9',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    pathParameters: { path: rawPath.slice(1) },
    requestContext: {
      accountId: '999988887777',
      apiId: 'a1b2c3d4e5',
      authentication: null,
      authorizer: {},
      domainName: 'keyturn.example.com',
      domainPrefix: 'keyturn',
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.9',
        userAgent: 'Browser/1.0',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: 'ANY /{path+}',
      stage: '$default',
      time: '23/Nov/2026:08:00:00 +0000',
      timeEpoch: 1795420800000,
    },
    ...body,
    isBase64Encoded: form !== undefined,
  } as LambdaEvent; // hono's type has a `body` that AWS leaves out.
}
const call = (...request: Parameters<typeof event>): Promise<APIGatewayProxyResult> =>
  handOver(event(...request));

async function handOver(request: LambdaEvent): Promise<APIGatewayProxyResult> {
  const answer = await handler(request);
  if (!('statusCode' in answer)) throw new Error('no answer of an HTTP API');
  return answer;
}

/** The same request with nothing that a client or AWS may leave out. */
function bare(method: string, form?: Record<string, string>): LambdaEvent {
  const whole = JSON.parse(JSON.stringify(event(method, `/answer/${link}`, form)));
  delete whole.cookies;
  delete whole.pathParameters;
  delete whole.requestContext.http.userAgent;
  const type = whole.headers['content-type'];
  whole.headers = form === undefined ? {} : { 'content-type': type };
  return whole;
}

describe('the owner’s web app as a Lambda function behind an HTTP API', () => {
  it('shows the page, as text and with its headers', async () => {
    const answer = await call('GET', `/answer/${link}`);
    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    expect(answer.body).toContain('Does everything use the new access key of deploy-bot');
    expect(answer.headers?.['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers?.['cache-control']).toBe('no-store');
  });

  it('takes an answer, and records whom API Gateway saw, not whom a header names', async () => {
    const answer = await call('POST', `/answer/${link}`, { decision: 'confirm', keyEnd: 'ZWVK' });
    expect(answer.statusCode).toBe(200);
    const output = aws.sfn.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input.output;
    expect(JSON.parse(output ?? '')).toMatchObject({
      from: { address: '203.0.113.9', agent: 'Browser/1.0' },
    });
  });

  it('takes a form whose body is handed over as text', async () => {
    const whole = event('POST', `/answer/${link}`, {});
    const answer = await handOver({ ...whole, body: 'keyEnd=ZWVK', isBase64Encoded: false } as LambdaEvent);
    expect(answer.statusCode).toBe(200);
  });

  it('sets no cookie, whatever cookies it is sent', async () => {
    const answer = await call('GET', `/answer/${link}`);
    expect(answer.headers?.['set-cookie']).toBeUndefined();
  });

  it.each(['GET', 'HEAD'])('answers a %s without any optional header like any other', async (method) => {
    expect((await handOver(bare(method))).statusCode).toBe(200);
  });

  it('takes an answer without a User-Agent, and records the address alone', async () => {
    expect((await handOver(bare('POST', { keyEnd: 'ZWVK' }))).statusCode).toBe(200);
    const output = aws.sfn.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input.output;
    expect(JSON.parse(output ?? '').from).toEqual({ address: '203.0.113.9' });
  });

  it.each([
    ['an empty User-Agent', { userAgent: '' }],
    ['no address', { sourceIp: undefined }],
    ['neither', { sourceIp: undefined, userAgent: undefined }],
  ])('takes an answer with %s', async (_, http) => {
    const whole = JSON.parse(JSON.stringify(event('POST', `/answer/${link}`, { keyEnd: 'ZWVK' })));
    Object.assign(whole.requestContext.http, http);
    expect((await handOver(whole)).statusCode).toBe(200);
  });

  it('takes a form that doesn’t say that it is one', async () => {
    const request = JSON.parse(JSON.stringify(bare('POST', { keyEnd: 'ZWVK' })));
    request.headers = {};
    expect((await handOver(request)).statusCode).toBe(200);
  });

  it('takes no answer without a body', async () => {
    expect((await handOver(bare('POST'))).statusCode).toBe(422);
    expect(aws.sfn.commandCalls(SendTaskSuccessCommand)).toEqual([]);
  });

  it.each([
    ['HEAD', `/answer/${link}`, 200],
    ['OPTIONS', `/answer/${link}`, 405],
    ['GET', `/answer/${link}x`, 404],
    ['GET', '/', 404],
    ['POST', '/admin', 404],
  ])('answers %s %s by status', async (method, path, status) => {
    expect((await call(method, path)).statusCode).toBe(status);
    expect(aws.sfn.commandCalls(SendTaskSuccessCommand)).toEqual([]);
  });
});
