import type { SettingProblem } from './setting-problem.ts';

interface Scope {
  readonly organizationalUnits: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** The settings that say which accounts there are. */
interface View {
  readonly account?: string | undefined;
  readonly organization?: object | undefined;
  readonly accounts: Scope & { readonly list?: readonly { readonly id?: string | undefined }[] | undefined };
  readonly live?: Scope | undefined;
}

/** There is an organization or a list of accounts, and such a list is complete and has each account once. */
export function checkAccountList(view: View): SettingProblem[] {
  const { organization, accounts } = view;
  if (accounts.list === undefined) {
    const message = 'is missing; without an AWS Organization, name the accounts in accounts.list';
    return organization === undefined ? [{ path: ['organization'], message }] : [];
  }
  if (organization !== undefined) {
    const message = 'must be omitted if accounts.list is there: the accounts come from one of the two';
    return [{ path: ['organization'], message }];
  }
  const ids = accounts.list.map(({ id }) => id);
  return [...checkIds(ids, view.account), ...checkNames(ids, view)];
}

function checkIds(ids: readonly (string | undefined)[], account: string | undefined): SettingProblem[] {
  const repeated = ids.flatMap((id, index): SettingProblem[] =>
    id !== undefined && ids.indexOf(id) < index
      ? [
          {
            path: ['accounts', 'list', index, 'id'],
            message: `is ${id} for the second time; name each account once`,
          },
        ]
      : [],
  );
  // An account that was forgotten would never be audited, and nothing would say so.
  if (account === undefined || ids.length === 0 || ids.includes(account)) return repeated;
  const message = `doesn't name ${account}, keyturn's own account; name it too, and in accounts.exclude if it is to be left out`;
  return [...repeated, { path: ['accounts', 'list'], message }];
}

/** Scopes can only name what is in the list, and there are no units. */
function checkNames(ids: readonly (string | undefined)[], { accounts, live }: View): SettingProblem[] {
  const scopes = Object.entries({ accounts, ...(live === undefined ? {} : { live }) });
  return scopes.flatMap(([scope, { organizationalUnits, include, exclude }]) => {
    const units = { path: [scope, 'organizationalUnits'], message: 'must be empty without an organization' };
    const unknown = Object.entries({ include, exclude }).flatMap(([name, list]) =>
      list.flatMap((id, index): SettingProblem[] =>
        id === '' || ids.includes(id)
          ? []
          : [{ path: [scope, name, index], message: `is ${id}, which accounts.list doesn't name` }],
      ),
    );
    return [...(organizationalUnits.length === 0 ? [] : [units]), ...unknown];
  });
}
