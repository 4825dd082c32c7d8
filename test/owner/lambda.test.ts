import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
} from '@aws-sdk/client-sfn';
import type { APIGatewayProxyResult, LambdaEvent } from 'hono/aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signLink } from '../../tasks/domain/link.ts';
import { handler } from '../../tasks/owner/lambda.ts';
import { mockAws } from '../tasks/mocked-aws.ts';
import { executionArn, History, makeQuestion } from './fixtures.ts';

const aws = mockAws();
const secret = 'the current signing key, 32 characters or more';
const link = signLink(
  { executionArn, stage: 'ask', round: 1, decision: 'confirm', expiresAt: new Date('2100-01-01') },
  Buffer.from(secret),
);

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('KEYTURN_MAIL_FROM', 'keyturn@example.com');
  vi.stubEnv('KEYTURN_OPERATORS', 'ops@example.com');
  vi.stubEnv('KEYTURN_LINK_BASE', 'https://keyturn.example.com');
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  aws.secrets.on(GetSecretValueCommand).resolves({ SecretString: secret });
  aws.sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING', startDate: new Date(), input: '{}' });
  aws.sfn.on(GetExecutionHistoryCommand).resolves({ events: new History().ask(makeQuestion()).events });
  aws.sfn.on(SendTaskSuccessCommand).resolves({});
});
afterEach(() => vi.unstubAllEnvs());

/** As an HTTP API hands a request on, payload version 2.0. */
function event(method: string, rawPath: string, form?: Record<string, string>): LambdaEvent {
  const body = form === undefined ? null : Buffer.from(String(new URLSearchParams(form))).toString('base64');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: '',
    headers: {
      host: 'keyturn.example.com',
      'x-forwarded-for': '198.51.100.1, 203.0.113.9',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Browser/1.0',
    },
    body,
    isBase64Encoded: body !== null,
    requestContext: {
      accountId: '999988887777',
      apiId: 'api',
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
      requestId: 'r',
      routeKey: '$default',
      stage: '$default',
      time: '23/Nov/2026:08:00:00 +0000',
      timeEpoch: 0,
    },
  };
}
const call = async (...request: Parameters<typeof event>): Promise<APIGatewayProxyResult> => {
  const answer = await handler(event(...request));
  if (!('statusCode' in answer)) throw new Error('no answer of an HTTP API');
  return answer;
};

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
