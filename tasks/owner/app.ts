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
  type Refusal,
  readAnswer,
  readForm,
} from '../domain/asking/answer.ts';
import type { FoundQuestion, KnownQuestion } from '../domain/asking/find-question.ts';
import type { Decision } from '../domain/asking/question.ts';
import { whoWasAsked } from '../domain/asking/recipients.ts';
import { defined } from '../domain/defined.ts';
import type { Brand } from '../domain/settings/brand.ts';
import { decidedPage } from '../messages/decided-page.ts';
import type { Page } from '../messages/document.ts';
import { pagesFor } from '../messages/pages.ts';
import { questionPage } from '../messages/question-page.ts';
import { withoutKeyEnds } from '../messages/words.ts';
import { renderPage } from '../presentation/page.ts';
import { hashOf, pageSheet } from '../presentation/sheet.ts';
import { speakerOf } from '../presentation/speaker.ts';
import { Guesses } from './guesses.ts';
import { asksToLook, lookFor } from './look.ts';
import { reportDecision } from './report-decision.ts';
import { AnswerUncertain, send } from './send.ts';
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
  const pages = pagesFor(speakerOf(settings));
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
    case 'expired':
      return c.html(render(pages.expired(link.reference)), 410);
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
      return c.html(desk.render(questionPage(found, reference.decision)));
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
  if (found.state === 'closed') return showTooLate(c, found, desk);
  const submitted = await formOf(c);
  if (found.state === 'open' && asksToLook(submitted)) {
    const looked = await lookFor(found, desk);
    return c.html(render(questionPage(found, reference.decision, undefined, looked)));
  }
  const form = readForm(submitted, found.question, reference.decision);
  const before = decidedBefore(form, found);
  if (before !== undefined) return showDecided(c, found, before, desk);
  if (found.state === 'answered') return showTooLate(c, found, desk);
  const barred = isGuess(form) ? await guesses.count(found.question) : undefined;
  if (barred !== undefined) return showBarred(c, barred, desk);
  const answer = readAnswer(found, form);
  const refuse = (known: KnownQuestion, refusal: Refusal) =>
    c.html(render(questionPage(known, reference.decision, refusal)), 422);
  if (answer.state === 'refused') return refuse(found, answer.refusal);
  const decision = decisionOf(c, found, answer, desk);
  const taken = await send(visit, found, decision, dependencies);
  if (taken === 'taken') {
    record(found, decision, dependencies);
    return showDecided(c, found, decision, desk);
  }
  if (taken === 'takenBefore') {
    reportDecision(found, decision, dependencies);
    return showDecided(c, found, decision, desk);
  }
  if (taken.state === 'open' && taken.askedAs !== found.askedAs)
    return refuse(taken, askedAgain(form.fields).refusal);
  return showTooLate(c, taken, desk);
}

const showDecided = (
  c: Context,
  found: KnownQuestion,
  decision: Decision,
  { render, dependencies: { settings, now } }: Desk,
): Response | Promise<Response> =>
  c.html(render(decidedPage(found, decision, { support: speakerOf(settings).support, now: now() })));

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
      return showClosed(c, { why: 'over', because: 'It was closed at the very moment you answered.' }, desk);
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
  { question }: KnownQuestion,
  { decision }: Extract<Answer, { state: 'decided' }>,
  { dependencies: { settings, now }, visitorOf }: Desk,
): Decision => ({
  ...decision,
  by: `the link mailed to ${whoWasAsked(question, settings.operators).join(', ')}`,
  at: now().toISOString(),
  from: onRecord(visitorOf(c)),
});

function record({ question }: KnownQuestion, decision: Decision, dependencies: Dependencies): void {
  reportDecision({ question }, decision, dependencies);
  const { rotation, stage, round } = question;
  const reason = defined({ reason: decision.reason && withoutKeyEnds(decision.reason) });
  dependencies.log.info('an owner answered', { ...rotation, stage, round, ...decision, ...reason });
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
