import type { World } from '../../world/world.ts';

/** A whole rotation from a terminal, for a user of this organization. */
export function firstCommands({ settings, stateMachineArn, aws }: World, port: number): string {
  const [central, account = central] = aws.accounts.values();
  const user =
    [...(account?.users.values() ?? [])].find(({ keys }) => keys.length === 1)?.name ?? 'deploy-bot';
  const accountId = account?.id ?? '';
  const url = `http://127.0.0.1:${port}`;
  return `export AWS_ENDPOINT_URL=${url} AWS_REGION=${settings.region} AWS_DEFAULT_REGION=${settings.region}
export AWS_ACCESS_KEY_ID=anyone AWS_SECRET_ACCESS_KEY=anything

aws stepfunctions start-execution --state-machine-arn ${stateMachineArn}:live \\
  --input '{"accountId":"${accountId}","userName":"${user}"}'
curl -d 'accountId=${accountId}&userName=${user}' ${url}/console/application   # the application gets the new key
curl ${url}/mail.json   # follow the link and confirm, or do it in ${url}/mail
curl -d '{"advance":"P9D"}' ${url}/clock

npx keyturn status ${accountId}/${user} --local ${url}

# The keys are in the user's account: from here on, as a role there.
export $(printf 'AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s' $(aws sts assume-role \\
  --role-arn arn:aws:iam::${accountId}:role/developer --role-session-name me \\
  --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text))
aws iam list-access-keys --user-name ${user}`;
}
