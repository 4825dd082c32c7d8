import { createWorld } from './local/world.ts';
import { makeOrganization, makeSituated } from './local/organization.ts';
import { randomStream } from './local/random.ts';
const r = randomStream(1,'t'); const start=new Date('2026-03-02T08:00:00Z');
const org = makeOrganization({accounts:2,users:0}, r, start);
const user = makeSituated(r,{accountId:'222222222222',name:'deploy-bot',situation:'oldKeyInDailyUse',now:start});
user.tags.set('owner','a@example.com');
for (const a of org) if (a.id==='222222222222') a.users.set('deploy-bot',user);
const w = await createWorld({organization:org});
w.engine.startExecution({stateMachineArn:w.stateMachineArn,name:'x',input:JSON.stringify({accountId:'222222222222',userName:'deploy-bot'})});
await w.clock.settle();
for (const e of w.engine.executions.values()) { console.log(e.name,e.status,e.visit?.state.name,e.error,e.cause); for (const h of e.history.slice(-6)) console.log(h.type, JSON.stringify(h.taskFailedEventDetails??h.stateEnteredEventDetails?.name??h.evaluationFailedEventDetails??'').slice(0,400)); }
