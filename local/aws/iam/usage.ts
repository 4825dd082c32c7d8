import type { Model, Usage, Use, User, UserKey } from './account.ts';

const HOUR = 3_600_000;
const BUCKET = 15 * 60_000;

/** Every time in milliseconds; `from` and `to` are inclusive. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** AWS's delays about keys. */
type Lags = Pick<Model, 'propagationSeconds' | 'statusLagSeconds'>;

/**
 * A key's latest use up to and including `at`: its own calls, and the ticks of its users' applications while
 * it was active and accepted. Ground truth, without lag or granularity.
 */
export function lastUse(
  user: User,
  key: UserKey,
  at: Date,
  lags: Lags,
  counts: (use: Use) => boolean = () => true,
): Use | undefined {
  let latest = key.calls.findLast((call) => call.at <= at && counts(call));
  for (const { usage, span } of acceptedSpans(user, key, lags)) {
    const tick = lastTick(usage, { from: span.from, to: Math.min(span.to, at.getTime()) });
    if (tick !== undefined && (latest === undefined || tick > latest.at.getTime())) latest = use(usage, tick);
  }
  return latest;
}

/**
 * What IAM reports of a key's use: the first use in the 15-minute bucket that holds the latest use that
 * IAM knows of by now. IAM learns of a use `lastUsedLagMinutes` after it.
 */
export function reportedUse(
  user: User,
  key: UserKey,
  now: Date,
  lag: Lags & Pick<Model, 'lastUsedLagMinutes'>,
): Use | undefined {
  const heardOf = new Date(now.getTime() - lag.lastUsedLagMinutes * 60_000);
  const latest = lastUse(user, key, heardOf, lag);
  if (latest === undefined) return undefined;
  const bucket = Math.floor(latest.at.getTime() / BUCKET) * BUCKET;
  let first = latest;
  for (const call of key.calls.toReversed()) {
    if (call.at.getTime() < bucket) break;
    if (call.at < first.at) first = call;
  }
  for (const { usage, span } of acceptedSpans(user, key, lag)) {
    const tick = firstTick(usage, {
      from: Math.max(span.from, bucket),
      to: Math.min(span.to, first.at.getTime()),
    });
    if (tick !== undefined && tick < first.at.getTime()) first = use(usage, tick);
  }
  return first;
}

/** When an application signed with a key in a span, the latest first. Every time in milliseconds. */
export function ticksBackwards(
  key: UserKey,
  usage: Usage,
  { span, atMost, lags }: { readonly span: Span; readonly atMost: number; readonly lags: Lags },
): number[] {
  const ticks: number[] = [];
  for (const accepted of spansOf(key, lags)) {
    const from = Math.max(usage.from.getTime(), accepted.from, span.from);
    let to = Math.min((usage.until?.getTime() ?? Infinity) - 1, accepted.to, span.to);
    for (let found = 0; found < atMost; found += 1) {
      const tick = lastTick(usage, { from, to });
      if (tick === undefined) break;
      ticks.push(tick);
      to = tick - 1;
    }
  }
  return ticks.toSorted((one, other) => other - one);
}

function* acceptedSpans(user: User, key: UserKey, lags: Lags): Generator<{ usage: Usage; span: Span }> {
  for (const usage of user.usages) {
    if (usage.keyId !== key.id) continue;
    for (const span of spansOf(key, lags)) {
      // Both ends are exclusive, and time counts in whole milliseconds.
      const to = Math.min((usage.until?.getTime() ?? Infinity) - 1, span.to);
      yield { usage, span: { from: Math.max(usage.from.getTime(), span.from), to } };
    }
  }
}

/** Whether what a key signs is accepted: AWS takes seconds to learn of a new key, or of an old one's new status. */
export function isAccepted(key: UserKey, at: Date, lags: Lags): boolean {
  for (const { from, to } of spansOf(key, lags)) if (from <= at.getTime() && at.getTime() <= to) return true;
  return false;
}

function* spansOf({ createdAt, periods }: UserKey, lags: Lags): Generator<Span> {
  const known = createdAt.getTime() + lags.propagationSeconds * 1000;
  const late = lags.statusLagSeconds * 1000;
  for (const { from, until } of periods) {
    const first = from.getTime() === createdAt.getTime() ? 0 : late;
    yield {
      from: Math.max(from.getTime() + first, known),
      to: (until === undefined ? Infinity : until.getTime() + late) - 1,
    };
  }
}

function lastTick(usage: Usage, span: Span): number | undefined {
  const tick = tickAt(usage, Math.floor((span.to - usage.from.getTime()) / (usage.everyHours * HOUR)));
  return tick >= span.from && tick <= span.to ? tick : undefined;
}

function firstTick(usage: Usage, span: Span): number | undefined {
  const tick = tickAt(usage, Math.ceil((span.from - usage.from.getTime()) / (usage.everyHours * HOUR)));
  return tick >= span.from && tick <= span.to ? tick : undefined;
}

function tickAt(usage: Usage, count: number): number {
  // Infinity times zero is not a number: an application that signs once has its only tick at `from`.
  return usage.from.getTime() + (count === 0 ? 0 : count * usage.everyHours * HOUR);
}

function use(usage: Usage, at: number): Use {
  return { at: new Date(at), service: usage.service, region: usage.region };
}
