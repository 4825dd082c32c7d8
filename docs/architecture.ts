import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { memberRoleOf } from '../tasks/domain/member-role.ts';
import { allFunctions, type FunctionRow } from '../tasks/manifest.ts';
import { accounts, architecture, memberRole } from './account-pictures.ts';
import { replacePart, tableOf } from './generated.ts';
import { svgOf } from './svg.ts';

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
