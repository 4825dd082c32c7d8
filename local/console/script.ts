/**
 * What makes pages live: replaces the live parts of a page when the server says that something has changed, reads out
 * what a part says of itself, sends forms without leaving the page, and says when the connection is lost. Without
 * JavaScript the pages are the same, but static.
 */
export const script = `(()=>{
const $=id=>document.getElementById(id),news=$('news'),lost=$('lost');
const say=(text,link)=>{news.textContent=text;if(link){const a=document.createElement('a');a.href=link.to;a.textContent=link.says;news.append(' ',a)}};
const typing=()=>document.querySelector('main input:focus:not([type=hidden]),main select:focus,main textarea:focus')||!getSelection().isCollapsed;
const says=part=>[...part.querySelectorAll('[data-says]')].map(one=>one.dataset.says).join(' ');
const keep=(part,fresh)=>{
for(const open of part.querySelectorAll('details[id]')){const same=fresh.querySelector('#'+CSS.escape(open.id));if(same)same.open=open.open}
const active=part.contains(document.activeElement)&&document.activeElement.dataset.focus;
const scrolls=[...part.querySelectorAll('.c-graph')].map(one=>[one.scrollLeft,one.scrollTop]);
part.replaceWith(fresh);
fresh.querySelectorAll('.c-graph').forEach((one,index)=>{const was=scrolls[index];if(was)one.scrollTo(was[0],was[1])});
if(active)fresh.querySelector('[data-focus="'+CSS.escape(active)+'"]')?.focus({preventScroll:true})};
let wanted=false,renewing=false,sending=0;
const renew=async()=>{
if(renewing||sending||document.hidden||typing()){wanted=true;return}
wanted=false;renewing=true;
try{
const answer=await fetch(location.href,{headers:{'x-live':'1'}});
const page=new DOMParser().parseFromString(await answer.text(),'text/html');
if(answer.ok&&!typing())for(const part of document.querySelectorAll('[data-live]')){
const fresh=page.getElementById(part.id);
if(!fresh||fresh.outerHTML===part.outerHTML)continue;
const before=says(part);keep(part,fresh);
const after=says(fresh);if(after&&after!==before)say(after)}
}catch{}
renewing=false};
setInterval(()=>{if(wanted)renew()},1000);
const listen=()=>{
const source=new EventSource('/events');
source.addEventListener('change',renew);
source.addEventListener('clock',({data})=>{const now=$('now');if(now&&now.textContent!==data)now.textContent=data});
source.onopen=()=>{lost.hidden=true;renew()};
source.onerror=()=>{lost.hidden=false;if(source.readyState===2)setTimeout(listen,3000)}};
if(document.querySelector('[data-live]')&&window.EventSource)listen();
document.addEventListener('submit',async event=>{
const form=event.target;
if(form.method!=='post'||event.defaultPrevented)return;
event.preventDefault();
if(form.getAttribute('aria-busy')==='true')return;
const button=event.submitter,body=new URLSearchParams(new FormData(form,button));
form.setAttribute('aria-busy','true');
const buttons=[...form.querySelectorAll('button')];
for(const one of buttons)one.setAttribute('aria-disabled','true');
const slow=setTimeout(()=>say((button?.dataset.busy||'Working')+' …'),250);
sending+=1;
try{
const answer=await fetch(form.action,{method:'POST',body,headers:{accept:'application/json'}});
const said=await answer.json();
say(said.says,said.link);
form.closest('details.c-ask')?.removeAttribute('open');
}catch{say('It did not work: the server did not answer.')}
clearTimeout(slow);sending-=1;form.removeAttribute('aria-busy');
for(const one of buttons)one.removeAttribute('aria-disabled');
renew()});
const here=document.querySelector('.g-here,.g-on:last-of-type'),graph=here?.closest('.c-graph');
if(graph){const a=here.getBoundingClientRect(),b=graph.getBoundingClientRect();graph.scrollTo(a.left-b.left-b.width/2,a.top-b.top-b.height/2)}
})()`;
