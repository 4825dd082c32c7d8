import { AwsError } from '../aws/types.ts';

// White space, brackets, wildcards, special and control characters, surrogates, and code points that Unicode doesn't assign.
const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}\uFFFE\uFFFF\u{10FFFF}]/u;

/** Throws InvalidName if AWS would refuse the name of a state machine or an execution. */
export function checkName(name: string): void {
  if (name.length < 1 || name.length > 80 || forbidden.test(name)) {
    throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  }
}

/** Throws InvalidArn if a text is no ARN of Step Functions of that kind. */
export function checkArn(arn: string, kind: 'stateMachine' | 'execution'): void {
  const names = kind === 'execution' ? '[^:]+:[^:]+' : '[^:]+(:[^:]+)?';
  if (!new RegExp(`^arn:aws[a-z-]*:states:[a-z0-9-]+:\\d{12}:${kind}:${names}$`).test(arn)) {
    throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
  }
}
