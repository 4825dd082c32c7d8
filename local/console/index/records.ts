import { attemptOf } from '../../../tasks/domain/execution-name.ts';
import { placeOfRecord, type RecordPlace, recordBeginnings } from '../../../tasks/domain/record/places.ts';
import { type RotationRecord, recordIn } from '../../../tasks/domain/record/record.ts';
import type { World } from '../../world/world.ts';

/** The records of ended rotations, by where they are in the report bucket: each is read only when it is shown. */
export class Records {
  readonly #byRotation = new Map<string, RecordPlace[]>();
  readonly #byAccount = new Map<string, RecordPlace[]>();

  constructor(private readonly world: World) {
    for (const key of this.#objects?.keys() ?? []) this.#add(key);
    world.aws.onCall(({ service, operation, input }, answer) => {
      if (service === 's3' && operation === 'PutObject' && !('error' in answer)) this.#add(String(input.Key));
    });
  }

  /** The last one of a rotation; there are several if it was redriven. */
  of(rotation: string): RecordPlace | undefined {
    return this.#byRotation.get(rotation)?.at(-1);
  }

  /** Those of a user's rotations, the newest first. */
  ofUser(accountId: string, userName: string): readonly RecordPlace[] {
    const user = { accountId, userName };
    const beginnings = recordBeginnings(user);
    return (this.#byAccount.get(accountId) ?? [])
      .filter(
        ({ key, rotation }) =>
          beginnings.some((beginning) => key.startsWith(beginning)) &&
          attemptOf(user, rotation) !== undefined,
      )
      .toReversed();
  }

  read({ key }: RecordPlace): RotationRecord | undefined {
    const object = this.#objects?.get(key);
    return object === undefined ? undefined : recordIn(object.body.text);
  }

  get #objects() {
    return this.world.aws.buckets.get(this.world.settings.reportBucket ?? '')?.objects;
  }

  #add(key: string): void {
    const place = placeOfRecord(key);
    if (place === undefined) return;
    addTo(this.#byRotation, place.rotation, place);
    addTo(this.#byAccount, place.rotation.slice(0, 12), place);
  }
}

function addTo(lists: Map<string, RecordPlace[]>, name: string, place: RecordPlace): void {
  const list = lists.get(name) ?? [];
  if (!list.some(({ key }) => key === place.key)) list.push(place);
  lists.set(name, list);
}
