import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { day, later } from '../../tasks/domain/time.ts';
import type { Execution } from '../engine/execution.ts';
import { userOf } from '../story/executions.ts';
import { mailStep, subjectOf } from '../story/mails.ts';
import { count } from '../story/show.ts';
import type { Line, Step } from '../story/step.ts';
import { stepOf } from '../story/steps.ts';
import { randomStream } from '../world/random.ts';
import { createWorld, type World } from '../world/world.ts';
import { type Casting, cast } from './cast.ts';
import { Play } from './play.ts';
import { runDays } from './run-days.ts';
import { Scanner } from './scanner.ts';
import { outcomeOf, type RunReport, reportOn } from './summary.ts';

/** The audience of a run, as it happens. */
export interface Audience {
  readonly meet: (parts: readonly Casting[], world: World) => void;
  readonly hear: (line: Line) => void;
  /** Reports how many whole days have passed, and of how many. */
  readonly passDay: (days: number, of: number) => void;
  /** Called between two events: the run goes on when the audience has seen what it heard. */
  readonly follow?: () => Promise<void>;
}

/** The whole run, at its end. */
export interface DemoReport extends RunReport {
  readonly scanner: Pick<Scanner, 'opened' | 'submitted' | 'decided'>;
}

/** Plays the demo. The same seed gives the same run, to the byte. */
export async function runDemo(seed: number, audience: Audience): Promise<DemoReport> {
  // Names by account ID, for events that come once the world is made.
  const accountNames = new Map<string, string>();
  const tell = (accountId: string, userName: string, at: Date, step: Step): void =>
    audience.hear({ ...step, at, who: `${accountNames.get(accountId) ?? accountId}/${userName}` });
  const world = await createWorld({
    seed,
    organization: { accounts: 4, users: 12 },
    consistencySeconds: 5,
    onEvent: (execution, event) => hearEvent(execution, event, tell),
  });
  for (const { id, name } of world.aws.accounts.values()) accountNames.set(id, name);
  const random = randomStream(seed, 'demo');
  const parts = cast(world.aws.accounts.values(), random, world.clock.now());
  audience.meet(parts, world);
  audience.passDay(0, runDays.least);
  const play = new Play(world, parts, random, (part, step) =>
    tell(part.accountId, part.userName, world.clock.now(), step),
  );
  const scanner = new Scanner(world);
  const calls = watchCalls(world, play, scanner, tell);
  const virtualDays = await passDays(world, parts.length, audience);
  const { opened, submitted, decided } = scanner;
  const run = reportOn(world, { virtualDays, calls: calls.count });
  return { ...run, scanner: { opened, submitted, decided } };
}

type Tell = (accountId: string, userName: string, at: Date, step: Step) => void;

function hearEvent(execution: Execution, event: HistoryEvent, tell: Tell): void {
  const step = stepOf(event, execution.variables);
  const user = userOf(execution);
  if (step === undefined || user === undefined || event.timestamp === undefined) return;
  tell(user.accountId, user.userName, event.timestamp, step);
}

/** Counts AWS calls; each mail that AWS takes goes to the timeline, to its owner and through the scanner. */
function watchCalls(world: World, play: Play, scanner: Scanner, tell: Tell): { count: number } {
  const calls = { count: 0 };
  let delivered = 0;
  world.aws.onCall(() => {
    calls.count += 1;
    for (const mail of world.aws.mails.slice(delivered)) {
      const { accountId = '', userName = '' } = subjectOf(mail);
      tell(accountId, userName, mail.sentAt, mailStep(mail));
      const isFirst = delivered === 0;
      delivered += 1;
      play.deliver(mail);
      scanner.scan(mail, () => {
        if (isFirst) tell(accountId, userName, world.clock.now(), scanStep(scanner));
      });
    }
  });
  return calls;
}

const scanStep = ({ opened, submitted, decided }: Scanner): Step => ({
  stage: 'Mail scanner',
  why: `opens ${count(opened, 'link')}, submits ${count(submitted, 'form')} empty, as with every mail: decides ${decided === 0 ? 'nothing' : count(decided, 'time')}`,
  tone: 'mail',
});

/** Lets days pass until every rotation has ended, within bounds. @returns how many passed */
async function passDays({ clock, engine }: World, rotations: number, audience: Audience): Promise<number> {
  const { follow, passDay } = audience;
  const start = clock.now();
  const haveEnded = (): boolean => {
    const ended = [...engine.executions.values()].filter((execution) => execution.status !== 'RUNNING');
    return ended.filter((execution) => outcomeOf(execution) !== undefined).length >= rotations;
  };
  for (let days = 1; ; days += 1) {
    const evening = later(start, days * day);
    for (let next = clock.next(); follow && next && next <= evening; next = clock.next()) {
      await clock.advanceTo(next);
      await follow();
    }
    await clock.advanceTo(evening);
    passDay(days, days <= runDays.least ? runDays.least : runDays.most);
    if (days >= runDays.most || (days >= runDays.least && haveEnded())) return days;
  }
}
