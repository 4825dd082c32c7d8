import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Ledger } from '../local/console/index/ledger.ts';
import { keyPicture, keyPictureStyle } from '../local/story/key-picture.ts';
import { Owner } from '../local/world/owner.ts';
import { createWorld } from '../local/world/world.ts';
import { day } from '../tasks/domain/time.ts';

/** The lives of a user's keys in a rotation in which everything goes well, as the console draws them. */
export async function keyLivesPicture(): Promise<string> {
  const world = await createWorld({ seed: 1, organization: { accounts: 2, users: 1 } });
  const { lives } = new Ledger(world);
  const [accountId, userName] = ['222222222222', 'deploy-bot'];
  const { engine, stateMachineArn, clock } = world;
  engine.startExecution({ stateMachineArn, input: JSON.stringify({ accountId, userName }) });
  const owner = new Owner(world, accountId, userName);
  await clock.advance(2 * day);
  await owner.install();
  await owner.confirm();
  await clock.advance(24 * day);
  const drawn = keyPicture(lives.of(accountId, userName), clock.now());
  return `${drawn.replace('>', `><style>${keyPictureStyle}</style>`)}\n`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('pictures/key-lives.svg', import.meta.url), await keyLivesPicture());
}
