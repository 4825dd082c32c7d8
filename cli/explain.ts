import * as z from 'zod';
import { defined } from '../tasks/domain/defined.ts';

/** What an error of the SDK means to the caller. */
export interface Explained {
  readonly kind: 'denied' | 'credentials' | 'unreachable' | 'notModelled' | 'other';
  /** One sentence. */
  readonly sentence: string;
  /** The IAM action that is missing, if AWS said which. */
  readonly action?: string;
}

const deniedNames = new Set([
  ...[
    'AccessDenied',
    'AccessDeniedException',
    'AccessDeniedError',
    'AuthorizationError',
    'AuthorizationErrorException',
  ],
  ...['UnauthorizedOperation', 'Forbidden', 'NotAuthorizedException'],
]);

const expiredNames = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'TokenRefreshRequired',
]);
const refusedNames = new Set([
  ...['InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId', 'SignatureDoesNotMatch'],
  ...['InvalidSignatureException', 'IncompleteSignature', 'MissingAuthenticationToken'],
  ...['MissingAuthenticationTokenException', 'AuthFailure'],
]);
const missingNames = new Set(['CredentialsProviderError', 'TokenProviderError', 'ProviderError']);

const networkCodes = new Set([
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EPIPE',
  ],
  ...[
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ],
]);

const howToSignIn = 'sign in (aws sso login, or AWS_PROFILE) and run it again';

/** Explains an error in one sentence, with its kind. */
export function explain(error: unknown): Explained {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const said = oneLine(message);
  if (/is not modelled here|is modelled here without/.test(said) || errorTypeOf(error) === 'UnknownService') {
    return { kind: 'notModelled', sentence: 'npm start doesn’t model this call.' };
  }
  if (expiredNames.has(name) || (missingNames.has(name) && /expired/i.test(said))) {
    return { kind: 'credentials', sentence: `The AWS credentials have expired: ${howToSignIn}.` };
  }
  if (missingNames.has(name)) {
    return {
      kind: 'credentials',
      sentence: `There are no AWS credentials (${trimDot(said)}): ${howToSignIn}.`,
    };
  }
  if (refusedNames.has(name)) {
    return {
      kind: 'credentials',
      sentence: `AWS doesn’t accept these credentials (${name}): ${howToSignIn}.`,
    };
  }
  if (deniedNames.has(name)) return denied(said);
  const code = codeOf(error);
  if (code !== undefined || name === 'TimeoutError') {
    return { kind: 'unreachable', sentence: `AWS can’t be reached (${code ?? name}): ${trimDot(said)}.` };
  }
  return { kind: 'other', sentence: `${name}: ${trimDot(said)}.` };
}

function denied(said: string): Explained {
  const action = /not authorized to perform:? (?<action>[\w-]+:\w+)/.exec(said)?.groups?.action;
  return {
    kind: 'denied',
    sentence: action === undefined ? `AWS denied it: ${trimDot(said)}.` : `AWS denied ${action}.`,
    ...defined({ action }),
  };
}

/** A network error code, of the error itself or of its cause. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code !== undefined && networkCodes.has(code)) return code;
  if (error instanceof AggregateError) return error.errors.map(codeOf).find((each) => each !== undefined);
  return codeOf(error.cause);
}

/**
 * The error's name in the response header, for a response that the SDK can't parse: the SDK hides the response in its
 * error.
 */
function errorTypeOf(error: unknown): string | undefined {
  return errorSchema.safeParse(error).data?.$response.headers['x-amzn-errortype'];
}

const errorSchema = z.object({ $response: z.object({ headers: z.record(z.string(), z.string()) }) });

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
const trimDot = (text: string): string => text.replace(/\.$/, '');
