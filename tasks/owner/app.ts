import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { lookAtQuestion } from '../aws/questions.ts';
import type { Dependencies } from '../dependencies.ts';
import {
  type Answer,
  askedAgain,
  decidedBefore,
  isGuess,
  isTakenBackBy,
  type Refusal,
  readAnswer,
  readForm,
  readTakingBack,
  takesBack,
} from '../domain/asking/answer.ts';
import type { FoundQuestion, KnownQuestion } from '../domain/asking/find-question.ts';
import type { Decision, Question } from '../domain/asking/question.ts';
import { whoWasAsked } from '../domain/asking/recipients.ts';
import { openDrainOf } from '../domain/asking/standing.ts';
import { defined } from '../domain/defined.ts';
import type { Brand } from '../domain/settings/brand.ts';
import { decidedPage } from '../messages/decided-page.ts';
import type { Page } from '../messages/document.ts';
import { pagesFor } from '../messages/pages.ts';
import { questionPage } from '../messages/question-page.ts';
import type { Around } from '../messages/standing.ts';
import { withoutKeyEnds } from '../messages/words.ts';
import { renderPage } from '../presentation/page.ts';
import { hashOf, pageSheet } from '../presentation/sheet.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { Guesses } from './guesses.ts';
import { asksToLook, lookFor } from './look.ts';
import { reportDecision } from './report-decision.ts';
import { AnswerUncertain, send, sendTakingBack } from './send.ts';
import { type PageVisit, read } from './visit.ts';
import { onRecord, type VisitorOf } from './visitor.ts';

/** More than the longest reason needs in a form's encoding. Bytes. */
const longestBody = 4 * 1024;

/** Everything that a request handler uses. */
interface Desk {
  readonly dependencies: Dependencies;
  readonly pages: ReturnType<typeof pagesFor>;
  /** A page as HTML, in the deployment's brand. */
  readonly render: (page: Page) => string;
  readonly guesses: Guesses;
  readonly visitorOf: VisitorOf;
}

/**
 * The owner's web app: a page for each link in a mail, with its form. GET and HEAD only show, because mail scanners
 * follow every link. A decision requires a POST with something that a scanner doesn't know.
 *
 * There is no session and no cookie: the link in the URL is the credential. So another site has nothing to exploit
 * and no CSRF token is needed: anyone who can make a browser send the POST already has the link.
 *
 * @param visitorOf returns the sender of a request, as the host knows it; goes on record with an answer
 */
export function ownerApp(dependencies: Dependencies, visitorOf: VisitorOf = () => ({})): Hono {
  const { settings, log } = dependencies;
  const pages = pagesFor(speakerOf(settings), dependencies.now);
  const render = (page: Page): string => renderPage(page, settings.brand);
  const desk: Desk = { dependencies, pages, render, guesses: new Guesses(dependencies), visitorOf };
  const app = new Hono();
  app.use(headers(settings.brand));
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
    c.header('X-Robots-Tag', 'noindex, nofollow');
  });
  app.get('/answer/:link', async (c) => {
    const visit = await visitOf(c, desk);
    return visit instanceof Response ? visit : show(c, visit, desk);
  });
  app.post(
    '/answer/:link',
    bodyLimit({ maxSize: longestBody, onError: (c) => c.html(render(pages.tooLarge()), 413) }),
    (c) => takeAnswer(c, desk),
  );
  app.all('/answer/:link', (c) => c.html(render(pages.wrongMethod()), 405, { Allow: 'GET, HEAD, POST' }));
  app.notFound((c) => c.html(render(pages.notOurs()), 404));
  app.onError((error, c) => {
    // The name only: the message may contain parts of the request, such as the link or a token.
    log.error("the owner's page could not be made", { error: error.name });
    const sent = error instanceof AnswerUncertain;
    return c.html(render(pages.unavailable(sent)), 503, { 'Retry-After': '60' });
  });
  return app;
}

const headers = (brand: Brand) =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: [hashOf(pageSheet(brand))],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
  });

async function visitOf(c: Context, { dependencies, pages, render }: Desk): Promise<PageVisit | Response> {
  const text = c.req.param('link') ?? '';
  const link = await read(text, dependencies);
  switch (link.state) {
    case 'forged':
      return c.html(render(pages.notOurs()), 404);
    case 'expired': {
      // What became of it is worth knowing, but not an error page.
      const found = await lookAtQuestion(link.reference, dependencies).catch(() => undefined);
      return c.html(render(pages.expired(link.reference, found)), 410);
    }
    case 'valid':
      return {
        link: text,
        reference: link.reference,
        found: await lookAtQuestion(link.reference, dependencies),
      };
  }
}

function show(c: Context, { reference, found }: PageVisit, desk: Desk): Response | Promise<Response> {
  switch (found.state) {
    case 'open':
      return c.html(desk.render(questionPage(found, reference.decision, around(desk))));
    case 'answered':
      return c.html(desk.render(desk.pages.answered(found, false)));
    case 'closed':
      return showClosed(c, found, desk);
  }
}

async function takeAnswer(c: Context, desk: Desk): Promise<Response> {
  const { dependencies, guesses, render } = desk;
  const visit = await visitOf(c, desk);
  if (visit instanceof Response) return visit;
  const { reference, found } = visit;
  const body = await formOf(c);
  if (found.state !== 'open' && takesBack(body)) return takeBack(c, { visit, found, body }, desk);
  if (found.state === 'closed') return showTooLate(c, found, desk);
  if (found.state === 'open' && asksToLook(body)) {
    const looked = await lookFor(found, desk);
    return c.html(render(questionPage(found, reference.decision, around(desk), { looked })));
  }
  const form = readForm(body, found.question, reference.decision);
  const before = decidedBefore(form, found);
  if (before !== undefined) return showDecided(c, found, before, desk);
  if (found.state === 'answered') return showTooLate(c, found, desk);
  const barred = isGuess(form) ? await guesses.count(found.question) : undefined;
  if (barred !== undefined) return showBarred(c, barred, desk);
  const answer = readAnswer(found, form);
  const refuse = (known: KnownQuestion, refusal: Refusal) =>
    c.html(render(questionPage(known, reference.decision, around(desk), { refusal })), 422);
  if (answer.state === 'refused') return refuse(found, answer.refusal);
  const decision = decisionOf(c, found.question, answer, desk);
  const taken = await send(visit, found, decision, dependencies);
  if (taken === 'taken') {
    record(found.question, decision, dependencies);
    return showDecided(c, found, decision, desk);
  }
  if (taken === 'takenBefore') {
    reportDecision(found, decision, dependencies);
    return showDecided(c, found, decision, desk);
  }
  if (taken.state === 'open' && taken.askedAs !== found.askedAs)
    return refuse(taken, askedAgain(form.kind, form.fields).refusal);
  return showTooLate(c, taken, desk);
}

/** Undoes the answer, or the silence, that a key drains after. */
async function takeBack(
  c: Context,
  {
    visit,
    found,
    body,
  }: {
    readonly visit: PageVisit;
    readonly found: Exclude<FoundQuestion, { state: 'open' }>;
    readonly body: unknown;
  },
  desk: Desk,
): Promise<Response> {
  const { render, pages, dependencies } = desk;
  const { question } = found;
  const drain = question && openDrainOf(found, question);
  const page = (refusal?: Refusal): string =>
    render(found.state === 'answered' ? pages.answered(found, false, refusal) : pages.closed(found, refusal));
  if (found.takenBack !== undefined && isTakenBackBy(body, found.takenBack)) return c.html(page());
  if (question === undefined || drain === undefined) return showTooLate(c, found, desk);
  const answer = readTakingBack(drain, body);
  if (answer.state === 'refused') return c.html(page(answer.refusal), 422);
  const decision = decisionOf(c, question, answer, desk);
  const taken = await sendTakingBack(visit, drain, decision, dependencies);
  if (taken !== 'taken') return showTooLate(c, taken, desk);
  record(question, decision, dependencies);
  const undone = { ...question, plan: drain.wait.plan };
  return showDecided(c, { question: undone, decisions: [], askedAs: drain.askedAs }, decision, desk);
}

const atThatMoment = { why: 'over', because: 'It was closed at the very moment you answered.' } as const;

const showDecided = (
  c: Context,
  found: KnownQuestion,
  decision: Decision,
  desk: Desk,
): Response | Promise<Response> => c.html(desk.render(decidedPage(found, decision, around(desk))));

/** Whom to write to, and the time. */
const around = ({ dependencies: { settings, now } }: Desk): Around => ({
  support: speakerOf(settings).support,
  now: now(),
});

function showBarred(
  c: Context,
  until: Date,
  { pages, render, dependencies }: Desk,
): Response | Promise<Response> {
  const seconds = Math.ceil((until.getTime() - dependencies.now().getTime()) / 1000);
  return c.html(render(pages.tooManyTries(until)), 429, { 'Retry-After': String(seconds) });
}

function showTooLate(c: Context, found: FoundQuestion, desk: Desk): Response | Promise<Response> {
  switch (found.state) {
    case 'open':
      return showClosed(c, atThatMoment, desk);
    case 'answered':
      return c.html(desk.render(desk.pages.answered(found, true)), 409);
    case 'closed':
      return showClosed(c, found, desk);
  }
}

/** 410 Gone, unless the question will be asked again in a moment. */
const showClosed = (
  c: Context,
  closed: Parameters<Desk['pages']['closed']>[0],
  { pages, render }: Desk,
): Response | Promise<Response> =>
  closed.why === 'notNow'
    ? c.html(render(pages.closed(closed)), 503, { 'Retry-After': '60' })
    : c.html(render(pages.closed(closed)), 410);

/** What the link reveals about the person who answers: to whom it was mailed. The host adds the network address. */
const decisionOf = (
  c: Context,
  question: Question,
  { decision }: Extract<Answer, { state: 'decided' }>,
  { dependencies: { settings, now }, visitorOf }: Desk,
): Decision => ({
  ...decision,
  by: `the link mailed to ${whoWasAsked(question, settings.operators).join(', ')}`,
  at: now().toISOString(),
  from: onRecord(visitorOf(c)),
});

function record(question: Question, decision: Decision, dependencies: Dependencies): void {
  reportDecision({ question }, decision, dependencies);
  const { rotation, stage, round } = question;
  const masked = defined({
    reason: decision.reason && withoutKeyEnds(decision.reason),
    keyId: decision.keyId && withoutKeyEnds(decision.keyId),
  });
  dependencies.log.info('an owner answered', { ...rotation, stage, round, ...decision, ...masked });
}

/** A body that isn't a form counts as an empty one; without a content type, the usual one for forms is assumed. */
async function formOf(c: Context): Promise<unknown> {
  try {
    return c.req.header('content-type') === undefined
      ? Object.fromEntries(new URLSearchParams(await c.req.text()))
      : await c.req.parseBody();
  } catch {
    return {};
  }
}
