import { AwsError, type ServiceName } from './types.ts';

export type RefusalKind =
  | 'throttle'
  | 'unavailable'
  | 'denied'
  | 'badToken'
  | 'badSignature'
  | 'expired'
  | 'invalid';

/** The code and the status for each reason why a service refuses a call before it begins. */
type Refusals = Readonly<Record<RefusalKind, readonly [code: string, status: number]>>;

const QUERY: Refusals = {
  throttle: ['Throttling', 400],
  unavailable: ['ServiceUnavailable', 503],
  denied: ['AccessDenied', 403],
  badToken: ['InvalidClientTokenId', 403],
  badSignature: ['SignatureDoesNotMatch', 403],
  expired: ['ExpiredToken', 403],
  invalid: ['ValidationError', 400],
};

const JSON_RPC: Refusals = {
  throttle: ['ThrottlingException', 400],
  unavailable: ['ServiceUnavailableException', 503],
  denied: ['AccessDeniedException', 400],
  badToken: ['UnrecognizedClientException', 400],
  badSignature: ['InvalidSignatureException', 400],
  expired: ['ExpiredTokenException', 400],
  invalid: ['ValidationException', 400],
};

const REFUSALS: Readonly<Record<ServiceName, Refusals>> = {
  iam: { ...QUERY, unavailable: ['ServiceFailure', 500] },
  sts: QUERY,
  secretsmanager: { ...JSON_RPC, unavailable: ['InternalServiceError', 500] },
  kms: { ...JSON_RPC, unavailable: ['KMSInternalException', 500] },
  states: JSON_RPC,
  lambda: {
    ...JSON_RPC,
    throttle: ['TooManyRequestsException', 429],
    unavailable: ['ServiceException', 500],
    denied: ['AccessDeniedException', 403],
    invalid: ['InvalidParameterValueException', 400],
  },
  securityhub: {
    ...JSON_RPC,
    throttle: ['TooManyRequestsException', 429],
    unavailable: ['InternalException', 500],
    denied: ['AccessDeniedException', 403],
    invalid: ['InvalidInputException', 400],
  },
  cloudtrail: JSON_RPC,
  account: {
    ...JSON_RPC,
    throttle: ['TooManyRequestsException', 429],
    unavailable: ['InternalServerException', 500],
    denied: ['AccessDeniedException', 403],
  },
  events: { ...JSON_RPC, unavailable: ['InternalException', 500] },
  ses: {
    ...JSON_RPC,
    throttle: ['TooManyRequestsException', 429],
    denied: ['AccessDeniedException', 403],
    invalid: ['BadRequestException', 400],
  },
  organizations: {
    ...JSON_RPC,
    throttle: ['TooManyRequestsException', 400],
    unavailable: ['ServiceException', 500],
    invalid: ['InvalidInputException', 400],
  },
  s3: {
    throttle: ['SlowDown', 503],
    unavailable: ['InternalError', 500],
    denied: ['AccessDenied', 403],
    badToken: ['InvalidAccessKeyId', 403],
    badSignature: ['SignatureDoesNotMatch', 403],
    expired: ['ExpiredToken', 400],
    invalid: ['InvalidRequest', 400],
  },
};

const MESSAGES: Readonly<Record<RefusalKind, string>> = {
  throttle: 'Rate exceeded',
  unavailable: 'The request failed because of a temporary failure of the server. Try again later.',
  denied: 'You are not authorized to perform this operation.',
  badToken: 'The security token included in the request is invalid.',
  badSignature:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  expired: 'The security token included in the request is expired',
  invalid: 'The request is not valid.',
};

/** The error by which a service refuses a call, under its own code. */
export function refusal(service: ServiceName, why: RefusalKind, message = MESSAGES[why]): AwsError {
  const [code, status] = REFUSALS[service][why];
  return new AwsError(code, message, status);
}
