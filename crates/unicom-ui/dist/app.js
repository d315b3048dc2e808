/*! Contains Preact, copyright (c) 2015-present Jason Miller, MIT License. */
var _={de:"e03db199"};function oe(n,e=Math.random){let t=Math.min(3e4,500*2**Math.min(n,10));return Math.max(500,e()*t)}var Pe=class{#e;sleep(e){return new Promise(t=>{let i=setTimeout(
()=>this.#e?.(),e);this.#e=()=>{clearTimeout(i),this.#e=void 0,t()}})}wake(){this.#e?.()}};var Oe=class{#e=new Map;on(e,t){let i=this.#e.get(e)??new Set;return this.#e.set(e,i.add(t)),()=>{i.delete(t)}}emit(e,t){for(let i of[...this.#e.get(e)??[]])i(t)}},
j=class{#e;#t=new Set;constructor(e){this.#e=e}get value(){return this.#e}set(e){if(!Object.is(e,this.#e)){this.#e=e;for(let t of[...this.#t])t()}}subscribe(e){
return this.#t.add(e),()=>{this.#t.delete(e)}}};var Me=class{chats=new j([]);replace(e,t){let i=new Set(e.map(({id:r})=>r)),s=t?this.chats.value.filter(({id:r})=>!i.has(r)):[];this.#e([...e,...s])}add(e){let t=new Set(
e.map(({id:i})=>i));this.#e([...this.chats.value.filter(({id:i})=>!t.has(i)),...e])}put(e){let t=this.get(e.id);t&&t.change>e.change||this.add([e])}patch(e,t){this.#e(
this.chats.value.map(i=>i.id===e?{...i,...t}:i))}remove(e){this.#e(this.chats.value.filter(t=>t.id!==e))}get(e){return this.chats.value.find(t=>t.id===e)}#e(e){
let t=i=>i.last_message?.timestamp??i.created_at;this.chats.set(e.sort((i,s)=>t(i)<t(s)?1:t(i)>t(s)?-1:0))}};var S=class extends Error{name="UnicomError";code;status;retryAfter;requestId;constructor(e,t,i={}){super(t,i.cause===void 0?void 0:{cause:i.cause}),this.code=e,
this.status=i.status??0,this.retryAfter=i.retryAfter,this.requestId=i.requestId}get isTemporary(){let{status:e,code:t}=this;return e===0?t==="network"||t==="tim\
eout"||t==="invalid_response":e===408||e===425||e===429||e>=500}};function ii(n,e){if(!n)return;let t=Number(n),i=Number.isFinite(t)?t*1e3:Date.parse(n)-e;return Number.
isFinite(i)?Math.min(Math.max(i,0),36e5):void 0}function st(n,e,t){let i={};try{i=JSON.parse(t)}catch{}return new S(i.code??"invalid_response",i.error??`the ser\
ver responded with ${n}`,{status:n,retryAfter:ii(e.get("retry-after"),Date.now()),requestId:e.get("x-request-id")??void 0})}var Ie=class{constructor(e,t){this.base=e;this.fetch=t}base;fetch;mode="same-origin";#e;#t;async headers(e){return e?(this.#e??=(await this.#n()).csrf_token??"",
{"X-CSRFToken":this.#e}):{}}async renew(e){if(e.code!=="csrf_failed")return!1;let t=this.#e;return this.#e=(await this.#n()).csrf_token??"",this.#e!==t}socketProtocols(){
return[]}async session(){let e=await this.#n();return this.#e=e.csrf_token??"",{account:e.account_id,isUser:e.authenticated}}async end(){let e=await this.headers(
!0);await this.fetch(`${this.base}/auth/logout/`,{method:"POST",credentials:this.mode,headers:e}),this.#e=void 0}#n(){return this.#t??=this.#i().finally(()=>this.#t=
void 0),this.#t}async#i(){let e=AbortSignal.timeout(2e4),t=s=>{throw new S("network","the server cannot be reached",{cause:s})},i=await this.fetch(`${this.base}\
/auth/session/`,{credentials:this.mode,signal:e}).catch(t);if(!i.ok)throw new S("invalid_response","the session cannot be read",{status:i.status});return await i.
json().catch(t)}};var si=3e4,Le=class{constructor(e,t,i){this.base=e;this.credentials=t;this.fetch=i}base;credentials;fetch;get(e,t={}){return this.request("GET",e,t)}post(e,t={}){
return this.request("POST",e,t)}async request(e,t,i={}){try{return await this.#e(e,t,i)}catch(s){if(s instanceof S&&await this.credentials.renew(s))return this.#e(
e,t,i);throw s}}async stream(e,t,i){let s={Accept:"text/event-stream",...await this.credentials.headers(!1)},r=await this.#n("GET",this.address(e,t),{headers:s,
signal:i});if(!r.ok)throw st(r.status,r.headers,await r.text());if(!r.body||!r.headers.get("content-type")?.startsWith("text/event-stream"))throw new S("invalid\
_response","the response is not a stream of events",{status:r.status});return r.body}address(e,t={}){let i=Object.entries(t).filter(([,r])=>r!=null),s=new URLSearchParams(
i.map(([r,o])=>[r,String(o)])).toString();return`${this.base}/${e}${s&&`?${s}`}`}async#e(e,t,i){let s={...await this.credentials.headers(e!=="GET"),...i.headers},
r=i.form;i.json!==void 0&&(s["Content-Type"]="application/json",r=JSON.stringify(i.json));let o=this.address(t,i.query),d=i.onProgress&&typeof XMLHttpRequest<"u"?
await ri(e,o,s,r,i):await this.#t(e,o,{headers:s,...r&&{body:r}},i);if(d.status===304)return null;if(d.status<200||d.status>299)throw st(d.status,d.headers,d.body);
try{return JSON.parse(d.body)}catch(p){throw new S("invalid_response","the response is not JSON",{status:0,cause:p})}}async#t(e,t,i,s){let r=AbortSignal.timeout(
s.timeout??si),o=s.signal?AbortSignal.any([s.signal,r]):r,l=await this.#n(e,t,{...i,signal:o}),d=await l.text().catch(p=>{throw Dt(p)});return{status:l.status,headers:l.
headers,body:d}}async#n(e,t,i){try{return await this.fetch(t,{method:e,credentials:this.credentials.mode,cache:"no-store",...i})}catch(s){throw Dt(s)}}};function Dt(n){
let e=n instanceof Error?n.name:"";return e==="AbortError"?new S("aborted","the call was aborted",{cause:n}):e==="TimeoutError"?new S("timeout","the server did \
not respond in time",{cause:n}):new S("network","the server cannot be reached",{cause:n})}function ri(n,e,t,i,{onProgress:s,signal:r}){return new Promise((o,l)=>{
let d=new XMLHttpRequest;d.open(n,e);for(let[p,c]of Object.entries(t))d.setRequestHeader(p,c);if(d.upload.onprogress=({loaded:p,total:c})=>s?.(c?p/c:0),d.onload=
()=>{let{status:p,responseText:c}=d;o({status:p,headers:{get:f=>d.getResponseHeader(f)},body:c})},d.onerror=()=>l(new S("network","the server cannot be reached")),
d.onabort=()=>l(new S("aborted","the call was aborted")),r?.addEventListener("abort",()=>d.abort(),{once:!0}),r?.aborted)return d.abort(),l(new S("aborted","the\
 call was aborted"));d.send(i??null)})}var Ht=6e3,Ft=5e3,Ut=2,oi=5e3,ai=15e3,Bt={status:"idle",transport:void 0,retryAt:void 0},Re=class{constructor(e,t){this.host=e;this.options=t}host;options;state=new j(
Bt);#e;#t;#n=0;#i=0;#r=0;#o=!1;#s=new Set;#c;start(){if(this.#o)return;this.#o=!0;let e=Date.now();this.#c=setInterval(()=>{let t=Date.now();t-e>ai&&this.wake(),
e=t},oi),this.#a()}stop(e=Bt){this.#o=!1,clearInterval(this.#c),this.#g(),this.state.set(e)}watch(e,t){this.#e?.watch(e,t)}unwatch(e){this.#e?.unwatch(e)}send(e){
return this.state.value.status==="live"&&(this.#e?.send(e)??!1)}wake(){this.#o&&(this.state.value.status==="live"?this.#e?.check():this.retry())}retry(){!this.#o||
this.state.value.status==="live"||this.state.value.status==="connecting"||(this.#r=0,this.#a())}offline(){this.#o&&(this.#g(),this.#m("offline"),this.#h(15e3,()=>this.#a()))}#a(){
if(this.#g(),!this.#o)return;this.#m("connecting");let e={},t={opened:()=>{e.at=Date.now(),this.#l(s)},frame:r=>this.host.frame(r),ended:r=>{this.#e=void 0,this.#p(
r,e.at)}},[,i]=this.options.transports[this.#n]??this.options.transports[0],s=i(t);this.#e=s,this.#h(Ht,()=>{e.at!==void 0||this.#e!==s||(s.close(),this.#e=void 0,
this.#i=Ut,this.#p({why:"lost"},void 0))})}#l(e){this.#r=0;for(let[t,i]of this.host.watched())e.watch(t,i);this.state.set({status:"live",transport:e.name,retryAt:void 0}),
this.#h(Ft,()=>this.#i=0),this.#n>0&&this.#h(this.options.climbEvery??6e4,()=>this.#d())}#d(e=0){let t=this.options.transports[e];if(!t||e>=this.#n){this.#h(this.
options.climbEvery??6e4,()=>this.#d());return}let i=()=>{r.close(),this.#t=void 0,this.#d(e+1)},s=!1,r=t[1]({opened:()=>{s=!0,this.#t=void 0,this.#b(),this.#e?.
close(),this.#e=r,this.#n=e,this.#i=0,this.#l(r)},frame:o=>this.host.frame(o),ended:o=>{if(!s)return i();this.#e=void 0,this.#p(o,Date.now())}});this.#t=r,this.#h(
Ht,()=>{!s&&this.#t===r&&i()})}async#p(e,t){if(this.#g(),!this.#o)return;if(e.why==="refused")return this.stop({status:"refused",transport:void 0,retryAt:void 0});
if(this.options.isOffline())return this.offline();this.#m("reconnecting");let i=t!==void 0&&Date.now()-t>Ft;if(e.why==="session"||!i&&!e.isOrderly){let r=await this.
host.probe().catch(()=>{});if(!this.#o||this.#e)return;if(r===!1)return this.stop();if(r&&e.why!=="session"&&++this.#i>=Ut)return this.#i=0,this.#n=Math.min(this.#n+
1,this.options.transports.length-1),this.#a()}let s=Math.max(e.after??0,oe(this.#r++));this.state.set({status:"reconnecting",transport:void 0,retryAt:Date.now()+
s}),this.#h(s,()=>this.#a())}#m(e){this.state.set({status:e,transport:void 0,retryAt:void 0})}#g(){this.#b(),this.#e?.close(),this.#t?.close(),this.#e=this.#t=void 0}#h(e,t){
let i=setTimeout(()=>{this.#s.delete(i),t()},e);this.#s.add(i)}#b(){for(let e of this.#s)clearTimeout(e);this.#s.clear()}};var li=15e3,qt=25,Ae=class{constructor(e,t){this.http=e;this.#t=t,this.#r(!0)}http;name="poll";#e=new Map;#t;#n=new AbortController;#i;watch(e,t){this.unwatch(e);
let i=new AbortController;this.#e.set(e,i),this.#o(e,t,i.signal)}unwatch(e){this.#e.get(e)?.abort(),this.#e.delete(e)}send(){return!1}check(){this.#r(!1)}close(){
this.#t=void 0,clearTimeout(this.#i),this.#n.abort();for(let e of this.#e.values())e.abort();this.#e.clear()}async#r(e){clearTimeout(this.#i);let t=this.#n.signal;
try{let i=await this.http.get("webchat/chats/",{query:{limit:100},signal:t}),{unread_total:s}=await this.http.get("webchat/unread/",{signal:t});if(!this.#t)return;
e&&this.#t.opened(),this.#t.frame({type:"hello",chats:i.chats,has_more:i.has_more,unread_total:s,heartbeat_s:25}),this.#i=setTimeout(()=>{this.#r(!1)},li)}catch(i){
t.aborted||this.#s(i)}}async#o(e,t,i){let s=t,r=s===null?0:qt;for(;!i.aborted;)try{let o={chat_id:e,cursor:s,wait:r},l=await this.http.get("webchat/events/",{query:o,
signal:i,timeout:(r+15)*1e3});if(i.aborted)return;let d=l.reset||l.items.length>0;s=l.cursor,l.reset?this.#t?.frame({type:"reset",chat_id:e,cursor:s}):this.#t?.
frame({type:"changes",chat_id:e,cursor:s,items:l.items}),d&&this.#r(!1),r=qt}catch(o){return i.aborted?void 0:o instanceof S&&o.status===404?this.#t?.frame({type:"\
chat_gone",chat_id:e}):this.#s(o)}}#s(e){let{status:t,code:i,retryAfter:s}=e instanceof S?e:{status:0,code:"",retryAfter:0},r={why:"lost",after:s};t===401&&(r={
why:"session"}),t===403&&(r={why:i==="account_blocked"?"refused":"session"});let o=this.#t;this.close(),o?.ended(r)}};function ze(n){try{let e=JSON.parse(n);return typeof e?.type=="string"?e:null}catch{return null}}var ci=25e3,di=1e4,ui=1500,Ne=class{name="ws";#e;#t=!1;#n=new Map;#i;#r;#o;constructor(e,t,i){this.#o=i,this.#e=new WebSocket(`${e.replace(/^http/,"ws")}/webcha\
t/ws/`,["unicom.v1",...t.socketProtocols()]),this.#e.onmessage=({data:s})=>this.#s(String(s)),this.#e.onclose=({code:s,reason:r})=>this.#l(pi(s,r))}watch(e,t){this.#t?
this.#a({type:"subscribe",chats:{[e]:t}}):this.#n.set(e,t)}unwatch(e){this.#n.delete(e),this.#t&&this.#a({type:"unsubscribe",chats:[e]})}send(e){return this.#t?
(this.#a(e),!0):!1}check(){this.#c(ui)}close(){this.#o=void 0,this.#d()}#s(e){clearTimeout(this.#r),this.#r=void 0;let t=ze(e);t&&(t.type==="hello"&&!this.#t&&(this.#t=
!0,this.#i=setInterval(()=>this.#c(di),ci),this.#o?.opened(),this.#n.size&&this.#a({type:"subscribe",chats:Object.fromEntries(this.#n)}),this.#n.clear()),this.#o?.
frame(t))}#c(e){this.#t&&(this.#a({type:"ping"}),this.#r??=setTimeout(()=>this.#l({why:"lost"}),e))}#a(e){this.#e.readyState===WebSocket.OPEN&&this.#e.send(JSON.
stringify(e))}#l(e){let t=this.#o;this.close(),t?.ended(e)}#d(){clearInterval(this.#i),clearTimeout(this.#r),this.#t=!1,this.#e.onmessage=this.#e.onclose=null,this.#e.
close()}};function pi(n,e){let t=Number(/\d+/.exec(e)?.[0]),i=Number.isFinite(t)?Math.min(t,300)*1e3:void 0;switch(n){case 4401:return{why:"session"};case 4403:
return{why:"refused"};case 4429:return{why:"lost",after:i??1e4,isOrderly:!0};case 1001:case 1012:case 1013:return{why:"lost",after:i,isOrderly:!0};case 4408:return{
why:"lost",isOrderly:!0};default:return{why:"lost"}}}var hi=6e4,fi=26e3,rt=class{#e="";#t=[];push(e){let t=[],s=(this.#e+e).split(/\r\n|\n|\r(?!$)/);this.#e=s.pop()??"";for(let r of s)r===""?(this.#t.length&&t.push(
this.#t.join(`
`)),this.#t=[]):r.startsWith("data:")&&this.#t.push(r.slice(r[5]===" "?6:5));return t}},De=class{constructor(e,t){this.http=e;this.#t=t,this.#i=setInterval(()=>this.#s(
hi),1e4),this.#r("",null)}http;name="sse";#e=new Map;#t;#n=Date.now();#i;watch(e,t){this.unwatch(e),this.#r(e,t)}unwatch(e){this.#e.get(e)?.abort(),this.#e.delete(
e)}send(){return!1}check(){this.#s(fi)}close(){this.#t=void 0,clearInterval(this.#i);for(let e of this.#e.values())e.abort();this.#e.clear()}async#r(e,t){let i=new AbortController;
this.#e.set(e,i);let s={why:"lost"};try{let r=e?{chat_id:e,cursor:t}:{},l=(await this.http.stream("webchat/events/",r,i.signal)).pipeThrough(new TextDecoderStream).
getReader(),d=new rt;for(;;){let{value:p,done:c}=await l.read();if(c)break;this.#n=Date.now();for(let f of d.push(p)){let h=this.#o(f);h&&(s=h)}}}catch(r){if(i.
signal.aborted)return;let{status:o,code:l,retryAfter:d}=r;if(o===401)s={why:"session"};else if(o===403)s={why:l==="account_blocked"?"refused":"session"};else{if(o===
404&&e)return this.#t?.frame({type:"chat_gone",chat_id:e});s={why:"lost",after:d}}}i.signal.aborted||this.#c(s)}#o(e){let t=ze(e);if(t&&(t.type==="hello"&&this.#t?.
opened(),this.#t?.frame(t),t.type==="error"))return t.code==="account_blocked"?{why:"refused"}:{why:t.code==="login_required"||t.code==="csrf_failed"?"session":
"lost",isOrderly:!0}}#s(e){Date.now()-this.#n>e&&this.#c({why:"lost"})}#c(e){let t=this.#t;this.close(),t?.ended(e)}};var me=class{isDurable=!1;#e=new Map;all(){return Promise.resolve([...this.#e.values()].sort((e,t)=>e.order-t.order))}put(e){return this.#e.set(e.id,{...e}),Promise.
resolve()}delete(e){return this.#e.delete(e),Promise.resolve()}clear(){return this.#e.clear(),Promise.resolve()}},fe="outbox";function mi(n){return new Promise(
(e,t)=>{n.onsuccess=()=>e(n.result),n.onerror=()=>t(n.error)})}var ot=class n{constructor(e){this.database=e}database;isDurable=!0;static open(e){return new Promise(
(t,i)=>{let s=setTimeout(()=>i(new Error("IndexedDB does not open")),3e3),r=indexedDB.open(e,1);r.onupgradeneeded=()=>{r.result.createObjectStore(fe,{keyPath:"i\
d"})},r.onsuccess=()=>{clearTimeout(s),r.result.onversionchange=()=>r.result.close(),t(new n(r.result))},r.onerror=r.onblocked=()=>{clearTimeout(s),i(r.error??new Error(
"IndexedDB is blocked"))}})}async all(){return(await mi(this.#e("readonly").getAll())).sort((t,i)=>t.order-i.order)}put(e){return this.#t(t=>t.put(e))}delete(e){
return this.#t(t=>t.delete(e))}clear(){return this.#t(e=>e.clear())}#e(e){return this.database.transaction(fe,e).objectStore(fe)}#t(e){return new Promise((t,i)=>{
let s=this.database.transaction(fe,"readwrite");s.oncomplete=()=>t(),s.onabort=s.onerror=()=>i(s.error),e(s.objectStore(fe))})}},at=class{constructor(e,t){this.
durable=e;this.onFailure=t}durable;onFailure;#e=new me;isDurable=!0;async all(){let e=await this.durable.all().catch(()=>[]),t=await this.#e.all(),i=new Set(t.map(
({id:s})=>s));return[...e.filter(({id:s})=>!i.has(s)),...t].sort((s,r)=>s.order-r.order)}async put(e){try{await this.durable.put(e),await this.#e.delete(e.id)}catch(t){
await this.#e.put(e),this.isDurable=!1,this.onFailure(jt(t))}}async delete(e){await this.#e.delete(e),await this.durable.delete(e).catch(()=>{})}async clear(){await this.#e.
clear(),await this.durable.clear().catch(()=>{})}};function jt(n){let e="the browser stores nothing: unsent messages are lost when the page is closed";return new S(
"storage_unavailable",e,{cause:n})}async function Wt(n,e,t){if(e==="memory")return new me;try{return new at(await ot.open(n),t)}catch(i){return t(jt(i)),new me}}var $t=15e3,He=class{constructor(e,t,i=Date.now){this.store=e;this.host=t;this.now=i}store;host;now;items=new j([]);#e=[];#t=new Map;#n=0;#i=0;#r;#o=new Map;#s=0;#c=0;#a=new Pe;#l=!1;#d=!1;#p=!1;async add(e){
let t={...e,order:this.#_()};this.#t.set(e.id,t),this.#e=[...this.#e,t],this.#f(),await this.store.put(t),this.#t.delete(e.id),this.#e.some(({id:i})=>i===e.id)||
await this.store.delete(e.id),this.host.announce(),this.run()}async retry(e){let t=this.#e.find(r=>r.id===e);if(!t)return;let{failure:i,...s}=t;this.#o.delete(e),
await this.store.put({...s,order:this.#_()}),await this.reload(),this.host.announce(),this.kick()}async cancel(e){this.#r?.id===e&&this.#r.abort.abort(),await this.#v(
e),this.host.announce()}async rebind(e,t){for(let i of await this.store.all())i.chat===e&&await this.store.put({...i,chat:t,createsChat:!1});await this.reload()}kick(){
for(let e of this.#o.values())e.until=0;this.#c=0,this.#a.wake(),this.run()}async reload(){for(;;){let e=this.#n,t=await this.store.all();if(e!==this.#n)continue;
let i=new Set(t.map(({id:s})=>s));return this.#e=[...t,...[...this.#t.values()].filter(({id:s})=>!i.has(s))],this.#f()}}async clear(){this.#r?.abort.abort(),await this.
store.clear(),await this.reload()}close(){this.#p=!0,this.#r?.abort.abort(),this.#a.wake()}async run(){if(this.#l){this.#d=!0;return}this.#l=!0;try{for(;;){this.#d=
!1;let e=await this.host.exclusively(()=>this.#m());if(this.#p)return;if(e!==null)await this.#a.sleep(e);else if(!this.#d)return;if(this.#p)return}}finally{this.#l=
!1}}async#m(){for(await this.reload();;){if(this.#p)return null;let{item:e,wait:t}=this.#g();if(!e)return t;await this.#h(e)}}#g(){let e=this.now();this.host.isOffline()?
this.#c||(this.#c=e+$t):this.#c=0;let t=null,i=r=>t=Math.min(t??1/0,r),s=new Set;for(let r of this.#e){if(r.failure||!this.host.isOwn(r.owner)||s.has(r.chat))continue;
if(this.#t.has(r.id)){s.add(r.chat);continue}let o=Math.max(this.#s,this.#c,this.#o.get(r.id)?.until??0);if(o<=e)return{item:r,wait:null};i(o-e),s.add(r.chat)}return{
wait:t}}async#h(e){let t=new AbortController;this.#r={id:e.id,progress:0,abort:t},this.host.isOffline()&&(this.#c=this.now()+$t),this.#f();try{let i=await this.
host.deliver(e,t.signal,s=>{this.#r?.id===e.id&&(this.#r.progress=s,this.#f())});await this.host.sent(e,i),this.#r=void 0,await this.#v(e.id),this.host.announce()}catch(i){
this.#r=void 0;let s=i instanceof S?i:new S("network",String(i),{cause:i});if(s.code==="aborted")return;await this.#b(e,s)}}async#b(e,t){let i={code:t.code,status:t.
status,message:t.message};if(!t.isTemporary){let o={...this.#e.find(({id:l})=>l===e.id)??e,failure:i};await this.store.put(o),await this.reload(),this.host.failed(
o),this.host.announce();return}let s=(this.#o.get(e.id)?.attempt??-1)+1,r=this.now()+(t.retryAfter??oe(s));t.retryAfter!==void 0&&(this.#s=Math.max(this.#s,r)),
this.#o.set(e.id,{attempt:s,until:r,error:i}),this.#f()}async#v(e){await this.store.delete(e),this.#n++,this.#o.delete(e),this.#e=this.#e.filter(t=>t.id!==e),this.#f()}#_(){
let e=this.#e.reduce((t,{order:i})=>Math.max(t,i),this.#i);return this.#i=Math.max(this.now(),e+.001),this.#i}#f(){let e=new Map(this.items.value.map(i=>[i.id,i])),
t=this.#e.filter(i=>this.host.isOwn(i.owner));this.items.set(t.map(i=>{let s=this.#r?.id===i.id,r={id:i.id,chat:i.chat,text:i.text,file:i.file,fileName:i.fileName,
replyTo:i.replyTo,order:i.order,state:i.failure?"failed":s?"sending":"queued",progress:s?this.#r?.progress??0:0,error:i.failure??this.#o.get(i.id)?.error},o=e.get(
i.id);return o?.chat===r.chat&&o.order===r.order&&o.state===r.state&&o.progress===r.progress&&o.error?.code===r.error?.code?o:{...r,file:o?.file??r.file}}))}};var gi=3e3,Fe=class{open=new j([]);apply(e){let t=this.open.value.find(({id:d})=>d===e.stream_id),i=new TextEncoder().encode(t?.text??"");if(e.offset>i.length)return;
let s=new TextDecoder().decode(i.subarray(0,e.offset))+e.text,r={id:e.stream_id,chat:e.chat_id,text:s,state:e.state},o=this.open.value.filter(({id:d})=>d!==e.stream_id),
l=e.state!=="open";l&&setTimeout(()=>this.remove(e.stream_id),gi),this.open.set(l&&!t?o:[...o,r])}remove(e){this.open.value.some(t=>t.id===e)&&this.open.set(this.
open.value.filter(t=>t.id!==e))}clear(e){let t=e===void 0?[]:this.open.value.filter(i=>i.chat!==e);t.length!==this.open.value.length&&this.open.set(t)}};var Ue=class{constructor(e,t,i){this.name=e;this.useLocks=i;typeof BroadcastChannel>"u"||(this.#e=new BroadcastChannel(e),this.#e.onmessage=({data:s})=>t(s))}name;useLocks;#e;tell(e){
this.#e?.postMessage(e)}exclusively(e){let t=this.useLocks&&typeof navigator<"u"?navigator.locks:void 0;return t?t.request(this.name,e):e()}close(){this.#e?.close()}};var ae=200,lt=50,Be=class{constructor(e,t){this.source=e;this.chat=t;this.state=new j({entries:[],isLoaded:t===null,isLoading:!1,error:void 0,atStart:t===null,atEnd:!0,
newer:0,others:[],readUpTo:void 0})}source;chat;state;cursor=null;isFollowing=!0;#e=[];#t=[];#n=new Set;#i=0;#r=new WeakMap;get messages(){return this.#e}async load(){
let{chat:e}=this;if(e===null)return;let t=++this.#i;this.#l({isLoading:!0,error:void 0});try{let i=await this.source.page(e,{limit:lt});if(t!==this.#i)return;this.
cursor=i.cursor??null,this.#e=[],this.#s(i.messages),this.#l({isLoaded:!0,isLoading:!1,atStart:!i.has_more,atEnd:!0,newer:0});for(let s of i.participants??[])this.#a(
s)}catch(i){throw t===this.#i&&this.#l({isLoading:!1,error:i}),i}}loadOlder(){let e=this.#e[0];return!e||this.state.value.atStart?Promise.resolve():this.#o({before:e.
id,limit:lt},t=>{let i=this.#e.length>ae;i&&(this.#e.length=ae),this.#l({atStart:!t.has_more,...i&&{atEnd:!1}})})}loadNewer(){let e=this.#e.at(-1);return!e||this.
state.value.atEnd?Promise.resolve():this.#o({after:e.id,limit:lt,order:"asc"},t=>{let i=this.#e.length-ae;i>0&&this.#e.splice(0,i);let s=t.has_more?Math.max(0,this.
state.value.newer-t.messages.length):0;this.#l({atEnd:!t.has_more,newer:s,...i>0&&{atStart:!1}})})}apply(e,t){let i=[],s=this.#e.at(-1),{newer:r}=this.state.value;
for(let o of e)if(o.kind==="message_deleted")this.#n.add(o.id),this.#e=this.#e.filter(({id:l})=>l!==o.id);else if(o.kind==="participant")this.#a(o);else if(o.kind===
"message"){let l=o.message,d=this.#e.findIndex(({id:p})=>p===l.id);d>=0?this.#e[d]=l:!s||ct(l,s)?(i.push(l),this.state.value.atEnd&&(this.isFollowing||this.#e.length<
ae)?this.#s([l]):(l.is_outgoing&&r++,this.#l({atEnd:!1}))):this.#e[0]&&(this.state.value.atStart||ct(l,this.#e[0]))&&this.#s([l])}return t!==null&&(this.cursor=
t),this.#c(),this.#l({newer:r}),i}insert(e){this.state.value.atEnd&&(this.#s([e]),this.#c()),this.#l({})}remove(e){this.#n.add(e),this.#e=this.#e.filter(t=>t.id!==
e),this.#l({})}setPending(e){e===this.#t||e.length===0&&this.#t.length===0||(this.#t=e,this.#l({}))}async#o(e,t){let{chat:i,state:s}=this;if(i===null||s.value.isLoading)
return;let r=this.#i;this.#l({isLoading:!0,error:void 0});try{let o=await this.source.page(i,e);if(r!==this.#i)return;this.#s(o.messages),t(o)}catch(o){throw r===
this.#i&&this.#l({error:o}),o}finally{r===this.#i&&this.#l({isLoading:!1})}}#s(e){let t=new Map(this.#e.map(i=>[i.id,i]));for(let i of e)this.#n.has(i.id)||t.set(
i.id,i);this.#e=[...t.values()].sort((i,s)=>ct(i,s)?1:-1)}#c(){let e=this.#e.length-ae;e<=0||(this.#e.splice(0,e),this.#l({atStart:!1}))}#a({is_self:e,name:t,delivered_up_to:i,
read_up_to:s}){if(e)return this.#l({readUpTo:s??void 0});let r=this.state.value.others.filter(o=>o.name!==t);this.#l({others:[...r,{is_self:e,name:t,delivered_up_to:i,
read_up_to:s}]})}#l(e){let t={...this.state.value,...e},i=new Set(this.#e.map(({client_message_id:o})=>o)),s=t.atEnd?this.#t.filter(({id:o})=>!i.has(o)).slice(-ae):
[],r=[...this.#e.map(o=>this.#d(o,()=>({key:bi(o),message:o}))),...s.map(o=>this.#d(o,()=>({key:o.id,pending:o})))];this.state.set({...t,entries:r})}#d(e,t){let i=this.#r.
get(e)??t();return this.#r.set(e,i),i}};function bi(n){return!n.is_outgoing&&n.client_message_id||n.id}function ct(n,e){return n.timestamp===e.timestamp?n.id>e.
id:n.timestamp>e.timestamp}var yi=1e4,vi=3e3,qe=class{typists=new j([]);#e=new Map;#t;note(e,{name:t,kind:i},s){let r=`${e} ${i} ${t}`;clearTimeout(this.#e.get(r));let o=this.typists.value.
filter(l=>`${l.chat} ${l.kind} ${l.name}`!==r);this.typists.set(s?[...o,{chat:e,name:t,kind:i}]:o),s&&this.#e.set(r,setTimeout(()=>this.note(e,{name:t,kind:i},!1),
yi))}arrived(e){for(let{chat:t,name:i,kind:s}of this.typists.value)t===e&&this.note(e,{name:i,kind:s},!1)}isDue(e,t,i){let s=this.#t?.chat===e?this.#t.at:void 0;
return t?s!==void 0&&i-s<vi?!1:(this.#t={chat:e,at:i},!0):(this.#t=void 0,s!==void 0)}};var Z="new:",le=`${Z}first`,_i=5,ge=class{constructor(e){this.options=e;let t=e.fetch??globalThis.fetch.bind(globalThis),{base:i}=e,s=e.credentials??new Ie(i,t);
this.http=new Le(i,s,t),this.#l=new Ue(`unicom:${i}`,o=>this.#D(o),e.locks??!0);let r={ws:o=>new Ne(i,s,o),sse:o=>new De(this.http,o),poll:o=>new Ae(this.http,o)};
this.#a=new Re({frame:o=>this.#I(o),watched:()=>this.#A(),probe:async()=>await this.#f()!==null},{transports:(e.transports??["ws","sse","poll"]).map(o=>[o,r[o]]),
...e.climbEvery!==void 0&&{climbEvery:e.climbEvery},isOffline:Vt}),this.#e={connection:this.#a.state.value,account:null,isReady:!1,chats:[],hasMoreChats:!1,unread:0,
pending:[],typists:[],streams:[],error:void 0},this.#a.state.subscribe(()=>this.#N()),this.#i.chats.subscribe(()=>this.#u({chats:this.#i.chats.value})),this.#o.
typists.subscribe(()=>this.#u({typists:this.#o.typists.value})),this.#r.open.subscribe(()=>this.#u({streams:this.#r.open.value}))}options;http;#e;#t=new Set;#n=new Oe;#i=new Me;#r=new Fe;#o=new qe;#s=new Map;#c=new Map;#a;#l;#d;#p;#m;#g=0;#h;#b=[];get state(){
return this.#e}subscribe(e){return this.#t.add(e),()=>{this.#t.delete(e)}}on(e,t){return this.#n.on(e,t)}connect(){return clearTimeout(this.#m),this.#p??=this.#_().
catch(e=>{this.#p=void 0,this.#u({error:e});let t=Math.max(e.retryAfter??0,oe(this.#g++));throw this.#m=setTimeout(()=>{this.connect().catch(()=>{})},t),e}),this.#p}close(){
this.#a.stop(),this.#l.close(),clearTimeout(this.#m),clearTimeout(this.#h);for(let e of this.#b.splice(0))e();this.#d?.then(e=>e.close())}async send(e){let t=crypto.
randomUUID(),i=this.resolve(e.chat),{channel:s}=this.options;return await(await this.#y()).add({id:t,chat:i,owner:this.#e.account,createsChat:i.startsWith(Z)&&i!==
le,text:e.text??"",...s!==void 0&&{channel:s},...e.file&&{file:e.file},...e.fileName!==void 0&&{fileName:e.fileName},...e.replyTo!==void 0&&{replyTo:e.replyTo},
...e.metadata&&{metadata:e.metadata}}),t}async retry(e){await(await this.#y()).retry(e)}async cancel(e){await(await this.#y()).cancel(e)}messages(e){let t=this.
resolve(e),i=this.#s.get(t);if(i)return this.#s.delete(t),this.#s.set(t,i),i;let s=new Be({page:(r,o)=>this.http.get("webchat/messages/",{query:{chat_id:r,...o}})},
t.startsWith(Z)?null:t);return this.#s.set(t,s),this.#C(t,s),this.#z(),this.load(t),s}async load(e){let t=this.resolve(e),i=this.#s.get(t);!i||i.chat===null||await i.
load().then(()=>this.#a.watch(t,i.cursor),s=>{s.status===404&&this.#x(t)})}resolve(e){return this.#c.get(e)??e}startChat(){return this.#e.chats.length?Z+crypto.
randomUUID():le}async loadMoreChats(){let e=null;for(let t=0;;){let i=await this.http.get("webchat/chats/",{query:{limit:100,cursor:e,...this.#v}});if(this.#i.add(
i.chats),t+=i.chats.length,e=i.next_cursor,!i.has_more||t>this.#e.chats.length)return this.#u({hasMoreChats:i.has_more})}}async renameChat(e,t){let{chat:i}=await this.
http.request("PATCH",je(e),{json:{title:t}});this.#i.put(i)}async archiveChat(e,t=!0){let i={is_archived:t},{chat:s}=await this.http.request("PATCH",je(e),{json:i});
this.#i.put(s)}async deleteChat(e){await this.http.request("DELETE",je(e),{query:{hard_delete:!0}}),this.#x(e)}read(e){let t=this.resolve(e),i=this.#i.get(t),s=this.#s.
get(t)?.messages.findLast(({is_outgoing:r})=>r);!i?.unread_count||!s||(this.#u({unread:Math.max(0,this.#e.unread-i.unread_count)}),this.#i.patch(t,{unread_count:0}),
!this.#a.send({type:"read",chat_id:t,message_id:s.id})&&this.http.post(`${je(t)}read/`).catch(r=>this.#n.emit("error",r)))}typing(e,t){let i=this.resolve(e);i.startsWith(
Z)||!this.#o.isDue(i,t,Date.now())||this.#a.send({type:"typing",chat_id:i,is_typing:t})}async click(e){await this.http.post("webchat/button-click/",{json:{callback_execution_id:e}})}async edit(e,t){
let{message:i}=await this.http.request("PATCH",`webchat/message/${We(e)}/`,{json:{text:t}});return this.#s.get(i.chat_id)?.apply([{kind:"message",message:i}],null),
i}async remove(e,t){await this.http.request("DELETE",`webchat/message/${We(t)}/`),this.#s.get(this.resolve(e))?.remove(t)}async stop(e){await this.http.post(`we\
bchat/stream/${We(e)}/stop/`)}async logout(){await this.http.credentials.end(),await(await this.#y()).clear(),this.#l.tell({type:"end"}),this.#E()}async retryNow(){
this.#p||await this.connect().catch(()=>{}),this.#a.retry(),(await this.#y()).kick()}get#v(){let{channel:e}=this.options;return e===void 0?{}:{channel_id:e}}async#_(){
this.#b.length||this.#H(),this.#u({error:void 0});let e=await this.#y();await e.reload(),await this.#f()!==null&&await this.#w(),this.#u({isReady:!0}),this.#e.account!==
null&&this.#a.start(),e.run()}async#f(){let{account:e}=await this.http.credentials.session(),t=this.#e.account;return e!==t&&(t!==null&&this.#P(),this.#u({account:e}),
await(await this.#y()).reload()),e}async#w(){let e=await this.http.get("webchat/chats/",{query:{limit:100,...this.#v}});this.#i.replace(e.chats,e.has_more);let t=e.
chats.reduce((i,s)=>i+s.unread_count,0);this.#u({hasMoreChats:e.has_more,unread:t})}#y(){return this.#d??=(async()=>{let e=s=>this.#n.emit("error",s),t=await Wt(
`unicom:${this.options.base}`,this.options.storage??"auto",e),i=new He(t,{isOwn:s=>s===null||s===this.#e.account||s.startsWith("webchat_guest_"),deliver:(s,r,o)=>this.#O(
i,s,r,o),sent:(s,r)=>this.#M(i,s,r),failed:({id:s})=>{let r=i.items.value.find(o=>o.id===s);r&&this.#n.emit("failed",r)},announce:()=>this.#l.tell({type:"outbox"}),
exclusively:s=>this.#l.exclusively(s),isOffline:Vt});return i.items.subscribe(()=>{this.#u({pending:i.items.value});for(let[s,r]of this.#s)this.#C(s,r)}),i})(),
this.#d}async#O(e,t,i,s){let{chat:r}=t,o=t.channel===void 0?{}:{channel_id:t.channel};if(t.createsChat&&r.startsWith(Z)){let p={...o,metadata:t.metadata},c=await this.
http.post("webchat/chats/",{json:p,signal:i});r=c.chat.id,this.#i.put(c.chat),await this.#T(e,t.chat,r)}let l={client_message_id:t.id,...r.startsWith(Z)?{...o,metadata:t.
metadata}:{chat_id:r},...t.replyTo!==void 0&&{reply_to_message_id:t.replyTo}};if(!t.file)return this.http.post("webchat/send/",{json:{...l,text:t.text},signal:i});
let d=new FormData;for(let[p,c]of Object.entries(l))c!==void 0&&d.set(p,typeof c=="object"?JSON.stringify(c):String(c));return t.text&&d.set("text",t.text),d.set(
"media",t.file,t.fileName??"file"),this.http.post("webchat/send/",{form:d,signal:i,onProgress:s})}async#M(e,t,{chat_id:i,message:s}){t.chat.startsWith(Z)&&await this.#T(
e,t.chat,i),this.#s.get(i)?.insert(s),this.#n.emit("sent",s);let o={id:s.id,text:s.text,timestamp:s.timestamp,is_outgoing:s.is_outgoing,sender_name:s.sender_name};
this.#i.patch(i,{last_message:o}),this.#e.account===null&&this.#k()}async#k(){try{if(await this.#f()===null)return;this.#l.tell({type:"session"}),await this.#w(),
this.#a.start()}catch(e){this.#n.emit("error",e),this.#a.start()}}async#T(e,t,i){this.#S(t,i),await e.rebind(t,i),this.#l.tell({type:"bound",from:t,to:i})}#S(e,t){
if(this.#c.has(e))return;this.#c.set(e,t);let i=this.#s.get(e);i&&(this.#s.delete(e),this.#s.set(t,i),i.chat=t,this.load(t)),this.#n.emit("bound",{from:e,to:t})}#I(e){
switch(e.type){case"hello":return this.#i.replace(e.chats,e.has_more),this.#u({hasMoreChats:e.has_more,unread:e.unread_total});case"chat":return this.#i.put(e.chat);case"\
unread":return this.#u({unread:e.unread_total});case"chat_gone":return this.#x(e.chat_id);case"changes":return this.#L(e.chat_id,e.items,e.cursor);case"reset":return this.#r.
clear(e.chat_id),void this.load(e.chat_id);case"typing":return this.#o.note(e.chat_id,e.author,e.is_typing);case"stream":return this.#o.arrived(e.chat_id),this.#r.
apply(e);case"error":return this.#n.emit("error",new S(e.code,e.error));default:}}#L(e,t,i){let s=this.#s.get(e);if(!s?.state.value.isLoaded)return;let r=s.apply(
t,i).filter(({is_outgoing:o})=>o);if(r.length){this.#o.arrived(e);for(let{id:o}of r)this.#r.remove(o);this.#R(e);for(let o of r)this.#n.emit("message",o)}}#R(e){
clearTimeout(this.#h),this.#h=setTimeout(()=>{let t=this.#s.get(e)?.messages.at(-1);t&&this.#a.send({type:"delivered",chat_id:e,message_id:t.id})},500)}#x(e){this.#i.
remove(e),this.#s.delete(e),this.#n.emit("gone",e)}*#A(){for(let[e,t]of this.#s)t.chat!==null&&t.state.value.isLoaded&&(yield[e,t.cursor])}#z(){for(let[e,t]of this.#s){
if(this.#s.size<=_i)return;this.#s.delete(e),t.chat!==null&&this.#a.unwatch(e)}}#C(e,t){t.setPending(this.#e.pending.filter(i=>this.resolve(i.chat)===e))}#N(){let e=this.#a.
state.value,t=this.#e.connection.status;if(this.#u({connection:e}),e.status==="live"){this.#d?.then(i=>i.kick());for(let[i,{state:s,chat:r}]of this.#s)r!==null&&
!s.value.isLoaded&&this.load(i)}else t==="live"&&this.#r.clear()}#E(){this.#a.stop(),this.#P(),this.#u({account:null})}#P(){let e=[...this.#s.keys()];this.#s.clear(),
this.#c.clear(),this.#r.clear(),this.#i.replace([],!1),this.#u({unread:0,hasMoreChats:!1});for(let t of e)this.#n.emit("gone",t)}#D(e){e.type==="bound"&&this.#S(
e.from,e.to),e.type==="session"&&this.#e.account===null&&this.#p&&this.#k(),e.type==="end"&&this.#E(),e.type==="outbox"&&this.#d?.then(async t=>{await t.reload(),
t.run()})}#H(){if(typeof window>"u")return;let e=(t,i,s)=>{t.addEventListener(i,s),this.#b.push(()=>t.removeEventListener(i,s))};e(window,"online",()=>{this.retryNow()}),
e(window,"offline",()=>this.#a.offline()),e(window,"pageshow",()=>this.#a.wake()),e(document,"visibilitychange",()=>document.visibilityState==="visible"&&this.#a.
wake())}#u(e){this.#e={...this.#e,...e};for(let t of[...this.#t])t()}};function Vt(){return typeof navigator<"u"&&navigator.onLine===!1}function je(n){return`we\
bchat/chat/${We(n)}/`}var We=encodeURIComponent;var P,Kt,xi,ee,dt,Ke,Yt,Ve,Jt,ht,ut,Xt,ye=Symbol.for("pv"),Ye={},Je=[],wi=/^m(i|n|o|s|text|space)$/,ft=Array.isArray,mt=Je.slice,ie=Object.assign;function ne(n){
n&&n.parentNode&&n.remove()}function Xe(n,e,t){var i,s,r,o={},l=arguments.length;for(r in e)r=="key"?i=e[r]:r=="ref"&&typeof n!="function"?s=e[r]:o[r]=e[r];return l>
2&&(o.children=l>3?mt.call(arguments,2):t),be(n,o,i,s,null)}function be(n,e,t,i,s){var r={type:n,props:e,key:t,ref:i,__k:null,__:null,__b:0,__e:null,__c:null,constructor:ye,__v:s||++Kt,__i:-1,__u:0};return!s&&P.vnode&&P.
vnode(r),r}function V(n){return n.children}function ce(n,e){this.props=n,this.context=e,this.__g=0}function te(n,e){if(e==null)return n.__&&te(n.__,n.__i+1);for(var t;e<n.
__k.length;e++)if((t=n.__k[e])&&t.__e)return t.__e;return typeof n.type!="function"||n.props.__P?null:te(n)}function ki(n){var e,t=n.__v,i=t.__e,s=[],r=[],o=n.__P;
o&&((e=ie({constructor:ye},t)).__v=t.__v+1,P.vnode&&P.vnode(e),gt(o,e,t,n.__n,o.namespaceURI,32&t.__u?[i]:null,s,i||te(t),32&t.__u,r),e.__v=t.__v,e.__.__k[e.__i]=
e,sn(s,e,r),t.__=t.__e=null,e.__e!=i&&Qt(e))}function Qt(n){if((n=n.__)&&n.__c&&!n.props.__P)return n.__e=null,n.__k.some(function(e){return e&&(n.__e=e.__e)}),
Qt(n)}function pt(n){(8&n.__g||(n.__g|=8,ee.push(n),Ke++))&&dt==P.debounceRendering||((dt=P.debounceRendering)||queueMicrotask)(Zt)}function Zt(){try{for(var n,
e=1;ee.length;)ee.length>e&&ee.sort(Yt),n=ee.shift(),e=ee.length,8&n.__g&&ki(n)}finally{(Ke=ee.length)&&(dt||queueMicrotask)(Zt)}}function en(n,e,t,i,s,r,o,l,d,p,c){
var f,h,u,y,g,b,x=i.__k||Je,v=e.length;for(d=Ti(t,e,x,d,v),f=0;f<v;f++)(u=t.__k[f])!=null&&(h=~u.__i&&x[u.__i]||Ye,u.__i=f,b=gt(n,u,h,s,r,o,l,d,p,c),y=u.__e,(h.
ref!=u.ref||8&h.__u)&&(h.ref&&bt(h.ref,null,u,h),u.ref&&c.push(u.ref,u.__c||y,u)),g=g||y,4&u.__u?(d=tn(u,d,n,!h.__v),h.__e&&(h.__e=null)):typeof u.type=="functi\
on"&&b!==void 0?d=b:y&&(d=y.nextSibling),u.__u&=-21);return t.__e=g,d}function Ti(n,e,t,i,s){var r,o,l,d,p,c,f,h,u,y=t.length,g=y,b=0,x=0,v=n.__k=Array(s);for(r=
0;r<s;r++)(o=e[r])!=null&&typeof o!="boolean"&&typeof o!="function"?(typeof o!="object"||o.constructor===String?o=v[r]=be(null,o):ft(o)?o=v[r]=be(V,{children:o}):
o.constructor===ye&&o.__b?o=v[r]=be(o.type,o.props,o.key,o.ref,o.__v):v[r]=o,d=r+b,o.__=n,o.__b=n.__b+1,l=null,~(p=o.__i=Si(o,t,d,g))&&(g--,(l=t[p])&&(l.__u|=2)),
l&&l.__v?(o.__u|=16,p==d-1?b--:p==d+1?b++:p!=d&&(p>d?b--:b++,x=1)):(~p||(s>y?b--:s<y&&b++),typeof o.type!="function"&&(o.__u|=4))):v[r]=null;if(x){for(c=[],f=[],
r=0;r<s;r++)if((o=v[r])&&16&o.__u){for(b=0,h=c.length;b<h;)c[u=b+h>>1]<o.__i?b=u+1:h=u;c[b]=o.__i,f[r]=b+1}for(b=c.length;r--;)f[r]&&(f[r]==b?b--:v[r].__u|=4)}if(g)
for(r=0;r<y;r++)!(l=t[r])||2&l.__u||(l.__e==i&&(i=te(l)),yt(l,l));return i}function tn(n,e,t,i){var s,r,o,l;if(typeof n.type=="function"){if(n.props.__P)return e;
if(s=n.__k)for(r=0;r<s.length;r++)s[r]&&(s[r].__=n,e=tn(s[r],e,t,!1));return e}for(e&&!e.parentNode&&(e=te(n))&&!e.parentNode&&(e=null),o=n.__e,l=e;l&&l.nodeType==
8;)l=l.nextSibling;for(o!=l&&(!i&&t.moveBefore&&o.parentNode?t.moveBefore(o,e):t.insertBefore(o,e||null)),e=o;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith(
"$s"););return e}function Si(n,e,t,i){var s,r=n.key,o=n.type,l=e[t],d=l&&!(2&l.__u);if(l===null&&r==null||d&&r==l.key&&o==l.type)return t;if(i>(d?1:0)){for(s=t-1;s>=0;s--)if((l=
e[s])&&!(2&l.__u)&&r==l.key&&o==l.type)return s;for(s=t+1;s<e.length;s++)if((l=e[s])&&!(2&l.__u)&&r==l.key&&o==l.type)return s}return-1}function Gt(n,e,t){t==null&&
(t=""),e[0]=="-"?n.setProperty(e,t):n[e]=t}function $e(n,e,t,i,s){var r,o;if(e=="style")if(typeof t=="string")n.style.cssText=t;else{if(typeof i=="string"&&(n.style.
cssText=i=""),i)for(e in i)t&&e in t||Gt(n.style,e);if(t)for(e in t)i&&t[e]==i[e]||Gt(n.style,e,t[e])}else if(e[0]=="o"&&e[1]=="n")typeof t!="function"&&(t=null),
typeof i!="function"&&(i=null),(n.__e||(n.__e={}))[e]=t,t&&i||(o=ut[e]||(ut[e]=Ci(e)),(n.__a||(n.__a={}))[e]=ht,r=e!=(e=e.replace(Jt,"$1")),(e=e.slice(2))[0]<"a"&&
(e=e.toLowerCase()),t?n.addEventListener(e,o,r):n.removeEventListener(e,o,r));else{if(s=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,
"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="colSpan"&&e!="role"&&e!="popover"&&e in n)
try{return void(n[e]=t??"")}catch{}if(typeof t=="function")return;t==null||t===!1&&e[4]!="-"?n.removeAttribute(e):n.setAttribute(e,e=="popover"&&t==1?"":t)}}function Ci(n){
return function(e){var t=this.__e;if(t){if(t=t[n],e[Ve]==null)e[Ve]=ht++;else if(e[Ve]<this.__a[n])return;return t(P.event?P.event(e):e)}}}function gt(n,e,t,i,s,r,o,l,d,p){
var c,f,h,u,y,g,b,x,v,C,m,L,D,E,U,k,I,$,Y=e.type;if(e.constructor!==ye)return null;128&t.__u&&(d=32&t.__u,c=t.__c.__z)&&(e.__u|=d,f=r=[],c.nodeType==8?l=Ge(c,r):
r.push(c),l=r[0]||l),(c=P.__b)&&c(e);e:if(typeof Y=="function"){h=o.length;try{if(x=e.props,v=(c=Y.prototype)&&c.render,C=(c=Y.contextType)&&i[c.__c],m=c?C?C.props.
value:c.__:i,(u=t.__c)?(e.__c=u,2&u.__g&&(u.__g|=1)):(v?e.__c=u=new Y(x,m):(e.__c=u=new ce(x,m),u.constructor=Y,u.render=Pi),C&&C.sub(u),u.state||(u.state={}),u.
__n=i,u.__g|=8,u.__h=[],u.__k=[]),v&&(u.__s||(u.__s=u.state),Y.getDerivedStateFromProps&&(u.__s==u.state&&(u.__s=ie({},u.__s)),ie(u.__s,Y.getDerivedStateFromProps(
x,u.__s)))),y=u.props,g=u.state,u.__v=e,t.__c){if(x!==y&&v&&!Y.getDerivedStateFromProps&&u.componentWillReceiveProps&&u.componentWillReceiveProps(x,m),e.__v==t.
__v&&!(8&u.__g)||!(4&u.__g)&&u.shouldComponentUpdate&&u.shouldComponentUpdate(x,u.__s,m)===!1){e.__v!=t.__v&&(u.props=x,u.state=u.__s,u.__g&=-9),e.__e=t.__e,e.__k=
t.__k,e.__k.some(function(B){B&&(B.__=e)}),Je.push.apply(u.__h,u.__k),u.__k=[],u.__h.length&&o.push(u),l=te(t);break e}u.componentWillUpdate&&u.componentWillUpdate(
x,u.__s,m),v&&u.componentDidUpdate&&u.__h.push(function(){u.componentDidUpdate(y,g,b)})}else v&&!Y.getDerivedStateFromProps&&u.componentWillMount&&u.componentWillMount(),
v&&u.componentDidMount&&u.__h.push(u.componentDidMount);u.context=m,u.props=x,u.__P=n,u.__g&=-5,L=P.__r,D=v?25:0;do u.__g&=-9,L&&L(e),c=u.render(u.props,u.state=
u.__s,u.context);while(8&u.__g&&++D<25);v&&(Je.push.apply(u.__h,u.__k),u.__k=[]),u.state=u.__s,u.getChildContext&&(i=ie({},i,u.getChildContext())),v&&t.__c&&u.getSnapshotBeforeUpdate&&
(b=u.getSnapshotBeforeUpdate(y,g)),E=c&&c.type===V&&c.key==null?c.props.children:c,x.__P&&(c=l,s=(n=x.__P).namespaceURI,d=r=null,t.props&&t.props.__P!=n&&(t.__k.
some(function(B){B&&yt(B,B)}),t.__k=null),l=t.__k?te(t,0):null),l=en(n,ft(E)?E:[E],e,t,i,s,r,o,l,d,p),x.__P&&(e.__e=null,l=c),e.__u&=-161,f&&f.some(ne),u.__h.length&&
o.push(u),1&u.__g&&(u.__g&=-4)}catch(B){if(o.length=h,e.__v=null,d||r)if(B&&B.then){if(e.__u|=128|d,r){for(~(I=r.indexOf(l||void 0))||(I=r.length);($=r[I-1])&&$.
nodeType==8;)I--;for(;I<r.length;I++)if($=r[I])if(r[I]=null,U){if($==k)break}else{if($.nodeType!=8)break;$.data.startsWith("$s")&&(k=Ge(U=$))}}if(!U){for(;l&&l.
nodeType==8&&l.nextSibling;)l=l.nextSibling;U=l}(c=Ge(U=e.__c.__z||(e.__c.__z=U)))?(e.__e=U,l=c):e.__e=l,l=l&&l.nextSibling}else r&&r.some(ne);else e.__e=t.__e;
e.__k||(e.__k=t.__k||[]),B&&B.then||nn(e),P.__e(B,e,t)}}else l=e.__e=Ei(t.__e,e,t,i,s,r,o,d,p,n);return(c=P.diffed)&&c(e),l}function Ge(n,e){if(n&&n.nodeType==8&&
n.data.startsWith("$s"))for(var t=1;n=n.nextSibling;){if(n.nodeType==8){if(n.data.startsWith("$s"))t++;else if(n.data.startsWith("/$s")&&!--t)return n}e&&e.push(
n)}}function nn(n){n&&(n.__c&&(n.__c.__g|=4),n.__k&&n.__k.some(nn))}function sn(n,e,t){for(var i=0;i<t.length;)bt(t[i++],t[i++],t[i++]);P.__c&&P.__c(e,n),n.some(
function(s){try{n=s.__h,s.__h=[],n.some(function(r){r.call(s)})}catch(r){P.__e(r,s.__v)}})}function Ei(n,e,t,i,s,r,o,l,d,p){var c,f,h,u,y,g,b,x,v=t.props||Ye,C=e.
props,m=e.type;if(m=="svg"?s="http://www.w3.org/2000/svg":m=="math"?s="http://www.w3.org/1998/Math/MathML":s||(s="http://www.w3.org/1999/xhtml"),r){for(c=0;c<r.
length;c++)if((y=r[c])&&(m?y.localName==m:y.nodeType==3)){n=y,r[c]=null;break}}if(!n){if(x=p.ownerDocument||document,!m)return x.createTextNode(C);n=x.createElementNS(
s,m,C.is?C:p),l&&(P.__m&&P.__m(e,r),l=!1),r=null}if(m){if(p=m=="template"&&n.content||n,r=m=="textarea"&&C.defaultValue!=null?null:r&&mt.call(p.childNodes),!l&&
r)for(v={},c=0;c<n.attributes.length;c++)v[(y=n.attributes[c]).name]=y.value;for(c in v)y=v[c],c=="dangerouslySetInnerHTML"?h=y:c=="children"||c in C||c=="value"&&
"defaultValue"in C||c=="checked"&&"defaultChecked"in C||$e(n,c,null,y,s);for(c in C)y=C[c],c=="children"?u=y:c=="dangerouslySetInnerHTML"?f=y:c=="value"?g=y:c==
"checked"?b=y:l&&typeof y!="function"||v[c]===y||$e(n,c,y,v[c],s);f?(l||h&&(f.__html==h.__html||f.__html==n.innerHTML)||(n.innerHTML=f.__html),e.__k=[]):(h&&(n.
textContent=""),(m=="foreignObject"||s=="http://www.w3.org/1998/Math/MathML"&&wi.test(m))&&(s="http://www.w3.org/1999/xhtml"),en(p,ft(u)?u:[u],e,t,i,s,r,o,r?r[0]:
t.__k&&te(t,0),l,d),r&&r.some(ne)),l&&m!="textarea"||(c="value",m=="progress"&&g==null?n.removeAttribute(c):g==null||g===n[c]&&(m!="progress"||g)||$e(n,c,g,v[c],
s),c="checked",b!=null&&b!=n[c]&&$e(n,c,b,v[c],s))}else v===C||l&&n.data==C||(n.data=C);return n}function bt(n,e,t,i){try{typeof n=="function"?e?e.__x=n(e)||1:i&&
(i=i.__c||i.__e)&&(e=i.__x)&&(i.__x=null,typeof e=="function"?e():n(null)):n.current=e}catch(s){P.__e(s,t)}}function yt(n,e,t){var i,s,r,o;if(P.unmount&&P.unmount(
n),!(i=n.ref)||i.current&&i.current!=n.__e||bt(i,null,e,n),i=n.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(l){P.__e(l,e)}i.__P=i.__n=null}
if(i=n.__k)for(o=0;o<i.length;o++)i[o]&&yt(i[o],e,typeof n.type!="function"||t&&!n.props.__P);!t&&(i=n.__c)&&(i=i.__z)&&(s=Ge(i,r=[]))&&(i==n.__e&&r.some(ne),ne(
s),ne(i)),t||ne(n.__e),n.__e=n.__c=n.__=null}function Pi(n,e,t){return this.constructor(n,t)}function vt(n,e){var t,i,s,r;P.__&&P.__(n,e),e.nodeType==9&&(e=e.documentElement),
i=(t=n&&32&n.__u)?null:e.__k,e.__k=be(V,{children:[n]}),s=[],r=[],gt(e,e.__k,i||Ye,Ye,e.namespaceURI,i?null:e.firstChild?mt.call(e.childNodes):null,s,i?i.__e:e.
firstChild,t,r),sn(s,e.__k,r),e.__k.props.children=null}function de(n){function e(t){var i,s;return this.getChildContext||(i=new Set,(s={})[e.__c]=this,this.getChildContext=function(){return s},this.shouldComponentUpdate=
function(r){this.props.value!=r.value&&i.forEach(function(o){o.__g|=4,pt(o)})},this.sub=function(r){i.add(r);var o=r.componentWillUnmount;r.componentWillUnmount=
function(){i.delete(r),o&&o.call(r)}}),t.children}return e.__c="__cC"+Xt++,e.__=n,e.Provider=(e.Consumer=function(t,i){return t.children(i)}).contextType=e,e}P={__e:function(n,e,t,i){for(var s,r,o;e=e.__;)if((s=e.__c)&&!(1&s.__g)){s.__g|=4;try{if((o=(r=s.constructor)&&r.getDerivedStateFromError)&&s.setState(r.getDerivedStateFromError(
n)),s.componentDidCatch&&(s.componentDidCatch(n,i||{}),o=1),o&&8&s.__g)return void(s.__g|=2)}catch(l){n=l}}throw Ke=0,n}},Kt=0,xi=function(n){return n!=null&&n.
constructor===ye},ce.prototype.setState=function(n,e){var t=this.__s;t&&t!=this.state||(t=this.__s=ie({},this.state)),typeof n=="function"&&(n=n(ie({},t),this.props)),
n&&(ie(t,n),this.__v&&(e&&this.__k.push(e),pt(this)))},ce.prototype.forceUpdate=function(n){this.__v&&(this.__g|=4,n&&this.__h.push(n),pt(this))},ce.prototype.render=
V,ee=[],Ke=0,Yt=function(n,e){return n.__v.__b-e.__v.__b},Ve=Symbol(),Jt=/(PointerCapture)$|Capture$/i,ht=0,ut={},Xt=0;var se,z,_t,rn,xt=Object.is,_e=0,fn=[],wt=[],N=P,on=N.__b,an=N.__r,ln=N.diffed,cn=N.__c,dn=N.unmount,un=N.__;function xe(n,e){N.__h&&N.__h(z,n,_e||e),_e=0;var t=z.
__H||(z.__H={__:[],__h:[]});return n>=t.__.length&&t.__.push({}),t.__[n]}function O(n){return _e=1,Tt(gn,n)}function Tt(n,e,t){var i=xe(se++,2);if(i.t=n,!i.__c&&
(i.__=[t?t(e):gn(void 0,e),function(r){var o=(i.__N||i.__)[0],l=i.t(o,r);xt(o,l)||(i.__N=[l,i.__[1]],i.__c.setState({}))}],i.__c=z,!z.__f)){z.__f=!0;var s=z.shouldComponentUpdate;
z.shouldComponentUpdate=function(r,o,l){var d=this.__H;if(!d)return!0;var p=!1,c=this.props!=r;if(d.__.some(function(h){h.__N&&(p=!0,xt(h.__[0],h.__N[0])||(c=!0))}),
s){var f=s.call(this,r,o,l);return p?f||c:f}return!p||c}}return i.__}function R(n,e){var t=xe(se++,3);!N.__s&&St(t.__H,e)&&(t.__P=!0,t.__=n,t.u=e,z.__H.__h.push(
t))}function J(n,e){var t=xe(se++,4);!N.__s&&St(t.__H,e)&&(t.__P=!1,t.__=n,t.u=e,z.__h.push(t))}function H(n){return _e=5,Q(function(){return{current:n}},[])}function Q(n,e){var t=xe(se++,7);return St(t.__H,e)&&(t.__=n(),t.__H=e),t.__}function mn(n,e){return _e=8,Q(function(){return n},e)}function ue(n){var e=z.context[n.
__c],t=xe(se++,9);return t.c=n,e?(t.__==null&&(t.__=!0,e.sub(z)),e.props.value):n.__}function Oi(){var n;do{for(;n=wt.shift();)try{ve(n)}catch(t){N.__e(t,{__:(n=n.__P)&&n.__v})}for(;n=fn.shift();){var e=n.__H;if(n.__P&&e)try{e.__h.some(ve),e.__h.
some(kt),e.__h=[]}catch(t){e.__h=[],N.__e(t,n.__v)}}}while(wt.length)}N.__b=function(n){z=null,on&&on(n)},N.__=function(n,e){n&&e.__k&&e.__k.__m&&(n.__m=e.__k.__m),
un&&un(n,e)},N.__r=function(n){an&&an(n),se=0;var e=(z=n.__c).__H;e&&(_t==z?z.__h=[]:(e.__h.some(ve),e.__h.some(kt),se=0),e.__h=[],e.__.some(function(t){t.__N&&
(t.__=t.__N),t.u=t.__N=void 0})),_t=z},N.diffed=function(n){ln&&ln(n);var e=n.__c;e&&e.__H&&(e.__H.__h.length&&hn(fn.push(e)),e.__H.__.some(function(t){t.u&&(t.
__H=t.u)})),_t=z=null},N.__c=function(n,e){e.some(function(t){try{t.__h.some(ve),t.__h=t.__h.filter(function(i){return!i.__||kt(i)})}catch(i){t.__h=[function(){
throw i}]}}),cn&&cn(n,e)},N.unmount=function(n){dn&&dn(n);var e,t,i=n.__c;i&&i.__H&&(i.__H.__.some(function(s){try{if(s.__P&&s.__c){if(t===void 0){for(t=n.__;t&&
(!t.__c||!t.__c.__P);)t=t.__;t=t&&t.__c}s.__P=t,hn(wt.push(s))}else ve(s)}catch(r){e=r}}),i.__H=void 0,e&&N.__e(e,i.__v))};var pn=typeof requestAnimationFrame==
"function";function Mi(n){var e,t=function(){clearTimeout(i),pn&&cancelAnimationFrame(e),setTimeout(n)},i=setTimeout(t,35);pn&&(e=requestAnimationFrame(t))}function hn(n){
n!=1&&rn==N.requestAnimationFrame||((rn=N.requestAnimationFrame)||Mi)(Oi)}function ve(n){var e=z,t=n.__c;typeof t=="function"&&(n.__c=void 0,t()),z=e}function kt(n){
var e=z;n.__c=n.__(),z=e}function St(n,e){return!n||n.length!=e.length||e.some(function(t,i){return!xt(t,n[i])})}function gn(n,e){return typeof e=="function"?e(
n):e}function F(n){let[,e]=Tt(i=>i+1,0),{value:t}=n;return J(()=>(n.value!==t&&e(void 0),n.subscribe(()=>e(void 0))),[n]),t}var Qe=class{constructor(e,t){this.sdk=e;
this.settings=t;this.client={get value(){return e.state},subscribe:i=>e.subscribe(i)},e.on("bound",({from:i,to:s})=>{this.#e.chat===i&&this.update({chat:s})}),e.
on("gone",i=>{this.#e.chat===i&&this.update({chat:this.pickChat(),editing:void 0})})}sdk;settings;#e={isOpen:!1,screen:"chat",chat:le,editing:void 0,isFull:!1,focus:0};#t=new Set;client;get value(){
return this.#e}subscribe(e){return this.#t.add(e),()=>{this.#t.delete(e)}}update(e){this.#e={...this.#e,...e},e.chat!==void 0&&this.settings.rememberChat(e.chat);
for(let t of[...this.#t])t()}showChat(e){this.update({chat:this.sdk.resolve(e),screen:"chat",editing:void 0,focus:this.#e.focus+1})}focusComposer(){this.update(
{focus:this.#e.focus+1})}pickChat(){let{chats:e,pending:t}=this.sdk.state,i=e.filter(({is_archived:r})=>!r),s=this.settings.lastChat();return s!==null&&i.some(({
id:r})=>r===s)?s:i[0]?.id??t[0]?.chat??le}},Ze=class{constructor(e){this.base=e}base;lastChat(){return this.#t("chat")}rememberChat(e){this.#n("chat",e.startsWith(
"new:")?"":e)}markKnown(e){this.#n("known",e?"1":"")}draft(e){return this.#t(`draft:${e}`)??""}saveDraft(e,t){this.#n(`draft:${e}`,t)}clear(){try{for(let e of Object.
keys(localStorage))/^unicom:(chat|known|draft):/.test(e)&&e.includes(this.base)&&localStorage.removeItem(e)}catch{}}#e(e){let[t,...i]=e.split(":");return[`unico\
m:${t}:${this.base}`,...i].join(":")}#t(e){try{return localStorage.getItem(this.#e(e))}catch{return null}}#n(e,t){try{t?localStorage.setItem(this.#e(e),t):localStorage.
removeItem(this.#e(e))}catch{}}},Ct=de(void 0);function M(){let n=ue(Ct);if(!n)throw new Error("there is no store around this component");return n}function G(){
return F(M().client)}var Ii=Symbol.for("pv"),Li=0;function a(n,e,t,i,s,r){e||(e={});var o,l,d=e;if("ref"in d&&typeof n!="function")for(l in d={},e)l=="ref"?o=e[l]:d[l]=e[l];var p={type:n,props:d,key:t,ref:o,__k:null,
__:null,__b:0,__e:null,__c:null,constructor:Ii,__v:--Li,__i:-1,__u:0};return(s||r)&&(p.__source=s,p.__self=r),P.vnode&&P.vnode(p),p}var Ri=1e3,we=class{#e=[];#t=new Set;#n=0;get value(){return this.#e}subscribe(e){return this.#t.add(e),()=>{this.#t.delete(e)}}say(e){let t={id:++this.#n,text:e};
this.#i([...this.#e,t]),setTimeout(()=>this.#i(this.#e.filter(({id:i})=>i!==t.id)),Ri)}#i(e){this.#e=e;for(let t of[...this.#t])t()}},Et=de(new we);function K(){
return ue(Et)}function bn(){let n=F(K());return a("div",{class:"hidden",role:"log","aria-live":"polite","aria-relevant":"additions",children:n.map(({id:e,text:t})=>a(
"p",{children:t},e))})}var Ai="(max-width: 480px), (max-height: 480px)";function yn(n,e,t){let i=matchMedia(Ai),s=window.visualViewport,r=[],o,l=()=>{e.style.setProperty("--view-heigh\
t",`${s?.height??innerHeight}px`),e.style.setProperty("--view-top",`${s?.offsetTop??0}px`)},d=p=>{if(p===(o!==void 0))return;let{documentElement:f,body:h}=document;
if(p){o=f.style.overflow,f.style.overflow="hidden",r=[...h.children].filter(u=>u instanceof HTMLElement&&!u.inert&&!u.contains(n));for(let u of r)u.inert=!0;l(),
s?.addEventListener("resize",l),s?.addEventListener("scroll",l)}else{f.style.overflow=o??"",o=void 0;for(let u of r)u.inert=!1;r=[],s?.removeEventListener("resi\
ze",l),s?.removeEventListener("scroll",l)}};return i.addEventListener("change",t),{get isSmall(){return i.matches},set:d,destroy(){d(!1),i.removeEventListener("\
change",t)}}}var vn='.root{--accent: var(--unicom-accent, #3b5bdb);--on-accent: var(--unicom-on-accent, #fff);--link: var(--accent-ink, #3b5bdb);--bg: #fff;--bg-2: #f6f7f9;-\
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
dius:var(--r-2);color:var(--ink-2);flex:none;transition:background var(--fast)}.icon-button:hover{background:var(--bg-3);color:var(--ink)}.banner{display:flex;g\
ap:8px;align-items:center;padding:8px 16px;background:var(--note);border-block-end:1px solid var(--note-line);color:var(--warn);font-size:13px;line-height:18px;\
font-weight:500;flex:none}.conversation{flex:1;min-block-size:0;display:flex;flex-direction:column;position:relative}.log{flex:1;min-block-size:0;position:relat\
ive;display:flex;flex-direction:column}.scroller{flex:1;min-block-size:0;display:flex;flex-direction:column-reverse;overflow:hidden auto;overflow-anchor:none;ov\
erscroll-behavior:contain;scrollbar-width:thin;scrollbar-color:var(--line-2) transparent}.scroller>ol{padding:12px 16px 16px}.more{flex:none;block-size:24px;mar\
gin-block:12px 0;margin-inline:auto;inline-size:24px;border:2px solid var(--line-2);border-block-start-color:var(--link);border-radius:50%;animation:turn .8s li\
near infinite}@keyframes turn{to{rotate:1turn}}.day{display:flex;justify-content:center;padding:12px 10px}.day h3{font:500 12px/16px var(--font);color:var(--ink\
-3)}.unread-line{display:flex;align-items:center;gap:10px;padding-block:8px 12px;font:600 12px/16px var(--font);color:var(--bad)}.unread-line:before,.unread-lin\
e:after{content:"";flex:1;block-size:1px;background:currentColor;opacity:.4}.row{display:flex;gap:8px;align-items:flex-end;padding-block-end:3px;border-radius:v\
ar(--r-1)}.row.last{padding-block-end:12px}.row.mine{justify-content:flex-end}.gap{inline-size:32px;flex:none}.theirs .avatar{margin-block-end:18px}.theirs .sta\
ck:not(:has(.meta)){padding-block-end:0}.row.last.theirs:not(:has(.meta)) .avatar{margin-block-end:0}.stack{position:relative;display:flex;flex-direction:column\
;gap:3px;min-inline-size:0;max-inline-size:84%;align-items:flex-start}.mine .stack{align-items:flex-end}.line{position:relative;display:flex;flex-direction:colu\
mn;gap:3px;max-inline-size:100%;align-items:inherit}.bubble{padding:9px 13px;border-radius:16px;background:var(--unicom-message-bg-incoming, var(--bg-2));white-\
space:pre-wrap;overflow-wrap:anywhere;min-inline-size:0;max-inline-size:100%;font-size:var(--unicom-font-size, 14px);line-height:1.43;unicode-bidi:plaintext}.th\
eirs.last .bubble{border-end-start-radius:5px}.mine.last .bubble{border-end-end-radius:5px}.mine .bubble{background:var(--accent);color:var(--on-accent)}.mine .\
bubble.failed{background:var(--bg);color:var(--ink);box-shadow:inset 0 0 0 1px var(--bad)}.bubble a{color:inherit;text-decoration:underline;text-underline-offse\
t:2px}.theirs .bubble a{color:var(--link)}.bubble a:focus-visible{outline-color:currentColor}.edited{font-size:12px;opacity:.8}.meta{display:flex;flex-wrap:wrap\
;align-items:center;font:400 12px/16px var(--font);color:var(--ink-3);padding-inline:4px;margin-block-start:1px;white-space:pre}.fail{display:flex;flex-wrap:wra\
p;gap:2px 10px;align-items:center;font-size:12px;line-height:16px;color:var(--bad);padding-inline:4px}.text-button{font-weight:600;text-decoration:underline;tex\
t-underline-offset:2px;border-radius:4px;min-block-size:24px;padding-inline:2px}.text-button.wide{display:block;inline-size:100%;padding:12px;text-align:center;\
color:var(--link)}.text-button.danger{color:var(--bad)}.meta .text-button{font-size:12px;margin-inline-start:8px}progress{appearance:none;inline-size:64px;margi\
n-inline-end:8px;block-size:4px;border:0;border-radius:2px;overflow:hidden;background:var(--bg-3);align-self:center}progress::-webkit-progress-bar{background:va\
r(--bg-3)}progress::-webkit-progress-value{background:var(--accent)}progress::-moz-progress-bar{background:var(--accent)}.tools{position:absolute;inset-inline-e\
nd:100%;inset-block-start:calc(50% - 14px);display:flex;opacity:0;transition:opacity var(--fast)}.tools .icon-button{inline-size:28px;block-size:28px}.tools .ic\
on{inline-size:16px;block-size:16px}.row:hover .tools,.row:focus .tools,.row:focus-within .tools{opacity:1}.ask{display:flex;gap:10px;align-items:center;font-si\
ze:12px;line-height:16px;color:var(--ink-2);padding-inline:4px}.html{white-space:normal}.html>*+*,.html li+li,.html blockquote>*+*{margin-block-start:8px}.html \
ul,.html ol{padding-inline-start:20px}.html ul{list-style:disc}.html ol{list-style:decimal}.html b,.html strong,.html .heading,.html th{font-weight:600}.html em\
,.html i,.html cite,.html dfn,.html var{font-style:italic}.html code,.html kbd,.html samp{font-family:ui-monospace,SF Mono,Menlo,Consolas,monospace;font-size:.9\
2em;background:var(--bg-3);border-radius:4px;padding:1px 4px}.html pre{overflow-x:auto;background:var(--bg-3);border-radius:var(--r-1);padding:8px 10px}.html pr\
e code{background:none;padding:0;white-space:pre}.html blockquote{border-inline-start:3px solid var(--line-2);padding-inline-start:10px;color:var(--ink-2)}.html\
 hr{border:0;border-block-start:1px solid var(--line-2)}.html img{max-inline-size:100%;block-size:auto;border-radius:var(--r-1)}.html table{border-collapse:coll\
apse;font-size:13px;display:block;overflow-x:auto}.html th,.html td{border:1px solid var(--line-2);padding:4px 8px;text-align:start}.html small{font-size:12px}.\
html sub,.html sup{font-size:.75em;line-height:1}.html sub{vertical-align:sub}.html sup{vertical-align:super}.html s,.html del{text-decoration:line-through}.htm\
l u,.html ins{text-decoration:underline}.html mark{background:var(--note);color:var(--warn)}.choices{display:flex;flex-wrap:wrap;gap:8px;margin-block:5px 4px}.c\
hoice{display:inline-flex;align-items:center;gap:6px;min-block-size:36px;padding:7px 14px;border:1px solid var(--line-2);border-radius:var(--r-full);font-weight\
:500;color:var(--link);background:var(--bg);text-decoration:none;transition:background var(--fast),border-color var(--fast)}.choice:hover:not([aria-disabled=tru\
e]){border-color:var(--link);background:color-mix(in srgb,var(--accent) 8%,var(--bg))}.choice[aria-disabled=true]{color:var(--ink-3);border-color:var(--line)}.c\
hoice.chosen{color:var(--link);border-color:var(--link);background:color-mix(in srgb,var(--accent) 10%,var(--bg))}.choice.chosen .icon,.choice.stop .icon{inline\
-size:16px;block-size:16px}.choice.stop{min-block-size:32px;padding:5px 12px;font-size:13px;margin-block-start:3px;color:var(--ink-2)}.photo{display:block;borde\
r-radius:14px;overflow:hidden;background:var(--bg-3);max-inline-size:100%}.photo img{display:block;max-inline-size:100%;block-size:auto;object-fit:cover;color:v\
ar(--ink-3);font-size:12px}.sound{inline-size:260px;max-inline-size:100%;block-size:40px;color-scheme:inherit}.file{display:flex;gap:10px;align-items:center;max\
-inline-size:100%;min-inline-size:200px;border:1px solid var(--line);border-radius:var(--r-2);padding:10px 12px;background:var(--bg);text-decoration:none;transi\
tion:border-color var(--fast)}.file:hover{border-color:var(--line-2)}.file-icon{inline-size:36px;block-size:36px;border-radius:var(--r-1);background:var(--bg-3)\
;color:var(--ink-2);display:grid;place-items:center;flex:none}.file-name{min-inline-size:0;flex:1}.file-name bdi{display:block;white-space:nowrap;overflow:hidde\
n;text-overflow:ellipsis;font-weight:500}.file-name small{font-size:12px;line-height:16px;color:var(--ink-3)}.typing{display:inline-flex;gap:4px;padding:15px 14\
px}.typing i{inline-size:6px;block-size:6px;border-radius:50%;background:var(--ink-3);opacity:.9;animation:blink 1.2s ease-in-out 4}.typing i:nth-child(2){anima\
tion-delay:.15s;opacity:.7}.typing i:nth-child(3){animation-delay:.3s;opacity:.5}@keyframes blink{30%{opacity:.25;transform:translateY(-2px)}}.jump{position:abs\
olute;inset-block-end:12px;inset-inline-start:50%;translate:-50%;display:flex;align-items:center;gap:6px;block-size:36px;min-inline-size:36px;justify-content:ce\
nter;padding-inline:8px;border-radius:var(--r-full);background:var(--bg);color:var(--ink-2);border:1px solid var(--line-2);box-shadow:0 2px 10px #10141e24;font:\
500 13px/18px var(--font);white-space:nowrap}:dir(rtl)>.jump{translate:50%}.jump.news{background:var(--accent);color:var(--on-accent);border-color:transparent;p\
adding-inline:10px 14px}.composer-area{padding:10px 12px 2px;flex:none;border-block-start:1px solid var(--line)}.composer{display:flex;align-items:flex-end;gap:\
2px;border:1px solid var(--line-2);border-radius:14px;padding:4px;background:var(--bg);transition:border-color var(--fast),box-shadow var(--fast)}.composer:focu\
s-within{border-color:var(--link);box-shadow:0 0 0 3px color-mix(in srgb,var(--accent) 20%,transparent)}.composer textarea{flex:1;min-inline-size:0;resize:none;\
border:0;outline:0;background:none;font:400 15px/22px var(--font);padding:7px 6px;min-block-size:36px;max-block-size:146px;color:var(--ink)}.composer textarea::\
placeholder{color:var(--ink-3);opacity:1}.send{inline-size:36px;block-size:36px;border-radius:var(--r-2);background:var(--accent);color:var(--on-accent);display\
:grid;place-items:center;flex:none;transition:background var(--fast),color var(--fast)}.send[aria-disabled=true]{background:var(--bg-3);color:var(--ink-3)}.edit\
ing{display:flex;align-items:center;gap:8px;font-size:13px;color:var(--ink-2);padding:0 4px 8px}.editing span{flex:1}.editing .icon{inline-size:16px;block-size:\
16px}.previews{display:flex;flex-direction:column;gap:6px;padding-block-end:8px;max-block-size:160px;overflow:auto}.preview{display:flex;gap:10px;align-items:ce\
nter;border:1px solid var(--line);border-radius:var(--r-2);padding:6px;padding-inline:6px 4px}.preview img{inline-size:44px;block-size:44px;border-radius:var(--\
r-1);object-fit:cover;background:var(--bg-3)}.footer{text-align:center;font:400 12px/16px var(--font);color:var(--ink-3);padding:6px 12px 8px;flex:none}.drop{po\
sition:absolute;inset:8px;display:grid;place-content:center;justify-items:center;gap:8px;border:2px dashed var(--link);border-radius:var(--r-2);background:color\
-mix(in srgb,var(--bg) 92%,transparent);color:var(--link);font-weight:500;pointer-events:none}.empty{flex:1;min-block-size:0;overflow:auto;display:flex;flex-dir\
ection:column;align-items:center;justify-content:center;gap:8px;padding:32px;text-align:center;color:var(--ink-2)}.empty h3{font:600 20px/28px var(--font);color\
:var(--ink)}.empty .choice{margin-block-start:8px}.welcome{inline-size:56px;block-size:56px;border-radius:50%;display:grid;place-items:center;margin-block-end:8\
px;background:color-mix(in srgb,var(--accent) 12%,var(--bg));color:var(--link)}.welcome .icon{inline-size:26px;block-size:26px}.skeleton{flex:1;display:flex;fle\
x-direction:column;justify-content:flex-end;gap:12px;padding:20px 16px;animation:late .3s .3s both}.skeleton i{block-size:38px;inline-size:62%;border-radius:16p\
x;background:var(--bg-2)}.skeleton i:nth-of-type(2){align-self:flex-end;inline-size:44%;background:var(--bg-3)}@keyframes late{0%{opacity:0}}.chats{flex:1;min-b\
lock-size:0;overflow:auto;padding:12px}.new-chat{display:flex;align-items:center;gap:10px;inline-size:100%;min-block-size:44px;padding:8px 12px;border:1px dashe\
d var(--line-2);border-radius:var(--r-2);font-weight:600;color:var(--link);margin-block-end:8px;transition:background var(--fast)}.new-chat:hover{background:var\
(--bg-2)}.quiet{color:var(--ink-3);padding:24px;text-align:center}.chat-row{position:relative;border-radius:var(--r-2);transition:background var(--fast)}.chat-r\
ow:hover,.chat-row:focus-within{background:var(--bg-2)}.chat-row.current{background:color-mix(in srgb,var(--accent) 9%,var(--bg))}.chat-button{display:flex;gap:\
12px;align-items:center;inline-size:100%;padding:10px 12px;border-radius:var(--r-2)}.chat-text{flex:1;min-inline-size:0}.chat-name,.chat-last{display:flex;gap:8\
px;align-items:center}.chat-name bdi{font-weight:600}.chat-name bdi,.chat-last bdi{flex:1;min-inline-size:0;white-space:nowrap;overflow:hidden;text-overflow:ell\
ipsis}.chat-name time{font-size:12px;color:var(--ink-3)}.chat-last{font-size:13px;line-height:18px;color:var(--ink-2);min-block-size:20px}.count{min-inline-size\
:20px;block-size:20px;border-radius:10px;padding-inline:6px;background:var(--accent);color:var(--on-accent);font:600 12px/20px var(--font);text-align:center}.ch\
at-tools{position:absolute;inset-block-start:8px;inset-inline-end:8px;display:flex;opacity:0;background:var(--bg-2);border-radius:var(--r-2);transition:opacity \
var(--fast)}.chat-row:hover .chat-tools,.chat-row:focus-within .chat-tools{opacity:1}.rename{display:flex;gap:4px;align-items:center;padding:8px 12px}.rename in\
put{flex:1;min-inline-size:0;block-size:40px;border:1px solid var(--line-2);border-radius:var(--r-2);padding-inline:10px;background:var(--bg);font-size:15px}@me\
dia(pointer:coarse){.icon-button,.send{inline-size:44px;block-size:44px}.choice,.jump{min-block-size:44px}.text-button{min-block-size:32px}.composer textarea{fo\
nt-size:16px;padding-block:11px;min-block-size:44px}.rename input{font-size:16px}.tools,.chat-tools{opacity:1}.row:not(:focus-within) .tools{display:none}.tools\
{position:static;align-self:flex-end}.chat-tools{position:static;background:none}.chat-row{display:flex;align-items:center}.chat-button{flex:1;min-inline-size:0\
}.bubble{font-size:var(--unicom-font-size, 15px)}}@media(prefers-reduced-motion:reduce){.box *,.box .panel{animation:none!important;transition:none!important}.s\
keleton{animation:none}}@media(forced-colors:active){.bubble,.send,.count,.jump{border:1px solid}.dot{background:Highlight;forced-color-adjust:none}.typing i,.s\
keleton i{background:CanvasText}}';function _n(n,e){for(let t of n){if(!t)continue;let i=t.toLowerCase(),s=e.find(r=>r.toLowerCase()===i)??e.find(r=>r.split("-")[0]===i.split("-")[0]);if(s)return s}
return"en"}function xn(n){return/^(ar|fa|he|ur)\b/.test(n)?"rtl":"ltr"}var wn={panel:"Chat",close:"Close chat",goBack:"Back to the chat",chats:"All chats",newChat:"New chat",noChats:"There are no chats yet.",moreChats:"Show more",untitled:"\
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
hat cannot be reached at the moment.",blocked:"This chat is not available to you.",noChannel:"There is no chat here at the moment.",powered:"Powered by unicom"};var et=class{constructor(e,t){this.language=e;this.strings=t;this.direction=xn(e),this.#e=new Intl.PluralRules(e),this.#t=new Intl.DateTimeFormat(e,{hour:"numer\
ic",minute:"2-digit"}),this.#n=new Intl.DateTimeFormat(e,{day:"numeric",month:"long",year:"numeric"}),this.#i=new Intl.DateTimeFormat(e,{weekday:"long",day:"num\
eric",month:"long"}),this.#r=new Intl.RelativeTimeFormat(e,{numeric:"auto"})}language;strings;direction;#e;#t;#n;#i;#r;t(e,t){return Tn(this.strings[e],t)}count(e,t,i){
let s=this.strings[e];return Tn(s[this.#e.select(t)]??s.other,{n:this.number(t),...i})}number(e){return new Intl.NumberFormat(this.language).format(e)}percent(e){
return new Intl.NumberFormat(this.language,{style:"percent"}).format(e)}list(e){return new Intl.ListFormat(this.language).format(e)}bytes(e){let t=e<1e6?"kiloby\
te":"megabyte",i=e<1e6?Math.max(1,Math.round(e/1e3)):Math.round(e/1e5)/10;return new Intl.NumberFormat(this.language,{style:"unit",unit:t,unitDisplay:"short"}).
format(i)}time(e){return this.#t.format(e)}day(e,t){let i=Pt(e,t);return i===0||i===1?kn(this.#r.format(-i,"day"),this.language):kn((i>0&&i<7?this.#i:this.#n).format(
e),this.language)}short(e,t){if(Pt(e,t)===0)return this.time(e);let i=e.getFullYear()===t.getFullYear();return e.toLocaleDateString(this.language,{day:"numeric",
month:"short",...!i&&{year:"numeric"}})}moment(e,t){return Pt(e,t)===0?this.time(e):`${this.day(e,t)}, ${this.time(e)}`}};function Pt(n,e){let t=i=>Date.UTC(i.getFullYear(),
i.getMonth(),i.getDate())/864e5;return t(e)-t(n)}function kn(n,e){let[t="",...i]=n;return t.toLocaleUpperCase(e)+i.join("")}function Tn(n,e={}){return n.replace(
/\{(\w+)\}/g,(t,i)=>String(e[i]??t))}var ke=new et("en",wn);async function Sn(n){let e=_n(n,["en",...Object.keys(_)]),t=_[e];if(t===void 0)return ke;let i=new URL(
`../${t}/locale-${e}.js`,import.meta.url).href,{strings:s}=await import(i);return new et(e,s)}var Ot=de(ke);function T(){return ue(Ot)}var Ni={close:"m5 5 10 10M15 5 5 15",menu:"M4 6h12M4 10h12M4 14h12",back:"m12 4.5-5.5 5.5 5.5 5.5",clip:"m17 9.4-6.9 6.9a4.5 4.5 0 0 1-6.4-6.4l6.9-6.9a3 3 0 0 1\
 4.3 4.3l-6.9 6.9a1.5 1.5 0 0 1-2.1-2.1l6.3-6.4",up:"M10 16V4m-5 5 5-5 5 5",down:"M10 4v12m-5-5 5 5 5-5",chat:"M17 9.5c0 3.6-3.1 6-7 6-.9 0-1.8-.1-2.6-.4L3.5 16\
.5l1-3A5.5 5.5 0 0 1 3 9.5c0-3.6 3.1-6 7-6s7 2.4 7 6Z",doc:"M6 3h5l4 4v10H6zM11 3v4h4",plus:"M10 4v12M4 10h12",edit:"M4 16h3l8.5-8.5a2.1 2.1 0 0 0-3-3L4 13zM11 \
6l3 3",trash:"M4 6h12M8 6V4h4v2m-6.5 0 .7 10h7.6l.7-10M8.5 9v4.5m3-4.5v4.5",archive:"M4 5h12v3H4zM5 8v8h10V8m-7 3h4",stop:"M6 6h8v8H6z",check:"m4.5 10.5 3.5 3.5\
 7.5-8",alert:"M10 6.5v4m0 2.8v.2M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z",offline:"m3 3 14 14M8.5 15.5 10 17l1.5-1.5a2.1 2.1 0 0 0-3 0Zm-3-3.3a6.5 6.5 0 0 1 3.5-1.\
8m3.5.7 2 1.1M3 9.2a10 10 0 0 1 3-2m3.2-.9A10 10 0 0 1 17 9.2"};function A({name:n}){return a("svg",{class:"icon",viewBox:"0 0 20 20","aria-hidden":"true",children:a(
"path",{d:Ni[n]})})}var Cn=240,Di=280;function Hi(n,e){if(!n||!e)return{width:Cn,height:160};let t=Math.min(1,Cn/n,Di/e);return{width:Math.max(48,Math.round(n*t)),height:Math.max(48,
Math.round(e*t))}}function Mt({file:n,tabIndex:e}){let t=T(),{base:i}=M().sdk.http,[s,r]=O(!1),o=new URL(n.address,i).href;if(n.kind==="image"&&!s){let p=n.name||
t.t("image");return a("a",{class:"photo",href:o,target:"_blank",rel:"noopener",tabIndex:e,"aria-label":t.t("opens",{name:p}),children:a("img",{src:o,alt:p,...Hi(
n.width,n.height),onError:()=>r(!0)})})}if(n.kind==="audio")return a("audio",{class:"sound",controls:!0,preload:"metadata",src:o,tabIndex:e,"aria-label":n.name||
t.t("sound")});let d=[/\.([a-z0-9]{1,5})$/i.exec(n.name)?.[1]?.toUpperCase(),n.size?t.bytes(n.size):void 0].filter(Boolean).join(" · ");return a("a",{class:"fi\
le",href:o,target:"_blank",rel:"noopener",tabIndex:e,children:[a("span",{class:"file-icon",children:a(A,{name:"doc"})}),a("span",{class:"file-name",children:[a(
"bdi",{children:n.name||t.t("file")}),d&&a("small",{children:d})]})]})}function tt(n){let[e,t]=O();return R(()=>{if(!n)return t(void 0);let i=URL.createObjectURL(
n);return t(i),()=>URL.revokeObjectURL(i)},[n]),e}function W({icon:n,label:e,onClick:t,isDisabled:i,...s}){return a("button",{...s,type:"button",class:`icon-button ${s.class??""}`,"aria-label":e,title:e,"aria-d\
isabled":i,onClick:()=>!i&&t(),children:a(A,{name:n})})}function En(n){return class extends ce{shouldComponentUpdate(t){return[...new Set([...Object.keys(t),...Object.keys(this.props)])].some(s=>!Object.is(t[s],this.
props[s]))}render(){return Xe(n,this.props)}}}var Fi={isSelf:!0,isBot:!1,name:"",avatar:void 0};function It({message:n}){if(!n)return Fi;let{author:e}=n;return{isSelf:e?.is_self??!n.is_outgoing,isBot:e?.kind===
"bot",name:e?.name||n.sender_name,avatar:e?.avatar_url??void 0}}function Lt({message:n,pending:e}){return new Date(n?n.timestamp:e.order)}function Pn({entries:n,
streams:e,typists:t,unreadKey:i,now:s},r){let o=[],l="",d;for(let c of n){let f=Lt(c),h=It(c),u=r.day(f,s),y=u!==l;y&&o.push({kind:"day",key:`day ${u}`,label:u}),
l=u;let g=c.key===i;g&&o.push({kind:"unread",key:"unread"});let b=!y&&!g&&d!==void 0&&Ui(d.writer,h)&&+f-+d.at<3e5;b&&d&&(o[o.indexOf(d)]={...d,isLast:!1});let x={
kind:"entry",key:c.key,entry:c,writer:h,at:f,isFirst:!b,isLast:!0};o.push(x),d=x}let p=new Set(n.map(({key:c})=>c));for(let c of e)p.has(c.id)||o.push({kind:"st\
ream",key:c.id,stream:c});return t.length&&o.push({kind:"typing",key:"typing",names:t.map(({name:c})=>c)}),o}function Ui(n,e){return n.isSelf===e.isSelf&&n.isBot===
e.isBot&&(n.isSelf||n.name===e.name)}function On(n){let e=n.trim().split(/\s+/u).filter(Boolean),t=s=>[...s??""][0]??"";return(e.length>1?t(e[0])+t(e.at(-1)):[...e[0]??
""].slice(0,2).join("")).toLocaleUpperCase()}function X({writer:n}){return n.avatar?a("img",{class:"avatar",src:n.avatar,alt:""}):a("span",{class:n.isBot?"avatar bot":"avatar","aria-hidden":"true",children:On(
n.name)})}var Bi=/\bhttps?:\/\/[^\s<>"\u202a-\u202e\u2066-\u2069]{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\b/giu;function Mn(n){let e=[],t=0;for(let i of n.
matchAll(Bi)){let s=qi(i[0]),r=/^https?:/i.test(s)?Te(s):`mailto:${s}`;r&&(i.index>t&&e.push(n.slice(t,i.index)),e.push({text:s,href:r}),t=i.index+s.length)}return t<
n.length&&e.push(n.slice(t)),e}function qi(n){let e=n.length;for(;e>0;){let t=n[e-1],i={")":"(","]":"["}[t],s=n.slice(0,e),r=i!==void 0&&s.split(t).length>s.split(
i).length;if(!/[.,;:!?'»”’…]/.test(t)&&!r)break;e--}return n.slice(0,e)}function Te(n){try{let e=new URL(n);return/^https?:$/.test(e.protocol)&&!e.username&&
!e.password?e.href:void 0}catch{return}}function In({message:n,chosen:e,tabIndex:t}){let i=T(),{sdk:s}=M(),r=K(),[o,l]=O(),[d,p]=O(),c=(n.interactive_buttons??[]).flat(),f=g=>g.callback_execution_id??
"",h=e??o,u=h===void 0?void 0:c.find(g=>f(g)===h),y=async g=>{l(f(g)),p(void 0);try{await s.click(f(g))}catch(b){l(void 0);let x=b instanceof S&&["button_expire\
d","not_your_button"].includes(b.code),v=i.t(x?"buttonGone":"actionFailed");p(v),r.say(v)}};return a("div",{class:"choices",part:"buttons",children:[c.map((g,b)=>{
let x=g.type==="url"&&g.url?Te(g.url):void 0;if(x)return a("a",{class:"choice",part:"button",href:x,target:"_blank",rel:"noopener noreferrer",tabIndex:t,children:g.
text},b);let v=u===g,C=g.expires_at!==null&&Date.parse(g.expires_at)<Date.now(),m=u!==void 0||C;return a("button",{type:"button",class:v?"choice chosen":"choice",
part:"button",tabIndex:t,"aria-disabled":m,"aria-label":v?i.t("chosen",{text:g.text}):void 0,onClick:()=>!m&&void y(g),children:[v&&a(A,{name:"check"}),a("bdi",
{children:g.text})]},b)}),d&&a("p",{class:"fail",children:d})]})}var ji=/^<(\/?)([a-z][a-z0-9]*)/i;var Wi=/([a-z][a-z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi,$i=/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos|nbsp));/gi,Vi={lt:"<",gt:"\
>",amp:"&",quot:'"',apos:"'",nbsp:" "},Gi=new Set(["script","style","template","noscript","iframe","object","textarea","title","svg","math"]);function nt(n){let e=[],
t,i=o=>{o&&t===void 0&&e.push({kind:"text",text:Ln(o)})},s=0,r=n.indexOf("<");for(;r>=0;){let o=n.startsWith("<!--",r),l=o?null:ji.exec(n.slice(r,r+20));if(!o&&
!l){r=n.indexOf("<",r+1);continue}let d=o?n.indexOf("-->",r)+3:Ki(n,r);if(d<3)break;if(i(n.slice(s,r)),l){let p=l[2].toLowerCase(),c=l[1]==="/";t!==void 0?c&&p===
t&&(t=void 0):c?e.push({kind:"close",name:p}):Gi.has(p)?t=p:e.push({kind:"open",name:p,attributes:Yi(n.slice(r+l[0].length,d-1))})}s=d,r=n.indexOf("<",d)}return i(
n.slice(s)),e}function Ki(n,e){let t;for(let i=e;i<n.length;i++){let s=n[i];if(t!==void 0)s===t&&(t=void 0);else if(s==='"'||s==="'")t=s;else if(s===">")return i+
1}return 0}function Yi(n){let e=Object.create(null);for(let[,t,i,s,r]of n.matchAll(Wi)){let o=t.toLowerCase();o in e||(e[o]=Ln(i??s??r??""))}return e}function Ln(n){
return n.replace($i,(e,t,i,s)=>{if(s!==void 0)return Vi[s.toLowerCase()]??e;let r=t!==void 0?parseInt(t,16):Number(i);return r>0&&r<=1114111&&(r<55296||r>57343)?
String.fromCodePoint(r):e})}var An=Object.assign(Object.create(null),{...Object.fromEntries("a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em f\
igcaption figure hr i ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td th thead time tr u ul var wbr".split(" ").map(
n=>[n,n])),...Object.fromEntries(["h1","h2","h3","h4","h5","h6"].map(n=>[n,"p"])),...Object.fromEntries(["article","aside","center","footer","header","hgroup","\
nav"].map(n=>[n,"div"])),acronym:"abbr",strike:"s",tt:"code"}),Ji=new Set(["br","col","hr","img","wbr"]),Xi=50,Qi={bdo:["dir"],col:["span"],colgroup:["span"],ol:[
"start"],td:["colspan","rowspan"],th:["colspan","rowspan","scope"],time:["datetime"]};function zn(n,e){let t={name:"",props:{},children:[]},i=[t],s=()=>i.at(-1),
r=()=>{let{name:o,props:l,children:d}=i.pop();s().children.push(Rn(o,l,d))};for(let o of nt(n))if(o.kind==="text")s().children.push(o.text);else if(o.kind==="cl\
ose"){let l=i.findLastIndex(({name:d})=>d===o.name);if(l>0)for(;i.length>l;)r()}else if(o.name==="img")s().children.push(ts(o.attributes,e));else if(o.name in An){
let l={name:o.name,props:Zi(o.name,o.attributes,e),children:[]};Ji.has(o.name)?s().children.push(Rn(l.name,l.props,[])):i.length<=Xi&&i.push(l)}for(;i.length>1;)
r();return t.children}function Rn(n,e,t){return Xe(An[n],e,...t)}function Zi(n,e,t){let i={};for(let s of["title","lang",...Qi[n]??[]])e[s]!==void 0&&(i[s]=e[s]);
return/^h[1-6]$/.test(n)&&(i.class="heading"),n==="a"&&Object.assign(i,es(e.href,t)),n==="summary"&&(i.tabIndex=t.tabIndex),i}function es(n,{origin:e,tabIndex:t}){
let i=n===void 0?void 0:Nn(n,e);return i===void 0?{}:{href:i,target:"_blank",rel:"noopener noreferrer nofollow",tabIndex:t}}function Nn(n,e){let t=n.trim();if(/^(mailto|tel):/i.
test(t))return t;if(/^https?:/i.test(t))return Te(t);if(!/^[a-z][a-z0-9+.-]*:/i.test(t))try{let i=new URL(t,e);return i.origin===e?i.href:void 0}catch{return}}function ts(n,{
origin:e,tabIndex:t}){let{src:i="",alt:s=""}=n,r=Nn(i,e);if(r===void 0||!/^https?:/.test(r))return s;if(new URL(r).origin===e){let o=l=>/^\d{1,4}$/.test(l??"")?
Number(l):void 0;return a("img",{src:r,alt:s,width:o(n.width),height:o(n.height),loading:"lazy"})}return a("a",{href:r,target:"_blank",rel:"noopener noreferrer \
nofollow",tabIndex:t,children:s||r})}function Se({text:n,tabIndex:e}){let t=Q(()=>Mn(n),[n]);return a(V,{children:t.map((i,s)=>typeof i=="string"?i:a("a",{href:i.href,target:"_blank",rel:"noopener \
noreferrer nofollow",tabIndex:e,children:i.text},s))})}function Dn({message:n,tabIndex:e}){let{base:t}=M().sdk.http,{html:i,text:s}=n,r=Q(()=>i?zn(i,{origin:new URL(
t).origin,tabIndex:e}):void 0,[i,t,e]);return r?a("div",{class:"html",children:r}):a(Se,{text:s,tabIndex:e})}var Hn=En(function({entry:e,isFirst:t,isLast:i,chosen:s,isClick:r,status:o,isActive:l,today:d}){let p=T(),c=It(e),f=Lt(e),h=l?0:-1,u=c.isSelf?p.t("you"):c.name||
p.t("someone"),y=["row",c.isSelf?"mine":"theirs",t&&"first",i&&"last"];return a("li",{class:y.filter(Boolean).join(" "),part:"item","data-key":e.key,tabIndex:h,
children:[!c.isSelf&&(i?a(X,{writer:c}):a("span",{class:"gap"})),a("div",{class:"stack",children:[a("span",{class:"hidden",children:p.t("label",{author:u,time:p.
moment(f,new Date(d))})}),e.message?a(ns,{message:e.message,chosen:s,canChange:c.isSelf&&!r,isActive:l}):a(rs,{pending:e.pending,tabIndex:h}),i&&e.message&&a("s\
pan",{class:"meta",part:"time",children:[!c.isSelf&&c.name&&a("bdi",{children:`${c.name} · `}),a("time",{dateTime:f.toISOString(),children:p.time(f)}),o&&` · ${p.
t(o)}`]})]})]})});function ns({message:n,chosen:e,canChange:t,isActive:i}){let s=T(),r=i?0:-1;return a(V,{children:[cs(n).map(o=>a(Mt,{file:o,tabIndex:r},o.address)),
(n.text||n.html)&&a("div",{class:"line",children:[a("div",{class:"bubble",part:"bubble",dir:"auto",children:[a(Dn,{message:n,tabIndex:r}),n.edited_at&&a("small",
{class:"edited",children:[" ",s.t("edited")]})]}),t&&a(ss,{message:n,tabIndex:r,isActive:i})]}),n.interactive_buttons&&a(In,{message:n,chosen:e,tabIndex:r})]})}
var is=15*6e4;function ss({message:n,tabIndex:e,isActive:t}){let i=T(),s=M(),r=K(),[o,l]=O(!1),[d,p]=O(),c=Date.now()-Date.parse(n.timestamp);if(R(()=>{t||l(!1)},
[t]),c>is&&!d)return null;let f=async()=>{try{await s.sdk.remove(n.chat_id,n.id),s.focusComposer()}catch(u){let y=u instanceof S&&u.code==="too_late",g=i.t(y?"t\
ooLate":"actionFailed");l(!1),p(g),r.say(g)}};if(d)return a("p",{class:"fail",children:d});if(o)return a("div",{class:"ask",role:"group","aria-label":i.t("delet\
eQuestion"),children:[a("span",{children:i.t("deleteQuestion")}),a("button",{type:"button",class:"text-button danger",onClick:()=>{f()},children:i.t("delete")}),
a("button",{type:"button",class:"text-button",onClick:()=>l(!1),children:i.t("cancel")})]});let h=()=>{s.update({editing:{id:n.id,text:n.text}}),s.focusComposer()};
return a("div",{class:"tools",children:[a(W,{icon:"edit",label:i.t("edit"),tabIndex:e,onClick:h}),a(W,{icon:"trash",label:i.t("delete"),tabIndex:e,onClick:()=>l(
!0)})]})}function rs({pending:n,tabIndex:e}){let t=T(),{sdk:i}=M(),s=tt(n.file),r=n.state==="failed",o=n.file?Rt(n.file.type):"file";return a(V,{children:[n.file&&
s&&a(Mt,{file:{kind:o,name:n.fileName??"",address:s,size:n.file.size},tabIndex:e}),n.text&&a("div",{class:r?"bubble failed":"bubble",part:"bubble",dir:"auto",children:a(
Se,{text:n.text,tabIndex:e})}),r?a("span",{class:"fail",children:[a("span",{children:`${t.t("notSent")} ${ls(n,t)}`}),a("button",{type:"button",class:"text-butt\
on",tabIndex:e,onClick:()=>{i.retry(n.id)},children:t.t("tryAgain")}),a("button",{type:"button",class:"text-button",tabIndex:e,onClick:()=>{i.cancel(n.id)},children:t.
t("delete")})]}):a(as,{pending:n,tabIndex:e})]})}var os=1e3;function as({pending:n,tabIndex:e}){let t=T(),{sdk:i}=M(),[s,r]=O(!1);if(R(()=>{let d=setTimeout(()=>r(
!0),os);return()=>clearTimeout(d)},[]),!s)return null;let o=n.file!==void 0&&n.state==="sending"&&n.progress>0,l=o?t.t("uploading",{part:t.percent(n.progress)}):
t.t(n.state==="sending"?"sending":"queued");return a("span",{class:"meta",children:[o&&a("progress",{value:n.progress,"aria-label":l}),l,(n.file||n.state==="que\
ued")&&a("button",{type:"button",class:"text-button",tabIndex:e,onClick:()=>{i.cancel(n.id)},children:t.t("cancel")})]})}function ls(n,e){switch(n.error?.code){case"\
too_large":case"quota_exceeded":return e.t("failedTooLarge");case"unsupported_media_type":return e.t("failedType");case"account_blocked":return e.t("failedBlock\
ed");case"chat_not_found":return e.t("failedGone");case"no_channel":return e.t("noChannel");default:return""}}function Rt(n){let e=n.split("/")[0];return e==="i\
mage"||e==="audio"||e==="video"?e:"file"}function cs(n){let e=[];if(n.media_url){let t=n.media?.name??decodeURIComponent(n.media_url.split("/").at(-1)??""),{media_type:i,
media:s}=n;e.push({kind:i==="image"||i==="audio"||i==="video"?i:"file",name:t,address:n.media_url,size:s?.size,width:s?.width,height:s?.height})}for(let t of n.
files){let{media_type:i,media_url:s,media_size:r,name:o}=t,l=i==="image"||i==="audio"||i==="video"?i:"file";e.push({kind:l,name:o,address:s,size:r})}return e}var ds="image/png,image/jpeg,image/gif,image/webp,audio/*";function it(){return matchMedia("(pointer: coarse)").matches}function Fn({chat:n,files:e,onFiles:t}){
let i=T(),s=M(),r=K(),{editing:o,focus:l}=F(s),[d,p]=O(()=>s.settings.draft(n)),[c,f]=O(),h=H(null),u=H(null),y=d.trim()!==""||e.length>0&&!o;R(()=>p(o?.text??s.
settings.draft(n)),[n,o]),J(()=>{let{current:m}=h;m&&(m.style.blockSize="auto",m.style.blockSize=`${m.scrollHeight}px`)},[d]),R(()=>{l>0&&h.current?.focus({preventScroll:!0})},
[l]);let g=m=>{p(m),f(void 0),!o&&(s.settings.saveDraft(n,m),s.sdk.typing(n,m.trim()!==""))},b=async()=>{if(!y)return;let m=d.trim();if(o){try{m!==o.text&&await s.
sdk.edit(o.id,m),s.update({editing:void 0})}catch(L){let D=L instanceof S&&L.code==="too_late",E=i.t(D?"tooLate":"actionFailed");f(E),r.say(E)}return}if(g(""),t(
[]),e.length===0)return void await s.sdk.send({chat:n,text:m});for(let[L,D]of e.entries())await s.sdk.send({chat:n,file:D,fileName:D.name,...L===0&&{text:m}})},
x=m=>{let L=m.isComposing||m.keyCode===229;if(m.key==="Escape"&&o&&!L)m.stopPropagation(),s.update({editing:void 0});else if(m.key==="Enter"&&!m.shiftKey&&!m.altKey&&
!L&&!it())m.preventDefault(),b();else if((m.key==="PageUp"||m.key==="PageDown")&&d===""){m.preventDefault();let D=m.currentTarget.closest(".panel")?.querySelector(
".scroller"),E=(D?.clientHeight??0)*.8;D?.scrollBy({top:m.key==="PageUp"?-E:E})}},v=m=>{let L=[...m.clipboardData?.files??[]];!L.length||o||(m.preventDefault(),
t([...e,...L]))},C=()=>{t([...e,...u.current?.files??[]]),u.current&&(u.current.value=""),h.current?.focus()};return a("form",{class:"composer-area",onSubmit:m=>{
m.preventDefault(),b(),h.current?.focus()},children:[o&&a("div",{class:"editing",children:[a(A,{name:"edit"}),a("span",{children:i.t("editing")}),a("button",{type:"\
button",class:"text-button",onClick:()=>s.update({editing:void 0}),children:i.t("cancel")})]}),c&&a("p",{class:"fail",children:c}),e.length>0&&!o&&a("ul",{class:"\
previews",children:e.map((m,L)=>a(us,{file:m,onRemove:()=>t(e.filter((D,E)=>E!==L))},`${m.name} ${m.lastModified} ${L}`))}),a("div",{class:"composer",part:"comp\
oser",children:[!o&&a(V,{children:[a("input",{ref:u,class:"hidden",type:"file",multiple:!0,accept:ds,tabIndex:-1,"aria-hidden":"true",onChange:C}),a(W,{icon:"cl\
ip",label:i.t("attach"),part:"attach",onClick:()=>u.current?.click()})]}),a("textarea",{ref:h,part:"input",rows:1,dir:"auto",maxLength:16384,placeholder:i.t("co\
mposer"),"aria-label":i.t("composer"),enterkeyhint:it()?"enter":"send",value:d,onInput:m=>g(m.currentTarget.value),onKeyDown:x,onPaste:v,onBlur:()=>s.sdk.typing(
n,!1)}),a("button",{type:"submit",class:"send",part:"send","aria-label":i.t(o?"save":"send"),title:i.t(o?"save":"send"),"aria-disabled":!y,children:a(A,{name:o?
"check":"up"})})]})]})}function us({file:n,onRemove:e}){let t=T(),i=tt(Rt(n.type)==="image"?n:void 0);return a("li",{class:"preview",part:"preview",children:[i?
a("img",{src:i,alt:""}):a("span",{class:"file-icon",children:a(A,{name:"doc"})}),a("span",{class:"file-name",children:[a("bdi",{children:n.name}),a("small",{children:t.
bytes(n.size)})]}),a(W,{icon:"close",label:t.t("removeFile",{name:n.name}),onClick:e})]})}var ps=2e3;function Un({isStored:n}){let e=T(),t=K(),{connection:i,pending:s,error:r}=G(),[o,l]=O(!navigator.onLine),[d,p]=O(!1),c=o||["offline","reconnecting"].
includes(i.status)||r!==void 0;R(()=>{let g=()=>l(!navigator.onLine);return addEventListener("online",g),addEventListener("offline",g),()=>{removeEventListener(
"online",g),removeEventListener("offline",g)}},[]);let f=!o&&(i.status==="live"||i.status==="idle"&&!r);R(()=>{if(f)return p(!1);if(!c||d)return;let g=setTimeout(
()=>p(!0),ps);return()=>clearTimeout(g)},[c,f,d]);let h=s.find(g=>g.error?.status===429&&g.state!=="failed"),u=d?e.t(o||i.status==="offline"?"offline":"reconnec\
ting"):h?e.t("slowDown"):!n&&s.length>0?e.t("notStored"):void 0,y=H(void 0);return R(()=>{u?t.say(u):y.current&&t.say(e.t("back")),y.current=u},[u]),u?a("div",{
class:"banner",children:[a(A,{name:d?"offline":"alert"}),a("span",{children:u})]}):null}function Bn(){let n=T(),e=M(),{chats:t,hasMoreChats:i}=G(),s=H(null),r=t.filter(({is_archived:o})=>!o);return R(()=>s.current?.focus(),[]),a("div",{class:"chats",
children:[a("button",{ref:s,type:"button",class:"new-chat",onClick:()=>e.showChat(e.sdk.startChat()),children:[a(A,{name:"plus"}),n.t("newChat")]}),r.length===0&&
a("p",{class:"quiet",children:n.t("noChats")}),a("ul",{"aria-label":n.t("chats"),children:r.map(o=>a(hs,{chat:o},o.id))}),i&&a("button",{type:"button",class:"te\
xt-button wide",onClick:()=>{e.sdk.loadMoreChats().catch(()=>{})},children:n.t("moreChats")})]})}function hs({chat:n}){let e=T(),t=M(),i=K(),s=F(t),[r,o]=O(),l=H(
null),d=r!==void 0;R(()=>{d&&l.current?.select()},[d]);let p=n.name||e.t("untitled"),c=new Date(n.last_message?.timestamp??n.created_at),f=h=>h.catch(()=>i.say(
e.t("actionFailed")));return r!==void 0?a("li",{class:"chat-row",children:a("form",{class:"rename",onSubmit:h=>{h.preventDefault(),r.trim()&&f(t.sdk.renameChat(
n.id,r.trim())),o(void 0)},onKeyDown:h=>{h.key==="Escape"&&(h.stopPropagation(),o(void 0))},children:[a("input",{ref:l,value:r,maxLength:100,"aria-label":e.t("c\
hatName"),onInput:h=>o(h.currentTarget.value)}),a(W,{icon:"close",label:e.t("cancel"),onClick:()=>o(void 0)}),a("button",{type:"submit",class:"icon-button","ari\
a-label":e.t("save"),title:e.t("save"),children:a(A,{name:"check"})})]})}):a("li",{class:n.id===s.chat?"chat-row current":"chat-row",children:[a("button",{type:"\
button",class:"chat-button","aria-current":n.id===s.chat||void 0,onClick:()=>t.showChat(n.id),children:[a(X,{writer:{isSelf:!1,isBot:!1,name:p,avatar:void 0}}),
a("span",{class:"chat-text",children:[a("span",{class:"chat-name",children:[a("bdi",{children:p}),a("time",{dateTime:c.toISOString(),children:e.short(c,new Date)})]}),
a("span",{class:"chat-last",children:[a("bdi",{children:n.last_message?.text||(n.last_message?e.t("file"):"")}),n.unread_count>0&&a("span",{class:"count",children:[
a("span",{"aria-hidden":"true",children:e.number(n.unread_count)}),a("span",{class:"hidden",children:e.count("unreadCount",n.unread_count)})]})]})]})]}),a("span",
{class:"chat-tools",children:[a(W,{icon:"edit",label:e.t("renameChat",{name:p}),onClick:()=>o(n.name??"")}),a(W,{icon:"archive",label:e.t("archiveChat",{name:p}),
onClick:()=>{f(t.sdk.archiveChat(n.id))}})]})]})}var fs=24;function qn(n,e){let t=H(void 0),i=H(!1),s=H(void 0);s.current??={isAtEnd:()=>Math.abs(n.current?.scrollTop??0)<fs,toEnd(o){let l=n.current;t.current=
void 0;let d=Math.abs(l?.scrollTop??0);if(i.current=o&&d>0&&d<2*(l?.clientHeight??0),l?.scrollTo({top:0,behavior:i.current?"smooth":"instant"}),!i.current)return;
let p=()=>{i.current=!1,l?.removeEventListener("scrollend",p),this.note()};l?.addEventListener("scrollend",p),setTimeout(p,1e3)},note(){let o=n.current?.getBoundingClientRect();
if(t.current=void 0,!(!o||!e.current||i.current||this.isAtEnd()))for(let l of e.current.children){let{top:d,bottom:p}=l.getBoundingClientRect(),c=l.dataset.key;
if(!(c===void 0||p<=o.top+1)){t.current={key:c,top:d-o.top};return}}}};let r=()=>{let o=n.current,{current:l}=t;if(!o||!l||!e.current)return;let d=[...e.current.
children].find(c=>c.dataset.key===l.key);if(!d)return;let p=d.getBoundingClientRect().top-o.getBoundingClientRect().top-l.top;Math.abs(p)>=.5&&o.scrollBy({top:p,
behavior:"instant"})};return J(r),J(()=>{if(!e.current||!n.current)return;let o=new ResizeObserver(r);return o.observe(e.current),o.observe(n.current),()=>o.disconnect()},
[]),s.current}var ms={isSelf:!1,isBot:!0,name:"AI",avatar:void 0};function jn({stream:n,isActive:e}){let t=T(),{sdk:i}=M(),s=e?0:-1;return a("li",{class:"row theirs first las\
t","data-key":n.id,tabIndex:s,children:[a(X,{writer:ms}),a("div",{class:"stack",children:[a("div",{class:"bubble streaming",part:"bubble",dir:"auto",children:a(
Se,{text:n.text,tabIndex:s})}),n.state==="open"&&a("button",{type:"button",class:"choice stop",tabIndex:s,onClick:()=>{i.stop(n.id).catch(()=>{})},children:[a(A,
{name:"stop"}),t.t("stop")]})]})]})}function Wn({names:n}){let e=T(),t=e.count("typing",n.length,{names:e.list(n)});return a("li",{class:"row theirs first last",children:[a(X,{writer:{isSelf:!1,isBot:!1,
name:n[0]??"",avatar:void 0}}),a("div",{class:"stack",children:a("div",{class:"bubble typing",children:[a("i",{}),a("i",{}),a("i",{}),a("span",{class:"hidden",children:t})]})})]})}var $n=600;function gs(){return matchMedia("(prefers-reduced-motion: reduce)").matches}function Vn({timeline:n,chat:e}){let t=T(),i=M(),{isOpen:s}=F(i),r=G(),o=F(
n.state),l=H(null),d=H(null),p=qn(l,d),[c,f]=O(!0),[h,u]=O(),{unreadKey:y,missed:g}=_s(n,e,c,s),b=new Date().setHours(0,0,0,0),x=Q(()=>Pn({entries:o.entries,streams:o.
atEnd?r.streams.filter(w=>w.chat===e):[],typists:o.atEnd?r.typists.filter(w=>w.chat===e&&w.kind!=="visitor"):[],unreadKey:y,now:new Date(b)},t),[o,r.streams,r.typists,
e,y,t,b]),v=Q(()=>ys(o.entries),[o.entries]),C=Q(()=>x.findLast(w=>w.kind==="entry"||w.kind==="stream")?.key,[x]),m=x.some(({key:w})=>w===h)?h:C,L=o.isLoaded,D=H(
!1);J(()=>{if(!L||D.current)return;D.current=!0;let w=d.current?.querySelector(".unread-line"),q=w&&l.current&&w.getBoundingClientRect().top-l.current.getBoundingClientRect().
top;q&&q<0&&l.current?.scrollBy({top:q,behavior:"instant"})},[L]);let E=mn(()=>{let w=l.current;if(!w)return;let{atStart:q,atEnd:re,isLoading:pe}=n.state.value,
he=w.scrollHeight-w.clientHeight-Math.abs(w.scrollTop);pe||(!q&&he<$n?n.loadOlder().catch(()=>{}):!re&&Math.abs(w.scrollTop)<$n&&n.loadNewer().catch(()=>{}))},[
n]),U=()=>{p.note();let w=p.isAtEnd()&&n.state.value.atEnd;n.isFollowing=w,f(w),E()};R(E,[o.entries,s]);let k=o.entries.findLast(w=>w.pending)?.key;J(()=>{k!==void 0&&
p.toEnd(!1)},[k]);let I=async()=>{o.atEnd||await i.sdk.load(e),p.toEnd(!gs()),n.isFollowing=!0,f(!0),i.focusComposer()},$=w=>{if(w===void 0)return;u(w);let q=d.
current?.querySelector(`[data-key="${CSS.escape(w)}"]`);q?.focus({preventScroll:!0}),q?.scrollIntoView({block:"nearest"})},Y=w=>{let q=x.filter(Ee=>Ee.kind==="e\
ntry"||Ee.kind==="stream").map(({key:Ee})=>Ee),re=w.target.closest("[data-key]"),pe=q.indexOf(re?.dataset.key??"");if(pe<0)return;let he=w.target!==re,Nt={ArrowUp:q[pe-
1],ArrowDown:q[pe+1],Home:q[0],End:q.at(-1)}[w.key];if(w.key==="Escape"&&he)re?.focus();else if(w.key==="Enter"&&!he)re?.querySelector("a, button, audio, summar\
y")?.focus();else if(!he&&Nt!==void 0)$(Nt);else return;w.preventDefault(),w.stopPropagation()},B=Math.max(g,o.newer);return a("div",{class:"log",children:[a("d\
iv",{class:"scroller",ref:l,onScroll:U,part:"list",children:[a("ol",{ref:d,"aria-label":t.t("messages"),onKeyDown:Y,onFocusIn:w=>u(w.target.closest("[data-key]")?.
dataset.key),children:x.map(w=>a(bs,{row:w,clicks:v,today:b,isActive:w.key===m,status:vs(w,C,o.others)},w.key))}),o.isLoading&&!o.atStart&&a("div",{class:"more",
"aria-hidden":"true"})]}),(!c||!o.atEnd)&&o.isLoaded&&a("button",{type:"button",class:B?"jump news":"jump",part:"jump",onClick:()=>{I()},children:[a(A,{name:"do\
wn"}),B?t.count("jump",B):a("span",{class:"hidden",children:t.t("jumpToEnd")})]})]})}function bs({row:n,clicks:e,today:t,isActive:i,status:s}){let r=T();switch(n.
kind){case"day":return a("li",{class:"day",part:"day","data-key":n.key,children:a("h3",{children:n.label})});case"unread":return a("li",{class:"unread-line",part:"\
unread-line",children:a("span",{children:r.t("unreadLine")})});case"stream":return a(jn,{stream:n.stream,isActive:i});case"typing":return a(Wn,{names:n.names});case"\
entry":{let{message:o}=n.entry,l=o?.interactive_buttons?.flat()??[];return a(Hn,{entry:n.entry,isFirst:n.isFirst,isLast:n.isLast,chosen:l.map(d=>d.callback_execution_id??
"").find(d=>e.clicked.has(d)),isClick:e.buttons.has(o?.client_message_id??""),status:s,isActive:i,today:t})}}}function ys(n){let e=n.flatMap(({message:r})=>r??[]),
t=e.flatMap(({interactive_buttons:r})=>r?.flat()??[]),i=new Set(t.flatMap(({callback_execution_id:r})=>r??[])),s=e.flatMap(({client_message_id:r})=>r??[]).filter(
r=>i.has(r));return{buttons:i,clicked:new Set(s)}}function vs(n,e,t){if(n.kind!=="entry"||n.key!==e||!n.writer.isSelf||!n.entry.message)return;let{status:i,timestamp:s}=n.
entry.message;if(i==="seen"||t.some(({read_up_to:r})=>r&&r>=s))return"seen";if(i==="delivered"||t.some(({delivered_up_to:r})=>r&&r>=s))return"delivered"}function _s(n,e,t,i){
let s=M(),{chats:r,connection:o}=G(),{entries:l,isLoaded:d}=F(n.state),[p,c]=O(),[f,h]=O(),[u,y]=O(document.visibilityState==="visible"),g=r.find(({id:E})=>E===
e)?.unread_count??0,b=l.flatMap(({message:E,key:U})=>E?.is_outgoing?U:[]),x=b.at(-1),v=i&&u&&t;R(()=>{let E=()=>y(document.visibilityState==="visible");return document.
addEventListener("visibilitychange",E),()=>document.removeEventListener("visibilitychange",E)},[]);let C=H(!1);J(()=>{!d||C.current||(C.current=!0,g>0&&c(b.at(-Math.
min(g,b.length))),h(x))},[d]),R(()=>{v?h(x):C.current&&x!==f&&(!i||!u)&&c(E=>E&&b.includes(E)?E:b[b.indexOf(f??"")+1])},[x,v]);let m=H(i);R(()=>{m.current&&!i&&
c(void 0),m.current=i},[i]),R(()=>{v&&g>0&&d&&s.sdk.read(e)},[v,g,d,x,o.status]);let L=f===void 0?-1:b.indexOf(f),D=t||L<0?0:b.length-1-L;return{unreadKey:p,missed:D}}function Ce({text:n,onRetry:e}){let t=T();return a("div",{class:"empty",role:"status",part:"notice",children:[a("span",{class:"welcome",children:a(A,{name:"aler\
t"})}),a("p",{children:n}),e&&a("button",{type:"button",class:"choice",onClick:e,children:t.t("tryAgain")})]})}function Gn({greeting:n}){let e=T(),t=M(),{chat:i}=F(t),s=G(),r=t.sdk.messages(i),o=F(r.state),[l,d]=O([]),[p,c]=O(!1);if(s.connection.status==="refused")return a(
Ce,{text:e.t("blocked")});if(s.error?.code==="no_channel")return a(Ce,{text:e.t("noChannel")});if(s.error&&!s.isReady)return a(Ce,{text:e.t("unreachable"),onRetry:()=>{
t.sdk.retryNow()}});let f=!s.isReady||!o.isLoaded&&!o.error,h=s.isReady&&o.isLoaded&&o.entries.length===0;return a("div",{class:"conversation",onDragOver:u=>{u.
dataTransfer?.types.includes("Files")&&(u.preventDefault(),c(!0))},onDragLeave:u=>{u.currentTarget.contains(u.relatedTarget)||c(!1)},onDrop:u=>{u.preventDefault(),
c(!1),d([...l,...u.dataTransfer?.files??[]])},children:[o.error&&!o.isLoaded?a(Ce,{text:e.t("loadFailed"),onRetry:()=>{t.sdk.load(i)}}):f?a(xs,{}):h?a("div",{class:"\
empty",children:a("slot",{name:"empty",children:[a("span",{class:"welcome",children:a(A,{name:"chat"})}),a("h3",{children:n||e.t("greeting")}),a("p",{children:e.
t("greetingText")})]})}):a(Vn,{timeline:r,chat:i},r),a("slot",{name:"before-composer"}),a(Fn,{chat:i,files:l,onFiles:d}),p&&a("div",{class:"drop",children:[a(A,
{name:"clip"}),e.t("drop")]})]})}function xs(){let n=T();return a("div",{class:"skeleton",role:"status",children:[a("span",{class:"hidden",children:n.t("loading")}),
a("i",{}),a("i",{}),a("i",{})]})}function Kn({heading:n,subtitle:e,isInline:t,onClose:i}){let s=T(),r=M(),{screen:o,chat:l}=F(r),{chats:d,connection:p}=G(),c=o==="list",h=d.filter(({is_archived:y})=>!y).
length>1?d.find(({id:y})=>y===l)?.name:void 0,u=c?"":h||e;return a("header",{class:"header",part:"header",children:[c?a(W,{icon:"back",class:"flip",label:s.t("g\
oBack"),onClick:()=>r.showChat(l)}):a(X,{writer:{isSelf:!1,isBot:!1,name:n,avatar:void 0}}),a("div",{class:"who",children:[a("h2",{id:"title",part:"title",children:c?
s.t("chats"):n}),u&&a("p",{class:"status",part:"status",children:[p.status==="live"&&a("span",{class:"dot"}),a("bdi",{children:u})]})]}),!c&&d.length>0&&a(W,{icon:"\
menu",label:s.t("chats"),onClick:()=>r.update({screen:"list",editing:void 0})}),!t&&a(W,{icon:"close",label:s.t("close"),onClick:i})]})}var ws=6e4;function Yn({heading:n,subtitle:e,greeting:t,isInline:i,onClose:s}){let r=T(),o=M(),l=K(),{isOpen:d,screen:p,isFull:c}=F(o),[f,h]=O(!0),u=H(null),{pending:y}=G(),
g=y.filter(({state:b})=>b==="failed").length;return R(()=>{let{sdk:b}=o,x=[b.on("message",v=>{!o.value.isOpen||Date.now()-Date.parse(v.timestamp)>ws||l.say(r.t(
"says",{author:v.sender_name||r.t("someone"),text:ks(v,r.t("file"))}))}),b.on("error",({code:v})=>v==="storage_unavailable"&&h(!1))];return()=>x.forEach(v=>v())},
[o,r]),R(()=>{g>0&&l.say(`${r.t("notSent")} ${r.t("tryAgain")}`)},[g]),a("section",{ref:u,class:"panel",part:"panel",role:i?"region":"dialog","aria-labelledby":"\
title","aria-modal":c&&!i?!0:void 0,hidden:!d,tabIndex:-1,onKeyDown:b=>{b.key!=="Escape"||i||b.defaultPrevented||(b.stopPropagation(),s())},children:[a("slot",{
name:"header",children:a(Kn,{heading:n,subtitle:e,isInline:i,onClose:s})}),a(Un,{isStored:f}),p==="list"?a(Bn,{}):a(Gn,{greeting:t}),p==="chat"&&a("footer",{class:"\
footer",children:a("slot",{name:"footer",children:r.t("powered")})}),a(bn,{})]})}function ks({text:n,html:e},t){return e?nt(e).map(s=>s.kind==="text"?s.text:" ").
join("").replace(/\s+/g," ").trim()||t:n||t}function Xn(n){let e=/^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(n);return e?[Number(e[1]),Number(e[2]),Number(e[3])]:void 0}function Jn([n,e,t]){let i=s=>s/
255<=.04045?s/255/12.92:((s/255+.055)/1.055)**2.4;return .2126*i(n)+.7152*i(e)+.0722*i(t)}function Qn(n,e){let[t,i]=[Jn(n),Jn(e)].sort((s,r)=>r-s);return(t+.05)/
(i+.05)}function At(n,e,t){let i=s=>Math.round(n[s]+(e[s]-n[s])*t);return[i(0),i(1),i(2)]}var Ts=[[255,255,255],[13,16,32],[0,0,0]];function Zn(n){return Ts.find(
e=>Qn(n,e)>=4.5)??[0,0,0]}function ei(n,e,t){for(let i=0;i<1;i+=.05){let s=At(n,t,i);if(e.every(r=>Qn(s,r)>=4.5))return s}return t}function zt([n,e,t]){return`r\
gb(${n} ${e} ${t})`}var Ss=.16;function ti(n,e){let{style:t}=n,i=["--unicom-on-accent","--accent-ink"];for(let f of["--unicom-accent",...i])t.removeProperty(f);e&&t.setProperty("--\
unicom-accent",e);let s=getComputedStyle(n);if(!s.getPropertyValue("--unicom-accent"))return;let r=document.createElement("span");n.append(r);let o=f=>(r.style.
color=f,Xn(getComputedStyle(r).color)),l=o("var(--unicom-accent)"),d=["var(--bg)","var(--bg-2)"].map(o).filter(f=>f!==void 0),p=o("var(--ink)"),c=s.getPropertyValue(
"--unicom-on-accent")!=="";r.remove(),!(!l||!p)&&(c||t.setProperty("--unicom-on-accent",zt(Zn(l))),t.setProperty("--accent-ink",zt(ei(l,[...d,...d.map(f=>At(f,l,
Ss))],p))))}function Dc(n){let{element:e,root:t,shadow:i,base:s}=n,r=new CSSStyleSheet;r.replaceSync(vn),i.adoptedStyleSheets=[...i.adoptedStyleSheets,r];let o=Number(e.getAttribute(
"channel-id")),l=Number(e.getAttribute("climb-every")),d=new ge({base:s,...o>0&&{channel:o},...l>0&&{climbEvery:l}}),p=new Ze(s),c=new Qe(d,p),f=new we,h=document.
createElement("div");h.className="box",t.prepend(h);let u=ke,y=!1,g=yn(e,t,()=>b()),b=()=>{let k=!n.isInline&&g.isSmall;g.set(k&&c.value.isOpen),t.classList.toggle(
"full",k&&c.value.isOpen),c.value.isFull!==k&&c.update({isFull:k})},x=()=>{if(y)return;let k=I=>e.getAttribute(I)??"";vt(a(Ct.Provider,{value:c,children:a(Ot.Provider,
{value:u,children:a(Et.Provider,{value:f,children:a(Yn,{heading:k("heading")||u.t("panel"),subtitle:k("subtitle"),greeting:k("greeting"),isInline:n.isInline,onClose:E})})})}),
h)},v=()=>{b(),ti(t,e.getAttribute("accent"));let k=[e.getAttribute("lang"),document.documentElement.lang,...navigator.languages];Sn(k).catch(()=>ke).then(I=>{u=
I,h.lang=u.language,h.dir=u.direction,x()})},C=()=>{let k=e.getAttribute("chat-id");k&&d.state.chats.some(({id:I})=>I===k)?c.update({chat:k}):c.update({chat:c.pickChat()})},
m=()=>d.connect().then(C,()=>{}),L=()=>navigator.userActivation?.isActive??!0,D=()=>{c.value.isOpen||(c.update({isOpen:!0}),b(),n.onToggle(!0),m(),L()&&(it()?h.
querySelector(".panel")?.focus({preventScroll:!0}):c.focusComposer()))},E=()=>{if(!c.value.isOpen||n.isInline)return;let k=i.activeElement!==null;c.update({isOpen:!1,
screen:"chat"}),b(),n.onToggle(!1),k&&n.launcher?.focus({preventScroll:!0})},U=(k,I)=>e.dispatchEvent(new CustomEvent(`unicom:${k}`,{bubbles:!0,composed:!0,detail:I}));
return d.on("message",({id:k,chat_id:I})=>U("message",{id:k,chat:I})),d.on("sent",({id:k,chat_id:I})=>U("sent",{id:k,chat:I})),d.on("failed",({id:k,chat:I,error:$})=>U(
"failed",{id:k,chat:I,code:$?.code})),d.on("error",({code:k})=>U("error",{code:k})),d.subscribe(()=>{let{isReady:k,account:I,unread:$}=d.state;k&&(p.markKnown(I!==
null),n.onUnread($))}),x(),v(),{open:D,close:E,update:v,focusComposer:()=>c.focusComposer(),async send(k){await m(),await d.send({chat:c.value.chat,text:k})},showChat(k){
D(),m().then(()=>k&&c.showChat(k))},startChat(){D(),m().then(()=>c.showChat(d.startChat()))},async logout(){await d.logout(),p.clear()},destroy(){y=!0,g.destroy(),
d.close(),vt(null,h),h.remove()}}}export{Dc as mount};
