import { showTime } from '../../tasks/messages/words.ts';
import { type Markup, markup } from '../../tasks/presentation/html.ts';
import type { InMemoryAws } from '../aws/in-memory-aws.ts';
import type { World } from '../world/world.ts';
import { executionsCard } from './executions-card.ts';
import { badge, layOutConsole, verbatim } from './layout.ts';
import { organizationCard } from './organization-card.ts';
import { type RunningClock, topSpeed } from './running-clock.ts';
import type { Served } from './served.ts';
import { sweepsCard } from './sweeps-card.ts';

/** How many AWS calls there have been, of tasks and of people. */
export class CallCounter {
  count = 0;

  constructor(aws: InMemoryAws) {
    aws.onCall(() => {
      this.count += 1;
    });
  }
}

/** The page at `/`. */
export function consolePage({ world, clock, port }: Served, calls: number): string {
  const body = [
    clockCard(clock),
    promiseCard(world, calls),
    executionsCard(world),
    sweepsCard(world),
    organizationCard(world),
    firstSteps(world, port),
  ];
  return layOutConsole({ title: 'Console', here: 'console', body });
}

/** "one day every 10 s" */
function speedInWords(speed: number): string {
  const days = speed / 86_400;
  if (days >= 1) return `${round(days)} ${days === 1 ? 'day' : 'days'} per second`;
  return speed === 1 ? 'in real time' : `one day every ${round(1 / days)} s`;
}

const round = (number: number): string => String(Number(number.toPrecision(3)));

function clockCard({ state, clock, speed }: RunningClock): Markup {
  const button = (name: string, value: string | number | boolean, says: string, main = false) =>
    markup`<button class="${main ? 'c-b c-main' : 'c-b'}" name="${name}" value="${String(value)}">${says}</button>`;
  return markup`<section class="c-card c-clock" id="clock" data-live aria-label="Clock">
<div><p class="c-now">${showTime(clock.now())}</p>
<p class="c-muted">${state.paused ? 'Paused. Anything that is due now still runs.' : `Running: ${speedInWords(speed)}.`}</p></div>
<form class="c-buttons" method="post" action="/console/clock">
${state.paused ? button('paused', false, 'Run', true) : button('paused', true, 'Pause', true)}
${button('advance', 'P1D', '+1 day')}${button('advance', 'P3D', '+3 days')}${button('advance', 'P10D', '+10 days')}
${state.paused ? '' : [button('speed', speed / 4, 'Slower'), button('speed', Math.min(speed * 4, topSpeed), 'Faster')]}
</form></section>`;
}

function promiseCard({ watcher, aws }: World, calls: number): Markup {
  const { violations } = watcher;
  const newest = violations.slice(-10).reverse();
  const list = newest.map(
    ({ promise, at, user, what }) =>
      markup`<li><span>${badge(promise, 'bad')} ${user}</span><span>${what}</span><span class="c-when">${showTime(new Date(at))}</span></li>`,
  );
  const verdict =
    newest.length === 0
      ? markup`<p>${badge('kept', 'good')} No promise broken in ${String(calls)} AWS calls. <span class="c-muted">Checked after each call, against the actual state of IAM and Secrets Manager.</span></p>`
      : markup`<p>${badge('broken', 'bad')} ${String(violations.length)} times a promise was broken; the latest:</p><ul class="c-rows">${list.map((item) => item)}</ul>`;
  return markup`<section class="c-card" id="promise" data-live aria-label="The promise">${verdict}
<p class="c-muted"><a href="/mail">${String(aws.mails.length)} ${aws.mails.length === 1 ? 'mail' : 'mails'}</a> sent so far.</p></section>`;
}

function firstSteps({ settings, stateMachineArn, aws }: World, port: number): Markup {
  const [, account = [...aws.accounts.values()][0]] = aws.accounts.values();
  const user =
    [...(account?.users.values() ?? [])].find(({ keys }) => keys.length === 1)?.name ?? 'deploy-bot';
  const accountId = account?.id ?? '';
  const url = `http://127.0.0.1:${port}`;
  const commands = `export AWS_ENDPOINT_URL=${url} AWS_REGION=${settings.region} AWS_DEFAULT_REGION=${settings.region}
export AWS_ACCESS_KEY_ID=anyone AWS_SECRET_ACCESS_KEY=anything
curl -d '{"paused":true}' ${url}/clock

aws stepfunctions start-execution --state-machine-arn ${stateMachineArn} \\
  --input '{"accountId":"${accountId}","userName":"${user}"}'
aws secretsmanager get-secret-value --secret-id ${settings.secretPrefix}${accountId}/${user}
curl -d 'accountId=${accountId}&userName=${user}' ${url}/console/application   # the application gets the new key
curl ${url}/mail.json   # follow the link and confirm, or do it in ${url}/mail
curl -d '{"advance":"P9D"}' ${url}/clock

aws sts assume-role --role-arn arn:aws:iam::${accountId}:role/${settings.memberRole} --role-session-name me
aws iam list-access-keys --user-name ${user}   # with the credentials of the line before`;
  return markup`<section class="c-card"><h2>From a terminal</h2>
<p class="c-muted">The AWS CLI and the SDKs work against this port unchanged. Any made-up access key acts as the central account’s operator.</p>
${verbatim(commands)}</section>`;
}
