import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { memberRoleOf } from '../tasks/domain/member-role.ts';
import {
  allFunctions,
  type FunctionRow,
  hearLeak,
  hearMailEvents,
  ownerPages,
  rotationMachineName,
  sweepMachineName,
} from '../tasks/manifest.ts';
import { replacePart, tableOf } from './generated.ts';
import { type Arrow, type Box, type Picture, type Point, svgOf } from './svg.ts';

const memberRole = 'keyturn-member';
const readingRole = memberRoleOf(memberRole, 'read');
const changingRole = memberRoleOf(memberRole, 'write');

/** What a function is allowed, in the words of the table. */
const inOtherAccounts = ({ grants }: FunctionRow): string[] =>
  (grants.entersMember ?? []).map((access) => `\`${memberRoleOf(memberRole, access)}\``);

function inCentralAccount({ grants }: FunctionRow): string[] {
  const secrets = (grants.secrets ?? []).map((action) => action.replace('secretsmanager:', ''));
  return [
    ...said('organization', grants.organization),
    ...said('executions', grants.executions),
    ...said('users’ secrets', secrets),
    ...(grants.secretsKeyState ? ['state of their KMS key'] : []),
    ...(grants.linkKey ? ['the key that signs links'] : []),
    ...(grants.mails ? ['send mail'] : []),
    ...said('report bucket', grants.reports),
    ...(grants.guesses ? ['count wrong answers'] : []),
  ];
}

const said = (on: string, actions: readonly string[] = []): string[] =>
  actions.length === 0 ? [] : [`${on}: ${actions.join(', ')}`];

function triggerOf({ trigger }: FunctionRow): string {
  switch (trigger.kind) {
    case 'state':
      return `\`${trigger.machine}\``;
    case 'event':
      return `event: ${trigger.events}`;
    case 'route':
      return `the owners' API, \`${trigger.path}\``;
  }
}

/** Every function with what triggers it and what its role may do. */
export function roleTable(functions: readonly FunctionRow[] = allFunctions): string {
  const rows = functions.map((row) =>
    [
      `\`${row.name}\``,
      triggerOf(row),
      inOtherAccounts(row).join(', '),
      inCentralAccount(row).join('; '),
    ].map((cell) => (cell === '' ? '—' : cell)),
  );
  return tableOf(
    [
      'Function and role',
      'Triggered by',
      'Roles it assumes in other accounts',
      'What it may do in the central account',
    ],
    rows,
  );
}

const ofMachine = (functions: readonly FunctionRow[], machine: string): FunctionRow[] =>
  functions.filter(({ trigger }) => trigger.kind === 'state' && trigger.machine === machine);

const functionsOf = (rows: readonly FunctionRow[]): string =>
  rows.length === 1 ? '1 function, 1 role' : `${rows.length} functions, one role each`;

const enters = (rows: readonly FunctionRow[], access: 'read' | 'write'): boolean =>
  rows.some(({ grants }) => grants.entersMember?.includes(access));

const asksOrganization = (rows: readonly FunctionRow[]): boolean =>
  rows.some(({ grants }) => grants.organization !== undefined);

const mails = (rows: readonly FunctionRow[]): boolean => rows.some(({ grants }) => grants.mails);

const does = (rows: readonly FunctionRow[], action: string): boolean =>
  rows.some(({ grants }) => grants.executions?.some((one) => one === action));

/** An arrow, if the manifest says that there is such a call. */
const when = (is: boolean, points: readonly Point[], label?: string, labelAt?: Point): Arrow[] =>
  is
    ? [
        {
          points,
          ...(label === undefined ? {} : { label }),
          ...(labelAt === undefined ? {} : { labelAt }),
        },
      ]
    : [];

const box = (
  [x, y, width, height]: readonly [number, number, number, number],
  lines: readonly string[],
  kind: Box['kind'] = 'part',
): Box => ({ x, y, width, height, lines, kind });

/** Which account, which role, who calls whom. */
export function architecture(functions: readonly FunctionRow[] = allFunctions): Picture {
  const sweep = ofMachine(functions, sweepMachineName);
  const rotation = ofMachine(functions, rotationMachineName);
  const named = (name: string): FunctionRow[] => functions.filter((row) => row.name === name);
  const [pages, mailEvents, leak] = [
    named(ownerPages.name),
    named(hearMailEvents.name),
    named(hearLeak.name),
  ];
  return {
    width: 900,
    height: 570,
    title:
      'keyturn in the central account: the sweep and the rotation, what triggers them, and the two roles by which they enter every other account.',
    boxes: [
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
      box([377, 365, 136, 70], [hearMailEvents.name, 'bounces']),
      box([534, 365, 136, 70], [hearLeak.name, 'leaked keys']),
      box([220, 490, 136, 50], ['Alarms', 'CloudWatch, SNS']),
      box([377, 490, 136, 50], ['Amazon SES']),
      box([534, 490, 136, 50], ['AWS Health', 'from its two regions']),
      box([10, 370, 170, 60], ['Owner'], 'person'),
      box([10, 485, 170, 60], ['Operators'], 'person'),
      box([703, 20, 190, 415], ['Every other account'], 'account'),
      box([720, 105, 165, 70], [readingRole, 'reads users, keys,', 'last use, tags']),
      box([720, 225, 165, 70], [changingRole, 'changes keys and tags,', 'stores secrets']),
      box([720, 365, 165, 55], ['IAM users', 'their keys and secrets']),
    ],
    arrows: [
      {
        points: [
          [445, 82],
          [445, 108],
        ],
      },
      ...when(asksOrganization(sweep), [
        [220, 140],
        [172, 140],
      ]),
      ...when(asksOrganization(rotation), [
        [220, 250],
        [192, 250],
        [192, 158],
        [172, 158],
      ]),
      ...when(
        does(sweep, 'StartExecution'),
        [
          [445, 170],
          [445, 218],
        ],
        'starts the oldest, a few at a time',
        [445, 195],
      ),
      ...when(
        does(pages, 'SendTaskSuccess'),
        [
          [288, 365],
          [288, 302],
        ],
        'answers',
        [288, 340],
      ),
      ...when(
        does(mailEvents, 'SendTaskFailure'),
        [
          [435, 365],
          [435, 302],
        ],
        'ends the wait',
        [435, 340],
      ),
      ...when(
        does(leak, 'StartExecution'),
        [
          [610, 365],
          [610, 302],
        ],
        'starts an emergency',
        [605, 340],
      ),
      ...when(
        mails(rotation),
        [
          [523, 300],
          [523, 515],
          [515, 515],
        ],
        'mails',
        [523, 460],
      ),
      {
        points: [
          [435, 490],
          [435, 437],
        ],
        label: 'events',
        labelAt: [435, 472],
      },
      {
        points: [
          [602, 490],
          [602, 437],
        ],
        label: 'events',
        labelAt: [602, 472],
      },
      {
        points: [
          [180, 400],
          [218, 400],
        ],
      },
      {
        points: [
          [377, 505],
          [366, 505],
          [366, 455],
          [95, 455],
          [95, 432],
        ],
        label: 'mail with a link',
        labelAt: [288, 455],
      },
      {
        points: [
          [220, 515],
          [182, 515],
        ],
      },
      ...when(enters(sweep, 'read'), [
        [670, 125],
        [718, 125],
      ]),
      ...when(enters(rotation, 'read'), [
        [670, 240],
        [690, 240],
        [690, 145],
        [718, 145],
      ]),
      ...when(enters(leak, 'read'), [
        [670, 400],
        [698, 400],
        [698, 165],
        [718, 165],
      ]),
      ...when(enters(rotation, 'write'), [
        [670, 270],
        [718, 270],
      ]),
      {
        points: [
          [800, 295],
          [800, 363],
        ],
      },
    ],
  };
}

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
      {
        points: [
          [200, 95],
          [318, 95],
        ],
      },
      {
        points: [
          [540, 72],
          [653, 72],
        ],
        label: 'two roles',
        labelAt: [600, 72],
      },
      {
        points: [
          [540, 117],
          [653, 117],
        ],
        label: 'stores',
        labelAt: [600, 117],
      },
      {
        points: [
          [400, 135],
          [400, 213],
        ],
        label: 'asks by mail',
        labelAt: [400, 183],
      },
      {
        points: [
          [470, 215],
          [470, 137],
        ],
        label: 'answers',
        labelAt: [472, 167],
      },
      {
        points: [
          [540, 247],
          [638, 247],
        ],
        label: 'installs',
        labelAt: [589, 247],
      },
      {
        points: [
          [765, 215],
          [765, 137],
        ],
        label: 'reads',
        labelAt: [765, 183],
      },
    ],
  };
}

/** Every generated picture, by its file under docs/. */
export const drawings = {
  'pictures/accounts.svg': () => svgOf(accounts()),
  'pictures/architecture.svg': () => svgOf(architecture()),
} as const;

/** The page with its table made again. @throws where the table's markers are missing */
export const withRoles = (page: string): string => replacePart(page, 'roles', roleTable());

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, draw] of Object.entries(drawings)) writeFileSync(new URL(path, import.meta.url), draw());
  const page = new URL('architecture.md', import.meta.url);
  writeFileSync(page, withRoles(readFileSync(page, 'utf8')));
}
