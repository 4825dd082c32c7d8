import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { memberRoleOf } from '../tasks/domain/member-role.ts';
import { onSecrets } from '../tasks/domain/secret-access.ts';
import {
  accountReads,
  actionsIn,
  centralVerbs,
  executionVerbs,
  reportVerbs,
  type Verbs,
} from '../tasks/domain/verbs.ts';
import { doesAny, entersBy, everyFunction, type FunctionRow } from '../tasks/manifest.ts';
import { accounts, architecture, memberRole } from './account-pictures.ts';
import { replacePart, tableOf } from './generated.ts';
import { svgOf } from './svg.ts';
import { whatNow, whatNowList } from './what-now.ts';

/** What a function is allowed, in the words of the table. */
const inOtherAccounts = (row: FunctionRow): string[] =>
  entersBy(row).map((access) => `\`${memberRoleOf(memberRole, access)}\``);

function inCentralAccount(row: FunctionRow): string[] {
  const { does } = row;
  const { describeAccount, listAccounts, readAccountTags, readContacts } = centralVerbs;
  const named = <Name extends string>(part: Verbs<Name>): string[] =>
    actionsIn(part, does).map((action) => action.replace(/^.*:/, ''));
  return [
    ...said('organization', named({ describeAccount, listAccounts, readAccountTags })),
    ...said('accounts’ contacts', named({ readContacts })),
    ...said('executions', named(executionVerbs)),
    ...said('users’ secrets', [...named({ listSecrets: accountReads.listSecrets }), ...named(onSecrets)]),
    ...(doesAny(row, 'readSecretsKey') ? ['state of their KMS key'] : []),
    ...(doesAny(row, 'readLinkKey') ? ['the key that signs links'] : []),
    ...(doesAny(row, 'sendMail') ? ['send mail'] : []),
    ...(doesAny(row, 'readCanaryKeys') ? ['the canary’s keys; its secret'] : []),
    ...(doesAny(row, 'putEvents') ? ['put events on its own bus'] : []),
    ...said('report bucket', named(reportVerbs)),
    ...(doesAny(row, 'checkUse') ? ['invoke `CheckUse`'] : []),
    ...(doesAny(row, 'countGuess') ? ['count wrong answers'] : []),
    ...(doesAny(row, 'shareQuestions') ? ['share questions in the report bucket'] : []),
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
    case 'log':
      return 'the log lines of steps, if `events` is set';
    case 'clock':
      return `every ${trigger.everyHours} hours, if \`canary\` is set`;
    case 'function':
      return `\`${trigger.by}\``;
    case 'route':
      return `the owners' API, \`${trigger.path}\``;
  }
}

/** Every function with what triggers it and what its role may do. */
export function roleTable(functions: readonly FunctionRow[] = everyFunction): string {
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

/** Every generated picture, by its file under docs/. */
export const drawings = {
  'pictures/accounts.svg': () => svgOf(accounts()),
  'pictures/architecture.svg': () => svgOf(architecture()),
  'pictures/what-now.svg': () => svgOf(whatNow()),
} as const;

/** The page with its table regenerated. @throws if the table's markers are missing */
export const withRoles = (page: string): string => replacePart(page, 'roles', roleTable());

/** The runbook with its list regenerated. @throws if the list's markers are missing */
export const withQuestions = (page: string): string => replacePart(page, 'what now', whatNowList());

/** The pages with a generated part, under docs/. */
export const drawnPages = { 'architecture.md': withRoles, 'runbook.md': withQuestions } as const;

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, draw] of Object.entries(drawings)) writeFileSync(new URL(path, import.meta.url), draw());
  for (const [path, made] of Object.entries(drawnPages)) {
    const page = new URL(path, import.meta.url);
    writeFileSync(page, made(readFileSync(page, 'utf8')));
  }
}
