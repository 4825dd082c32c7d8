import { memberRoleOf } from '../tasks/domain/member-role.ts';
import type { ExecutionVerb } from '../tasks/domain/verbs.ts';
import {
  allFunctions,
  doesAny,
  entersBy,
  type FunctionRow,
  handleLeak,
  handleMailEvents,
  type MemberAccess,
  ownerPages,
  rotationMachineName,
  sweepMachineName,
} from '../tasks/manifest.ts';
import type { Arrow, Box, Picture, Point } from './svg.ts';

/** The roles in other accounts, under the default prefix. */
export const memberRole = 'keyturn-member';
const readingRole = memberRoleOf(memberRole, 'read');
const changingRole = memberRoleOf(memberRole, 'write');

const ofMachine = (functions: readonly FunctionRow[], machine: string): FunctionRow[] =>
  functions.filter(({ trigger }) => trigger.kind === 'state' && trigger.machine === machine);

const functionsOf = (rows: readonly FunctionRow[]): string =>
  rows.length === 1 ? '1 function, 1 role' : `${rows.length} functions, one role each`;

const enters = (rows: readonly FunctionRow[], access: MemberAccess): boolean =>
  rows.some((row) => entersBy(row).includes(access));

const asksOrganization = (rows: readonly FunctionRow[]): boolean =>
  rows.some((row) => doesAny(row, 'describeAccount', 'listAccounts'));

const mails = (rows: readonly FunctionRow[]): boolean => rows.some((row) => doesAny(row, 'sendMail'));

const does = (rows: readonly FunctionRow[], verb: ExecutionVerb): boolean =>
  rows.some((row) => doesAny(row, verb));

const arrow = (points: string, label = '', labelAt: Point = [0, 0]): Arrow => ({ points, label, labelAt });

/** An arrow, if the manifest contains such a call. */
const when = (is: boolean, ...drawn: Parameters<typeof arrow>): Arrow[] => (is ? [arrow(...drawn)] : []);

const box = (
  [x, y, width, height]: readonly [number, number, number, number],
  lines: readonly string[],
  kind: Box['kind'] = 'part',
): Box => ({ x, y, width, height, lines, kind });

/** The functions by what triggers them. */
interface Groups {
  readonly sweep: readonly FunctionRow[];
  readonly rotation: readonly FunctionRow[];
  readonly pages: readonly FunctionRow[];
  readonly mailEvents: readonly FunctionRow[];
  readonly leak: readonly FunctionRow[];
}

/** The accounts, the roles, and the calls between them. */
export function architecture(functions: readonly FunctionRow[] = allFunctions): Picture {
  const named = (name: string): FunctionRow[] => functions.filter((row) => row.name === name);
  const groups = {
    sweep: ofMachine(functions, sweepMachineName),
    rotation: ofMachine(functions, rotationMachineName),
    pages: named(ownerPages.name),
    mailEvents: named(handleMailEvents.name),
    leak: named(handleLeak.name),
  };
  return {
    width: 900,
    height: 570,
    title:
      'keyturn in the central account: the sweep and the rotation, what triggers them, and the two roles by which they enter every other account.',
    boxes: boxesOf(groups),
    arrows: [...within(groups), ...between(groups)],
  };
}

const boxesOf = ({ sweep, rotation }: Groups): Box[] => [
  box(
    [10, 20, 170, 200],
    ['Management account', 'an account like any other:', 'it has both roles too'],
    'account',
  ),
  box([20, 110, 150, 60], ['AWS Organizations', 'accounts and OUs']),
  box([205, 20, 480, 540], ['Central account'], 'account'),
  box([370, 52, 150, 30], ['Schedule, heartbeat']),
  box([220, 110, 450, 60], [sweepMachineName, functionsOf(sweep)]),
  box([220, 220, 450, 80], [rotationMachineName, 'one execution per user', functionsOf(rotation)]),
  box([220, 365, 136, 70], [ownerPages.name, 'behind API Gateway']),
  box([377, 365, 136, 70], [handleMailEvents.name, 'bounces']),
  box([534, 365, 136, 70], [handleLeak.name, 'leaked keys']),
  box([220, 490, 136, 50], ['Alarms', 'CloudWatch, SNS']),
  box([377, 490, 136, 50], ['Amazon SES']),
  box([534, 490, 136, 50], ['AWS Health', 'from its two regions']),
  box([10, 370, 170, 60], ['Owner'], 'person'),
  box([10, 485, 170, 60], ['Operators'], 'person'),
  box([703, 20, 190, 415], ['Every other account'], 'account'),
  box([720, 105, 165, 70], [readingRole, 'reads users, keys,', 'last use, tags']),
  box([720, 225, 165, 70], [changingRole, 'changes keys and tags,', 'stores secrets']),
  box([720, 365, 165, 55], ['IAM users', 'their keys and secrets']),
];

/** Within the central account, and to people. */
const within = ({ sweep, rotation, pages, mailEvents, leak }: Groups): Arrow[] => [
  arrow('445,82 445,108'),
  ...when(does(sweep, 'startRotation'), '445,170 445,218', 'starts the oldest, a few at a time', [445, 195]),
  ...when(does(pages, 'answerWait'), '288,365 288,302', 'answers', [288, 340]),
  ...when(does(mailEvents, 'interruptWait'), '435,365 435,302', 'ends the wait', [435, 340]),
  ...when(does(leak, 'startRotation'), '610,365 610,302', 'starts an emergency', [605, 340]),
  ...when(mails(rotation), '523,300 523,515 515,515', 'mails', [523, 460]),
  arrow('435,490 435,437', 'events', [435, 472]),
  arrow('602,490 602,437', 'events', [602, 472]),
  arrow('180,400 218,400'),
  arrow('377,505 366,505 366,455 95,455 95,432', 'mail with a link', [288, 455]),
  arrow('220,515 182,515'),
];

/** From the central account into others. */
const between = ({ sweep, rotation, leak }: Groups): Arrow[] => [
  ...when(asksOrganization(sweep), '220,140 172,140'),
  ...when(asksOrganization(rotation), '220,250 192,250 192,158 172,158'),
  ...when(enters(sweep, 'read'), '670,125 718,125'),
  ...when(enters(rotation, 'read'), '670,240 690,240 690,145 718,145'),
  ...when(enters(leak, 'read'), '670,400 698,400 698,165 718,165'),
  ...when(enters(rotation, 'write'), '670,270 718,270'),
  arrow('800,295 800,363'),
];

/** The accounts and the people, and nothing else. */
export function accounts(): Picture {
  return {
    width: 900,
    height: 300,
    title: 'keyturn runs in one account, rotates keys in all of them, and asks each key’s owner first.',
    boxes: [
      box([300, 20, 260, 130], ['Central account'], 'account'),
      box([320, 55, 220, 80], ['keyturn', 'a daily sweep;', 'one rotation per user']),
      box([635, 20, 260, 130], ['Every account of the organization'], 'account'),
      box([655, 52, 220, 38], ['IAM users’ access keys']),
      box([655, 98, 220, 38], ['Secrets Manager: the new key']),
      box([10, 55, 190, 80], ['Operators', 'settings, alarms, runbook'], 'person'),
      box([320, 215, 220, 65], ['Owner', 'of the application'], 'person'),
      box([640, 215, 250, 65], ['Application'], 'person'),
    ],
    arrows: [
      arrow('200,95 318,95'),
      arrow('540,72 653,72', 'two roles', [600, 72]),
      arrow('540,117 653,117', 'stores', [600, 117]),
      arrow('400,135 400,213', 'asks by mail', [400, 183]),
      arrow('470,215 470,137', 'answers', [472, 167]),
      arrow('540,247 638,247', 'installs', [589, 247]),
      arrow('765,215 765,137', 'reads', [765, 183]),
    ],
  };
}
