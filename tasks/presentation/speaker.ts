import type { Brand } from '../domain/settings/brand.ts';
import type { Speaker } from '../messages/facts.ts';

/** The part of the settings that a message's text uses: who sends it, and not its design. */
export const speakerOf = ({
  brand: { name, extra, support, offKeysUrl },
  operators,
  runbookUrl,
}: {
  readonly brand: Brand;
  readonly operators: string;
  readonly runbookUrl: string;
}): Speaker => ({ name, extra, support: support ?? operators, runbookUrl, offKeysUrl });
