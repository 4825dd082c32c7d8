import { type EventPattern, type FunctionRow, rotationMachineName, standard } from './row.ts';

/** The functions that no machine invokes. */

/** Looks up, for the web app, how a rotation's keys are used: that one may enter no account. */
export const checkUse = {
  name: 'CheckUse',
  folder: 'use',
  // Shorter than the web app's, which then still has time for its answer.
  seconds: 12,
  trigger: { kind: 'function', by: 'OwnerPages' },
  does: ['findOwner', 'readLastUse', 'lookUpCalls'],
} as const satisfies FunctionRow;

/** The web app behind owners' links. */
export const ownerPages = {
  name: 'OwnerPages',
  folder: 'owner',
  file: 'lambda',
  seconds: 20,
  // Every request: the web app has its own routes, and also answers unknown ones.
  trigger: { kind: 'route', path: '/{path+}' },
  does: ['readLinkKey', 'countGuess', 'describeRotation', 'readHistory', 'answerWait', 'checkUse'],
  reports: true,
} as const satisfies FunctionRow;

/** AWS Health's reports of leaked access keys: the codes known today, and future ones. */
export const leakEvents = {
  source: ['aws.health'],
  'detail-type': ['AWS Health Event'],
  detail: {
    eventTypeCode: [
      'AWS_RISK_CREDENTIALS_EXPOSED',
      'AWS_RISK_CREDENTIALS_COMPROMISED',
      'AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED',
      'AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED',
      'AWS_RISK_IAM_QUARANTINE',
      { prefix: 'AWS_RISK_' },
    ],
  },
} as const satisfies EventPattern;

/** The events of mails that were sent with the configuration set `keyturn`. */
const mailEvents: EventPattern = {
  source: ['aws.ses'],
  resources: [`arn:\${Partition}:ses:\${Region}:\${Account}:configuration-set/keyturn`],
};

export const handleMailEvents = {
  name: 'HandleMailEvents',
  folder: 'mail-events',
  seconds: standard,
  trigger: { kind: 'event', events: 'what became of our mails', pattern: mailEvents, retries: 2 },
  does: ['describeRotation', 'readHistory', 'interruptWait'],
} as const satisfies FunctionRow;

export const handleLeak = {
  name: 'HandleLeak',
  folder: 'leaked-key',
  // In a region on standby it waits two minutes for the other one.
  seconds: 180,
  trigger: { kind: 'event', events: 'leaked keys', pattern: leakEvents, retries: 2 },
  does: ['findOwner', 'readKeys', 'startRotation', 'describeRotation', 'sendMail', 'readLease'],
  reports: true,
} as const satisfies FunctionRow;

/** The ends of rotations, whichever they are. Delivered at best effort: sweeps look for what is missing. */
const rotationEnds: EventPattern = {
  source: ['aws.states'],
  'detail-type': ['Step Functions Execution Status Change'],
  detail: {
    status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
    stateMachineArn: [`arn:\${Partition}:states:\${Region}:\${Account}:stateMachine:${rotationMachineName}`],
  },
};

export const recordRotation = {
  name: 'RecordRotation',
  folder: 'record',
  seconds: standard,
  trigger: { kind: 'event', events: 'ends of rotations', pattern: rotationEnds, retries: 2 },
  does: ['readHistory', 'writeRecord', 'readRecord'],
} as const satisfies FunctionRow;

/** Deployed only if the settings ask for the canary. */
export const useCanaryKey = {
  name: 'UseCanaryKey',
  folder: 'canary',
  seconds: standard,
  trigger: { kind: 'clock', everyHours: 3, retries: 2 },
  does: ['readCanaryKeys'],
} as const satisfies FunctionRow;

/** Deployed only if the settings ask for events. */
export const publishEvents = {
  name: 'PublishEvents',
  folder: 'events',
  seconds: standard,
  trigger: { kind: 'log', retries: 2 },
  does: ['putEvents'],
} as const satisfies FunctionRow;
