import type { Brand } from '../domain/settings/brand.ts';
import type { Speaker } from '../messages/facts.ts';

/** As much of a deployment's settings as a message says: who speaks, and not what that looks like. */
export const speakerOf = ({
  brand: { name, extra, support },
  operators,
}: {
  readonly brand: Brand;
  readonly operators: string;
}): Speaker => ({ name, extra, support: support ?? operators });
