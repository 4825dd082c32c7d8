import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { actionsIn, type Verb, type Verbs, verbsIn } from '../tasks/domain/verbs.ts';

/** The verbs' actions, of those that `some` names. */
export const actionsAmong = <Name extends string>(
  part: Verbs<Name>,
  does: readonly Verb[],
  ...some: readonly Name[]
): string[] =>
  actionsIn(
    part,
    some.filter((verb) => verbsIn(part, does).includes(verb)),
  );

/** A statement that allows these actions; none if there are none. */
export const allow = (
  sid: string,
  actions: readonly string[],
  resource: string,
  conditions: Readonly<Record<string, Readonly<Record<string, string | string[]>>>> = {},
): PolicyStatement[] =>
  actions.length === 0
    ? []
    : [
        new PolicyStatement({
          ...(sid === '' ? {} : { sid }),
          actions: [...actions],
          resources: [resource],
          conditions,
        }),
      ];
