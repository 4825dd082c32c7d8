import type { Rotation } from '../rotation.ts';

/** What a step is about: the rotation, without the fields that concern only keyturn. */
export const whose = ({
  accountId,
  userName,
  executionArn,
}: Rotation): Pick<Rotation, 'accountId' | 'userName' | 'executionArn'> => ({
  accountId,
  userName,
  executionArn,
});
