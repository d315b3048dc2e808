/*! Contains Preact, copyright (c) 2015-present Jason Miller, MIT License. */
var _={ar:"c2de2c85",de:"e03db199",es:"f65578d9",fr:"a118c876",he:"7d294560","pt-BR":"98c3ce9f"};function ae(n,e=Math.random){let t=Math.min(3e4,500*2**Math.min(n,10));return Math.max(500,e()*t)}var Oe=class{#e;sleep(e){return new Promise(t=>{let i=setTimeout(
()=>this.#e?.(),e);this.#e=()=>{clearTimeout(i),this.#e=void 0,t()}})}wake(){this.#e?.()}};var Ie=class{#e=new Map;on(e,t){let i=this.#e.get(e)??new Set;return this.#e.set(e,i.add(t)),()=>{i.delete(t)}}emit(e,t){for(let i of[...this.#e.get(e)??[]])i(t)}},
q=class{#e;#t=new Set;constructor(e){this.#e=e}get value(){return this.#e}set(e){if(!Object.is(e,this.#e)){this.#e=e;for(let t of[...this.#t])t()}}subscribe(e){
return this.#t.add(e),()=>{this.#t.delete(e)}}};var Me=class{chats=new q([]);replace(e,t){let i=new Set(e.map(({id:r})=>r)),s=t?this.chats.value.filter(({id:r})=>!i.has(r)):[];this.#e([...e,...s])}add(e){let t=new Set(
e.map(({id:i})=>i));this.#e([...this.chats.value.filter(({id:i})=>!t.has(i)),...e])}put(e){let t=this.get(e.id);t&&t.change>e.change||this.add([e])}patch(e,t){this.#e(
this.chats.value.map(i=>i.id===e?{...i,...t}:i))}remove(e){this.#e(this.chats.value.filter(t=>t.id!==e))}get(e){return this.chats.value.find(t=>t.id===e)}#e(e){
let t=i=>i.last_message?.timestamp??i.created_at;this.chats.set(e.sort((i,s)=>t(i)<t(s)?1:t(i)>t(s)?-1:0))}};var C=class extends Error{name="UnicomError";code;status;retryAfter;requestId;constructor(e,t,i={}){super(t,i.cause===void 0?void 0:{cause:i.cause}),this.code=e,
this.status=i.status??0,this.retryAfter=i.retryAfter,this.requestId=i.requestId}get isTemporary(){let{status:e,code:t}=this;return e===0?t==="network"||t==="tim\
eout"||t==="invalid_response":e===408||e===425||e===429||e>=500}};function si(n,e){if(!n)return;let t=Number(n),i=Number.isFinite(t)?t*1e3:Date.parse(n)-e;return Number.
isFinite(i)?Math.min(Math.max(i,0),36e5):void 0}function fe(n,e,t){let i={};try{i=JSON.parse(t)}catch{}return new C(i.code??"invalid_response",i.error??`the ser\
ver responded with ${n}`,{status:n,retryAfter:si(e.get("retry-after"),Date.now()),requestId:e.get("x-request-id")??void 0})}var Re=class{constructor(e,t){this.base=e;this.fetch=t}base;fetch;mode="same-origin";#e;#t;async headers(e){return e?(this.#e??=(await this.#n()).csrf_token??"",
{"X-CSRFToken":this.#e}):{}}async renew(e){if(e.code!=="csrf_failed")return!1;let t=this.#e;return this.#e=(await this.#n()).csrf_token??"",this.#e!==t}socketProtocols(){
return[]}async session(){let e=await this.#n();return this.#e=e.csrf_token??"",{account:e.account_id,isUser:e.authenticated}}async end(){let e=await this.headers(
!0);await this.fetch(`${this.base}/auth/logout/`,{method:"POST",credentials:this.mode,headers:e}),this.#e=void 0}#n(){return this.#t??=this.#i().finally(()=>this.#t=
void 0),this.#t}async#i(){let e=AbortSignal.timeout(2e4),t=s=>{throw new C("network","the server cannot be reached",{cause:s})},i=await this.fetch(`${this.base}\
/auth/session/`,{credentials:this.mode,signal:e}).catch(t);if(!i.ok)throw fe(i.status,i.headers,await i.text());return await i.json().catch(t)}};var ri=3e4,Le=class{constructor(e,t,i){this.base=e;this.credentials=t;this.fetch=i}base;credentials;fetch;get(e,t={}){return this.request("GET",e,t)}post(e,t={}){
return this.request("POST",e,t)}async request(e,t,i={}){try{return await this.#e(e,t,i)}catch(s){if(s instanceof C&&await this.credentials.renew(s))return this.#e(
e,t,i);throw s}}async stream(e,t,i){let s={Accept:"text/event-stream",...await this.credentials.headers(!1)},r=await this.#n("GET",this.address(e,t),{headers:s,
signal:i});if(!r.ok)throw fe(r.status,r.headers,await r.text());if(!r.body||!r.headers.get("content-type")?.startsWith("text/event-stream"))throw new C("invalid\
_response","the response is not a stream of events",{status:r.status});return r.body}address(e,t={}){let i=Object.entries(t).filter(([,r])=>r!=null),s=new URLSearchParams(
i.map(([r,o])=>[r,String(o)])).toString();return`${this.base}/${e}${s&&`?${s}`}`}async#e(e,t,i){let s={...await this.credentials.headers(e!=="GET"),...i.headers},
r=i.form;i.json!==void 0&&(s["Content-Type"]="application/json",r=JSON.stringify(i.json));let o=this.address(t,i.query),c=i.onProgress&&typeof XMLHttpRequest<"u"?
await oi(e,o,s,r,i):await this.#t(e,o,{headers:s,...r&&{body:r}},i);if(c.status===304)return null;if(c.status<200||c.status>299)throw fe(c.status,c.headers,c.body);
try{return JSON.parse(c.body)}catch(p){throw new C("invalid_response","the response is not JSON",{status:0,cause:p})}}async#t(e,t,i,s){let r=AbortSignal.timeout(
s.timeout??ri),o=s.signal?AbortSignal.any([s.signal,r]):r,l=await this.#n(e,t,{...i,signal:o}),c=await l.text().catch(p=>{throw Ft(p)});return{status:l.status,headers:l.
headers,body:c}}async#n(e,t,i){try{return await this.fetch(t,{method:e,credentials:this.credentials.mode,cache:"no-store",...i})}catch(s){throw Ft(s)}}};function Ft(n){
let e=n instanceof Error?n.name:"";return e==="AbortError"?new C("aborted","the call was aborted",{cause:n}):e==="TimeoutError"?new C("timeout","the server did \
not respond in time",{cause:n}):new C("network","the server cannot be reached",{cause:n})}function oi(n,e,t,i,{onProgress:s,signal:r}){return new Promise((o,l)=>{
let c=new XMLHttpRequest;c.open(n,e);for(let[p,d]of Object.entries(t))c.setRequestHeader(p,d);if(c.upload.onprogress=({loaded:p,total:d})=>s?.(d?p/d:0),c.onload=
()=>{let{status:p,responseText:d}=c;o({status:p,headers:{get:m=>c.getResponseHeader(m)},body:d})},c.onerror=()=>l(new C("network","the server cannot be reached")),
c.onabort=()=>l(new C("aborted","the call was aborted")),r?.addEventListener("abort",()=>c.abort(),{once:!0}),r?.aborted)return c.abort(),l(new C("aborted","the\
 call was aborted"));c.send(i??null)})}var Ut=6e3,Bt=5e3,jt=2,ai=5e3,li=15e3,qt={status:"idle",transport:void 0,retryAt:void 0},rt={status:"refused",transport:void 0,retryAt:void 0},Ae=class{constructor(e,t){
this.host=e;this.options=t}host;options;state=new q(qt);#e;#t;#n=0;#i=0;#r=0;#a=!1;#s=new Set;#c;start(){if(this.#a)return;this.#a=!0;let e=Date.now();this.#c=setInterval(
()=>{let t=Date.now();t-e>li&&this.wake(),e=t},ai),this.#o()}stop(e=qt){this.#a=!1,clearInterval(this.#c),this.#g(),this.state.set(e)}watch(e,t){this.#e?.watch(
e,t)}unwatch(e){this.#e?.unwatch(e)}send(e){return this.state.value.status==="live"&&(this.#e?.send(e)??!1)}wake(){this.#a&&(this.state.value.status==="live"?this.#e?.
check():this.retry())}retry(){!this.#a||this.state.value.status==="live"||this.state.value.status==="connecting"||(this.#r=0,this.#o())}offline(){this.#a&&(this.#g(),
this.#m("offline"),this.#h(15e3,()=>this.#o()))}#o(){if(this.#g(),!this.#a)return;this.#m("connecting");let e={},t={opened:()=>{e.at=Date.now(),this.#l(s)},frame:r=>this.
host.frame(r),ended:r=>{this.#e=void 0,this.#p(r,e.at)}},[,i]=this.options.transports[this.#n]??this.options.transports[0],s=i(t);this.#e=s,this.#h(Ut,()=>{e.at!==
void 0||this.#e!==s||(s.close(),this.#e=void 0,this.#i=jt,this.#p({why:"lost"},void 0))})}#l(e){this.#r=0;for(let[t,i]of this.host.watched())e.watch(t,i);this.state.
set({status:"live",transport:e.name,retryAt:void 0}),this.#h(Bt,()=>this.#i=0),this.#n>0&&this.#h(this.options.climbEvery??6e4,()=>this.#d())}#d(e=0){let t=this.
options.transports[e];if(!t||e>=this.#n){this.#h(this.options.climbEvery??6e4,()=>this.#d());return}let i=()=>{r.close(),this.#t=void 0,this.#d(e+1)},s=!1,r=t[1](
{opened:()=>{s=!0,this.#t=void 0,this.#b(),this.#e?.close(),this.#e=r,this.#n=e,this.#i=0,this.#l(r)},frame:o=>this.host.frame(o),ended:o=>{if(!s)return i();this.#e=
void 0,this.#p(o,Date.now())}});this.#t=r,this.#h(Ut,()=>{!s&&this.#t===r&&i()})}async#p(e,t){if(this.#g(),!this.#a)return;if(e.why==="refused")return this.stop(
rt);if(this.options.isOffline())return this.offline();this.#m("reconnecting");let i=t!==void 0&&Date.now()-t>Bt;if(e.why==="session"||!i&&!e.isOrderly){let r=await this.
host.probe().catch(()=>{});if(!this.#a||this.#e)return;if(r===!1)return this.stop();if(r&&e.why!=="session"&&++this.#i>=jt)return this.#i=0,this.#n=Math.min(this.#n+
1,this.options.transports.length-1),this.#o()}let s=Math.max(e.after??0,ae(this.#r++));this.state.set({status:"reconnecting",transport:void 0,retryAt:Date.now()+
s}),this.#h(s,()=>this.#o())}#m(e){this.state.set({status:e,transport:void 0,retryAt:void 0})}#g(){this.#b(),this.#e?.close(),this.#t?.close(),this.#e=this.#t=void 0}#h(e,t){
let i=setTimeout(()=>{this.#s.delete(i),t()},e);this.#s.add(i)}#b(){for(let e of this.#s)clearTimeout(e);this.#s.clear()}};var ci=15e3,Wt=25,ze=class{constructor(e,t){this.http=e;this.#t=t,this.#s(!0)}http;name="poll";#e=new Map;#t;#n=new AbortController;#i;#r=!1;#a=!1;watch(e,t){this.
unwatch(e);let i=new AbortController;this.#e.set(e,i),this.#c(e,t,i.signal)}unwatch(e){this.#e.get(e)?.abort(),this.#e.delete(e)}send(){return!1}check(){this.#s(
!1)}close(){this.#t=void 0,clearTimeout(this.#i),this.#n.abort();for(let e of this.#e.values())e.abort();this.#e.clear()}async#s(e){if(this.#a=!0,this.#r)return;
this.#r=!0,clearTimeout(this.#i);let t=this.#n.signal;try{this.#a=!1;let i=await this.http.get("webchat/chats/",{query:{limit:100},signal:t}),{unread_total:s}=await this.
http.get("webchat/unread/",{signal:t});if(!this.#t)return;e&&this.#t.opened(),this.#t.frame({type:"hello",chats:i.chats,has_more:i.has_more,unread_total:s,heartbeat_s:25}),
this.#i=setTimeout(()=>{this.#s(!1)},this.#a?0:ci)}catch(i){t.aborted||this.#o(i)}finally{this.#r=!1}}async#c(e,t,i){let s=t,r=s===null?0:Wt,o;for(;!i.aborted;)
try{let l={chat_id:e,cursor:s,wait:r,stream_id:o?.id,stream_offset:o?.length},c=await this.http.get("webchat/events/",{query:l,signal:i,timeout:(r+15)*1e3});if(i.
aborted)return;let p=c.reset||c.items.length>0;s=c.cursor,c.reset?this.#t?.frame({type:"reset",chat_id:e,cursor:s}):this.#t?.frame({type:"changes",chat_id:e,cursor:s,
items:c.items}),c.stream?(this.#t?.frame({type:"stream",chat_id:e,...c.stream}),o={id:c.stream.stream_id,length:c.stream.offset+c.stream.text.length}):o&&(this.#t?.
frame({type:"stream",chat_id:e,stream_id:o.id,offset:0,text:"",state:"done"}),o=void 0),p&&this.#s(!1),r=Wt}catch(l){return i.aborted?void 0:l instanceof C&&l.status===
404?this.#t?.frame({type:"chat_gone",chat_id:e}):this.#o(l)}}#o(e){let{status:t,code:i,retryAfter:s}=e instanceof C?e:{status:0,code:"",retryAfter:0},r={why:"lo\
st",after:s};t===401&&(r={why:"session"}),t===403&&(r={why:i==="account_blocked"?"refused":"session"});let o=this.#t;this.close(),o?.ended(r)}};function Ne(n){try{let e=JSON.parse(n);return typeof e?.type=="string"?e:null}catch{return null}}var di=25e3,ui=1e4,pi=1500,De=class{name="ws";#e;#t=!1;#n=new Map;#i;#r;#a;constructor(e,t,i){this.#a=i,this.#e=new WebSocket(`${e.replace(/^http/,"ws")}/webcha\
t/ws/`,["unicom.v1",...t.socketProtocols()]),this.#e.onmessage=({data:s})=>this.#s(String(s)),this.#e.onclose=({code:s,reason:r})=>this.#l(hi(s,r))}watch(e,t){this.#t?
this.#o({type:"subscribe",chats:{[e]:t}}):this.#n.set(e,t)}unwatch(e){this.#n.delete(e),this.#t&&this.#o({type:"unsubscribe",chats:[e]})}send(e){return this.#t?
(this.#o(e),!0):!1}check(){this.#c(pi)}close(){this.#a=void 0,this.#d()}#s(e){clearTimeout(this.#r),this.#r=void 0;let t=Ne(e);t&&(t.type==="hello"&&!this.#t&&(this.#t=
!0,this.#i=setInterval(()=>this.#c(ui),di),this.#a?.opened(),this.#n.size&&this.#o({type:"subscribe",chats:Object.fromEntries(this.#n)}),this.#n.clear()),this.#a?.
frame(t))}#c(e){this.#t&&(this.#o({type:"ping"}),this.#r??=setTimeout(()=>this.#l({why:"lost"}),e))}#o(e){this.#e.readyState===WebSocket.OPEN&&this.#e.send(JSON.
stringify(e))}#l(e){let t=this.#a;this.close(),t?.ended(e)}#d(){clearInterval(this.#i),clearTimeout(this.#r),this.#t=!1,this.#e.onmessage=this.#e.onclose=null,this.#e.
close()}};function hi(n,e){let t=Number(/\d+/.exec(e)?.[0]),i=Number.isFinite(t)?Math.min(t,300)*1e3:void 0;switch(n){case 4401:return{why:"session"};case 4403:
return{why:"refused"};case 4429:return{why:"lost",after:i??1e4,isOrderly:!0};case 1001:case 1012:case 1013:return{why:"lost",after:i,isOrderly:!0};case 4408:return{
why:"lost",isOrderly:!0};default:return{why:"lost"}}}var fi=6e4,mi=26e3,ot=class{#e="";#t=[];push(e){let t=[],s=(this.#e+e).split(/\r\n|\n|\r(?!$)/);this.#e=s.pop()??"";for(let r of s)r===""?(this.#t.length&&t.push(
this.#t.join(`
`)),this.#t=[]):r.startsWith("data:")&&this.#t.push(r.slice(r[5]===" "?6:5));return t}},He=class{constructor(e,t){this.http=e;this.#t=t,this.#i=setInterval(()=>this.#s(
fi),1e4),this.#r("",null)}http;name="sse";#e=new Map;#t;#n=Date.now();#i;watch(e,t){this.unwatch(e),this.#r(e,t)}unwatch(e){this.#e.get(e)?.abort(),this.#e.delete(
e)}send(){return!1}check(){this.#s(mi)}close(){this.#t=void 0,clearInterval(this.#i);for(let e of this.#e.values())e.abort();this.#e.clear()}async#r(e,t){let i=new AbortController;
this.#e.set(e,i);let s={why:"lost"};try{let r=e?{chat_id:e,cursor:t}:{},l=(await this.http.stream("webchat/events/",r,i.signal)).pipeThrough(new TextDecoderStream).
getReader(),c=new ot;for(;;){let{value:p,done:d}=await l.read();if(d)break;this.#n=Date.now();for(let m of c.push(p)){let h=this.#a(m);h&&(s=h)}}}catch(r){if(i.
signal.aborted)return;let{status:o,code:l,retryAfter:c}=r;if(o===401)s={why:"session"};else if(o===403)s={why:l==="account_blocked"?"refused":"session"};else{if(o===
404&&e)return this.#t?.frame({type:"chat_gone",chat_id:e});s={why:"lost",after:c}}}i.signal.aborted||this.#c(s)}#a(e){let t=Ne(e);if(t&&(t.type==="hello"&&this.#t?.
opened(),this.#t?.frame(t),t.type==="error"))return t.code==="account_blocked"?{why:"refused"}:{why:t.code==="login_required"||t.code==="csrf_failed"?"session":
"lost",isOrderly:!0}}#s(e){Date.now()-this.#n>e&&this.#c({why:"lost"})}#c(e){let t=this.#t;this.close(),t?.ended(e)}};var ge=class{isDurable=!1;#e=new Map;all(){return Promise.resolve([...this.#e.values()].sort((e,t)=>e.order-t.order))}put(e){return this.#e.set(e.id,{...e}),Promise.
resolve()}delete(e){return this.#e.delete(e),Promise.resolve()}clear(){return this.#e.clear(),Promise.resolve()}},me="outbox";function gi(n){return new Promise(
(e,t)=>{n.onsuccess=()=>e(n.result),n.onerror=()=>t(n.error)})}var at=class n{constructor(e){this.database=e}database;isDurable=!0;static open(e){return new Promise(
(t,i)=>{let s=setTimeout(()=>i(new Error("IndexedDB does not open")),3e3),r=indexedDB.open(e,1);r.onupgradeneeded=()=>{r.result.createObjectStore(me,{keyPath:"i\
d"})},r.onsuccess=()=>{clearTimeout(s),r.result.onversionchange=()=>r.result.close(),t(new n(r.result))},r.onerror=r.onblocked=()=>{clearTimeout(s),i(r.error??new Error(
"IndexedDB is blocked"))}})}async all(){return(await gi(this.#e("readonly").getAll())).sort((t,i)=>t.order-i.order)}put(e){return this.#t(t=>t.put(e))}delete(e){
return this.#t(t=>t.delete(e))}clear(){return this.#t(e=>e.clear())}#e(e){return this.database.transaction(me,e).objectStore(me)}#t(e){return new Promise((t,i)=>{
let s=this.database.transaction(me,"readwrite");s.oncomplete=()=>t(),s.onabort=s.onerror=()=>i(s.error),e(s.objectStore(me))})}},lt=class{constructor(e,t){this.
durable=e;this.onFailure=t}durable;onFailure;#e=new ge;isDurable=!0;async all(){let e=await this.durable.all().catch(()=>[]),t=await this.#e.all(),i=new Set(t.map(
({id:s})=>s));return[...e.filter(({id:s})=>!i.has(s)),...t].sort((s,r)=>s.order-r.order)}async put(e){try{await this.durable.put(e),await this.#e.delete(e.id)}catch(t){
await this.#e.put(e),this.isDurable=!1,this.onFailure($t(t))}}async delete(e){await this.#e.delete(e),await this.durable.delete(e).catch(()=>{})}async clear(){await this.#e.
clear(),await this.durable.clear().catch(()=>{})}};function $t(n){let e="the browser stores nothing: unsent messages are lost when the page is closed";return new C(
"storage_unavailable",e,{cause:n})}async function Vt(n,e,t){if(e==="memory")return new ge;try{return new lt(await at.open(n),t)}catch(i){return t($t(i)),new ge}}var Gt=15e3,Fe=class{constructor(e,t,i=Date.now){this.store=e;this.host=t;this.now=i}store;host;now;items=new q([]);#e=[];#t=new Map;#n=0;#i=0;#r;#a=new Map;#s=0;#c=0;#o=new Oe;#l=!1;#d=!1;#p=!1;async add(e){
let t={...e,order:this.#_()};this.#t.set(e.id,t),this.#e=[...this.#e,t],this.#f(),await this.store.put(t),this.#t.delete(e.id),this.#e.some(({id:i})=>i===e.id)||
await this.store.delete(e.id),this.host.announce(),this.run()}async retry(e){let t=this.#e.find(r=>r.id===e);if(!t)return;let{failure:i,...s}=t;this.#a.delete(e),
await this.store.put({...s,order:this.#_()}),await this.reload(),this.host.announce(),this.kick()}async cancel(e){this.#r?.id===e&&this.#r.abort.abort(),await this.#v(
e),this.host.announce()}async rebind(e,t){for(let i of await this.store.all())i.chat===e&&await this.store.put({...i,chat:t,createsChat:!1});await this.reload()}kick(){
for(let e of this.#a.values())e.until=0;this.#c=0,this.#o.wake(),this.run()}async reload(){for(;;){let e=this.#n,t=await this.store.all();if(e!==this.#n)continue;
let i=new Set(t.map(({id:s})=>s));return this.#e=[...t,...[...this.#t.values()].filter(({id:s})=>!i.has(s))],this.#f()}}async clear(){this.#r?.abort.abort(),await this.
store.clear(),await this.reload()}close(){this.#p=!0,this.#r?.abort.abort(),this.#o.wake()}async run(){if(this.#l){this.#d=!0;return}this.#l=!0;try{for(;;){this.#d=
!1;let e=await this.host.exclusively(()=>this.#m());if(this.#p)return;if(e!==null)await this.#o.sleep(e);else if(!this.#d)return;if(this.#p)return}}finally{this.#l=
!1}}async#m(){for(await this.reload();;){if(this.#p)return null;let{item:e,wait:t}=this.#g();if(!e)return t;await this.#h(e)}}#g(){let e=this.now();this.host.isOffline()?
this.#c||(this.#c=e+Gt):this.#c=0;let t=null,i=r=>t=Math.min(t??1/0,r),s=new Set;for(let r of this.#e){if(r.failure||!this.host.isOwn(r.owner)||s.has(r.chat))continue;
if(this.#t.has(r.id)){s.add(r.chat);continue}let o=Math.max(this.#s,this.#c,this.#a.get(r.id)?.until??0);if(o<=e)return{item:r,wait:null};i(o-e),s.add(r.chat)}return{
wait:t}}async#h(e){let t=new AbortController;this.#r={id:e.id,progress:0,abort:t},this.host.isOffline()&&(this.#c=this.now()+Gt),this.#f();try{let i=await this.
host.deliver(e,t.signal,s=>{this.#r?.id===e.id&&(this.#r.progress=s,this.#f())});await this.host.sent(e,i),this.#r=void 0,await this.#v(e.id),this.host.announce()}catch(i){
this.#r=void 0;let s=i instanceof C?i:new C("network",String(i),{cause:i});if(s.code==="aborted")return;await this.#b(e,s)}}async#b(e,t){let i={code:t.code,status:t.
status,message:t.message};if(!t.isTemporary){let o={...this.#e.find(({id:l})=>l===e.id)??e,failure:i};await this.store.put(o),await this.reload(),this.host.failed(
o),this.host.announce();return}let s=(this.#a.get(e.id)?.attempt??-1)+1,r=this.now()+(t.retryAfter??ae(s));t.retryAfter!==void 0&&(this.#s=Math.max(this.#s,r)),
this.#a.set(e.id,{attempt:s,until:r,error:i}),this.#f()}async#v(e){await this.store.delete(e),this.#n++,this.#a.delete(e),this.#e=this.#e.filter(t=>t.id!==e),this.#f()}#_(){
let e=this.#e.reduce((t,{order:i})=>Math.max(t,i),this.#i);return this.#i=Math.max(this.now(),e+.001),this.#i}#f(){let e=new Map(this.items.value.map(i=>[i.id,i])),
t=this.#e.filter(i=>this.host.isOwn(i.owner));this.items.set(t.map(i=>{let s=this.#r?.id===i.id,r={id:i.id,chat:i.chat,text:i.text,file:i.file,fileName:i.fileName,
replyTo:i.replyTo,order:i.order,state:i.failure?"failed":s?"sending":"queued",progress:s?this.#r?.progress??0:0,error:i.failure??this.#a.get(i.id)?.error},o=e.get(
i.id);return o?.chat===r.chat&&o.order===r.order&&o.state===r.state&&o.progress===r.progress&&o.error?.code===r.error?.code?o:{...r,file:o?.file??r.file}}))}};var Ue=class{open=new q([]);apply(e){let t=this.open.value.find(({id:o})=>o===e.stream_id);if(e.state!=="open")return this.remove(e.stream_id);let i=t?.text??"";
if(e.offset>i.length)return;let s=i.slice(0,e.offset)+e.text,r=this.open.value.filter(({id:o})=>o!==e.stream_id);this.open.set([...r,{id:e.stream_id,chat:e.chat_id,
text:s}])}remove(e){this.open.value.some(t=>t.id===e)&&this.open.set(this.open.value.filter(t=>t.id!==e))}clear(e){let t=e===void 0?[]:this.open.value.filter(i=>i.
chat!==e);t.length!==this.open.value.length&&this.open.set(t)}};var Be=class{constructor(e,t,i){this.name=e;this.useLocks=i;typeof BroadcastChannel>"u"||(this.#e=new BroadcastChannel(e),this.#e.onmessage=({data:s})=>t(s))}name;useLocks;#e;tell(e){
this.#e?.postMessage(e)}exclusively(e){let t=this.useLocks&&typeof navigator<"u"?navigator.locks:void 0;return t?t.request(this.name,e):e()}close(){this.#e?.close()}};var le=200,ct=50,je=class{constructor(e,t){this.source=e;this.chat=t;this.state=new q({entries:[],isLoaded:t===null,isLoading:!1,error:void 0,atStart:t===null,atEnd:!0,
newer:0,others:[],readUpTo:void 0})}source;chat;state;cursor=null;isFollowing=!0;#e=[];#t=[];#n=new Set;#i=0;#r=new WeakMap;get messages(){return this.#e}async load(){
let{chat:e}=this;if(e===null)return;let t=++this.#i;this.#l({isLoading:!0,error:void 0});try{let i=await this.source.page(e,{limit:ct});if(t!==this.#i)return;this.
cursor=i.cursor??null,this.#e=[],this.#s(i.messages),this.#l({isLoaded:!0,isLoading:!1,atStart:!i.has_more,atEnd:!0,newer:0});for(let s of i.participants??[])this.#o(
s)}catch(i){throw t===this.#i&&this.#l({isLoading:!1,error:i}),i}}loadOlder(){let e=this.#e[0];return!e||this.state.value.atStart?Promise.resolve():this.#a({before:e.
id,limit:ct},t=>{let i=this.#e.length>le;i&&(this.#e.length=le),this.#l({atStart:!t.has_more,...i&&{atEnd:!1}})})}loadNewer(){let e=this.#e.at(-1);return!e||this.
state.value.atEnd?Promise.resolve():this.#a({after:e.id,limit:ct,order:"asc"},t=>{let i=this.#e.length-le;i>0&&this.#e.splice(0,i);let s=t.has_more?Math.max(0,this.
state.value.newer-t.messages.length):0;this.#l({atEnd:!t.has_more,newer:s,...i>0&&{atStart:!1}})})}apply(e,t){let i=[],s=this.#e.at(-1),{newer:r}=this.state.value;
for(let o of e)if(o.kind==="message_deleted")this.#n.add(o.id),this.#e=this.#e.filter(({id:l})=>l!==o.id);else if(o.kind==="participant")this.#o(o);else if(o.kind===
"message"){let l=o.message,c=this.#e.findIndex(({id:p})=>p===l.id);c>=0?this.#e[c]=l:!s||dt(l,s)?(i.push(l),this.state.value.atEnd&&(this.isFollowing||this.#e.length<
le)?this.#s([l]):(l.is_outgoing&&r++,this.#l({atEnd:!1}))):this.#e[0]&&(this.state.value.atStart||dt(l,this.#e[0]))&&this.#s([l])}return t!==null&&(this.cursor=
t),this.#c(),this.#l({newer:r}),i}insert(e){this.state.value.atEnd&&(this.#s([e]),this.#c()),this.#l({})}remove(e){this.#n.add(e),this.#e=this.#e.filter(t=>t.id!==
e),this.#l({})}setPending(e){e===this.#t||e.length===0&&this.#t.length===0||(this.#t=e,this.#l({}))}async#a(e,t){let{chat:i,state:s}=this;if(i===null||s.value.isLoading)
return;let r=this.#i;this.#l({isLoading:!0,error:void 0});try{let o=await this.source.page(i,e);if(r!==this.#i)return;this.#s(o.messages),t(o)}catch(o){throw r===
this.#i&&this.#l({error:o}),o}finally{r===this.#i&&this.#l({isLoading:!1})}}#s(e){let t=new Map(this.#e.map(i=>[i.id,i]));for(let i of e)this.#n.has(i.id)||t.set(
i.id,i);this.#e=[...t.values()].sort((i,s)=>dt(i,s)?1:-1)}#c(){let e=this.#e.length-le;e<=0||(this.#e.splice(0,e),this.#l({atStart:!1}))}#o({is_self:e,name:t,delivered_up_to:i,
read_up_to:s}){if(e)return this.#l({readUpTo:s??void 0});let r=this.state.value.others.filter(o=>o.name!==t);this.#l({others:[...r,{is_self:e,name:t,delivered_up_to:i,
read_up_to:s}]})}#l(e){let t={...this.state.value,...e},i=new Set(this.#e.map(({client_message_id:o})=>o)),s=t.atEnd?this.#t.filter(({id:o})=>!i.has(o)).slice(-le):
[],r=[...this.#e.map(o=>this.#d(o,()=>({key:bi(o),message:o}))),...s.map(o=>this.#d(o,()=>({key:o.id,pending:o})))];this.state.set({...t,entries:r})}#d(e,t){let i=this.#r.
get(e)??t();return this.#r.set(e,i),i}};function bi(n){return!n.is_outgoing&&n.client_message_id||n.id}function dt(n,e){return n.timestamp===e.timestamp?n.id>e.
id:n.timestamp>e.timestamp}var yi=1e4,vi=3e3,qe=class{typists=new q([]);#e=new Map;#t;note(e,{name:t,kind:i},s){let r=`${e} ${i} ${t}`;clearTimeout(this.#e.get(r));let o=this.typists.value.
filter(l=>`${l.chat} ${l.kind} ${l.name}`!==r);this.typists.set(s?[...o,{chat:e,name:t,kind:i}]:o),s&&this.#e.set(r,setTimeout(()=>this.note(e,{name:t,kind:i},!1),
yi))}arrived(e){for(let{chat:t,name:i,kind:s}of this.typists.value)t===e&&this.note(e,{name:i,kind:s},!1)}isDue(e,t,i){let s=this.#t?.chat===e?this.#t.at:void 0;
return t?s!==void 0&&i-s<vi?!1:(this.#t={chat:e,at:i},!0):(this.#t=void 0,s!==void 0)}};var te="new:",ne=`${te}first`,_i=5,be=class{constructor(e){this.options=e;let t=e.fetch??globalThis.fetch.bind(globalThis),{base:i}=e,s=e.credentials??new Re(i,
t);this.http=new Le(i,s,t),this.#l=new Be(`unicom:${i}`,o=>this.#H(o),e.locks??!0);let r={ws:o=>new De(i,s,o),sse:o=>new He(this.http,o),poll:o=>new ze(this.http,
o)};this.#o=new Ae({frame:o=>this.#R(o),watched:()=>this.#z(),probe:async()=>await this.#f()!==null},{transports:(e.transports??["ws","sse","poll"]).map(o=>[o,r[o]]),
...e.climbEvery!==void 0&&{climbEvery:e.climbEvery},isOffline:Kt}),this.#e={connection:this.#o.state.value,account:null,isReady:!1,chats:[],hasMoreChats:!1,unread:0,
pending:[],typists:[],streams:[],error:void 0},this.#o.state.subscribe(()=>this.#D()),this.#i.chats.subscribe(()=>this.#u({chats:this.#i.chats.value})),this.#a.
typists.subscribe(()=>this.#u({typists:this.#a.typists.value})),this.#r.open.subscribe(()=>this.#u({streams:this.#r.open.value}))}options;http;#e;#t=new Set;#n=new Ie;#i=new Me;#r=new Ue;#a=new qe;#s=new Map;#c=new Map;#o;#l;#d;#p;#m;#g=0;#h;#b=[];get state(){
return this.#e}subscribe(e){return this.#t.add(e),()=>{this.#t.delete(e)}}on(e,t){return this.#n.on(e,t)}connect(){return clearTimeout(this.#m),this.#p??=this.#_().
catch(e=>{if(this.#p=void 0,this.#u({error:e}),e.isTemporary){let t=Math.max(e.retryAfter??0,ae(this.#g++));this.#m=setTimeout(()=>{this.connect().catch(()=>{})},
t)}throw e}),this.#p}close(){this.#o.stop(),this.#l.close(),clearTimeout(this.#m),clearTimeout(this.#h);for(let e of this.#b.splice(0))e();this.#d?.then(e=>e.close())}async send(e){
let t=crypto.randomUUID(),i=this.resolve(e.chat),{channel:s}=this.options;return await(await this.#y()).add({id:t,chat:i,owner:this.#e.account,createsChat:i.startsWith(
te)&&i!==ne,text:e.text??"",...s!==void 0&&{channel:s},...e.file&&{file:e.file},...e.fileName!==void 0&&{fileName:e.fileName},...e.replyTo!==void 0&&{replyTo:e.
replyTo},...e.metadata&&{metadata:e.metadata}}),t}async retry(e){await(await this.#y()).retry(e)}async cancel(e){await(await this.#y()).cancel(e)}messages(e){let t=this.
resolve(e),i=this.#s.get(t);if(i)return this.#s.delete(t),this.#s.set(t,i),i;let s=new je({page:(r,o)=>this.http.get("webchat/messages/",{query:{chat_id:r,...o}})},
t.startsWith(te)?null:t);return this.#s.set(t,s),this.#E(t,s),this.#N(),this.load(t),s}async load(e){let t=this.resolve(e),i=this.#s.get(t);!i||i.chat===null||await i.
load().then(()=>this.#o.watch(t,i.cursor),s=>{s.status===404&&this.#x(t)})}resolve(e){return this.#c.get(e)??e}startChat(){return this.#e.chats.length?te+crypto.
randomUUID():ne}async loadMoreChats(){let e=null;for(let t=0;;){let i=await this.http.get("webchat/chats/",{query:{limit:100,cursor:e,...this.#v}});if(this.#i.add(
i.chats),t+=i.chats.length,e=i.next_cursor,!i.has_more||t>this.#e.chats.length)return this.#u({hasMoreChats:i.has_more})}}async renameChat(e,t){let{chat:i}=await this.
http.request("PATCH",We(e),{json:{title:t}});this.#i.put(i)}async archiveChat(e,t=!0){let i={is_archived:t},{chat:s}=await this.http.request("PATCH",We(e),{json:i});
this.#i.put(s)}async deleteChat(e){await this.http.request("DELETE",We(e),{query:{hard_delete:!0}}),this.#x(e)}read(e){let t=this.resolve(e),i=this.#i.get(t),s=this.#s.
get(t)?.messages.findLast(({is_outgoing:r})=>r);!i?.unread_count||!s||(this.#u({unread:Math.max(0,this.#e.unread-i.unread_count)}),this.#i.patch(t,{unread_count:0}),
!this.#o.send({type:"read",chat_id:t,message_id:s.id})&&this.http.post(`${We(t)}read/`).catch(r=>this.#n.emit("error",r)))}typing(e,t){let i=this.resolve(e);i.startsWith(
te)||!this.#a.isDue(i,t,Date.now())||this.#o.send({type:"typing",chat_id:i,is_typing:t})}async click(e){await this.http.post("webchat/button-click/",{json:{callback_execution_id:e}})}async edit(e,t){
let{message:i}=await this.http.request("PATCH",`webchat/message/${$e(e)}/`,{json:{text:t}});return this.#s.get(i.chat_id)?.apply([{kind:"message",message:i}],null),
i}async remove(e,t){await this.http.request("DELETE",`webchat/message/${$e(t)}/`),this.#s.get(this.resolve(e))?.remove(t)}async stop(e){await this.http.post(`we\
bchat/stream/${$e(e)}/stop/`)}async logout(){await this.http.credentials.end(),await(await this.#y()).clear(),this.#l.tell({type:"end"}),this.#P()}async retryNow(){
this.#p||await this.connect().catch(()=>{}),this.#o.retry(),(await this.#y()).kick()}get#v(){let{channel:e}=this.options;return e===void 0?{}:{channel_id:e}}async#_(){
this.#b.length||this.#F(),this.#u({error:void 0});let e=await this.#y();await e.reload(),await this.#f()!==null&&await this.#w(),this.#u({isReady:!0}),this.#e.account!==
null&&this.#o.start(),e.run()}async#f(){let{account:e}=await this.http.credentials.session(),t=this.#e.account;return e!==t&&(t!==null&&this.#O(),this.#u({account:e}),
await(await this.#y()).reload()),e}async#w(){let e=await this.http.get("webchat/chats/",{query:{limit:100,...this.#v}});this.#i.replace(e.chats,e.has_more);let t=e.
chats.reduce((i,s)=>i+s.unread_count,0);this.#u({hasMoreChats:e.has_more,unread:t})}#y(){return this.#d??=(async()=>{let e=s=>this.#n.emit("error",s),t=await Vt(
`unicom:${this.options.base}`,this.options.storage??"auto",e),i=new Fe(t,{isOwn:s=>s===null||s===this.#e.account||s.startsWith("webchat_guest_"),deliver:(s,r,o)=>this.#I(
i,s,r,o),sent:(s,r)=>this.#M(i,s,r),failed:({id:s,failure:r})=>{r?.code==="account_blocked"&&this.#o.stop(rt);let o=i.items.value.find(l=>l.id===s);o&&this.#n.emit(
"failed",o)},announce:()=>this.#l.tell({type:"outbox"}),exclusively:s=>this.#l.exclusively(s),isOffline:Kt});return i.items.subscribe(()=>{this.#u({pending:i.items.
value});for(let[s,r]of this.#s)this.#E(s,r)}),i})(),this.#d}async#I(e,t,i,s){let{chat:r}=t,o=t.channel===void 0?{}:{channel_id:t.channel};if(t.createsChat&&r.startsWith(
te)){let p={...o,metadata:t.metadata},d=await this.http.post("webchat/chats/",{json:p,signal:i});r=d.chat.id,this.#i.put(d.chat),await this.#S(e,t.chat,r)}let l={
client_message_id:t.id,...r.startsWith(te)?{...o,metadata:t.metadata}:{chat_id:r},...t.replyTo!==void 0&&{reply_to_message_id:t.replyTo}};if(!t.file)return this.#k(
t,{json:{...l,text:t.text},signal:i});let c=new FormData;for(let[p,d]of Object.entries(l))d!==void 0&&c.set(p,typeof d=="object"?JSON.stringify(d):String(d));return t.
text&&c.set("text",t.text),c.set("media",t.file,t.fileName??"file"),this.#k(t,{form:c,signal:i,onProgress:s})}async#k(e,t){try{return await this.http.post("webc\
hat/send/",t)}catch(i){if(!(i instanceof C&&i.code==="chat_not_found")||e.chat!==e.owner||await this.#f()===e.owner)throw i;t.form?.delete("chat_id");let{chat_id:r,
...o}=t.json??{};return this.http.post("webchat/send/",{...t,...!t.form&&{json:o}})}}async#M(e,t,{chat_id:i,message:s}){this.resolve(t.chat)!==i&&await this.#S(
e,t.chat,i),this.#s.get(i)?.insert(s),this.#n.emit("sent",s);let o={id:s.id,text:s.text,timestamp:s.timestamp,is_outgoing:s.is_outgoing,sender_name:s.sender_name};
this.#i.patch(i,{last_message:o}),this.#e.account===null&&this.#T()}async#T(){try{if(await this.#f()===null)return;this.#l.tell({type:"session"}),await this.#w(),
this.#o.start()}catch(e){this.#n.emit("error",e),this.#o.start()}}async#S(e,t,i){this.#C(t,i),await e.rebind(t,i),this.#l.tell({type:"bound",from:t,to:i})}#C(e,t){
if(this.#c.has(e))return;this.#c.set(e,t);let i=this.#s.get(e);i&&(this.#s.delete(e),this.#s.set(t,i),i.chat=t,this.load(t)),this.#n.emit("bound",{from:e,to:t})}#R(e){
switch(e.type){case"hello":return this.#i.replace(e.chats,e.has_more),this.#u({hasMoreChats:e.has_more,unread:e.unread_total});case"chat":return this.#i.put(e.chat);case"\
unread":return this.#u({unread:e.unread_total});case"chat_gone":return this.#x(e.chat_id);case"changes":return this.#L(e.chat_id,e.items,e.cursor);case"reset":return this.#r.
clear(e.chat_id),void this.load(e.chat_id);case"typing":return this.#a.note(e.chat_id,e.author,e.is_typing);case"stream":return this.#s.get(e.chat_id)?.messages.
some(({id:t})=>t===e.stream_id)?void 0:(this.#a.arrived(e.chat_id),this.#r.apply(e));case"error":return this.#n.emit("error",new C(e.code,e.error));default:}}#L(e,t,i){
let s=this.#s.get(e);if(!s?.state.value.isLoaded)return;let r=s.apply(t,i).filter(({is_outgoing:o})=>o);if(r.length){this.#a.arrived(e);for(let{id:o}of r)this.#r.
remove(o);this.#A(e);for(let o of r)this.#n.emit("message",o)}}#A(e){clearTimeout(this.#h),this.#h=setTimeout(()=>{let t=this.#s.get(e)?.messages.at(-1);t&&this.#o.
send({type:"delivered",chat_id:e,message_id:t.id})},500)}#x(e){this.#i.remove(e),this.#s.delete(e),this.#n.emit("gone",e)}*#z(){for(let[e,t]of this.#s)t.chat!==
null&&t.state.value.isLoaded&&(yield[e,t.cursor])}#N(){for(let[e,t]of this.#s){if(this.#s.size<=_i)return;this.#s.delete(e),t.chat!==null&&this.#o.unwatch(e)}}#E(e,t){
t.setPending(this.#e.pending.filter(i=>this.resolve(i.chat)===e))}#D(){let e=this.#o.state.value,t=this.#e.connection.status;if(this.#u({connection:e}),e.status===
"live"){this.#d?.then(i=>i.kick());for(let[i,{state:s,chat:r}]of this.#s)r!==null&&!s.value.isLoaded&&this.load(i)}else t==="live"&&this.#r.clear()}#P(){this.#o.
stop(),this.#O(),this.#u({account:null})}#O(){let e=[...this.#s.keys()];this.#s.clear(),this.#c.clear(),this.#r.clear(),this.#i.replace([],!1),this.#u({unread:0,
hasMoreChats:!1});for(let t of e)this.#n.emit("gone",t)}#H(e){e.type==="bound"&&this.#C(e.from,e.to),e.type==="session"&&this.#e.account===null&&this.#p&&this.#T(),
e.type==="end"&&this.#P(),e.type==="outbox"&&this.#d?.then(async t=>{await t.reload(),t.run()})}#F(){if(typeof window>"u")return;let e=(t,i,s)=>{t.addEventListener(
i,s),this.#b.push(()=>t.removeEventListener(i,s))};e(window,"online",()=>{this.retryNow()}),e(window,"offline",()=>this.#o.offline()),e(window,"pageshow",()=>this.#o.
wake()),e(document,"visibilitychange",()=>document.visibilityState==="visible"&&this.#o.wake())}#u(e){this.#e={...this.#e,...e};for(let t of[...this.#t])t()}};function Kt(){
return typeof navigator<"u"&&navigator.onLine===!1}function We(n){return`webchat/chat/${$e(n)}/`}var $e=encodeURIComponent;var P,Jt,xi,Z,ut,Ye,Xt,Ge,Qt,ft,pt,Zt,ve=Symbol.for("pv"),Je={},Xe=[],wi=/^m(i|n|o|s|text|space)$/,mt=Array.isArray,gt=Xe.slice,se=Object.assign;function ie(n){
n&&n.parentNode&&n.remove()}function Qe(n,e,t){var i,s,r,o={},l=arguments.length;for(r in e)r=="key"?i=e[r]:r=="ref"&&typeof n!="function"?s=e[r]:o[r]=e[r];return l>
2&&(o.children=l>3?gt.call(arguments,2):t),ye(n,o,i,s,null)}function ye(n,e,t,i,s){var r={type:n,props:e,key:t,ref:i,__k:null,__:null,__b:0,__e:null,__c:null,constructor:ve,__v:s||++Jt,__i:-1,__u:0};return!s&&P.vnode&&P.
vnode(r),r}function W(n){return n.children}function ce(n,e){this.props=n,this.context=e,this.__g=0}function ee(n,e){if(e==null)return n.__&&ee(n.__,n.__i+1);for(var t;e<n.
__k.length;e++)if((t=n.__k[e])&&t.__e)return t.__e;return typeof n.type!="function"||n.props.__P?null:ee(n)}function ki(n){var e,t=n.__v,i=t.__e,s=[],r=[],o=n.__P;
o&&((e=se({constructor:ve},t)).__v=t.__v+1,P.vnode&&P.vnode(e),bt(o,e,t,n.__n,o.namespaceURI,32&t.__u?[i]:null,s,i||ee(t),32&t.__u,r),e.__v=t.__v,e.__.__k[e.__i]=
e,on(s,e,r),t.__=t.__e=null,e.__e!=i&&en(e))}function en(n){if((n=n.__)&&n.__c&&!n.props.__P)return n.__e=null,n.__k.some(function(e){return e&&(n.__e=e.__e)}),
en(n)}function ht(n){(8&n.__g||(n.__g|=8,Z.push(n),Ye++))&&ut==P.debounceRendering||((ut=P.debounceRendering)||queueMicrotask)(tn)}function tn(){try{for(var n,e=1;Z.
length;)Z.length>e&&Z.sort(Xt),n=Z.shift(),e=Z.length,8&n.__g&&ki(n)}finally{(Ye=Z.length)&&(ut||queueMicrotask)(tn)}}function nn(n,e,t,i,s,r,o,l,c,p,d){var m,h,
u,y,f,b,x=i.__k||Xe,v=e.length;for(c=Ti(t,e,x,c,v),m=0;m<v;m++)(u=t.__k[m])!=null&&(h=~u.__i&&x[u.__i]||Je,u.__i=m,b=bt(n,u,h,s,r,o,l,c,p,d),y=u.__e,(h.ref!=u.ref||
8&h.__u)&&(h.ref&&yt(h.ref,null,u,h),u.ref&&d.push(u.ref,u.__c||y,u)),f=f||y,4&u.__u?(c=sn(u,c,n,!h.__v),h.__e&&(h.__e=null)):typeof u.type=="function"&&b!==void 0?
c=b:y&&(c=y.nextSibling),u.__u&=-21);return t.__e=f,c}function Ti(n,e,t,i,s){var r,o,l,c,p,d,m,h,u,y=t.length,f=y,b=0,x=0,v=n.__k=Array(s);for(r=0;r<s;r++)(o=e[r])!=
null&&typeof o!="boolean"&&typeof o!="function"?(typeof o!="object"||o.constructor===String?o=v[r]=ye(null,o):mt(o)?o=v[r]=ye(W,{children:o}):o.constructor===ve&&
o.__b?o=v[r]=ye(o.type,o.props,o.key,o.ref,o.__v):v[r]=o,c=r+b,o.__=n,o.__b=n.__b+1,l=null,~(p=o.__i=Si(o,t,c,f))&&(f--,(l=t[p])&&(l.__u|=2)),l&&l.__v?(o.__u|=16,
p==c-1?b--:p==c+1?b++:p!=c&&(p>c?b--:b++,x=1)):(~p||(s>y?b--:s<y&&b++),typeof o.type!="function"&&(o.__u|=4))):v[r]=null;if(x){for(d=[],m=[],r=0;r<s;r++)if((o=v[r])&&
16&o.__u){for(b=0,h=d.length;b<h;)d[u=b+h>>1]<o.__i?b=u+1:h=u;d[b]=o.__i,m[r]=b+1}for(b=d.length;r--;)m[r]&&(m[r]==b?b--:v[r].__u|=4)}if(f)for(r=0;r<y;r++)!(l=t[r])||
2&l.__u||(l.__e==i&&(i=ee(l)),vt(l,l));return i}function sn(n,e,t,i){var s,r,o,l;if(typeof n.type=="function"){if(n.props.__P)return e;if(s=n.__k)for(r=0;r<s.length;r++)
s[r]&&(s[r].__=n,e=sn(s[r],e,t,!1));return e}for(e&&!e.parentNode&&(e=ee(n))&&!e.parentNode&&(e=null),o=n.__e,l=e;l&&l.nodeType==8;)l=l.nextSibling;for(o!=l&&(!i&&
t.moveBefore&&o.parentNode?t.moveBefore(o,e):t.insertBefore(o,e||null)),e=o;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith("$s"););return e}function Si(n,e,t,i){var s,r=n.key,o=n.type,l=e[t],c=l&&!(2&l.__u);if(l===null&&r==null||c&&r==l.key&&o==l.type)return t;if(i>(c?1:0)){for(s=t-1;s>=0;s--)if((l=
e[s])&&!(2&l.__u)&&r==l.key&&o==l.type)return s;for(s=t+1;s<e.length;s++)if((l=e[s])&&!(2&l.__u)&&r==l.key&&o==l.type)return s}return-1}function Yt(n,e,t){t==null&&
(t=""),e[0]=="-"?n.setProperty(e,t):n[e]=t}function Ve(n,e,t,i,s){var r,o;if(e=="style")if(typeof t=="string")n.style.cssText=t;else{if(typeof i=="string"&&(n.style.
cssText=i=""),i)for(e in i)t&&e in t||Yt(n.style,e);if(t)for(e in t)i&&t[e]==i[e]||Yt(n.style,e,t[e])}else if(e[0]=="o"&&e[1]=="n")typeof t!="function"&&(t=null),
typeof i!="function"&&(i=null),(n.__e||(n.__e={}))[e]=t,t&&i||(o=pt[e]||(pt[e]=Ci(e)),(n.__a||(n.__a={}))[e]=ft,r=e!=(e=e.replace(Qt,"$1")),(e=e.slice(2))[0]<"a"&&
(e=e.toLowerCase()),t?n.addEventListener(e,o,r):n.removeEventListener(e,o,r));else{if(s=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,
"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="colSpan"&&e!="role"&&e!="popover"&&e in n)
try{return void(n[e]=t??"")}catch{}if(typeof t=="function")return;t==null||t===!1&&e[4]!="-"?n.removeAttribute(e):n.setAttribute(e,e=="popover"&&t==1?"":t)}}function Ci(n){
return function(e){var t=this.__e;if(t){if(t=t[n],e[Ge]==null)e[Ge]=ft++;else if(e[Ge]<this.__a[n])return;return t(P.event?P.event(e):e)}}}function bt(n,e,t,i,s,r,o,l,c,p){
var d,m,h,u,y,f,b,x,v,T,g,M,D,E,k,H,B,X,K=e.type;if(e.constructor!==ve)return null;128&t.__u&&(c=32&t.__u,d=t.__c.__z)&&(e.__u|=c,m=r=[],d.nodeType==8?l=Ke(d,r):
r.push(d),l=r[0]||l),(d=P.__b)&&d(e);e:if(typeof K=="function"){h=o.length;try{if(x=e.props,v=(d=K.prototype)&&d.render,T=(d=K.contextType)&&i[d.__c],g=d?T?T.props.
value:d.__:i,(u=t.__c)?(e.__c=u,2&u.__g&&(u.__g|=1)):(v?e.__c=u=new K(x,g):(e.__c=u=new ce(x,g),u.constructor=K,u.render=Pi),T&&T.sub(u),u.state||(u.state={}),u.
__n=i,u.__g|=8,u.__h=[],u.__k=[]),v&&(u.__s||(u.__s=u.state),K.getDerivedStateFromProps&&(u.__s==u.state&&(u.__s=se({},u.__s)),se(u.__s,K.getDerivedStateFromProps(
x,u.__s)))),y=u.props,f=u.state,u.__v=e,t.__c){if(x!==y&&v&&!K.getDerivedStateFromProps&&u.componentWillReceiveProps&&u.componentWillReceiveProps(x,g),e.__v==t.
__v&&!(8&u.__g)||!(4&u.__g)&&u.shouldComponentUpdate&&u.shouldComponentUpdate(x,u.__s,g)===!1){e.__v!=t.__v&&(u.props=x,u.state=u.__s,u.__g&=-9),e.__e=t.__e,e.__k=
t.__k,e.__k.some(function(U){U&&(U.__=e)}),Xe.push.apply(u.__h,u.__k),u.__k=[],u.__h.length&&o.push(u),l=ee(t);break e}u.componentWillUpdate&&u.componentWillUpdate(
x,u.__s,g),v&&u.componentDidUpdate&&u.__h.push(function(){u.componentDidUpdate(y,f,b)})}else v&&!K.getDerivedStateFromProps&&u.componentWillMount&&u.componentWillMount(),
v&&u.componentDidMount&&u.__h.push(u.componentDidMount);u.context=g,u.props=x,u.__P=n,u.__g&=-5,M=P.__r,D=v?25:0;do u.__g&=-9,M&&M(e),d=u.render(u.props,u.state=
u.__s,u.context);while(8&u.__g&&++D<25);v&&(Xe.push.apply(u.__h,u.__k),u.__k=[]),u.state=u.__s,u.getChildContext&&(i=se({},i,u.getChildContext())),v&&t.__c&&u.getSnapshotBeforeUpdate&&
(b=u.getSnapshotBeforeUpdate(y,f)),E=d&&d.type===W&&d.key==null?d.props.children:d,x.__P&&(d=l,s=(n=x.__P).namespaceURI,c=r=null,t.props&&t.props.__P!=n&&(t.__k.
some(function(U){U&&vt(U,U)}),t.__k=null),l=t.__k?ee(t,0):null),l=nn(n,mt(E)?E:[E],e,t,i,s,r,o,l,c,p),x.__P&&(e.__e=null,l=d),e.__u&=-161,m&&m.some(ie),u.__h.length&&
o.push(u),1&u.__g&&(u.__g&=-4)}catch(U){if(o.length=h,e.__v=null,c||r)if(U&&U.then){if(e.__u|=128|c,r){for(~(B=r.indexOf(l||void 0))||(B=r.length);(X=r[B-1])&&X.
nodeType==8;)B--;for(;B<r.length;B++)if(X=r[B])if(r[B]=null,k){if(X==H)break}else{if(X.nodeType!=8)break;X.data.startsWith("$s")&&(H=Ke(k=X))}}if(!k){for(;l&&l.
nodeType==8&&l.nextSibling;)l=l.nextSibling;k=l}(d=Ke(k=e.__c.__z||(e.__c.__z=k)))?(e.__e=k,l=d):e.__e=l,l=l&&l.nextSibling}else r&&r.some(ie);else e.__e=t.__e;
e.__k||(e.__k=t.__k||[]),U&&U.then||rn(e),P.__e(U,e,t)}}else l=e.__e=Ei(t.__e,e,t,i,s,r,o,c,p,n);return(d=P.diffed)&&d(e),l}function Ke(n,e){if(n&&n.nodeType==8&&
n.data.startsWith("$s"))for(var t=1;n=n.nextSibling;){if(n.nodeType==8){if(n.data.startsWith("$s"))t++;else if(n.data.startsWith("/$s")&&!--t)return n}e&&e.push(
n)}}function rn(n){n&&(n.__c&&(n.__c.__g|=4),n.__k&&n.__k.some(rn))}function on(n,e,t){for(var i=0;i<t.length;)yt(t[i++],t[i++],t[i++]);P.__c&&P.__c(e,n),n.some(
function(s){try{n=s.__h,s.__h=[],n.some(function(r){r.call(s)})}catch(r){P.__e(r,s.__v)}})}function Ei(n,e,t,i,s,r,o,l,c,p){var d,m,h,u,y,f,b,x,v=t.props||Je,T=e.
props,g=e.type;if(g=="svg"?s="http://www.w3.org/2000/svg":g=="math"?s="http://www.w3.org/1998/Math/MathML":s||(s="http://www.w3.org/1999/xhtml"),r){for(d=0;d<r.
length;d++)if((y=r[d])&&(g?y.localName==g:y.nodeType==3)){n=y,r[d]=null;break}}if(!n){if(x=p.ownerDocument||document,!g)return x.createTextNode(T);n=x.createElementNS(
s,g,T.is?T:p),l&&(P.__m&&P.__m(e,r),l=!1),r=null}if(g){if(p=g=="template"&&n.content||n,r=g=="textarea"&&T.defaultValue!=null?null:r&&gt.call(p.childNodes),!l&&
r)for(v={},d=0;d<n.attributes.length;d++)v[(y=n.attributes[d]).name]=y.value;for(d in v)y=v[d],d=="dangerouslySetInnerHTML"?h=y:d=="children"||d in T||d=="value"&&
"defaultValue"in T||d=="checked"&&"defaultChecked"in T||Ve(n,d,null,y,s);for(d in T)y=T[d],d=="children"?u=y:d=="dangerouslySetInnerHTML"?m=y:d=="value"?f=y:d==
"checked"?b=y:l&&typeof y!="function"||v[d]===y||Ve(n,d,y,v[d],s);m?(l||h&&(m.__html==h.__html||m.__html==n.innerHTML)||(n.innerHTML=m.__html),e.__k=[]):(h&&(n.
textContent=""),(g=="foreignObject"||s=="http://www.w3.org/1998/Math/MathML"&&wi.test(g))&&(s="http://www.w3.org/1999/xhtml"),nn(p,mt(u)?u:[u],e,t,i,s,r,o,r?r[0]:
t.__k&&ee(t,0),l,c),r&&r.some(ie)),l&&g!="textarea"||(d="value",g=="progress"&&f==null?n.removeAttribute(d):f==null||f===n[d]&&(g!="progress"||f)||Ve(n,d,f,v[d],
s),d="checked",b!=null&&b!=n[d]&&Ve(n,d,b,v[d],s))}else v===T||l&&n.data==T||(n.data=T);return n}function yt(n,e,t,i){try{typeof n=="function"?e?e.__x=n(e)||1:i&&
(i=i.__c||i.__e)&&(e=i.__x)&&(i.__x=null,typeof e=="function"?e():n(null)):n.current=e}catch(s){P.__e(s,t)}}function vt(n,e,t){var i,s,r,o;if(P.unmount&&P.unmount(
n),!(i=n.ref)||i.current&&i.current!=n.__e||yt(i,null,e,n),i=n.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(l){P.__e(l,e)}i.__P=i.__n=null}
if(i=n.__k)for(o=0;o<i.length;o++)i[o]&&vt(i[o],e,typeof n.type!="function"||t&&!n.props.__P);!t&&(i=n.__c)&&(i=i.__z)&&(s=Ke(i,r=[]))&&(i==n.__e&&r.some(ie),ie(
s),ie(i)),t||ie(n.__e),n.__e=n.__c=n.__=null}function Pi(n,e,t){return this.constructor(n,t)}function _t(n,e){var t,i,s,r;P.__&&P.__(n,e),e.nodeType==9&&(e=e.documentElement),
i=(t=n&&32&n.__u)?null:e.__k,e.__k=ye(W,{children:[n]}),s=[],r=[],bt(e,e.__k,i||Je,Je,e.namespaceURI,i?null:e.firstChild?gt.call(e.childNodes):null,s,i?i.__e:e.
firstChild,t,r),on(s,e.__k,r),e.__k.props.children=null}function de(n){function e(t){var i,s;return this.getChildContext||(i=new Set,(s={})[e.__c]=this,this.getChildContext=function(){return s},this.shouldComponentUpdate=
function(r){this.props.value!=r.value&&i.forEach(function(o){o.__g|=4,ht(o)})},this.sub=function(r){i.add(r);var o=r.componentWillUnmount;r.componentWillUnmount=
function(){i.delete(r),o&&o.call(r)}}),t.children}return e.__c="__cC"+Zt++,e.__=n,e.Provider=(e.Consumer=function(t,i){return t.children(i)}).contextType=e,e}P={__e:function(n,e,t,i){for(var s,r,o;e=e.__;)if((s=e.__c)&&!(1&s.__g)){s.__g|=4;try{if((o=(r=s.constructor)&&r.getDerivedStateFromError)&&s.setState(r.getDerivedStateFromError(
n)),s.componentDidCatch&&(s.componentDidCatch(n,i||{}),o=1),o&&8&s.__g)return void(s.__g|=2)}catch(l){n=l}}throw Ye=0,n}},Jt=0,xi=function(n){return n!=null&&n.
constructor===ve},ce.prototype.setState=function(n,e){var t=this.__s;t&&t!=this.state||(t=this.__s=se({},this.state)),typeof n=="function"&&(n=n(se({},t),this.props)),
n&&(se(t,n),this.__v&&(e&&this.__k.push(e),ht(this)))},ce.prototype.forceUpdate=function(n){this.__v&&(this.__g|=4,n&&this.__h.push(n),ht(this))},ce.prototype.render=
W,Z=[],Ye=0,Xt=function(n,e){return n.__v.__b-e.__v.__b},Ge=Symbol(),Qt=/(PointerCapture)$|Capture$/i,ft=0,pt={},Zt=0;var re,A,xt,an,wt=Object.is,xe=0,gn=[],kt=[],z=P,ln=z.__b,cn=z.__r,dn=z.diffed,un=z.__c,pn=z.unmount,hn=z.__;function we(n,e){z.__h&&z.__h(A,n,xe||e),xe=0;var t=A.
__H||(A.__H={__:[],__h:[]});return n>=t.__.length&&t.__.push({}),t.__[n]}function O(n){return xe=1,St(yn,n)}function St(n,e,t){var i=we(re++,2);if(i.t=n,!i.__c&&
(i.__=[t?t(e):yn(void 0,e),function(r){var o=(i.__N||i.__)[0],l=i.t(o,r);wt(o,l)||(i.__N=[l,i.__[1]],i.__c.setState({}))}],i.__c=A,!A.__f)){A.__f=!0;var s=A.shouldComponentUpdate;
A.shouldComponentUpdate=function(r,o,l){var c=this.__H;if(!c)return!0;var p=!1,d=this.props!=r;if(c.__.some(function(h){h.__N&&(p=!0,wt(h.__[0],h.__N[0])||(d=!0))}),
s){var m=s.call(this,r,o,l);return p?m||d:m}return!p||d}}return i.__}function R(n,e){var t=we(re++,3);!z.__s&&Ct(t.__H,e)&&(t.__P=!0,t.__=n,t.u=e,A.__H.__h.push(
t))}function Y(n,e){var t=we(re++,4);!z.__s&&Ct(t.__H,e)&&(t.__P=!1,t.__=n,t.u=e,A.__h.push(t))}function N(n){return xe=5,Q(function(){return{current:n}},[])}function Q(n,e){var t=we(re++,7);return Ct(t.__H,e)&&(t.__=n(),t.__H=e),t.__}function bn(n,e){return xe=8,Q(function(){return n},e)}function ue(n){var e=A.context[n.
__c],t=we(re++,9);return t.c=n,e?(t.__==null&&(t.__=!0,e.sub(A)),e.props.value):n.__}function Oi(){var n;do{for(;n=kt.shift();)try{_e(n)}catch(t){z.__e(t,{__:(n=n.__P)&&n.__v})}for(;n=gn.shift();){var e=n.__H;if(n.__P&&e)try{e.__h.some(_e),e.__h.
some(Tt),e.__h=[]}catch(t){e.__h=[],z.__e(t,n.__v)}}}while(kt.length)}z.__b=function(n){A=null,ln&&ln(n)},z.__=function(n,e){n&&e.__k&&e.__k.__m&&(n.__m=e.__k.__m),
hn&&hn(n,e)},z.__r=function(n){cn&&cn(n),re=0;var e=(A=n.__c).__H;e&&(xt==A?A.__h=[]:(e.__h.some(_e),e.__h.some(Tt),re=0),e.__h=[],e.__.some(function(t){t.__N&&
(t.__=t.__N),t.u=t.__N=void 0})),xt=A},z.diffed=function(n){dn&&dn(n);var e=n.__c;e&&e.__H&&(e.__H.__h.length&&mn(gn.push(e)),e.__H.__.some(function(t){t.u&&(t.
__H=t.u)})),xt=A=null},z.__c=function(n,e){e.some(function(t){try{t.__h.some(_e),t.__h=t.__h.filter(function(i){return!i.__||Tt(i)})}catch(i){t.__h=[function(){
throw i}]}}),un&&un(n,e)},z.unmount=function(n){pn&&pn(n);var e,t,i=n.__c;i&&i.__H&&(i.__H.__.some(function(s){try{if(s.__P&&s.__c){if(t===void 0){for(t=n.__;t&&
(!t.__c||!t.__c.__P);)t=t.__;t=t&&t.__c}s.__P=t,mn(kt.push(s))}else _e(s)}catch(r){e=r}}),i.__H=void 0,e&&z.__e(e,i.__v))};var fn=typeof requestAnimationFrame==
"function";function Ii(n){var e,t=function(){clearTimeout(i),fn&&cancelAnimationFrame(e),setTimeout(n)},i=setTimeout(t,35);fn&&(e=requestAnimationFrame(t))}function mn(n){
n!=1&&an==z.requestAnimationFrame||((an=z.requestAnimationFrame)||Ii)(Oi)}function _e(n){var e=A,t=n.__c;typeof t=="function"&&(n.__c=void 0,t()),A=e}function Tt(n){
var e=A;n.__c=n.__(),A=e}function Ct(n,e){return!n||n.length!=e.length||e.some(function(t,i){return!wt(t,n[i])})}function yn(n,e){return typeof e=="function"?e(
n):e}function F(n){let[,e]=St(i=>i+1,0),{value:t}=n;return Y(()=>(n.value!==t&&e(void 0),n.subscribe(()=>e(void 0))),[n]),t}var Ze=class{constructor(e,t,i){this.sdk=
e;this.settings=t;this.wantedChat=i;this.client={get value(){return e.state},subscribe:o=>e.subscribe(o)},e.on("bound",({from:o,to:l})=>{t.saveDraft(l,t.draft(o)),
t.saveDraft(o,""),this.#e.chat===o&&this.update({chat:l})});let s=0,r=!1;e.subscribe(()=>{let{chats:o,pending:l}=e.state,c=e.state.isReady&&!r,p=s===0&&o.length>
0&&this.#e.chat===ne&&l.length===0;s=o.length,r=e.state.isReady,(c||p)&&this.update({chat:this.pickChat()})}),e.on("gone",o=>{this.#e.chat===o&&this.update({chat:this.
pickChat(),editing:void 0})})}sdk;settings;wantedChat;#e={isOpen:!1,screen:"chat",chat:ne,editing:void 0,isFull:!1,focus:0};#t=new Set;client;get value(){return this.#e}subscribe(e){
return this.#t.add(e),()=>{this.#t.delete(e)}}update(e){this.#e={...this.#e,...e},e.chat!==void 0&&this.settings.rememberChat(e.chat);for(let t of[...this.#t])t()}showChat(e){
this.update({chat:this.sdk.resolve(e),screen:"chat",editing:void 0,focus:this.#e.focus+1})}focusComposer(){this.update({focus:this.#e.focus+1})}pickChat(){let{chats:e,
pending:t}=this.sdk.state,i=e.filter(({is_archived:s})=>!s);for(let s of[this.wantedChat(),this.settings.lastChat()])if(s!==null&&i.some(({id:r})=>r===s))return s;
return i[0]?.id??t[0]?.chat??ne}},et=class{constructor(e){this.base=e}base;lastChat(){return this.#t("chat")}rememberChat(e){this.#n("chat",e.startsWith("new:")?
"":e)}markKnown(e){this.#n("known",e?"1":"")}draft(e){return this.#t(`draft:${e}`)??""}saveDraft(e,t){this.#n(`draft:${e}`,t)}clear(){try{for(let e of Object.keys(
localStorage))/^unicom:(chat|known|draft):/.test(e)&&e.includes(this.base)&&localStorage.removeItem(e)}catch{}}#e(e){let[t,...i]=e.split(":");return[`unicom:${t}\
:${this.base}`,...i].join(":")}#t(e){try{return localStorage.getItem(this.#e(e))}catch{return null}}#n(e,t){try{t?localStorage.setItem(this.#e(e),t):localStorage.
removeItem(this.#e(e))}catch{}}},Et=de(void 0);function I(){let n=ue(Et);if(!n)throw new Error("there is no store around this component");return n}function V(){
return F(I().client)}var Mi=Symbol.for("pv"),Ri=0;function a(n,e,t,i,s,r){e||(e={});var o,l,c=e;if("ref"in c&&typeof n!="function")for(l in c={},e)l=="ref"?o=e[l]:c[l]=e[l];var p={type:n,props:c,key:t,ref:o,__k:null,
__:null,__b:0,__e:null,__c:null,constructor:Mi,__v:--Ri,__i:-1,__u:0};return(s||r)&&(p.__source=s,p.__self=r),P.vnode&&P.vnode(p),p}var Li=1e3,ke=class{#e=[];#t=new Set;#n=0;get value(){return this.#e}subscribe(e){return this.#t.add(e),()=>{this.#t.delete(e)}}say(e){let t={id:++this.#n,text:e};
this.#i([...this.#e,t]),setTimeout(()=>this.#i(this.#e.filter(({id:i})=>i!==t.id)),Li)}#i(e){this.#e=e;for(let t of[...this.#t])t()}},Pt=de(new ke);function G(){
return ue(Pt)}function vn(){let n=F(G());return a("div",{class:"hidden",role:"log","aria-live":"polite","aria-relevant":"additions",children:n.map(({id:e,text:t})=>a(
"p",{children:t},e))})}var Ai="(max-width: 480px), (max-height: 480px)";function _n(n,e,t){let i=matchMedia(Ai),s=window.visualViewport,r=[],o,l=()=>{e.style.setProperty("--view-heigh\
t",`${s?.height??innerHeight}px`),e.style.setProperty("--view-top",`${s?.offsetTop??0}px`)},c=p=>{if(p===(o!==void 0))return;let{documentElement:m,body:h}=document;
if(p){o=m.style.overflow,m.style.overflow="hidden",r=[...h.children].filter(u=>u instanceof HTMLElement&&!u.inert&&!u.contains(n));for(let u of r)u.inert=!0;l(),
s?.addEventListener("resize",l),s?.addEventListener("scroll",l)}else{m.style.overflow=o??"",o=void 0;for(let u of r)u.inert=!1;r=[],s?.removeEventListener("resi\
ze",l),s?.removeEventListener("scroll",l)}};return i.addEventListener("change",t),{get isSmall(){return i.matches},set:c,destroy(){c(!1),i.removeEventListener("\
change",t)}}}var xn='.root{--accent: var(--unicom-accent, #3b5bdb);--on-accent: var(--unicom-on-accent, #fff);--link: var(--accent-ink, #3b5bdb);--bg: #fff;--bg-2: #f6f7f9;-\
-bg-3: #eceef2;--line: #e1e4ea;--line-2: #cfd4de;--ink: #14171f;--ink-2: #4a5163;--ink-3: #626a7d;--ok: #1f7a4d;--warn: #7a5000;--bad: #b42318;--note: #fff8e1;-\
-note-line: #f0dfa8;--shadow: var(--unicom-shadow, 0 1px 2px rgb(16 20 30 / .06), 0 12px 40px rgb(16 20 30 / .16));--r-1: 6px;--r-2: 10px;--r-3: 16px;--r-full: \
999px;--font: var(--unicom-font-family, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif);--fast: .\
12s cubic-bezier(.2, 0, 0, 1);--slow: .2s cubic-bezier(.2, 0, 0, 1)}.root.dark{--accent: var(--unicom-accent, #7c93f5);--on-accent: var(--unicom-on-accent, #0d1\
020);--link: var(--accent-ink, #9db0ff);--bg: #14161c;--bg-2: #1e222b;--bg-3: #282d39;--line: #2b303c;--line-2: #434b5d;--ink: #f2f4f8;--ink-2: #b8bfcc;--ink-3:\
 #99a1b1;--ok: #5cc28d;--warn: #e0b15a;--bad: #ff8a80;--note: #2a2618;--note-line: #4a4124;--shadow: var(--unicom-shadow, 0 1px 2px rgb(0 0 0 / .4), 0 16px 48px\
 rgb(0 0 0 / .5))}.box{display:contents}:where(.box) *{box-sizing:border-box;margin:0;padding:0;font:inherit;color:inherit;letter-spacing:inherit}:where(.box) b\
utton{appearance:none;border:0;background:none;cursor:pointer;text-align:start;touch-action:manipulation}:where(.box) button[aria-disabled=true]{cursor:default}\
:where(.box) ol,:where(.box) ul{list-style:none}.box [hidden]{display:none}.hidden{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:in\
set(50%);white-space:nowrap}:where(.box) :focus-visible{outline:2px solid var(--link);outline-offset:2px}.composer textarea:focus-visible{outline:none}.icon{inl\
ine-size:20px;block-size:20px;flex:none;stroke:currentColor;stroke-width:1.75;fill:none;stroke-linecap:round;stroke-linejoin:round;display:block;transition:none\
;grid-area:auto}:dir(rtl)>.icon-button.flip .icon{transform:scaleX(-1)}.panel{position:absolute;inset-block-end:76px;inset-inline-end:0;display:flex;flex-direct\
ion:column;overflow:hidden;inline-size:var(--unicom-panel-width, 392px);max-inline-size:calc(100vw - 40px);block-size:var(--unicom-panel-height, 640px);max-bloc\
k-size:calc(100dvh - 116px);font:400 14px/20px var(--font);color:var(--ink);background:var(--bg);border:1px solid var(--line);border-radius:var(--r-3);box-shado\
w:var(--shadow);-webkit-font-smoothing:antialiased;text-align:start;overflow-wrap:anywhere;animation:appear var(--slow);transform-origin:100% 100%}.root.start .\
panel{inset-inline:0 auto;transform-origin:0 100%}.panel:focus{outline:none}.flow .panel{position:relative;inset:auto;inline-size:100%;max-inline-size:none;bloc\
k-size:100%;max-block-size:none;box-shadow:none;animation:none}:host([mode="full"]) .panel{border:0;border-radius:0}.root.full{inset:0}.root.full .launcher{disp\
lay:none}.full .panel{position:fixed;inset:var(--view-top, 0) 0 auto;inline-size:100%;max-inline-size:none;block-size:var(--view-height, 100dvh);max-block-size:\
none;border:0;border-radius:0;padding-block:env(safe-area-inset-top) env(safe-area-inset-bottom)}@keyframes appear{0%{opacity:0;transform:translateY(12px) scale\
(.98)}}.header{display:flex;align-items:center;gap:12px;min-block-size:64px;padding:12px 10px 12px 16px;padding-inline:16px 10px;border-block-end:1px solid var(\
--line);flex:none}.header:has(.flip){padding-inline-start:10px;gap:6px}.who{flex:1;min-inline-size:0}.who h2{font:600 16px/22px var(--font);white-space:nowrap;o\
verflow:hidden;text-overflow:ellipsis}.status{display:flex;gap:6px;align-items:center;font-size:13px;line-height:18px;color:var(--ink-3)}.status bdi{white-space\
:nowrap;overflow:hidden;text-overflow:ellipsis}.dot{inline-size:8px;block-size:8px;border-radius:50%;background:var(--ok);flex:none}.avatar{inline-size:32px;blo\
ck-size:32px;border-radius:50%;background:var(--bg-3);color:var(--ink-2);display:grid;place-items:center;font:600 12px/16px var(--font);flex:none;object-fit:cov\
er;user-select:none}.avatar.bot{background:color-mix(in srgb,var(--accent) 16%,var(--bg));color:var(--link)}.header .avatar{inline-size:36px;block-size:36px;bac\
kground:color-mix(in srgb,var(--accent) 14%,var(--bg));color:var(--link)}.icon-button{inline-size:36px;block-size:36px;display:grid;place-items:center;border-ra\
dius:var(--r-2);color:var(--ink-2);flex:none;transition:background var(--fast)}@media(hover:hover){.icon-button:hover{background:var(--bg-3);color:var(--ink)}}.\
banner{display:flex;gap:8px;align-items:center;padding:8px 16px;background:var(--note);border-block-end:1px solid var(--note-line);color:var(--warn);font-size:1\
3px;line-height:18px;font-weight:500;flex:none}.conversation{flex:1;min-block-size:0;display:flex;flex-direction:column;position:relative}.log{flex:1;min-block-\
size:0;position:relative;display:flex;flex-direction:column}.scroller{flex:1;min-block-size:0;display:flex;flex-direction:column-reverse;overflow:hidden auto;ov\
erflow-anchor:none;overscroll-behavior:contain;scrollbar-width:thin;scrollbar-color:var(--line-2) transparent}.scroller>ol{padding:12px 16px 16px}.more{flex:non\
e;block-size:24px;margin-block:12px 0;margin-inline:auto;inline-size:24px;border:2px solid var(--line-2);border-block-start-color:var(--link);border-radius:50%;\
animation:turn .8s linear infinite}@keyframes turn{to{rotate:1turn}}.day{display:flex;justify-content:center;padding:12px 10px}.day h3{font:500 12px/16px var(--\
font);color:var(--ink-3)}.unread-line{display:flex;align-items:center;gap:10px;padding-block:8px 12px;font:600 12px/16px var(--font);color:var(--bad)}.unread-li\
ne:before,.unread-line:after{content:"";flex:1;block-size:1px;background:currentColor;opacity:.4}.row{display:flex;gap:8px;align-items:flex-end;padding-block-en\
d:3px;border-radius:var(--r-1)}.row.last{padding-block-end:12px}.row.mine{justify-content:flex-end}.gap{inline-size:32px;flex:none}.theirs .avatar{margin-block-\
end:18px}.theirs .stack:not(:has(.meta)){padding-block-end:0}.row.last.theirs:not(:has(.meta)) .avatar{margin-block-end:0}.stack{position:relative;display:flex;\
flex-direction:column;gap:3px;min-inline-size:0;max-inline-size:84%;align-items:flex-start}.mine .stack{align-items:flex-end}.line{position:relative;display:fle\
x;flex-direction:column;gap:3px;max-inline-size:100%;align-items:inherit}.bubble{padding:9px 13px;border-radius:16px;background:var(--unicom-message-bg-incoming\
, var(--bg-2));white-space:pre-wrap;overflow-wrap:anywhere;min-inline-size:0;max-inline-size:100%;font-size:var(--unicom-font-size, 14px);line-height:1.43;unico\
de-bidi:plaintext}.theirs.last .bubble{border-end-start-radius:5px}.mine.last .bubble{border-end-end-radius:5px}.mine .bubble{background:var(--accent);color:var\
(--on-accent)}.mine .bubble.failed{background:var(--bg);color:var(--ink);box-shadow:inset 0 0 0 1px var(--bad)}.bubble a{color:inherit;text-decoration:underline\
;text-underline-offset:2px}.theirs .bubble a{color:var(--link)}.bubble a:focus-visible{outline-color:currentColor}.edited{font-size:12px;opacity:.8}.meta{displa\
y:flex;flex-wrap:wrap;align-items:center;font:400 12px/16px var(--font);color:var(--ink-3);padding-inline:4px;margin-block-start:1px;white-space:pre}.fail{displ\
ay:flex;flex-wrap:wrap;gap:2px 10px;align-items:center;font-size:12px;line-height:16px;color:var(--bad);padding-inline:4px}.text-button{font-weight:600;text-dec\
oration:underline;text-underline-offset:2px;border-radius:4px;min-block-size:24px;padding-inline:2px;white-space:nowrap}.text-button.wide{display:block;inline-s\
ize:100%;padding:12px;text-align:center;color:var(--link)}.text-button.danger{color:var(--bad)}.meta .text-button{font-size:12px;margin-inline-start:8px}progres\
s{appearance:none;inline-size:64px;margin-inline-end:8px;block-size:4px;border:0;border-radius:2px;overflow:hidden;background:var(--bg-3);align-self:center}prog\
ress::-webkit-progress-bar{background:var(--bg-3)}progress::-webkit-progress-value{background:var(--accent)}progress::-moz-progress-bar{background:var(--accent)\
}.tools{position:absolute;inset-inline-end:100%;inset-block-start:calc(50% - 14px);display:flex;opacity:0;transition:opacity var(--fast)}.tools .icon-button{inl\
ine-size:28px;block-size:28px}.tools .icon{inline-size:16px;block-size:16px}.row:hover .tools,.row:focus .tools,.row:focus-within .tools{opacity:1}.ask{display:\
flex;flex-wrap:wrap;gap:2px 10px;justify-content:flex-end;align-items:center;font-size:12px;line-height:16px;color:var(--ink-2);padding-inline:4px}.html{white-s\
pace:normal}.html>*+*,.html li+li,.html blockquote>*+*{margin-block-start:8px}.html ul,.html ol{padding-inline-start:20px}.html ul{list-style:disc}.html ol{list\
-style:decimal}.html b,.html strong,.html .heading,.html th{font-weight:600}.html em,.html i,.html cite,.html dfn,.html var{font-style:italic}.html code,.html k\
bd,.html samp{font-family:ui-monospace,SF Mono,Menlo,Consolas,monospace;font-size:.92em;background:var(--bg-3);border-radius:4px;padding:1px 4px}.html pre{overf\
low-x:auto;background:var(--bg-3);border-radius:var(--r-1);padding:8px 10px}.html pre code{background:none;padding:0;white-space:pre}.html blockquote{border-inl\
ine-start:3px solid var(--line-2);padding-inline-start:10px;color:var(--ink-2)}.html hr{border:0;border-block-start:1px solid var(--line-2)}.html img{max-inline\
-size:100%;block-size:auto;border-radius:var(--r-1)}.html table{border-collapse:collapse;font-size:13px;display:block;overflow-x:auto}.html th,.html td{border:1\
px solid var(--line-2);padding:4px 8px;text-align:start}.html small{font-size:12px}.html sub,.html sup{font-size:.75em;line-height:1}.html sub{vertical-align:su\
b}.html sup{vertical-align:super}.html s,.html del{text-decoration:line-through}.html u,.html ins{text-decoration:underline}.html mark{background:var(--note);co\
lor:var(--warn)}.choices{display:flex;flex-wrap:wrap;gap:8px;margin-block:5px 4px}.choice{display:inline-flex;align-items:center;gap:6px;min-block-size:36px;pad\
ding:7px 14px;border:1px solid var(--line-2);border-radius:var(--r-full);font-weight:500;color:var(--link);background:var(--bg);text-decoration:none;transition:\
background var(--fast),border-color var(--fast)}.choice:hover:not([aria-disabled=true]){border-color:var(--link);background:color-mix(in srgb,var(--accent) 8%,v\
ar(--bg))}.choice[aria-disabled=true]{color:var(--ink-3);border-color:var(--line)}.choice.chosen{color:var(--link);border-color:var(--link);background:color-mix\
(in srgb,var(--accent) 10%,var(--bg))}.choice.chosen .icon,.choice.stop .icon{inline-size:16px;block-size:16px}.choice.stop{min-block-size:32px;padding:5px 12px\
;font-size:13px;margin-block-start:3px;color:var(--ink-2)}.photo{display:block;border-radius:14px;overflow:hidden;background:var(--bg-3);max-inline-size:100%}.p\
hoto img{display:block;max-inline-size:100%;block-size:auto;object-fit:cover;color:var(--ink-3);font-size:12px}.sound{inline-size:260px;max-inline-size:100%;blo\
ck-size:40px;color-scheme:inherit}.file{display:flex;gap:10px;align-items:center;max-inline-size:100%;min-inline-size:200px;border:1px solid var(--line);border-\
radius:var(--r-2);padding:10px 12px;background:var(--bg);text-decoration:none;transition:border-color var(--fast)}.file:hover{border-color:var(--line-2)}.file-i\
con{inline-size:36px;block-size:36px;border-radius:var(--r-1);background:var(--bg-3);color:var(--ink-2);display:grid;place-items:center;flex:none}.file-name{min\
-inline-size:0;flex:1}.file-name bdi{display:block;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;font-weight:500}.file-name small{font-size:12px;lin\
e-height:16px;color:var(--ink-3)}.typing{display:inline-flex;gap:4px;padding:15px 14px}.typing i{inline-size:6px;block-size:6px;border-radius:50%;background:var\
(--ink-3);opacity:.9;animation:blink 1.2s ease-in-out 4}.typing i:nth-child(2){animation-delay:.15s;opacity:.7}.typing i:nth-child(3){animation-delay:.3s;opacit\
y:.5}@keyframes blink{30%{opacity:.25;transform:translateY(-2px)}}.jump{position:absolute;inset-block-end:12px;inset-inline-start:50%;translate:-50%;display:fle\
x;align-items:center;gap:6px;block-size:36px;min-inline-size:36px;justify-content:center;padding-inline:8px;border-radius:var(--r-full);background:var(--bg);col\
or:var(--ink-2);border:1px solid var(--line-2);box-shadow:0 2px 10px #10141e24;font:500 13px/18px var(--font);white-space:nowrap}:dir(rtl)>.jump{translate:50%}.\
jump.news{background:var(--accent);color:var(--on-accent);border-color:transparent;padding-inline:10px 14px}.composer-area{padding:10px 12px 2px;flex:none;borde\
r-block-start:1px solid var(--line)}.composer{display:flex;align-items:flex-end;gap:2px;border:1px solid var(--line-2);border-radius:14px;padding:4px;background\
:var(--bg);transition:border-color var(--fast),box-shadow var(--fast)}.composer:focus-within{border-color:var(--link);box-shadow:0 0 0 3px color-mix(in srgb,var\
(--accent) 20%,transparent)}.composer textarea{flex:1;min-inline-size:0;resize:none;border:0;outline:0;background:none;font:400 15px/22px var(--font);padding:7p\
x 6px;min-block-size:36px;max-block-size:146px;color:var(--ink)}.composer textarea::placeholder{color:var(--ink-3);opacity:1}.send{inline-size:36px;block-size:3\
6px;border-radius:var(--r-2);background:var(--accent);color:var(--on-accent);display:grid;place-items:center;flex:none;transition:background var(--fast),color v\
ar(--fast)}.send[aria-disabled=true]{background:var(--bg-3);color:var(--ink-3)}.editing{display:flex;align-items:center;gap:8px;font-size:13px;color:var(--ink-2\
);padding:0 4px 8px}.editing span{flex:1}.editing .icon{inline-size:16px;block-size:16px}.previews{display:flex;flex-direction:column;gap:6px;padding-block-end:\
8px;max-block-size:160px;overflow:auto}.preview{display:flex;gap:10px;align-items:center;border:1px solid var(--line);border-radius:var(--r-2);padding:6px;paddi\
ng-inline:6px 4px}.preview img{inline-size:44px;block-size:44px;border-radius:var(--r-1);object-fit:cover;background:var(--bg-3)}.footer{text-align:center;font:\
400 12px/16px var(--font);color:var(--ink-3);padding:6px 12px 8px;flex:none}.drop{position:absolute;inset:8px;display:grid;place-content:center;justify-items:ce\
nter;gap:8px;border:2px dashed var(--link);border-radius:var(--r-2);background:color-mix(in srgb,var(--bg) 92%,transparent);color:var(--link);font-weight:500;po\
inter-events:none}.empty{flex:1;min-block-size:0;overflow:auto;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:8px;padding:32px\
;text-align:center;color:var(--ink-2)}.empty h3{font:600 20px/28px var(--font);color:var(--ink)}.empty .choice{margin-block-start:8px}.welcome{inline-size:56px;\
block-size:56px;border-radius:50%;display:grid;place-items:center;margin-block-end:8px;background:color-mix(in srgb,var(--accent) 12%,var(--bg));color:var(--lin\
k)}.welcome .icon{inline-size:26px;block-size:26px}.skeleton{flex:1;display:flex;flex-direction:column;justify-content:flex-end;gap:12px;padding:20px 16px;anima\
tion:late .3s .3s both}.skeleton i{block-size:38px;inline-size:62%;border-radius:16px;background:var(--bg-2)}.skeleton i:nth-of-type(2){align-self:flex-end;inli\
ne-size:44%;background:var(--bg-3)}@keyframes late{0%{opacity:0}}.chats{flex:1;min-block-size:0;overflow:auto;padding:12px}.new-chat{display:flex;align-items:ce\
nter;gap:10px;inline-size:100%;min-block-size:44px;padding:8px 12px;border:1px dashed var(--line-2);border-radius:var(--r-2);font-weight:600;color:var(--link);m\
argin-block-end:8px;transition:background var(--fast)}.new-chat:hover{background:var(--bg-2)}.quiet{color:var(--ink-3);padding:24px;text-align:center}.chat-row{\
position:relative;border-radius:var(--r-2);transition:background var(--fast)}.chat-row:hover,.chat-row:focus-within{background:var(--bg-2)}.chat-row.current{bac\
kground:color-mix(in srgb,var(--accent) 9%,var(--bg))}.chat-button{display:flex;gap:12px;align-items:center;inline-size:100%;padding:10px 12px;border-radius:var\
(--r-2)}.chat-text{flex:1;min-inline-size:0}.chat-name,.chat-last{display:flex;gap:8px;align-items:center}.chat-name bdi{font-weight:600}.chat-name bdi,.chat-la\
st bdi{flex:1;min-inline-size:0;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.chat-name time{font-size:12px;color:var(--ink-3)}.chat-last{font-size\
:13px;line-height:18px;color:var(--ink-2);min-block-size:20px}.count{min-inline-size:20px;block-size:20px;border-radius:10px;padding-inline:6px;background:var(-\
-accent);color:var(--on-accent);font:600 12px/20px var(--font);text-align:center}.chat-tools{position:absolute;inset-block-start:8px;inset-inline-end:8px;displa\
y:flex;opacity:0;background:var(--bg-2);border-radius:var(--r-2);transition:opacity var(--fast)}.chat-row:hover .chat-tools,.chat-row:focus-within .chat-tools{o\
pacity:1}.rename{display:flex;gap:4px;align-items:center;padding:8px 12px}.rename input{flex:1;min-inline-size:0;block-size:40px;border:1px solid var(--line-2);\
border-radius:var(--r-2);padding-inline:10px;background:var(--bg);font-size:15px}@media(pointer:coarse){.icon-button,.send{inline-size:44px;block-size:44px}.cho\
ice,.jump{min-block-size:44px}.text-button{min-block-size:32px}.composer textarea{font-size:16px;padding-block:11px;min-block-size:44px}.rename input{font-size:\
16px}.tools,.chat-tools{opacity:1}.row:not(:focus-within) .tools{display:none}.tools{position:static;align-self:flex-end}.chat-tools{position:static;background:\
none}.chat-row{display:flex;align-items:center}.chat-button{flex:1;min-inline-size:0}.bubble{font-size:var(--unicom-font-size, 15px)}}@media(prefers-reduced-mot\
ion:reduce){.box *,.box .panel{animation:none!important;transition:none!important}.skeleton{animation:none}}@media(forced-colors:active){.bubble,.send,.count,.j\
ump{border:1px solid}.composer:focus-within{outline:2px solid Highlight}.dot{background:Highlight;forced-color-adjust:none}.typing i,.skeleton i{background:Canv\
asText}}';function wn(n,e){for(let t of n){if(!t)continue;let i=t.toLowerCase(),s=e.find(r=>r.toLowerCase()===i)??e.find(r=>r.split("-")[0]===i.split("-")[0]);if(s)return s}
return"en"}function kn(n){return/^(ar|fa|he|ur)\b/.test(n)?"rtl":"ltr"}var Ot={panel:"Chat",close:"Close chat",goBack:"Back to the chat",chats:"All chats",newChat:"New chat",noChats:"There are no chats yet.",moreChats:"Show more",untitled:"\
Chat",renameChat:"Rename {name}",archiveChat:"Archive {name}",chatName:"Name of the chat",unreadCount:{one:"{n} unread message",other:"{n} unread messages"},greeting:"\
How can we help?",greetingText:"Write a message, and the answer appears here.",composer:"Write a message",attach:"Attach a file",removeFile:"Remove {name}",drop:"\
Drop files to attach them",send:"Send",save:"Save",cancel:"Cancel",edit:"Edit",delete:"Delete",editing:"Editing a message",deleteQuestion:"Delete this message?",
messages:"Messages",you:"You",someone:"Someone",label:"{author}, {time}",says:"{author} says: {text}",image:"Image",sound:"Sound",video:"Video",file:"File",opens:"\
{name}, opens in a new tab",queued:"Waiting to be sent",sending:"Sending",uploading:"Uploading, {part}",sent:"Sent",delivered:"Delivered",seen:"Seen",edited:"Ed\
ited",notSent:"Not sent.",tryAgain:"Try again",failedTooLarge:"It is too large.",failedType:"Files of this type are not accepted.",failedBlocked:"You cannot wri\
te here.",failedGone:"The chat does not exist any more.",tooLate:"This message can no longer be changed.",buttonGone:"This choice is no longer open.",actionFailed:"\
That did not work. Try again.",chosen:"{text}, chosen",typing:{one:"{names} is typing",other:"{names} are typing"},stop:"Stop the answer",unreadLine:"New messag\
es",jump:{one:"{n} new message",other:"{n} new messages"},jumpToEnd:"Go to the newest message",offline:"You are offline. Messages are sent when you are back.",reconnecting:"\
The connection was lost. Connecting again …",back:"Connected again",slowDown:"Too many messages at once. The next one is sent in a moment.",notStored:"Your br\
owser stores nothing here: keep the page open until your messages are sent.",loading:"Loading",loadFailed:"The messages could not be loaded.",unreachable:"The c\
hat cannot be reached at the moment.",blocked:"This chat is not available to you.",noChannel:"There is no chat here at the moment.",powered:"Powered by unicom"};var Te=class{constructor(e,t,i=e){this.language=e;this.strings=t;this.locale=i;this.direction=kn(e),this.#e=new Intl.PluralRules(e),this.#t=new Intl.DateTimeFormat(
i,{hour:"numeric",minute:"2-digit"}),this.#n=new Intl.DateTimeFormat(i,{day:"numeric",month:"long",year:"numeric"}),this.#i=new Intl.DateTimeFormat(i,{weekday:"\
long",day:"numeric",month:"long"}),this.#r=new Intl.RelativeTimeFormat(e,{numeric:"auto"})}language;strings;locale;direction;#e;#t;#n;#i;#r;t(e,t){return Sn(this.
strings[e],t)}count(e,t,i){let s=this.strings[e];return Sn(s[this.#e.select(t)]??s.other,{n:this.number(t),...i})}number(e){return new Intl.NumberFormat(this.locale).
format(e)}percent(e){return new Intl.NumberFormat(this.locale,{style:"percent"}).format(e)}list(e){return new Intl.ListFormat(this.language).format(e)}bytes(e){
let t=e<1e6?"kilobyte":"megabyte",i=e<1e6?Math.max(1,Math.round(e/1e3)):Math.round(e/1e5)/10;return new Intl.NumberFormat(this.locale,{style:"unit",unit:t,unitDisplay:"\
short"}).format(i)}time(e){return this.#t.format(e)}day(e,t){let i=It(e,t);return i===0||i===1?Tn(this.#r.format(-i,"day"),this.language):Tn((i>0&&i<7?this.#i:this.#n).
format(e),this.language)}short(e,t){if(It(e,t)===0)return this.time(e);let i=e.getFullYear()===t.getFullYear();return e.toLocaleDateString(this.locale,{day:"num\
eric",month:"short",...!i&&{year:"numeric"}})}moment(e,t){return It(e,t)===0?this.time(e):`${this.day(e,t)}, ${this.time(e)}`}};function It(n,e){let t=i=>Date.UTC(
i.getFullYear(),i.getMonth(),i.getDate())/864e5;return t(e)-t(n)}function Tn(n,e){let[t="",...i]=n;return t.toLocaleUpperCase(e)+i.join("")}function Sn(n,e={}){
return n.replace(/\{(\w+)\}/g,(t,i)=>String(e[i]??t))}var tt=new Te("en",Ot);function Ni(n,e){let t=s=>s?.split("-")[0]?.toLowerCase()===n.split("-")[0],i=e.find(
s=>t(s)&&s?.includes("-"))??n;try{return Intl.DateTimeFormat.supportedLocalesOf([i])[0]??n}catch{return n}}async function Cn(n){let e=wn(n,["en",...Object.keys(
_)]),t=_[e],i=Ni(e,n);if(t===void 0)return new Te("en",Ot,i);let s=new URL(`../${t}/locale-${e}.js`,import.meta.url).href,{strings:r}=await import(s);return new Te(
e,r,i)}var Mt=de(tt);function S(){return ue(Mt)}var Di={close:"m5 5 10 10M15 5 5 15",menu:"M4 6h12M4 10h12M4 14h12",back:"m12 4.5-5.5 5.5 5.5 5.5",clip:"m17 9.4-6.9 6.9a4.5 4.5 0 0 1-6.4-6.4l6.9-6.9a3 3 0 0 1\
 4.3 4.3l-6.9 6.9a1.5 1.5 0 0 1-2.1-2.1l6.3-6.4",up:"M10 16V4m-5 5 5-5 5 5",down:"M10 4v12m-5-5 5 5 5-5",chat:"M17 9.5c0 3.6-3.1 6-7 6-.9 0-1.8-.1-2.6-.4L3.5 16\
.5l1-3A5.5 5.5 0 0 1 3 9.5c0-3.6 3.1-6 7-6s7 2.4 7 6Z",doc:"M6 3h5l4 4v10H6zM11 3v4h4",plus:"M10 4v12M4 10h12",edit:"M4 16h3l8.5-8.5a2.1 2.1 0 0 0-3-3L4 13zM11 \
6l3 3",trash:"M4 6h12M8 6V4h4v2m-6.5 0 .7 10h7.6l.7-10M8.5 9v4.5m3-4.5v4.5",archive:"M4 5h12v3H4zM5 8v8h10V8m-7 3h4",stop:"M6 6h8v8H6z",check:"m4.5 10.5 3.5 3.5\
 7.5-8",alert:"M10 6.5v4m0 2.8v.2M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z",offline:"m3 3 14 14M8.5 15.5 10 17l1.5-1.5a2.1 2.1 0 0 0-3 0Zm-3-3.3a6.5 6.5 0 0 1 3.5-1.\
8m3.5.7 2 1.1M3 9.2a10 10 0 0 1 3-2m3.2-.9A10 10 0 0 1 17 9.2"};function L({name:n}){return a("svg",{class:"icon",viewBox:"0 0 20 20","aria-hidden":"true",children:a(
"path",{d:Di[n]})})}var En=240,Hi=280;function Fi(n,e){if(!n||!e)return{width:En,height:160};let t=Math.min(1,En/n,Hi/e);return{width:Math.max(48,Math.round(n*t)),height:Math.max(48,
Math.round(e*t))}}function Rt({file:n,tabIndex:e}){let t=S(),{base:i}=I().sdk.http,[s,r]=O(!1),o=new URL(n.address,i).href;if(n.kind==="image"&&!s){let p=n.name||
t.t("image");return a("a",{class:"photo",href:o,target:"_blank",rel:"noopener",tabIndex:e,"aria-label":t.t("opens",{name:p}),children:a("img",{src:o,alt:p,...Fi(
n.width,n.height),onError:()=>r(!0)})})}if(n.kind==="audio")return a("audio",{class:"sound",controls:!0,preload:"metadata",src:o,tabIndex:e,"aria-label":n.name||
t.t("sound")});let c=[/\.([a-z0-9]{1,5})$/i.exec(n.name)?.[1]?.toUpperCase(),n.size?t.bytes(n.size):void 0].filter(Boolean).join(" · ");return a("a",{class:"fi\
le",href:o,target:"_blank",rel:"noopener",tabIndex:e,children:[a("span",{class:"file-icon",children:a(L,{name:"doc"})}),a("span",{class:"file-name",children:[a(
"bdi",{children:n.name||t.t("file")}),c&&a("small",{children:c})]})]})}function nt(n){let[e,t]=O();return R(()=>{if(!n)return t(void 0);let i=URL.createObjectURL(
n);return t(i),()=>URL.revokeObjectURL(i)},[n]),e}function $({icon:n,label:e,onClick:t,isDisabled:i,...s}){return a("button",{...s,type:"button",class:`icon-button ${s.class??""}`,"aria-label":e,title:e,"aria-d\
isabled":i,onClick:()=>!i&&t(),children:a(L,{name:n})})}function Pn(n){return class extends ce{shouldComponentUpdate(t){return[...new Set([...Object.keys(t),...Object.keys(this.props)])].some(s=>!Object.is(t[s],this.
props[s]))}render(){return Qe(n,this.props)}}}var Ui={isSelf:!0,isBot:!1,name:"",avatar:void 0};function Lt({message:n}){if(!n)return Ui;let{author:e}=n;return{isSelf:e?.is_self??!n.is_outgoing,isBot:e?.kind===
"bot",name:e?.name||n.sender_name,avatar:e?.avatar_url&&URL.canParse(e.avatar_url,location.href)?e.avatar_url:void 0}}function At({message:n,pending:e}){return new Date(
n?n.timestamp:e.order)}function On({entries:n,streams:e,typists:t,unreadKey:i,now:s},r){let o=[],l="",c;for(let d of n){let m=At(d),h=Lt(d),u=r.day(m,s),y=u!==l;
y&&o.push({kind:"day",key:`day ${u}`,label:u}),l=u;let f=d.key===i;f&&o.push({kind:"unread",key:"unread"});let b=!y&&!f&&c!==void 0&&Bi(c.writer,h)&&+m-+c.at<3e5;
b&&c&&(o[o.indexOf(c)]={...c,isLast:!1});let x={kind:"entry",key:d.key,entry:d,writer:h,at:m,isFirst:!b,isLast:!0};o.push(x),c=x}let p=new Set(n.map(({key:d})=>d));
for(let d of e)p.has(d.id)||o.push({kind:"stream",key:d.id,stream:d});return t.length&&o.push({kind:"typing",key:"typing",names:t.map(({name:d})=>d)}),o}function Bi(n,e){
return n.isSelf===e.isSelf&&n.isBot===e.isBot&&(n.isSelf||n.name===e.name)}function In(n){let e=n.trim().split(/\s+/u).filter(Boolean),t=s=>[...s??""][0]??"";return(e.
length>1?t(e[0])+t(e.at(-1)):[...e[0]??""].slice(0,2).join("")).toLocaleUpperCase()}function J({writer:n}){let{base:e}=I().sdk.http,t=n.avatar===void 0?void 0:new URL(n.avatar,e);return t?.origin===new URL(e).origin?a("img",{class:"avatar",src:t.
href,alt:""}):a("span",{class:n.isBot?"avatar bot":"avatar","aria-hidden":"true",children:In(n.name)})}var ji=/\bhttps?:\/\/[^\s<>"\u202a-\u202e\u2066-\u2069]{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\b/giu;function Mn(n){let e=[],t=0;for(let i of n.
matchAll(ji)){let s=qi(i[0]),r=/^https?:/i.test(s)?Se(s):`mailto:${s}`;r&&(i.index>t&&e.push(n.slice(t,i.index)),e.push({text:s,href:r}),t=i.index+s.length)}return t<
n.length&&e.push(n.slice(t)),e}function qi(n){let e=n.length;for(;e>0;){let t=n[e-1],i={")":"(","]":"["}[t],s=n.slice(0,e),r=i!==void 0&&s.split(t).length>s.split(
i).length;if(!/[.,;:!?'»”’…]/.test(t)&&!r)break;e--}return n.slice(0,e)}function Se(n){try{let e=new URL(n);return/^https?:$/.test(e.protocol)&&!e.username&&
!e.password?e.href:void 0}catch{return}}function Rn({message:n,chosen:e,tabIndex:t}){let i=S(),{sdk:s}=I(),r=G(),[o,l]=O(),[c,p]=O(),d=(n.interactive_buttons??[]).flat(),m=f=>f.callback_execution_id??
"",h=e??o,u=h===void 0?void 0:d.find(f=>m(f)===h),y=async f=>{l(m(f)),p(void 0);try{await s.click(m(f))}catch(b){l(void 0);let x=b instanceof C&&["button_expire\
d","not_your_button"].includes(b.code),v=i.t(x?"buttonGone":"actionFailed");p(v),r.say(v)}};return a("div",{class:"choices",part:"buttons",children:[d.map((f,b)=>{
let x=f.type==="url"&&f.url?Se(f.url):void 0;if(x)return a("a",{class:"choice",part:"button",href:x,target:"_blank",rel:"noopener noreferrer",tabIndex:t,children:f.
text},b);let v=u===f,T=f.expires_at!==null&&Date.parse(f.expires_at)<Date.now(),g=u!==void 0||T;return a("button",{type:"button",class:v?"choice chosen":"choice",
part:"button",tabIndex:t,"aria-disabled":g,"aria-label":v?i.t("chosen",{text:f.text}):void 0,onClick:()=>!g&&void y(f),children:[v&&a(L,{name:"check"}),a("bdi",
{children:f.text})]},b)}),c&&a("p",{class:"fail",children:c})]})}var Wi=/^<(\/?)([a-z][a-z0-9]*)/i;var $i=/([a-z][a-z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi,Vi=/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos|nbsp));/gi,Gi={lt:"<",gt:"\
>",amp:"&",quot:'"',apos:"'",nbsp:" "},Ki=new Set(["script","style","template","noscript","iframe","object","textarea","title","svg","math"]);function it(n){let e=[],
t,i=o=>{o&&t===void 0&&e.push({kind:"text",text:Ln(o)})},s=0,r=n.indexOf("<");for(;r>=0;){let o=n.startsWith("<!--",r),l=o?null:Wi.exec(n.slice(r,r+20));if(!o&&
!l){r=n.indexOf("<",r+1);continue}let c=o?n.indexOf("-->",r)+3:Yi(n,r);if(c<3)break;if(i(n.slice(s,r)),l){let p=l[2].toLowerCase(),d=l[1]==="/";t!==void 0?d&&p===
t&&(t=void 0):d?e.push({kind:"close",name:p}):Ki.has(p)?t=p:e.push({kind:"open",name:p,attributes:Ji(n.slice(r+l[0].length,c-1))})}s=c,r=n.indexOf("<",c)}return i(
n.slice(s)),e}function Yi(n,e){let t;for(let i=e;i<n.length;i++){let s=n[i];if(t!==void 0)s===t&&(t=void 0);else if(s==='"'||s==="'")t=s;else if(s===">")return i+
1}return 0}function Ji(n){let e=Object.create(null);for(let[,t,i,s,r]of n.matchAll($i)){let o=t.toLowerCase();o in e||(e[o]=Ln(i??s??r??""))}return e}function Ln(n){
return n.replace(Vi,(e,t,i,s)=>{if(s!==void 0)return Gi[s.toLowerCase()]??e;let r=t!==void 0?parseInt(t,16):Number(i);return r>0&&r<=1114111&&(r<55296||r>57343)?
String.fromCodePoint(r):e})}var zn=Object.assign(Object.create(null),{...Object.fromEntries("a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em f\
igcaption figure hr i ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td th thead time tr u ul var wbr".split(" ").map(
n=>[n,n])),...Object.fromEntries(["h1","h2","h3","h4","h5","h6"].map(n=>[n,"p"])),...Object.fromEntries(["article","aside","center","footer","header","hgroup","\
nav"].map(n=>[n,"div"])),acronym:"abbr",strike:"s",tt:"code"}),Xi=new Set(["br","col","hr","img","wbr"]),Qi=50,Zi={bdo:["dir"],col:["span"],colgroup:["span"],ol:[
"start"],td:["colspan","rowspan"],th:["colspan","rowspan","scope"],time:["datetime"]};function Nn(n,e){let t={name:"",props:{},children:[]},i=[t],s=()=>i.at(-1),
r=()=>{let{name:o,props:l,children:c}=i.pop();s().children.push(An(o,l,c))};for(let o of it(n))if(o.kind==="text")s().children.push(o.text);else if(o.kind==="cl\
ose"){let l=i.findLastIndex(({name:c})=>c===o.name);if(l>0)for(;i.length>l;)r()}else if(o.name==="img")s().children.push(ns(o.attributes,e));else if(o.name in zn){
let l={name:o.name,props:es(o.name,o.attributes,e),children:[]};Xi.has(o.name)?s().children.push(An(l.name,l.props,[])):i.length<=Qi&&i.push(l)}for(;i.length>1;)
r();return t.children}function An(n,e,t){return Qe(zn[n],e,...t)}function es(n,e,t){let i={};for(let s of["title","lang",...Zi[n]??[]])e[s]!==void 0&&(i[s]=e[s]);
return/^h[1-6]$/.test(n)&&(i.class="heading"),n==="a"&&Object.assign(i,ts(e.href,t)),n==="summary"&&(i.tabIndex=t.tabIndex),i}function ts(n,{origin:e,tabIndex:t}){
let i=n===void 0?void 0:Dn(n,e);return i===void 0?{}:{href:i,target:"_blank",rel:"noopener noreferrer nofollow",tabIndex:t}}function Dn(n,e){let t=n.trim();if(/^(mailto|tel):/i.
test(t))return t;if(/^https?:/i.test(t))return Se(t);if(!/^[a-z][a-z0-9+.-]*:/i.test(t))try{let i=new URL(t,e);return i.origin===e?i.href:void 0}catch{return}}function ns(n,{
origin:e,tabIndex:t}){let{src:i="",alt:s=""}=n,r=Dn(i,e);if(r===void 0||!/^https?:/.test(r))return s;if(new URL(r).origin===e){let o=l=>/^\d{1,4}$/.test(l??"")?
Number(l):void 0;return a("img",{src:r,alt:s,width:o(n.width),height:o(n.height),loading:"lazy"})}return a("a",{href:r,target:"_blank",rel:"noopener noreferrer \
nofollow",tabIndex:t,children:s||r})}function Ce({text:n,tabIndex:e}){let t=Q(()=>Mn(n),[n]);return a(W,{children:t.map((i,s)=>typeof i=="string"?i:a("a",{href:i.href,target:"_blank",rel:"noopener \
noreferrer nofollow",tabIndex:e,children:i.text},s))})}function Hn({message:n,tabIndex:e}){let{base:t}=I().sdk.http,{html:i,text:s}=n,r=Q(()=>i?Nn(i,{origin:new URL(
t).origin,tabIndex:e}):void 0,[i,t,e]);return r?a("div",{class:"html",children:r}):a(Ce,{text:s,tabIndex:e})}var Fn=Pn(function({entry:e,isFirst:t,isLast:i,chosen:s,isClick:r,status:o,isActive:l,today:c}){let p=S(),d=Lt(e),m=At(e),h=l?0:-1,u=d.isSelf?p.t("you"):d.name||
p.t("someone"),y=["row",d.isSelf?"mine":"theirs",t&&"first",i&&"last"];return a("li",{class:y.filter(Boolean).join(" "),part:"item","data-key":e.key,tabIndex:h,
children:[!d.isSelf&&(i?a(J,{writer:d}):a("span",{class:"gap"})),a("div",{class:"stack",children:[a("span",{class:"hidden",children:p.t("label",{author:u,time:p.
moment(m,new Date(c))})}),e.message?a(is,{message:e.message,chosen:s,canChange:d.isSelf&&!r,isActive:l}):a(os,{pending:e.pending,tabIndex:h}),i&&e.message&&a("s\
pan",{class:"meta",part:"time",children:[!d.isSelf&&d.name&&a(W,{children:[a("bdi",{children:d.name})," · "]}),a("time",{dateTime:m.toISOString(),children:p.time(
m)}),o&&` · ${p.t(o)}`]})]})]})});function is({message:n,chosen:e,canChange:t,isActive:i}){let s=S(),r=i?0:-1;return a(W,{children:[us(n).map(o=>a(Rt,{file:o,tabIndex:r},
o.address)),(n.text||n.html)&&a("div",{class:"line",children:[a("div",{class:"bubble",part:"bubble",dir:"auto",children:[a(Hn,{message:n,tabIndex:r}),n.edited_at&&
a("small",{class:"edited",children:[" ",s.t("edited")]})]}),t&&a(rs,{message:n,tabIndex:r,isActive:i})]}),n.interactive_buttons&&a(Rn,{message:n,chosen:e,tabIndex:r})]})}
var ss=15*6e4;function rs({message:n,tabIndex:e,isActive:t}){let i=S(),s=I(),r=G(),[o,l]=O(!1),[c,p]=O(),d=Date.now()-Date.parse(n.timestamp);if(R(()=>{t||l(!1)},
[t]),d>ss&&!c)return null;let m=async()=>{try{await s.sdk.remove(n.chat_id,n.id),s.focusComposer()}catch(u){let y=u instanceof C&&u.code==="too_late",f=i.t(y?"t\
ooLate":"actionFailed");l(!1),p(f),r.say(f)}};if(c)return a("p",{class:"fail",children:c});if(o)return a("div",{class:"ask",role:"group","aria-label":i.t("delet\
eQuestion"),children:[a("span",{children:i.t("deleteQuestion")}),a("button",{type:"button",class:"text-button danger",onClick:()=>{m()},children:i.t("delete")}),
a("button",{type:"button",class:"text-button",onClick:()=>l(!1),children:i.t("cancel")})]});let h=()=>{s.update({editing:{id:n.id,text:n.text}}),s.focusComposer()};
return a("div",{class:"tools",children:[a($,{icon:"edit",label:i.t("edit"),tabIndex:e,onClick:h}),a($,{icon:"trash",label:i.t("delete"),tabIndex:e,onClick:()=>l(
!0)})]})}function os({pending:n,tabIndex:e}){let t=S(),{sdk:i}=I(),s=nt(n.file),r=n.state==="failed",o=n.file?zt(n.file.type):"file";return a(W,{children:[n.file&&
s&&a(Rt,{file:{kind:o,name:n.fileName??"",address:s,size:n.file.size},tabIndex:e}),n.text&&a("div",{class:r?"bubble failed":"bubble",part:"bubble",dir:"auto",children:a(
Ce,{text:n.text,tabIndex:e})}),r?a("span",{class:"fail",children:[a("span",{children:`${t.t("notSent")} ${cs(n,t)}`}),a("button",{type:"button",class:"text-butt\
on",tabIndex:e,onClick:()=>{i.retry(n.id)},children:t.t("tryAgain")}),a("button",{type:"button",class:"text-button",tabIndex:e,onClick:()=>{i.cancel(n.id)},children:t.
t("delete")})]}):a(ls,{pending:n,tabIndex:e})]})}var as=1e3;function ls({pending:n,tabIndex:e}){let t=S(),{sdk:i}=I(),[s,r]=O(!1);if(R(()=>{let c=setTimeout(()=>r(
!0),as);return()=>clearTimeout(c)},[]),!s)return null;let o=n.file!==void 0&&n.state==="sending"&&n.progress>0,l=o?t.t("uploading",{part:t.percent(n.progress)}):
t.t(n.state==="sending"?"sending":"queued");return a("span",{class:"meta",children:[o&&a("progress",{value:n.progress,"aria-label":l}),l,(n.file||n.state==="que\
ued")&&a("button",{type:"button",class:"text-button",tabIndex:e,onClick:()=>{i.cancel(n.id)},children:t.t("cancel")})]})}function cs(n,e){switch(n.error?.code){case"\
too_large":case"quota_exceeded":return e.t("failedTooLarge");case"unsupported_media_type":return e.t("failedType");case"account_blocked":return e.t("failedBlock\
ed");case"chat_not_found":return e.t("failedGone");case"no_channel":return e.t("noChannel");default:return""}}function zt(n){let e=n.split("/")[0];return e==="i\
mage"||e==="audio"||e==="video"?e:"file"}function ds(n){let e=n.split("/").at(-1)??"";try{return decodeURIComponent(e)}catch{return e}}function us(n){let e=[];if(n.
media_url){let t=n.media?.name??ds(n.media_url),{media_type:i,media:s}=n;e.push({kind:i==="image"||i==="audio"||i==="video"?i:"file",name:t,address:n.media_url,
size:s?.size,width:s?.width,height:s?.height})}for(let t of n.files){let{media_type:i,media_url:s,media_size:r,name:o}=t,l=i==="image"||i==="audio"||i==="video"?
i:"file";e.push({kind:l,name:o,address:s,size:r})}return e}var ps="image/png,image/jpeg,image/gif,image/webp,audio/*";function st(){return matchMedia("(pointer: coarse)").matches}function Un({chat:n,files:e,onFiles:t}){
let i=S(),s=I(),r=G(),{editing:o,focus:l}=F(s),[c,p]=O(()=>s.settings.draft(n)),[d,m]=O(),h=N(null),u=N(null),y=c.trim()!==""||e.length>0&&!o;R(()=>p(o?.text??s.
settings.draft(n)),[n,o]),Y(()=>{let{current:g}=h;g&&(g.style.blockSize="auto",g.style.blockSize=`${g.scrollHeight}px`)},[c]),R(()=>{l>0&&h.current?.focus({preventScroll:!0})},
[l]);let f=g=>{p(g),m(void 0),!o&&(s.settings.saveDraft(n,g),s.sdk.typing(n,g.trim()!==""))},b=async()=>{if(!y)return;let g=c.trim();if(o){try{g!==o.text&&await s.
sdk.edit(o.id,g),s.update({editing:void 0})}catch(M){let D=M instanceof C&&M.code==="too_late",E=i.t(D?"tooLate":"actionFailed");m(E),r.say(E)}return}if(f(""),t(
[]),e.length===0)return void await s.sdk.send({chat:n,text:g});for(let[M,D]of e.entries())await s.sdk.send({chat:n,file:D,fileName:D.name,...M===0&&{text:g}})},
x=g=>{let M=g.isComposing||g.keyCode===229;if(g.key==="Escape"&&o&&!M)g.stopPropagation(),s.update({editing:void 0});else if(g.key==="Enter"&&!g.shiftKey&&!g.altKey&&
!M&&!st())g.preventDefault(),b();else if((g.key==="PageUp"||g.key==="PageDown")&&c===""){g.preventDefault();let D=g.currentTarget.closest(".panel")?.querySelector(
".scroller"),E=(D?.clientHeight??0)*.8;D?.scrollBy({top:g.key==="PageUp"?-E:E})}},v=g=>{let M=[...g.clipboardData?.files??[]];!M.length||o||(g.preventDefault(),
t([...e,...M]))},T=()=>{t([...e,...u.current?.files??[]]),u.current&&(u.current.value=""),h.current?.focus()};return a("form",{class:"composer-area",onSubmit:g=>{
g.preventDefault(),b(),h.current?.focus()},children:[o&&a("div",{class:"editing",children:[a(L,{name:"edit"}),a("span",{children:i.t("editing")}),a("button",{type:"\
button",class:"text-button",onClick:()=>s.update({editing:void 0}),children:i.t("cancel")})]}),d&&a("p",{class:"fail",children:d}),e.length>0&&!o&&a("ul",{class:"\
previews",children:e.map((g,M)=>a(hs,{file:g,onRemove:()=>t(e.filter((D,E)=>E!==M))},`${g.name} ${g.lastModified} ${M}`))}),a("div",{class:"composer",part:"comp\
oser",children:[!o&&a(W,{children:[a("input",{ref:u,class:"hidden",type:"file",multiple:!0,accept:ps,tabIndex:-1,"aria-hidden":"true",onChange:T}),a($,{icon:"cl\
ip",label:i.t("attach"),part:"attach",onClick:()=>u.current?.click()})]}),a("textarea",{ref:h,part:"input",rows:1,dir:"auto",maxLength:16384,placeholder:i.t("co\
mposer"),"aria-label":i.t("composer"),enterkeyhint:st()?"enter":"send",value:c,onInput:g=>f(g.currentTarget.value),onKeyDown:x,onPaste:v,onBlur:()=>s.sdk.typing(
n,!1)}),a("button",{type:"submit",class:"send",part:"send","aria-label":i.t(o?"save":"send"),title:i.t(o?"save":"send"),"aria-disabled":!y,children:a(L,{name:o?
"check":"up"})})]})]})}function hs({file:n,onRemove:e}){let t=S(),i=nt(zt(n.type)==="image"?n:void 0);return a("li",{class:"preview",part:"preview",children:[i?
a("img",{src:i,alt:""}):a("span",{class:"file-icon",children:a(L,{name:"doc"})}),a("span",{class:"file-name",children:[a("bdi",{children:n.name}),a("small",{children:t.
bytes(n.size)})]}),a($,{icon:"close",label:t.t("removeFile",{name:n.name}),onClick:e})]})}var fs=2e3;function Bn({isStored:n}){let e=S(),t=G(),{connection:i,pending:s,error:r}=V(),[o,l]=O(!navigator.onLine),[c,p]=O(!1),d=o||["offline","reconnecting"].
includes(i.status)||r!==void 0;R(()=>{let f=()=>l(!navigator.onLine);return addEventListener("online",f),addEventListener("offline",f),()=>{removeEventListener(
"online",f),removeEventListener("offline",f)}},[]);let m=!o&&(i.status==="live"||i.status==="idle"&&!r);R(()=>{if(m)return p(!1);if(!d||c)return;let f=setTimeout(
()=>p(!0),fs);return()=>clearTimeout(f)},[d,m,c]);let h=s.find(f=>f.error?.status===429&&f.state!=="failed"),u=c?e.t(o||i.status==="offline"?"offline":"reconnec\
ting"):h?e.t("slowDown"):!n&&s.length>0?e.t("notStored"):void 0,y=N(void 0);return R(()=>{u?t.say(u):y.current&&t.say(e.t("back")),y.current=u},[u]),u?a("div",{
class:"banner",children:[a(L,{name:c?"offline":"alert"}),a("span",{children:u})]}):null}function jn(){let n=S(),e=I(),{chats:t,hasMoreChats:i}=V(),s=N(null),r=t.filter(({is_archived:o})=>!o);return R(()=>s.current?.focus(),[]),a("div",{class:"chats",
children:[a("button",{ref:s,type:"button",class:"new-chat",onClick:()=>e.showChat(e.sdk.startChat()),children:[a(L,{name:"plus"}),n.t("newChat")]}),r.length===0&&
a("p",{class:"quiet",children:n.t("noChats")}),a("ul",{"aria-label":n.t("chats"),children:r.map(o=>a(ms,{chat:o},o.id))}),i&&a("button",{type:"button",class:"te\
xt-button wide",onClick:()=>{e.sdk.loadMoreChats().catch(()=>{})},children:n.t("moreChats")})]})}function ms({chat:n}){let e=S(),t=I(),i=G(),s=F(t),[r,o]=O(),l=N(
null),c=r!==void 0;R(()=>{c&&l.current?.select()},[c]);let p=n.name||e.t("untitled"),d=new Date(n.last_message?.timestamp??n.created_at),m=h=>h.catch(()=>i.say(
e.t("actionFailed")));return r!==void 0?a("li",{class:"chat-row",children:a("form",{class:"rename",onSubmit:h=>{h.preventDefault(),r.trim()&&m(t.sdk.renameChat(
n.id,r.trim())),o(void 0)},onKeyDown:h=>{h.key==="Escape"&&(h.stopPropagation(),o(void 0))},children:[a("input",{ref:l,value:r,maxLength:100,"aria-label":e.t("c\
hatName"),onInput:h=>o(h.currentTarget.value)}),a($,{icon:"close",label:e.t("cancel"),onClick:()=>o(void 0)}),a("button",{type:"submit",class:"icon-button","ari\
a-label":e.t("save"),title:e.t("save"),children:a(L,{name:"check"})})]})}):a("li",{class:n.id===s.chat?"chat-row current":"chat-row",children:[a("button",{type:"\
button",class:"chat-button","aria-current":n.id===s.chat||void 0,onClick:()=>t.showChat(n.id),children:[a(J,{writer:{isSelf:!1,isBot:!1,name:p,avatar:void 0}}),
a("span",{class:"chat-text",children:[a("span",{class:"chat-name",children:[a("bdi",{children:p}),a("time",{dateTime:d.toISOString(),children:e.short(d,new Date)})]}),
a("span",{class:"chat-last",children:[a("bdi",{children:n.last_message?.text||(n.last_message?e.t("file"):"")}),n.unread_count>0&&a("span",{class:"count",children:[
a("span",{"aria-hidden":"true",children:e.number(n.unread_count)}),a("span",{class:"hidden",children:e.count("unreadCount",n.unread_count)})]})]})]})]}),a("span",
{class:"chat-tools",children:[a($,{icon:"edit",label:e.t("renameChat",{name:p}),onClick:()=>o(n.name??"")}),a($,{icon:"archive",label:e.t("archiveChat",{name:p}),
onClick:()=>{m(t.sdk.archiveChat(n.id))}})]})]})}var gs=24;function qn(n,e){let t=N(void 0),i=N(!1),s=N(void 0);s.current??={isAtEnd:()=>Math.abs(n.current?.scrollTop??0)<gs,toEnd(o){let l=n.current;t.current=
void 0;let c=Math.abs(l?.scrollTop??0);if(i.current=o&&c>0&&c<2*(l?.clientHeight??0),l?.scrollTo({top:0,behavior:i.current?"smooth":"instant"}),!i.current)return;
let p=()=>{i.current=!1,l?.removeEventListener("scrollend",p),this.note()};l?.addEventListener("scrollend",p),setTimeout(p,1e3)},note(){let o=n.current?.getBoundingClientRect();
if(t.current=void 0,!(!o||!e.current||i.current||this.isAtEnd()))for(let l of e.current.children){let{top:c,bottom:p}=l.getBoundingClientRect(),d=l.dataset.key;
if(!(d===void 0||p<=o.top+1)){t.current={key:d,top:c-o.top};return}}}};let r=()=>{let o=n.current,{current:l}=t;if(!o||!l||!e.current)return;let c=[...e.current.
children].find(d=>d.dataset.key===l.key);if(!c)return;let p=c.getBoundingClientRect().top-o.getBoundingClientRect().top-l.top;Math.abs(p)>=.5&&o.scrollBy({top:p,
behavior:"instant"})};return Y(r),Y(()=>{if(!e.current||!n.current)return;let o=new ResizeObserver(r);return o.observe(e.current),o.observe(n.current),()=>o.disconnect()},
[]),s.current}var bs={isSelf:!1,isBot:!0,name:"AI",avatar:void 0};function Wn({stream:n,isActive:e}){let t=S(),{sdk:i}=I(),s=e?0:-1;return a("li",{class:"row theirs first las\
t","data-key":n.id,tabIndex:s,children:[a(J,{writer:bs}),a("div",{class:"stack",children:[a("div",{class:"bubble streaming",part:"bubble",dir:"auto",children:a(
Ce,{text:n.text,tabIndex:s})}),a("button",{type:"button",class:"choice stop",tabIndex:s,onClick:()=>{i.stop(n.id).catch(()=>{})},children:[a(L,{name:"stop"}),t.
t("stop")]})]})]})}function $n({names:n}){let e=S(),t=e.count("typing",n.length,{names:e.list(n)});return a("li",{class:"row theirs first last",children:[a(J,{writer:{isSelf:!1,isBot:!1,
name:n[0]??"",avatar:void 0}}),a("div",{class:"stack",children:a("div",{class:"bubble typing",children:[a("i",{}),a("i",{}),a("i",{}),a("span",{class:"hidden",children:t})]})})]})}var Vn=600;function ys(){return matchMedia("(prefers-reduced-motion: reduce)").matches}function Gn({timeline:n,chat:e}){let t=S(),i=I(),{isOpen:s}=F(i),r=V(),o=F(
n.state),l=N(null),c=N(null),p=qn(l,c),[d,m]=O(!0),[h,u]=O(),{unreadKey:y,missed:f}=ws(n,e,d,s),b=new Date().setHours(0,0,0,0),x=Q(()=>On({entries:o.entries,streams:o.
atEnd?r.streams.filter(w=>w.chat===e):[],typists:o.atEnd?r.typists.filter(w=>w.chat===e&&w.kind!=="visitor"):[],unreadKey:y,now:new Date(b)},t),[o,r.streams,r.typists,
e,y,t,b]),v=Q(()=>_s(o.entries),[o.entries]),T=Q(()=>x.findLast(w=>w.kind==="entry"||w.kind==="stream")?.key,[x]),g=x.some(({key:w})=>w===h)?h:T,M=o.isLoaded,D=N(
!1);Y(()=>{if(!M||D.current)return;D.current=!0;let w=c.current?.querySelector(".unread-line"),j=w&&l.current&&w.getBoundingClientRect().top-l.current.getBoundingClientRect().
top;j&&j<0&&l.current?.scrollBy({top:j,behavior:"instant"})},[M]);let E=bn(()=>{let w=l.current;if(!w)return;let{atStart:j,atEnd:oe,isLoading:pe}=n.state.value,
he=w.scrollHeight-w.clientHeight-Math.abs(w.scrollTop);pe||(!j&&he<Vn?n.loadOlder().catch(()=>{}):!oe&&Math.abs(w.scrollTop)<Vn&&n.loadNewer().catch(()=>{}))},[
n]),k=()=>{p.note();let w=p.isAtEnd()&&n.state.value.atEnd;n.isFollowing=w,m(w),E()};R(E,[o.entries,s]);let H=o.entries.findLast(w=>w.pending)?.key;Y(()=>{H!==void 0&&
p.toEnd(!1)},[H]);let B=async()=>{o.atEnd||await i.sdk.load(e),p.toEnd(!ys()),n.isFollowing=!0,m(!0),i.focusComposer()},X=w=>{if(w===void 0)return;u(w);let j=c.
current?.querySelector(`[data-key="${CSS.escape(w)}"]`);j?.focus({preventScroll:!0}),j?.scrollIntoView({block:"nearest"})},K=w=>{let j=x.filter(Pe=>Pe.kind==="e\
ntry"||Pe.kind==="stream").map(({key:Pe})=>Pe),oe=w.target.closest("[data-key]"),pe=j.indexOf(oe?.dataset.key??"");if(pe<0)return;let he=w.target!==oe,Ht={ArrowUp:j[pe-
1],ArrowDown:j[pe+1],Home:j[0],End:j.at(-1)}[w.key];if(w.key==="Escape"&&he)oe?.focus();else if(w.key==="Enter"&&!he)oe?.querySelector("a, button, audio, summar\
y")?.focus();else if(!he&&Ht!==void 0)X(Ht);else return;w.preventDefault(),w.stopPropagation()},U=Math.max(f,o.newer);return a("div",{class:"log",children:[a("d\
iv",{class:"scroller",ref:l,onScroll:k,part:"list",children:[a("ol",{ref:c,"aria-label":t.t("messages"),onKeyDown:K,onFocusIn:w=>u(w.target.closest("[data-key]")?.
dataset.key),children:x.map(w=>a(vs,{row:w,clicks:v,today:b,isActive:w.key===g,status:xs(w,T,o.others)},w.key))}),o.isLoading&&!o.atStart&&a("div",{class:"more",
"aria-hidden":"true"})]}),(!d||!o.atEnd)&&o.isLoaded&&a("button",{type:"button",class:U?"jump news":"jump",part:"jump",onClick:()=>{B()},children:[a(L,{name:"do\
wn"}),U?t.count("jump",U):a("span",{class:"hidden",children:t.t("jumpToEnd")})]})]})}function vs({row:n,clicks:e,today:t,isActive:i,status:s}){let r=S();switch(n.
kind){case"day":return a("li",{class:"day",part:"day","data-key":n.key,children:a("h3",{children:n.label})});case"unread":return a("li",{class:"unread-line",part:"\
unread-line",children:a("span",{children:r.t("unreadLine")})});case"stream":return a(Wn,{stream:n.stream,isActive:i});case"typing":return a($n,{names:n.names});case"\
entry":{let{message:o}=n.entry,l=o?.interactive_buttons?.flat()??[];return a(Fn,{entry:n.entry,isFirst:n.isFirst,isLast:n.isLast,chosen:l.map(c=>c.callback_execution_id??
"").find(c=>e.clicked.has(c)),isClick:e.buttons.has(o?.client_message_id??""),status:s,isActive:i,today:t})}}}function _s(n){let e=n.flatMap(({message:r})=>r??[]),
t=e.flatMap(({interactive_buttons:r})=>r?.flat()??[]),i=new Set(t.flatMap(({callback_execution_id:r})=>r??[])),s=e.flatMap(({client_message_id:r})=>r??[]).filter(
r=>i.has(r));return{buttons:i,clicked:new Set(s)}}function xs(n,e,t){if(n.kind!=="entry"||n.key!==e||!n.writer.isSelf||!n.entry.message)return;let{status:i,timestamp:s}=n.
entry.message;if(i==="seen"||t.some(({read_up_to:r})=>r&&r>=s))return"seen";if(i==="delivered"||t.some(({delivered_up_to:r})=>r&&r>=s))return"delivered"}function ws(n,e,t,i){
let s=I(),{chats:r,connection:o}=V(),{entries:l,isLoaded:c}=F(n.state),[p,d]=O(),[m,h]=O(),[u,y]=O(document.visibilityState==="visible"),f=r.find(({id:E})=>E===
e)?.unread_count??0,b=l.flatMap(({message:E,key:k})=>E?.is_outgoing?k:[]),x=b.at(-1),v=i&&u&&t;R(()=>{let E=()=>y(document.visibilityState==="visible");return document.
addEventListener("visibilitychange",E),()=>document.removeEventListener("visibilitychange",E)},[]);let T=N(!1);Y(()=>{!c||T.current||(T.current=!0,f>0&&d(b.at(-Math.
min(f,b.length))),h(x))},[c]),R(()=>{v?h(x):T.current&&x!==m&&(!i||!u)&&d(E=>E&&b.includes(E)?E:b[b.indexOf(m??"")+1])},[x,v]);let g=N(i);R(()=>{g.current&&!i&&
d(void 0),g.current=i},[i]),R(()=>{v&&f>0&&c&&s.sdk.read(e)},[v,f,c,x,o.status]);let M=m===void 0?-1:b.indexOf(m),D=t||M<0?0:b.length-1-M;return{unreadKey:p,missed:D}}function Ee({text:n,onRetry:e}){let t=S();return a("div",{class:"empty",role:"status",part:"notice",children:[a("span",{class:"welcome",children:a(L,{name:"aler\
t"})}),a("p",{children:n}),e&&a("button",{type:"button",class:"choice",onClick:e,children:t.t("tryAgain")})]})}var ks=[];function Kn({greeting:n}){let e=S(),t=I(),{chat:i}=F(t),s=V(),r=t.sdk.messages(i),o=F(r.state),[l,c]=O({chat:i,files:[]}),p=t.sdk.resolve(l.chat)===i?
l.files:ks,d=f=>c({chat:i,files:f}),[m,h]=O(!1);if(s.connection.status==="refused"||s.error?.code==="account_blocked")return a(Ee,{text:e.t("blocked")});if(s.error?.
code==="no_channel")return a(Ee,{text:e.t("noChannel")});if(s.error&&!s.isReady)return a(Ee,{text:e.t("unreachable"),onRetry:()=>{t.sdk.retryNow()}});let u=!s.isReady||
!o.isLoaded&&!o.error,y=s.isReady&&o.isLoaded&&o.entries.length===0;return a("div",{class:"conversation",onDragOver:f=>{f.dataTransfer?.types.includes("Files")&&
(f.preventDefault(),h(!0))},onDragLeave:f=>{f.currentTarget.contains(f.relatedTarget)||h(!1)},onDrop:f=>{f.preventDefault(),h(!1),d([...p,...f.dataTransfer?.files??
[]])},children:[o.error&&!o.isLoaded?a(Ee,{text:e.t("loadFailed"),onRetry:()=>{t.sdk.load(i)}}):u?a(Ts,{}):y?a("div",{class:"empty",children:a("slot",{name:"emp\
ty",children:[a("span",{class:"welcome",children:a(L,{name:"chat"})}),a("h3",{children:n||e.t("greeting")}),a("p",{children:e.t("greetingText")})]})}):a(Gn,{timeline:r,
chat:i},r),a("slot",{name:"before-composer"}),a(Un,{chat:i,files:p,onFiles:d}),m&&a("div",{class:"drop",children:[a(L,{name:"clip"}),e.t("drop")]})]})}function Ts(){
let n=S();return a("div",{class:"skeleton",role:"status",children:[a("span",{class:"hidden",children:n.t("loading")}),a("i",{}),a("i",{}),a("i",{})]})}function Yn({heading:n,subtitle:e,isInline:t,onClose:i}){let s=S(),r=I(),{screen:o,chat:l}=F(r),{chats:c,connection:p}=V(),d=o==="list",h=c.filter(({is_archived:y})=>!y).
length>1?c.find(({id:y})=>y===l)?.name:void 0,u=d?"":h||e;return a("div",{class:"header",part:"header",children:[d?a($,{icon:"back",class:"flip",label:s.t("goBa\
ck"),onClick:()=>r.showChat(l)}):a(J,{writer:{isSelf:!1,isBot:!1,name:n,avatar:void 0}}),a("div",{class:"who",children:[a("h2",{id:"title",part:"title",children:d?
s.t("chats"):n}),u&&a("p",{class:"status",part:"status",children:[p.status==="live"&&a("span",{class:"dot"}),a("bdi",{children:u})]})]}),!d&&c.length>0&&a($,{icon:"\
menu",label:s.t("chats"),onClick:()=>r.update({screen:"list",editing:void 0})}),!t&&a($,{icon:"close",label:s.t("close"),onClick:i})]})}var Ss=6e4;function Jn({heading:n,subtitle:e,greeting:t,isInline:i,onClose:s}){let r=S(),o=I(),l=G(),{isOpen:c,screen:p,isFull:d}=F(o),[m,h]=O(!0),u=N(null),{pending:y}=V(),
f=y.filter(({state:b})=>b==="failed").length;return R(()=>{let{sdk:b}=o,x=[b.on("message",v=>{!o.value.isOpen||Date.now()-Date.parse(v.timestamp)>Ss||l.say(r.t(
"says",{author:v.sender_name||r.t("someone"),text:Cs(v,r.t("file"))}))}),b.on("error",({code:v})=>v==="storage_unavailable"&&h(!1))];return()=>x.forEach(v=>v())},
[o,r]),R(()=>{f>0&&l.say(`${r.t("notSent")} ${r.t("tryAgain")}`)},[f]),a("section",{ref:u,class:"panel",part:"panel",role:i?"region":"dialog","aria-labelledby":"\
title","aria-modal":d&&!i?!0:void 0,hidden:!c,tabIndex:-1,onKeyDown:b=>{b.key!=="Escape"||i||b.defaultPrevented||(b.stopPropagation(),s())},children:[a("slot",{
name:"header",children:a(Yn,{heading:n,subtitle:e,isInline:i,onClose:s})}),a(Bn,{isStored:m}),p==="list"?a(jn,{}):a(Kn,{greeting:t}),p==="chat"&&a("div",{class:"\
footer",children:a("slot",{name:"footer",children:r.t("powered")})}),a(vn,{})]})}function Cs({text:n,html:e},t){return e?it(e).map(s=>s.kind==="text"?s.text:" ").
join("").replace(/\s+/g," ").trim()||t:n||t}function Qn(n){let e=/^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(n);return e?[Number(e[1]),Number(e[2]),Number(e[3])]:void 0}function Xn([n,e,t]){let i=s=>s/
255<=.04045?s/255/12.92:((s/255+.055)/1.055)**2.4;return .2126*i(n)+.7152*i(e)+.0722*i(t)}function Zn(n,e){let[t,i]=[Xn(n),Xn(e)].sort((s,r)=>r-s);return(t+.05)/
(i+.05)}function Nt(n,e,t){let i=s=>Math.round(n[s]+(e[s]-n[s])*t);return[i(0),i(1),i(2)]}var Es=[[255,255,255],[13,16,32],[0,0,0]];function ei(n){return Es.find(
e=>Zn(n,e)>=4.5)??[0,0,0]}function ti(n,e,t){for(let i=0;i<1;i+=.05){let s=Nt(n,t,i);if(e.every(r=>Zn(s,r)>=4.5))return s}return t}function Dt([n,e,t]){return`r\
gb(${n} ${e} ${t})`}var Ps=.16;function ni(n,e){let{style:t}=n,i=["--unicom-on-accent","--accent-ink"];for(let m of["--unicom-accent",...i])t.removeProperty(m);e&&t.setProperty("--\
unicom-accent",e);let s=getComputedStyle(n);if(!s.getPropertyValue("--unicom-accent"))return;let r=document.createElement("span");n.append(r);let o=m=>(r.style.
color=m,Qn(getComputedStyle(r).color)),l=o("var(--unicom-accent)"),c=["var(--bg)","var(--bg-2)"].map(o).filter(m=>m!==void 0),p=o("var(--ink)"),d=s.getPropertyValue(
"--unicom-on-accent")!=="";r.remove(),!(!l||!p)&&(d||t.setProperty("--unicom-on-accent",Dt(ei(l))),t.setProperty("--accent-ink",Dt(ti(l,[...c,...c.map(m=>Nt(m,l,
Ps))],p))))}function Bc(n){let{element:e,root:t,shadow:i,base:s}=n,r=new CSSStyleSheet;r.replaceSync(xn),i.adoptedStyleSheets=[...i.adoptedStyleSheets,r];let o=Number(e.getAttribute(
"channel-id")),l=Number(e.getAttribute("climb-every")),c=new be({base:s,...o>0&&{channel:o},...l>0&&{climbEvery:l}}),p=new et(s),d=new Ze(c,p,()=>e.getAttribute(
"chat-id")),m=new ke,h=document.createElement("div");h.className="box",t.prepend(h);let u=tt,y=!1,f=_n(e,t,()=>b()),b=()=>{let k=!n.isInline&&f.isSmall;f.set(k&&
d.value.isOpen),t.classList.toggle("full",k&&d.value.isOpen),d.value.isFull!==k&&d.update({isFull:k})},x=()=>{if(y)return;let k=H=>e.getAttribute(H)??"";_t(a(Et.
Provider,{value:d,children:a(Mt.Provider,{value:u,children:a(Pt.Provider,{value:m,children:a(Jn,{heading:k("heading")||u.t("panel"),subtitle:k("subtitle"),greeting:k(
"greeting"),isInline:n.isInline,onClose:D})})})}),h)},v=()=>{b(),ni(t,e.getAttribute("accent"));let k=[e.getAttribute("lang"),document.documentElement.lang,...navigator.
languages];Cn(k).catch(()=>tt).then(H=>{u=H,h.lang=u.language,h.dir=u.direction,x()})},T=()=>c.connect().catch(()=>{}),g=()=>navigator.userActivation?.isActive??
!0,M=()=>{d.value.isOpen||(d.update({isOpen:!0}),b(),n.onToggle(!0),T(),g()&&(st()?h.querySelector(".panel")?.focus({preventScroll:!0}):d.focusComposer()))},D=()=>{
if(!d.value.isOpen||n.isInline)return;let k=i.activeElement!==null;d.update({isOpen:!1,screen:"chat"}),b(),n.onToggle(!1),k&&n.launcher?.focus({preventScroll:!0})},
E=(k,H)=>e.dispatchEvent(new CustomEvent(`unicom:${k}`,{bubbles:!0,composed:!0,detail:H}));return c.on("message",({id:k,chat_id:H})=>E("message",{id:k,chat:H})),
c.on("sent",({id:k,chat_id:H})=>E("sent",{id:k,chat:H})),c.on("failed",({id:k,chat:H,error:B})=>E("failed",{id:k,chat:H,code:B?.code})),c.on("error",({code:k})=>E(
"error",{code:k})),c.subscribe(()=>{let{isReady:k,account:H,unread:B}=c.state;k&&(p.markKnown(H!==null),n.onUnread(B))}),x(),v(),{open:M,close:D,update:v,focusComposer:()=>d.
focusComposer(),async send(k){await T(),await c.send({chat:d.value.chat,text:k})},showChat(k){M(),T().then(()=>k&&d.showChat(k))},startChat(){M(),T().then(()=>d.
showChat(c.startChat()))},async logout(){await c.logout(),p.clear()},destroy(){y=!0,f.destroy(),c.close(),_t(null,h),h.remove()}}}export{Bc as mount};
