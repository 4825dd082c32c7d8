import type { World } from '../../world/world.ts';
import { KeyLives } from './key-lives.ts';
import { People } from './people.ts';
import { Post } from './post.ts';
import { Records } from './records.ts';
import { Runs } from './runs.ts';

/** What the pages read: kept as the world changes, so that a page costs the same in a large organization. */
export class Ledger {
  readonly people: People;
  readonly runs: Runs;
  readonly post: Post;
  readonly lives: KeyLives;
  readonly records: Records;
  /** AWS calls so far, of tasks and of people. */
  calls = 0;
  /** Grows with everything that a page might show. */
  version = 0;

  constructor(readonly world: World) {
    this.people = new People(world);
    this.runs = new Runs(world);
    this.post = new Post(world);
    this.lives = new KeyLives(world);
    this.records = new Records(world);
    world.onEvent(() => {
      this.version += 1;
    });
    world.aws.onCall(() => {
      this.calls += 1;
      this.version += 1;
    });
  }
}
