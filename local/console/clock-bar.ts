import { type Markup, markup } from '../../tasks/presentation/html.ts';
import { showClock, showDate } from '../story/show.ts';
import { type RunningClock, topSpeed } from './running-clock.ts';

/** "Mon 2 Mar 2026 08:00" */
export const nowInWords = ({ clock }: RunningClock): string =>
  `${showDate(clock.now())} ${showClock(clock.now())}`;

/** "one day every 10 s" */
export function speedInWords(speed: number): string {
  const days = speed / 86_400;
  if (days >= 1) return `${round(days)} ${days === 1 ? 'day' : 'days'} per second`;
  return speed === 1 ? 'in real time' : `one day every ${round(1 / days)} s`;
}

const round = (number: number): string => String(Number(number.toPrecision(3)));

/** The time, how it runs, and the buttons that move it: on every page. */
export function clockBar(running: RunningClock): Markup {
  const { state, speed, leapsTo } = running;
  const button = (name: string, value: string | number | boolean, says: string, main = false) =>
    markup`<button class="${main ? 'c-b c-main' : 'c-b'}" name="${name}" value="${String(value)}" data-focus="${name}${name === 'paused' ? '' : String(value)}" data-busy="The clock moves">${says}</button>`;
  return markup`<section class="c-clock" id="clock" data-live aria-label="Clock">
<p><b id="now">${nowInWords(running)}</b> <span class="c-muted">${howItRuns(running)}</span></p>
${
  leapsTo === undefined
    ? markup`<form class="c-buttons" method="post" action="/console/clock">
${state.paused ? button('paused', false, 'Run', true) : button('paused', true, 'Pause', true)}
${button('advance', 'P1D', '+1 day')}${button('advance', 'P3D', '+3 days')}${button('advance', 'P10D', '+10 days')}
${state.paused ? '' : [button('speed', speed / 4, 'Slower'), button('speed', Math.min(speed * 4, topSpeed), 'Faster')]}
</form>`
    : ''
}</section>`;
}

function howItRuns({ state, speed, leapsTo, isHeld }: RunningClock): string {
  if (leapsTo !== undefined) return `moves on to ${showDate(leapsTo)} …`;
  if (state.paused) return 'paused';
  return isHeld ? 'stopped while your question is open' : `runs: ${speedInWords(speed)}`;
}
