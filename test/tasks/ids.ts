export const accountId = '111122223333';
export const userName = 'deploy-bot';
export const executionOf = (name: string): string =>
  `arn:aws:states:eu-west-1:999988887777:execution:rotate-user-key:${name}`;
export const executionArn = executionOf('111122223333-deploy-bot-1');
export const stateMachineArn = 'arn:aws:states:eu-west-1:999988887777:stateMachine:rotate-user-key:live';
export const rotation = { accountId, userName, executionArn };

export const oldKeyId = 'AKIAOLDOLDOLDOLDQJHX';
export const newKeyId = 'AKIANEWNEWNEWNEWZWVK';
export const strangersKeyId = 'AKIASTRANGERSKEYPQRS';
/** What must be nowhere but in Secrets Manager. */
export const secretAccessKey = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLESECRET';
export const linkKey = 'the key that signs links in these tests';
export const linkKeys = [Buffer.from(linkKey)];
export const secretName = `keyturn/${accountId}/${userName}`;
export const secretArn = `arn:aws:secretsmanager:eu-west-1:999988887777:secret:${secretName}-Ab3dE6`;
