import { expect, it } from 'vitest';
import { Life } from './life.ts';

/** The STS of a region that an account has not enabled never accepts that account's users' keys. */
it('proves a new key although the deployment’s region is not enabled in the user’s account', async () => {
  const life = await Life.begin({ settings: { region: 'eu-south-2' }, unrestricted: true });
  const { aws } = life.world;
  const real = aws.handle.bind(aws);
  aws.handle = async (request) => {
    const text =
      typeof request.body === 'string'
        ? request.body
        : Buffer.from((request.body ?? '') as Uint8Array).toString();
    const signed = String(request.headers.authorization ?? request.headers.Authorization ?? '');
    if (!/Credential=AKIA[^,]*\/eu-south-2\/sts\//.test(signed) || !text.includes('GetCallerIdentity'))
      return real(request);
    const error =
      '<Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error>';
    return {
      statusCode: 403,
      headers: { 'content-type': 'text/xml' },
      body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}<RequestId>1</RequestId></ErrorResponse>`,
    };
  };
  await life.start();
  await life.days(1);
  expect(`${life.stands} ${life.subjects.join('; ')}`).toMatch(/^AskOwner/);
});
