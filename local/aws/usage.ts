import type { AccessKey, ActivePeriod, Usage, Use, User } from './account.ts';

const HOUR = 3_600_000;
const BUCKET = 15 * 60_000;

/** Every time in milliseconds; `from` and `to` are inclusive. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * A key's latest use up to and including `at`: its own calls, and the ticks of its users' applications while
 * it was active and accepted. Ground truth, without lag or granularity.
 */
export function lastUse(user: User, key: AccessKey, at: Date, propagationSeconds: number): Use | undefined {
  let latest = key.calls.findLast((call) => call.at <= at);
  for (const { usage, span } of acceptedSpans(user, key, propagationSeconds)) {
    const tick = lastTick(usage, { from: span.from, to: Math.min(span.to, at.getTime()) });
    if (tick !== undefined && (latest === undefined || tick > latest.at.getTime())) latest = use(usage, tick);
  }
  return latest;
}

/**
 * What IAM reports of a key's use: the first use in the 15-minute bucket that holds the latest use of which
 * IAM has heard by now. The report of a use comes so many minutes after it.
 */
export function reportedUse(
  user: User,
  key: AccessKey,
  now: Date,
  lag: { propagationSeconds: number; lastUsedLagMinutes: number },
): Use | undefined {
  const heardOf = new Date(now.getTime() - lag.lastUsedLagMinutes * 60_000);
  const latest = lastUse(user, key, heardOf, lag.propagationSeconds);
  if (latest === undefined) return undefined;
  const bucket = Math.floor(latest.at.getTime() / BUCKET) * BUCKET;
  let first = latest;
  for (const call of key.calls.toReversed()) {
    if (call.at.getTime() < bucket) break;
    if (call.at < first.at) first = call;
  }
  for (const { usage, span } of acceptedSpans(user, key, lag.propagationSeconds)) {
    const tick = firstTick(usage, {
      from: Math.max(span.from, bucket),
      to: Math.min(span.to, first.at.getTime()),
    });
    if (tick !== undefined && tick < first.at.getTime()) first = use(usage, tick);
  }
  return first;
}

function* acceptedSpans(
  user: User,
  key: AccessKey,
  propagationSeconds: number,
): Generator<{ usage: Usage; span: Span }> {
  const accepted = key.createdAt.getTime() + propagationSeconds * 1000;
  for (const usage of user.usages) {
    if (usage.keyId !== key.id) continue;
    for (const period of key.periods) yield { usage, span: overlap(usage, period, accepted) };
  }
}

function overlap(usage: Usage, period: ActivePeriod, accepted: number): Span {
  return {
    from: Math.max(usage.from.getTime(), period.from.getTime(), accepted),
    // Both ends are exclusive, and time counts in whole milliseconds.
    to: Math.min(usage.until?.getTime() ?? Infinity, period.until?.getTime() ?? Infinity) - 1,
  };
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
