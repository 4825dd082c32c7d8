import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { Executions } from '../aws/executions.ts';
import { linkKeys } from '../aws/link-key.ts';
import type { Dependencies } from '../dependencies.ts';
import { type FoundQuestion, findQuestion } from '../domain/find-question.ts';
import { type LinkReference, readLink } from '../domain/link.ts';
import type { Decision, Question } from '../domain/question.ts';
import { type Answer, readAnswer } from './answer.ts';
import { pageSheetHash } from './layout.ts';
import * as pages from './pages.ts';
import { questionPage } from './question-page.ts';

/** More than the longest reason needs in a form's encoding. */
const longestBody = 4 * 1024;

/** What a request is about, once its link has been read. */
interface Visit {
  readonly reference: LinkReference;
  readonly found: FoundQuestion;
}

/**
 * The owner's web app: a page for each link in a mail, and the form on it. Reading (GET, HEAD) only shows, because
 * mail scanners follow every link; a decision takes a POST with something that a scanner doesn't know.
 *
 * There is no session and no cookie: the link itself is the credential, and it is in the address. So there is
 * nothing that another site could ride on, and no token against forged requests is needed: whoever can make a
 * browser send the POST has the link already.
 */
export function ownerApp(dependencies: Dependencies): Hono {
  const { operators } = dependencies.settings;
  const app = new Hono();
  app.use(headers);
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
    c.header('X-Robots-Tag', 'noindex, nofollow');
  });
  app.get('/answer/:link', async (c) => {
    const visit = await visitOf(c, dependencies);
    return visit instanceof Response ? visit : show(c, visit);
  });
  app.post(
    '/answer/:link',
    bodyLimit({ maxSize: longestBody, onError: (c) => c.html(pages.tooLargePage(), 413) }),
    (c) => takeAnswer(c, dependencies),
  );
  app.all('/answer/:link', (c) => c.html(pages.wrongMethodPage(), 405, { Allow: 'GET, HEAD, POST' }));
  app.notFound((c) => c.html(pages.notOursPage(operators), 404));
  app.onError((error, c) => {
    // The name alone: a message may hold what the request held, the link or a token.
    dependencies.log.error('the owner’s page could not be made', { error: error.name });
    const sent = error instanceof AnswerUncertain;
    return c.html(pages.unavailablePage(sent), 503, { 'Retry-After': '60' });
  });
  return app;
}

const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: [pageSheetHash],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
});

/** AWS failed after the answer had been sent on: it may have arrived. */
class AnswerUncertain extends Error {
  override readonly name = 'AnswerUncertain';
}

async function visitOf(c: Context, dependencies: Dependencies): Promise<Visit | Response> {
  const { settings, now } = dependencies;
  const link = readLink(c.req.param('link') ?? '', await linkKeys(dependencies), now());
  switch (link.state) {
    case 'forged':
      return c.html(pages.notOursPage(settings.operators), 404);
    case 'expired':
      return c.html(pages.expiredPage(link.reference, settings.operators), 410);
    case 'valid':
      return { reference: link.reference, found: await look(link.reference, dependencies) };
  }
}

async function look(reference: LinkReference, dependencies: Dependencies): Promise<FoundQuestion> {
  const executions = new Executions(dependencies);
  const execution = await executions.describe(reference.executionArn);
  if (execution === undefined) {
    return { state: 'closed', because: 'The rotation ended so long ago that its record is gone.' };
  }
  const events = await executions.history(reference.executionArn);
  return findQuestion(events, execution.status, reference);
}

function show(c: Context, { reference, found }: Visit): Response | Promise<Response> {
  switch (found.state) {
    case 'open':
      return c.html(questionPage(found.question, reference.decision));
    case 'answered':
      return c.html(pages.answeredPage(found.question, found.decision, false));
    case 'closed':
      return c.html(pages.closedPage(found.because, found.question), 410);
  }
}

async function takeAnswer(c: Context, dependencies: Dependencies): Promise<Response> {
  const visit = await visitOf(c, dependencies);
  if (visit instanceof Response) return visit;
  const { reference, found } = visit;
  if (found.state !== 'open') return showTooLate(c, found);
  const answer = readAnswer(found.question, await formOf(c), reference.decision);
  if (answer.state === 'refused') {
    return c.html(questionPage(found.question, reference.decision, answer.refusal), 422);
  }
  const decision = decisionOf(found.question, answer, dependencies);
  const taken = await send(reference, found.question, decision, dependencies);
  if (taken.state !== 'answered' || !isSame(taken.decision, decision)) return showTooLate(c, taken);
  record(taken.question, decision, dependencies);
  return c.html(pages.decidedPage(taken.question, decision, dependencies.settings.operators));
}

function showTooLate(c: Context, found: FoundQuestion): Response | Promise<Response> {
  if (found.state === 'answered')
    return c.html(pages.answeredPage(found.question, found.decision, true), 409);
  const because = found.state === 'closed' ? found.because : 'It was closed at the very moment you answered.';
  return c.html(pages.closedPage(because, found.question), 410);
}

/**
 * Sends the decision to the wait. Where the token is gone, the history says why: a reminder may have asked anew
 * since (then once more, with its token), or this very decision arrived and only its acknowledgement was lost.
 */
async function send(
  reference: LinkReference,
  question: Question,
  decision: Decision,
  dependencies: Dependencies,
): Promise<FoundQuestion> {
  const answered: FoundQuestion = { state: 'answered', decision, question };
  const sent = (token: string) => new Executions(dependencies).answer(token, decision);
  try {
    if ((await sent(question.taskToken)) === 'taken') return answered;
    const found = await look(reference, dependencies);
    if (found.state !== 'open' || found.question.taskToken === question.taskToken) return found;
    return (await sent(found.question.taskToken)) === 'taken'
      ? answered
      : await look(reference, dependencies);
  } catch (error) {
    throw new AnswerUncertain('the answer may have arrived', { cause: error });
  }
}

const isSame = (a: Decision, b: Decision): boolean =>
  a.at === b.at && a.decision === b.decision && a.reason === b.reason;

const decisionOf = (
  { plan }: Question,
  { decision }: Extract<Answer, { state: 'decided' }>,
  { now }: Dependencies,
): Decision => ({ ...decision, by: `the link mailed to ${plan.owner.join(', ')}`, at: now().toISOString() });

function record({ rotation, stage, round }: Question, { decision }: Decision, { log }: Dependencies): void {
  log.info('an owner answered', { ...rotation, stage, round, decision });
}

/** A body that is no form counts as an empty one. */
async function formOf(c: Context): Promise<unknown> {
  try {
    return await c.req.parseBody();
  } catch {
    return {};
  }
}
