/*! Contains Preact, copyright (c) 2015-present Jason Miller, MIT License. */
var v={ar:"c2de2c85",de:"e03db199",es:"f65578d9",fr:"a118c876",he:"7d294560","pt-BR":"98c3ce9f"};function ae(n,e=Math.random){let t=Math.min(3e4,500*2**Math.min(n,10));return Math.max(500,e()*t)}var Oe=class{#e;sleep(e){return new Promise(t=>{let s=setTimeout(
()=>this.#e?.(),e);this.#e=()=>{clearTimeout(s),this.#e=void 0,t()}})}wake(){this.#e?.()}};var Me=class{#e=new Map;on(e,t){let s=this.#e.get(e)??new Set;return this.#e.set(e,s.add(t)),()=>{s.delete(t)}}emit(e,t){for(let s of[...this.#e.get(e)??[]])s(t)}},
B=class{#e;#t=new Set;constructor(e){this.#e=e}get value(){return this.#e}set(e){if(!Object.is(e,this.#e)){this.#e=e;for(let t of[...this.#t])t()}}subscribe(e){
return this.#t.add(e),()=>{this.#t.delete(e)}}};var Re=class{chats=new B([]);replace(e,t){let s=new Set(e.map(({id:r})=>r)),i=t?this.chats.value.filter(({id:r})=>!s.has(r)):[];this.#e([...e,...i])}add(e){let t=new Set(
e.map(({id:s})=>s));this.#e([...this.chats.value.filter(({id:s})=>!t.has(s)),...e])}put(e){let t=this.get(e.id);t&&t.change>e.change||this.add([e])}patch(e,t){this.#e(
this.chats.value.map(s=>s.id===e?{...s,...t}:s))}remove(e){this.#e(this.chats.value.filter(t=>t.id!==e))}get(e){return this.chats.value.find(t=>t.id===e)}#e(e){
let t=s=>s.last_message?.timestamp??s.created_at;this.chats.set(e.sort((s,i)=>t(s)<t(i)?1:t(s)>t(i)?-1:0))}};var dt="new:",Q=`${dt}first`;function ee(n){return n.startsWith(dt)}function Wt(){return dt+crypto.randomUUID()}var le=200,ut=50,Ie=class{constructor(e,t){this.source=e;this.chat=t;this.state=new B({entries:[],isLoaded:t===null,isLoading:!1,error:void 0,atStart:t===null,atEnd:!0,
newer:0,others:[],readUpTo:void 0})}source;chat;state;cursor=null;isFollowing=!0;#e=[];#t=[];#n=new Set;#r=0;#i=new WeakMap;get messages(){return this.#e}async load(){
let{chat:e}=this;if(e===null)return;let t=++this.#r;this.#a({isLoading:!0,error:void 0});try{let s=await this.source.page(e,{limit:ut});if(t!==this.#r)return;this.
cursor=s.cursor??null,this.#e=[],this.#o(s.messages),this.#a({isLoaded:!0,isLoading:!1,atStart:!s.has_more,atEnd:!0,newer:0});for(let i of s.participants??[])this.#c(
i)}catch(s){throw t===this.#r&&this.#a({isLoading:!1,error:s}),s}}loadOlder(){let e=this.#e[0];return!e||this.state.value.atStart?Promise.resolve():this.#s({before:e.
id,limit:ut},t=>{let s=this.#e.length>le;s&&(this.#e.length=le),this.#a({atStart:!t.has_more,...s&&{atEnd:!1}})})}loadNewer(){let e=this.#e.at(-1);return!e||this.
state.value.atEnd?Promise.resolve():this.#s({after:e.id,limit:ut,order:"asc"},t=>{let s=this.#e.length-le;s>0&&this.#e.splice(0,s);let i=t.has_more?Math.max(0,this.
state.value.newer-t.messages.length):0;this.#a({atEnd:!t.has_more,newer:i,...s>0&&{atStart:!1}})})}apply(e,t){let s=[],i=this.#e.at(-1),{newer:r}=this.state.value;
for(let o of e)if(o.kind==="message_deleted")this.#n.add(o.id),this.#e=this.#e.filter(({id:l})=>l!==o.id);else if(o.kind==="participant")this.#c(o);else if(o.kind===
"message"){let l=o.message,c=this.#e.findIndex(({id:p})=>p===l.id);c>=0?this.#e[c]=l:!i||pt(l,i)?(s.push(l),this.state.value.atEnd&&(this.isFollowing||this.#e.length<
le)?this.#o([l]):(l.is_outgoing&&r++,this.#a({atEnd:!1}))):this.#e[0]&&(this.state.value.atStart||pt(l,this.#e[0]))&&this.#o([l])}return t!==null&&(this.cursor=
t),this.#l(),this.#a({newer:r}),s}insert(e){this.state.value.atEnd&&(this.#o([e]),this.#l()),this.#a({})}remove(e){this.#n.add(e),this.#e=this.#e.filter(t=>t.id!==
e),this.#a({})}setPending(e){e===this.#t||e.length===0&&this.#t.length===0||(this.#t=e,this.#a({}))}async#s(e,t){let{chat:s,state:i}=this;if(s===null||i.value.isLoading)
return;let r=this.#r;this.#a({isLoading:!0,error:void 0});try{let o=await this.source.page(s,e);if(r!==this.#r)return;this.#o(o.messages),t(o)}catch(o){throw r===
this.#r&&this.#a({error:o}),o}finally{r===this.#r&&this.#a({isLoading:!1})}}#o(e){let t=new Map(this.#e.map(s=>[s.id,s]));for(let s of e)this.#n.has(s.id)||t.set(
s.id,s);this.#e=[...t.values()].sort((s,i)=>pt(s,i)?1:-1)}#l(){let e=this.#e.length-le;e<=0||(this.#e.splice(0,e),this.#a({atStart:!1}))}#c({is_self:e,name:t,delivered_up_to:s,
read_up_to:i}){if(e)return this.#a({readUpTo:i??void 0});let r=this.state.value.others.filter(o=>o.name!==t);this.#a({others:[...r,{is_self:e,name:t,delivered_up_to:s,
read_up_to:i}]})}#a(e){let t={...this.state.value,...e},s=new Set(this.#e.map(({client_message_id:o})=>o)),i=t.atEnd?this.#t.filter(({id:o})=>!s.has(o)).slice(-le):
[],r=[...this.#e.map(o=>this.#d(o,()=>({key:ds(o),message:o}))),...i.map(o=>this.#d(o,()=>({key:o.id,pending:o})))];this.state.set({...t,entries:r})}#d(e,t){let s=this.#i.
get(e)??t();return this.#i.set(e,s),s}};function ds(n){return!n.is_outgoing&&n.client_message_id||n.id}function pt(n,e){return n.timestamp===e.timestamp?n.id>e.
id:n.timestamp>e.timestamp}var us=5,Le=class{constructor(e,t,s,i,r){this.http=e;this.state=t;this.events=s;this.follower=i;this.channel=r;this.list.chats.subscribe(()=>t.patch({chats:this.
list.chats.value}))}http;state;events;follower;channel;list=new Re;#e=new Map;#t=new Map;resolve(e){return this.#t.get(e)??e}start(){return this.state.value.chats.
length?Wt():Q}shown(e){return this.#e.get(this.resolve(e))}show(e){let t=this.resolve(e),s=this.#e.get(t);if(s)return this.#e.delete(t),this.#e.set(t,s),s;let i={
page:(o,l)=>this.http.get("webchat/messages/",{query:{chat_id:o,...l}})},r=new Ie(i,ee(t)?null:t);return this.#e.set(t,r),this.#r(t,r),this.#n(),this.load(t),r}async load(e){
let t=this.resolve(e),s=this.#e.get(t);!s||s.chat===null||await s.load().then(()=>this.follower.watch(t,s.cursor),i=>{i.status===404&&this.gone(t)})}loadMissing(){
for(let[e,{state:t,chat:s}]of this.#e)s!==null&&!t.value.isLoaded&&this.load(e)}*watched(){for(let[e,t]of this.#e)t.chat!==null&&t.state.value.isLoaded&&(yield[
e,t.cursor])}async read(){let e=await this.http.get("webchat/chats/",{query:{limit:100,...this.channel}});this.list.replace(e.chats,e.has_more);let t=e.chats.reduce(
(s,i)=>s+i.unread_count,0);this.state.patch({hasMoreChats:e.has_more,unread:t})}async readMore(){let e=null;for(let t=0;;){let s=await this.http.get("webchat/ch\
ats/",{query:{limit:100,cursor:e,...this.channel}});if(this.list.add(s.chats),t+=s.chats.length,e=s.next_cursor,!s.has_more||t>this.state.value.chats.length)return this.
state.patch({hasMoreChats:s.has_more})}}async create(e,t){let{chat:s}=await this.http.post("webchat/chats/",{json:e,signal:t});return this.list.put(s),s.id}async change(e,t){
let{chat:s}=await this.http.request("PATCH",Ae(e),{json:t});this.list.put(s)}async delete(e){await this.http.request("DELETE",Ae(e),{query:{hard_delete:!0}}),this.
gone(e)}showPending(){for(let[e,t]of this.#e)this.#r(e,t)}bind(e,t){if(this.#t.has(e))return;this.#t.set(e,t);let s=this.#e.get(e);s&&(this.#e.delete(e),this.#e.
set(t,s),s.chat=t,this.load(t)),this.events.emit("bound",{from:e,to:t})}gone(e){this.list.remove(e),this.#e.delete(e),this.events.emit("gone",e)}clear(){let e=[
...this.#e.keys()];this.#e.clear(),this.#t.clear(),this.list.replace([],!1),this.state.patch({unread:0,hasMoreChats:!1});for(let t of e)this.events.emit("gone",
t)}#n(){for(let[e,t]of this.#e){if(this.#e.size<=us)return;this.#e.delete(e),t.chat!==null&&this.follower.unwatch(e)}}#r(e,t){t.setPending(this.state.value.pending.
filter(s=>this.resolve(s.chat)===e))}};function Ae(n){return`webchat/chat/${encodeURIComponent(n)}/`}var S=class extends Error{name="UnicomError";code;status;retryAfter;requestId;constructor(e,t,s={}){super(t,s.cause===void 0?void 0:{cause:s.cause}),this.code=e,
this.status=s.status??0,this.retryAfter=s.retryAfter,this.requestId=s.requestId}get isTemporary(){let{status:e,code:t}=this;return e===0?t==="network"||t==="tim\
eout"||t==="invalid_response":e===408||e===425||e===429||e>=500}};function ps(n,e){if(!n)return;let t=Number(n),s=Number.isFinite(t)?t*1e3:Date.parse(n)-e;return Number.
isFinite(s)?Math.min(Math.max(s,0),36e5):void 0}function fe(n,e,t){let s={};try{s=JSON.parse(t)}catch{}return new S(s.code??"invalid_response",s.error??`the ser\
ver responded with ${n}`,{status:n,retryAfter:ps(e.get("retry-after"),Date.now()),requestId:e.get("x-request-id")??void 0})}var ze=class{constructor(e,t){this.base=e;this.fetch=t}base;fetch;mode="same-origin";#e;#t;async headers(e){return e?(this.#e??=(await this.#n()).csrf_token??"",
{"X-CSRFToken":this.#e}):{}}async renew(e){if(e.code!=="csrf_failed")return!1;let t=this.#e;return this.#e=(await this.#n()).csrf_token??"",this.#e!==t}socketProtocols(){
return[]}async session(){let e=await this.#n();return this.#e=e.csrf_token??"",{account:e.account_id,isUser:e.authenticated}}async end(){let e=await this.headers(
!0);await this.fetch(`${this.base}/auth/logout/`,{method:"POST",credentials:this.mode,headers:e}),this.#e=void 0}#n(){return this.#t??=this.#r().finally(()=>this.#t=
void 0),this.#t}async#r(){let e=AbortSignal.timeout(2e4),t=i=>{throw new S("network","the server cannot be reached",{cause:i})},s=await this.fetch(`${this.base}\
/auth/session/`,{credentials:this.mode,signal:e}).catch(t);if(!s.ok)throw fe(s.status,s.headers,await s.text());return await s.json().catch(t)}};var hs=3e4,Ne=class{constructor(e,t,s){this.base=e;this.credentials=t;this.fetch=s}base;credentials;fetch;get(e,t={}){return this.request("GET",e,t)}post(e,t={}){
return this.request("POST",e,t)}async request(e,t,s={}){try{return await this.#e(e,t,s)}catch(i){if(i instanceof S&&await this.credentials.renew(i))return this.#e(
e,t,s);throw i}}async stream(e,t,s){let i={Accept:"text/event-stream",...await this.credentials.headers(!1)},r=await this.#n("GET",this.address(e,t),{headers:i,
signal:s});if(!r.ok)throw fe(r.status,r.headers,await r.text());if(!r.body||!r.headers.get("content-type")?.startsWith("text/event-stream"))throw new S("invalid\
_response","the response is not a stream of events",{status:r.status});return r.body}address(e,t={}){let s=Object.entries(t).filter(([,r])=>r!=null),i=new URLSearchParams(
s.map(([r,o])=>[r,String(o)])).toString();return`${this.base}/${e}${i&&`?${i}`}`}async#e(e,t,s){let i={...await this.credentials.headers(e!=="GET"),...s.headers},
r=s.form;s.json!==void 0&&(i["Content-Type"]="application/json",r=JSON.stringify(s.json));let o=this.address(t,s.query),c=s.onProgress&&typeof XMLHttpRequest<"u"?
await fs(e,o,i,r,s):await this.#t(e,o,{headers:i,...r&&{body:r}},s);if(c.status===304)return null;if(c.status<200||c.status>299)throw fe(c.status,c.headers,c.body);
try{return JSON.parse(c.body)}catch(p){throw new S("invalid_response","the response is not JSON",{status:0,cause:p})}}async#t(e,t,s,i){let r=AbortSignal.timeout(
i.timeout??hs),o=i.signal?AbortSignal.any([i.signal,r]):r,l=await this.#n(e,t,{...s,signal:o}),c=await l.text().catch(p=>{throw Vt(p)});return{status:l.status,headers:l.
headers,body:c}}async#n(e,t,s){try{return await this.fetch(t,{method:e,credentials:this.credentials.mode,cache:"no-store",...s})}catch(i){throw Vt(i)}}};function Vt(n){
let e=n instanceof Error?n.name:"";return e==="AbortError"?new S("aborted","the call was aborted",{cause:n}):e==="TimeoutError"?new S("timeout","the server did \
not respond in time",{cause:n}):new S("network","the server cannot be reached",{cause:n})}function fs(n,e,t,s,{onProgress:i,signal:r}){return new Promise((o,l)=>{
let c=new XMLHttpRequest;c.open(n,e);for(let[p,d]of Object.entries(t))c.setRequestHeader(p,d);if(c.upload.onprogress=({loaded:p,total:d})=>i?.(d?p/d:0),c.onload=
()=>{let{status:p,responseText:d}=c;o({status:p,headers:{get:h=>c.getResponseHeader(h)},body:d})},c.onerror=()=>l(new S("network","the server cannot be reached")),
c.onabort=()=>l(new S("aborted","the call was aborted")),r?.addEventListener("abort",()=>c.abort(),{once:!0}),r?.aborted)return c.abort(),l(new S("aborted","the\
 call was aborted"));c.send(s??null)})}var Gt=6e3,Kt=5e3,Yt=2,ms=5e3,gs=15e3,De={status:"idle",transport:void 0,retryAt:void 0},ht={status:"refused",transport:void 0,retryAt:void 0},He=class{constructor(e,t){
this.host=e;this.options=t}host;options;state=new B(De);#e;#t;#n=0;#r=0;#i=0;#s=!1;#o=new Set;#l;start(){if(this.#s)return;this.#s=!0;let e=Date.now();this.#l=setInterval(
()=>{let t=Date.now();t-e>gs&&this.wake(),e=t},ms),this.#c()}stop(e=De){this.#s=!1,clearInterval(this.#l),this.#f(),this.state.set(e)}watch(e,t){this.#e?.watch(
e,t)}unwatch(e){this.#e?.unwatch(e)}send(e){return this.state.value.status==="live"&&(this.#e?.send(e)??!1)}wake(){this.#s&&(this.state.value.status==="live"?this.#e?.
check():this.retry())}retry(){!this.#s||this.state.value.status==="live"||this.state.value.status==="connecting"||(this.#i=0,this.#c())}offline(){this.#s&&(this.#f(),
this.#h("offline"),this.#u(15e3,()=>this.#c()))}#c(){if(this.#f(),!this.#s)return;this.#h("connecting");let e={},t={opened:()=>{e.at=Date.now(),this.#a(i)},frame:r=>this.
host.frame(r),ended:r=>{this.#e=void 0,this.#p(r,e.at)}},[,s]=this.options.transports[this.#n]??this.options.transports[0],i=s(t);this.#e=i,this.#u(Gt,()=>{e.at!==
void 0||this.#e!==i||(i.close(),this.#e=void 0,this.#r=Yt,this.#p({why:"lost"},void 0))})}#a(e){this.#i=0;for(let[t,s]of this.host.watched())e.watch(t,s);this.state.
set({status:"live",transport:e.name,retryAt:void 0}),this.#u(Kt,()=>this.#r=0),this.#n>0&&this.#u(this.options.climbEvery??6e4,()=>this.#d())}#d(e=0){let t=this.
options.transports[e];if(!t||e>=this.#n){this.#u(this.options.climbEvery??6e4,()=>this.#d());return}let s=()=>{r.close(),this.#t=void 0,this.#d(e+1)},i=!1,r=t[1](
{opened:()=>{i=!0,this.#t=void 0,this.#g(),this.#e?.close(),this.#e=r,this.#n=e,this.#r=0,this.#a(r)},frame:o=>this.host.frame(o),ended:o=>{if(!i)return s();this.#e=
void 0,this.#p(o,Date.now())}});this.#t=r,this.#u(Gt,()=>{!i&&this.#t===r&&s()})}async#p(e,t){if(this.#f(),!this.#s)return;if(e.why==="refused")return this.stop(
ht);if(this.options.isOffline())return this.offline();this.#h("reconnecting");let s=t!==void 0&&Date.now()-t>Kt;if(e.why==="session"||!s&&!e.isOrderly){let r=await this.
host.probe().catch(()=>{});if(!this.#s||this.#e)return;if(r===!1)return this.stop();if(r&&e.why!=="session"&&++this.#r>=Yt)return this.#r=0,this.#n=Math.min(this.#n+
1,this.options.transports.length-1),this.#c()}let i=Math.max(e.after??0,ae(this.#i++));this.state.set({status:"reconnecting",transport:void 0,retryAt:Date.now()+
i}),this.#u(i,()=>this.#c())}#h(e){this.state.set({status:e,transport:void 0,retryAt:void 0})}#f(){this.#g(),this.#e?.close(),this.#t?.close(),this.#e=this.#t=void 0}#u(e,t){
let s=setTimeout(()=>{this.#o.delete(s),t()},e);this.#o.add(s)}#g(){for(let e of this.#o)clearTimeout(e);this.#o.clear()}};var bs=15e3,Jt=25,Fe=class{constructor(e,t){this.http=e;this.#t=t,this.#o(!0)}http;name="poll";#e=new Map;#t;#n=new AbortController;#r;#i=!1;#s=!1;watch(e,t){this.
unwatch(e);let s=new AbortController;this.#e.set(e,s),this.#l(e,t,s.signal)}unwatch(e){this.#e.get(e)?.abort(),this.#e.delete(e)}send(){return!1}check(){this.#o(
!1)}close(){this.#t=void 0,clearTimeout(this.#r),this.#n.abort();for(let e of this.#e.values())e.abort();this.#e.clear()}async#o(e){if(this.#s=!0,this.#i)return;
this.#i=!0,clearTimeout(this.#r);let t=this.#n.signal;try{this.#s=!1;let s=await this.http.get("webchat/chats/",{query:{limit:100},signal:t}),{unread_total:i}=await this.
http.get("webchat/unread/",{signal:t});if(!this.#t)return;e&&this.#t.opened(),this.#t.frame({type:"hello",chats:s.chats,has_more:s.has_more,unread_total:i,heartbeat_s:25}),
this.#r=setTimeout(()=>{this.#o(!1)},this.#s?0:bs)}catch(s){t.aborted||this.#c(s)}finally{this.#i=!1}}async#l(e,t,s){let i=t,r=i===null?0:Jt,o;for(;!s.aborted;)
try{let l={chat_id:e,cursor:i,wait:r,stream_id:o?.id,stream_offset:o?.length},c=await this.http.get("webchat/events/",{query:l,signal:s,timeout:(r+15)*1e3});if(s.
aborted)return;let p=c.reset||c.items.length>0;i=c.cursor,c.reset?this.#t?.frame({type:"reset",chat_id:e,cursor:i}):this.#t?.frame({type:"changes",chat_id:e,cursor:i,
items:c.items}),c.stream?(this.#t?.frame({type:"stream",chat_id:e,...c.stream}),o={id:c.stream.stream_id,length:c.stream.offset+c.stream.text.length}):o&&(this.#t?.
frame({type:"stream",chat_id:e,stream_id:o.id,offset:0,text:"",state:"done"}),o=void 0),p&&this.#o(!1),r=Jt}catch(l){return s.aborted?void 0:l instanceof S&&l.status===
404?this.#t?.frame({type:"chat_gone",chat_id:e}):this.#c(l)}}#c(e){let{status:t,code:s,retryAfter:i}=e instanceof S?e:{status:0,code:"",retryAfter:0},r={why:"lo\
st",after:i};t===401&&(r={why:"session"}),t===403&&(r={why:s==="account_blocked"?"refused":"session"});let o=this.#t;this.close(),o?.ended(r)}};var Ue=class{open=new B([]);apply(e){let t=this.open.value.find(({id:o})=>o===e.stream_id);if(e.state!=="open")return this.remove(e.stream_id);let s=t?.text??"";
if(e.offset>s.length)return;let i=s.slice(0,e.offset)+e.text,r=this.open.value.filter(({id:o})=>o!==e.stream_id);this.open.set([...r,{id:e.stream_id,chat:e.chat_id,
text:i}])}remove(e){this.open.value.some(t=>t.id===e)&&this.open.set(this.open.value.filter(t=>t.id!==e))}clear(e){let t=e===void 0?[]:this.open.value.filter(s=>s.
chat!==e);t.length!==this.open.value.length&&this.open.set(t)}};var ys=1e4,vs=3e3,Be=class{typists=new B([]);#e=new Map;#t;note(e,{name:t,kind:s},i){let r=`${e} ${s} ${t}`;clearTimeout(this.#e.get(r));let o=this.typists.value.
filter(l=>`${l.chat} ${l.kind} ${l.name}`!==r);this.typists.set(i?[...o,{chat:e,name:t,kind:s}]:o),i&&this.#e.set(r,setTimeout(()=>this.note(e,{name:t,kind:s},!1),
ys))}arrived(e){for(let{chat:t,name:s,kind:i}of this.typists.value)t===e&&this.note(e,{name:s,kind:i},!1)}isDue(e,t,s){let i=this.#t?.chat===e?this.#t.at:void 0;
return t?i!==void 0&&s-i<vs?!1:(this.#t={chat:e,at:s},!0):(this.#t=void 0,i!==void 0)}};var _s=500,je=class{constructor(e,t,s,i){this.chats=e;this.state=t;this.events=s;this.send=i;this.typing.typists.subscribe(()=>t.patch({typists:this.typing.typists.
value})),this.streams.open.subscribe(()=>t.patch({streams:this.streams.open.value}))}chats;state;events;send;streams=new Ue;typing=new Be;#e;frame(e){switch(e.type){case"\
hello":return this.chats.list.replace(e.chats,e.has_more),this.state.patch({hasMoreChats:e.has_more,unread:e.unread_total});case"chat":return this.chats.list.put(
e.chat);case"unread":return this.state.patch({unread:e.unread_total});case"chat_gone":return this.chats.gone(e.chat_id);case"changes":return this.#t(e);case"res\
et":return this.streams.clear(e.chat_id),void this.chats.load(e.chat_id);case"typing":return this.typing.note(e.chat_id,e.author,e.is_typing);case"stream":return this.
chats.shown(e.chat_id)?.messages.some(({id:t})=>t===e.stream_id)?void 0:(this.typing.arrived(e.chat_id),this.streams.apply(e));case"error":return this.events.emit(
"error",new S(e.code,e.error));default:}}close(){clearTimeout(this.#e)}#t({chat_id:e,items:t,cursor:s}){let i=this.chats.shown(e);if(!i?.state.value.isLoaded)return;
let r=i.apply(t,s).filter(({is_outgoing:o})=>o);if(r.length){this.typing.arrived(e);for(let{id:o}of r)this.streams.remove(o);clearTimeout(this.#e),this.#e=setTimeout(
()=>{let o=this.chats.shown(e)?.messages.at(-1);o&&this.send({type:"delivered",chat_id:e,message_id:o.id})},_s);for(let o of r)this.events.emit("message",o)}}};function qe(n){try{let e=JSON.parse(n);return typeof e?.type=="string"?e:null}catch{return null}}var xs=25e3,ws=1e4,ks=1500,$e=class{name="ws";#e;#t=!1;#n=new Map;#r;#i;#s;constructor(e,t,s){this.#s=s,this.#e=new WebSocket(`${e.replace(/^http/,"ws")}/webcha\
t/ws/`,["unicom.v1",...t.socketProtocols()]),this.#e.onmessage=({data:i})=>this.#o(String(i)),this.#e.onclose=({code:i,reason:r})=>this.#a(Ts(i,r))}watch(e,t){this.#t?
this.#c({type:"subscribe",chats:{[e]:t}}):this.#n.set(e,t)}unwatch(e){this.#n.delete(e),this.#t&&this.#c({type:"unsubscribe",chats:[e]})}send(e){return this.#t?
(this.#c(e),!0):!1}check(){this.#l(ks)}close(){this.#s=void 0,this.#d()}#o(e){clearTimeout(this.#i),this.#i=void 0;let t=qe(e);t&&(t.type==="hello"&&!this.#t&&(this.#t=
!0,this.#r=setInterval(()=>this.#l(ws),xs),this.#s?.opened(),this.#n.size&&this.#c({type:"subscribe",chats:Object.fromEntries(this.#n)}),this.#n.clear()),this.#s?.
frame(t))}#l(e){this.#t&&(this.#c({type:"ping"}),this.#i??=setTimeout(()=>this.#a({why:"lost"}),e))}#c(e){this.#e.readyState===WebSocket.OPEN&&this.#e.send(JSON.
stringify(e))}#a(e){let t=this.#s;this.close(),t?.ended(e)}#d(){clearInterval(this.#r),clearTimeout(this.#i),this.#t=!1,this.#e.onmessage=this.#e.onclose=null,this.#e.
close()}};function Ts(n,e){let t=Number(/\d+/.exec(e)?.[0]),s=Number.isFinite(t)?Math.min(t,300)*1e3:void 0;switch(n){case 4401:return{why:"session"};case 4403:
return{why:"refused"};case 4429:return{why:"lost",after:s??1e4,isOrderly:!0};case 1001:case 1012:case 1013:return{why:"lost",after:s,isOrderly:!0};case 4408:return{
why:"lost",isOrderly:!0};default:return{why:"lost"}}}var Ss=6e4,Cs=26e3,ft=class{#e="";#t=[];push(e){let t=[],i=(this.#e+e).split(/\r\n|\n|\r(?!$)/);this.#e=i.pop()??"";for(let r of i)r===""?(this.#t.length&&t.push(
this.#t.join(`
`)),this.#t=[]):r.startsWith("data:")&&this.#t.push(r.slice(r[5]===" "?6:5));return t}},We=class{constructor(e,t){this.http=e;this.#t=t,this.#r=setInterval(()=>this.#o(
Ss),1e4),this.#i("",null)}http;name="sse";#e=new Map;#t;#n=Date.now();#r;watch(e,t){this.unwatch(e),this.#i(e,t)}unwatch(e){this.#e.get(e)?.abort(),this.#e.delete(
e)}send(){return!1}check(){this.#o(Cs)}close(){this.#t=void 0,clearInterval(this.#r);for(let e of this.#e.values())e.abort();this.#e.clear()}async#i(e,t){let s=new AbortController;
this.#e.set(e,s);let i={why:"lost"};try{let r=e?{chat_id:e,cursor:t}:{},l=(await this.http.stream("webchat/events/",r,s.signal)).pipeThrough(new TextDecoderStream).
getReader(),c=new ft;for(;;){let{value:p,done:d}=await l.read();if(d)break;this.#n=Date.now();for(let h of c.push(p)){let f=this.#s(h);f&&(i=f)}}}catch(r){if(s.
signal.aborted)return;let{status:o,code:l,retryAfter:c}=r;if(o===401)i={why:"session"};else if(o===403)i={why:l==="account_blocked"?"refused":"session"};else{if(o===
404&&e)return this.#t?.frame({type:"chat_gone",chat_id:e});i={why:"lost",after:c}}}s.signal.aborted||this.#l(i)}#s(e){let t=qe(e);if(t&&(t.type==="hello"&&this.#t?.
opened(),this.#t?.frame(t),t.type==="error"))return t.code==="account_blocked"?{why:"refused"}:{why:t.code==="login_required"||t.code==="csrf_failed"?"session":
"lost",isOrderly:!0}}#o(e){Date.now()-this.#n>e&&this.#l({why:"lost"})}#l(e){let t=this.#t;this.close(),t?.ended(e)}};function Ve(){return typeof navigator<"u"&&navigator.onLine===!1}var ge=class{isDurable=!1;#e=new Map;all(){return Promise.resolve([...this.#e.values()].sort((e,t)=>e.order-t.order))}put(e){return this.#e.set(e.id,{...e}),Promise.
resolve()}delete(e){return this.#e.delete(e),Promise.resolve()}clear(){return this.#e.clear(),Promise.resolve()}},me="outbox";function Es(n){return new Promise(
(e,t)=>{n.onsuccess=()=>e(n.result),n.onerror=()=>t(n.error)})}var mt=class n{constructor(e){this.database=e}database;isDurable=!0;static open(e){return new Promise(
(t,s)=>{let i=setTimeout(()=>s(new Error("IndexedDB does not open")),3e3),r=indexedDB.open(e,1);r.onupgradeneeded=()=>{r.result.createObjectStore(me,{keyPath:"i\
d"})},r.onsuccess=()=>{clearTimeout(i),r.result.onversionchange=()=>r.result.close(),t(new n(r.result))},r.onerror=r.onblocked=()=>{clearTimeout(i),s(r.error??new Error(
"IndexedDB is blocked"))}})}async all(){return(await Es(this.#e("readonly").getAll())).sort((t,s)=>t.order-s.order)}put(e){return this.#t(t=>t.put(e))}delete(e){
return this.#t(t=>t.delete(e))}clear(){return this.#t(e=>e.clear())}#e(e){return this.database.transaction(me,e).objectStore(me)}#t(e){return new Promise((t,s)=>{
let i=this.database.transaction(me,"readwrite");i.oncomplete=()=>t(),i.onabort=i.onerror=()=>s(i.error),e(i.objectStore(me))})}},gt=class{constructor(e,t){this.
durable=e;this.onFailure=t}durable;onFailure;#e=new ge;isDurable=!0;async all(){let e=await this.durable.all().catch(()=>[]),t=await this.#e.all(),s=new Set(t.map(
({id:i})=>i));return[...e.filter(({id:i})=>!s.has(i)),...t].sort((i,r)=>i.order-r.order)}async put(e){try{await this.durable.put(e),await this.#e.delete(e.id)}catch(t){
await this.#e.put(e),this.isDurable=!1,this.onFailure(Xt(t))}}async delete(e){await this.#e.delete(e),await this.durable.delete(e).catch(()=>{})}async clear(){await this.#e.
clear(),await this.durable.clear().catch(()=>{})}};function Xt(n){let e="the browser stores nothing: unsent messages are lost when the page is closed";return new S(
"storage_unavailable",e,{cause:n})}async function Qt(n,e,t){if(e==="memory")return new ge;try{return new gt(await mt.open(n),t)}catch(s){return t(Xt(s)),new ge}}var Zt=15e3,Ge=class{constructor(e,t,s=Date.now){this.store=e;this.host=t;this.now=s}store;host;now;items=new B([]);#e=[];#t=new Map;#n=0;#r=0;#i;#s=new Map;#o=0;#l=0;#c=new Oe;#a=!1;#d=!1;#p=!1;async add(e){
let t={...e,order:this.#y()};this.#t.set(e.id,t),this.#e=[...this.#e,t],this.#m(),await this.store.put(t),this.#t.delete(e.id),this.#e.some(({id:s})=>s===e.id)||
await this.store.delete(e.id),this.host.announce(),this.run()}async retry(e){let t=this.#e.find(r=>r.id===e);if(!t)return;let{failure:s,...i}=t;this.#s.delete(e),
await this.store.put({...i,order:this.#y()}),await this.reload(),this.host.announce(),this.kick()}async cancel(e){this.#i?.id===e&&this.#i.abort.abort(),await this.#b(
e),this.host.announce()}async rebind(e,t){for(let s of await this.store.all())s.chat===e&&await this.store.put({...s,chat:t,createsChat:!1});await this.reload()}kick(){
for(let e of this.#s.values())e.until=0;this.#l=0,this.#c.wake(),this.run()}async reload(){for(;;){let e=this.#n,t=await this.store.all();if(e!==this.#n)continue;
let s=new Set(t.map(({id:i})=>i));return this.#e=[...t,...[...this.#t.values()].filter(({id:i})=>!s.has(i))],this.#m()}}async clear(){this.#i?.abort.abort(),await this.
store.clear(),await this.reload()}close(){this.#p=!0,this.#i?.abort.abort(),this.#c.wake()}async run(){if(this.#a){this.#d=!0;return}this.#a=!0;try{for(;;){this.#d=
!1;let e=await this.host.exclusively(()=>this.#h());if(this.#p)return;if(e!==null)await this.#c.sleep(e);else if(!this.#d)return;if(this.#p)return}}finally{this.#a=
!1}}async#h(){for(await this.reload();;){if(this.#p)return null;let{item:e,wait:t}=this.#f();if(!e)return t;await this.#u(e)}}#f(){let e=this.now();this.host.isOffline()?
this.#l||(this.#l=e+Zt):this.#l=0;let t=null,s=r=>t=Math.min(t??1/0,r),i=new Set;for(let r of this.#e){if(r.failure||!this.host.isOwn(r.owner)||i.has(r.chat))continue;
if(this.#t.has(r.id)){i.add(r.chat);continue}let o=Math.max(this.#o,this.#l,this.#s.get(r.id)?.until??0);if(o<=e)return{item:r,wait:null};s(o-e),i.add(r.chat)}return{
wait:t}}async#u(e){let t=new AbortController;this.#i={id:e.id,progress:0,abort:t},this.host.isOffline()&&(this.#l=this.now()+Zt),this.#m();try{let s=await this.
host.deliver(e,t.signal,i=>{this.#i?.id===e.id&&(this.#i.progress=i,this.#m())});await this.host.sent(e,s),this.#i=void 0,await this.#b(e.id),this.host.announce()}catch(s){
this.#i=void 0;let i=s instanceof S?s:new S("network",String(s),{cause:s});if(i.code==="aborted")return;await this.#g(e,i)}}async#g(e,t){let s={code:t.code,status:t.
status,message:t.message};if(!t.isTemporary){let o={...this.#e.find(({id:l})=>l===e.id)??e,failure:s};await this.store.put(o),await this.reload(),this.host.failed(
o),this.host.announce();return}let i=(this.#s.get(e.id)?.attempt??-1)+1,r=this.now()+(t.retryAfter??ae(i));t.retryAfter!==void 0&&(this.#o=Math.max(this.#o,r)),
this.#s.set(e.id,{attempt:i,until:r,error:s}),this.#m()}async#b(e){await this.store.delete(e),this.#n++,this.#s.delete(e),this.#e=this.#e.filter(t=>t.id!==e),this.#m()}#y(){
let e=this.#e.reduce((t,{order:s})=>Math.max(t,s),this.#r);return this.#r=Math.max(this.now(),e+.001),this.#r}#m(){let e=new Map(this.items.value.map(s=>[s.id,s])),
t=this.#e.filter(s=>this.host.isOwn(s.owner));this.items.set(t.map(s=>{let i=this.#i?.id===s.id,r={id:s.id,chat:s.chat,text:s.text,file:s.file,fileName:s.fileName,
replyTo:s.replyTo,order:s.order,state:s.failure?"failed":i?"sending":"queued",progress:i?this.#i?.progress??0:0,error:s.failure??this.#s.get(s.id)?.error},o=e.get(
s.id);return o?.chat===r.chat&&o.order===r.order&&o.state===r.state&&o.progress===r.progress&&o.error?.code===r.error?.code?o:{...r,file:o?.file??r.file}}))}};var Ke=class{constructor(e,t,s,i,r,o,l){this.http=e;this.state=t;this.events=s;this.chats=i;this.tabs=r;this.host=o;this.channel=l}http;state;events;chats;tabs;host;channel;#e;get opened(){
return this.#e}async add(e){let t=crypto.randomUUID(),s=this.chats.resolve(e.chat),{channel:i}=this;return await(await this.open()).add({id:t,chat:s,owner:this.
state.value.account,createsChat:ee(s)&&s!==Q,text:e.text??"",...i!==void 0&&{channel:i},...e.file&&{file:e.file},...e.fileName!==void 0&&{fileName:e.fileName},...e.
replyTo!==void 0&&{replyTo:e.replyTo},...e.metadata&&{metadata:e.metadata}}),t}open(){return this.#e??=(async()=>{let e=await this.host.openStore(),t=new Ge(e,{
isOwn:s=>s===null||s===this.state.value.account||s.startsWith("webchat_guest_"),deliver:(s,i,r)=>this.#t(t,s,i,r),sent:(s,i)=>this.#r(t,s,i),failed:({id:s,failure:i})=>{
i?.code==="account_blocked"&&this.host.refused();let r=t.items.value.find(o=>o.id===s);r&&this.events.emit("failed",r)},announce:()=>this.tabs.tell({type:"outbo\
x"}),exclusively:s=>this.tabs.exclusively(s),isOffline:Ve});return t.items.subscribe(()=>{this.state.patch({pending:t.items.value}),this.chats.showPending()}),t})(),
this.#e}async#t(e,t,s,i){let{chat:r}=t,o=t.channel===void 0?{}:{channel_id:t.channel};t.createsChat&&ee(r)&&(r=await this.chats.create({...o,metadata:t.metadata},
s),await this.#i(e,t.chat,r));let l={client_message_id:t.id,...ee(r)?{...o,metadata:t.metadata}:{chat_id:r},...t.replyTo!==void 0&&{reply_to_message_id:t.replyTo}};
if(!t.file)return this.#n(t,{json:{...l,text:t.text},signal:s});let c=new FormData;for(let[p,d]of Object.entries(l))d!==void 0&&c.set(p,typeof d=="object"?JSON.
stringify(d):String(d));return t.text&&c.set("text",t.text),c.set("media",t.file,t.fileName??"file"),this.#n(t,{form:c,signal:s,onProgress:i})}async#n(e,t){try{
return await this.http.post("webchat/send/",t)}catch(s){if(!(s instanceof S&&s.code==="chat_not_found")||e.chat!==e.owner||await this.host.readSession()===e.owner)
throw s;t.form?.delete("chat_id");let{chat_id:r,...o}=t.json??{};return this.http.post("webchat/send/",{...t,...!t.form&&{json:o}})}}async#r(e,t,{chat_id:s,message:i}){
this.chats.resolve(t.chat)!==s&&await this.#i(e,t.chat,s),this.chats.shown(s)?.insert(i),this.events.emit("sent",i);let{id:r,text:o,timestamp:l,is_outgoing:c,sender_name:p}=i;
this.chats.list.patch(s,{last_message:{id:r,text:o,timestamp:l,is_outgoing:c,sender_name:p}}),this.state.value.account===null&&this.host.sessionBegan()}async#i(e,t,s){
this.chats.bind(t,s),await e.rebind(t,s),this.tabs.tell({type:"bound",from:t,to:s})}};var Ye=class extends B{constructor(){super({connection:De,account:null,isReady:!1,chats:[],hasMoreChats:!1,unread:0,pending:[],typists:[],streams:[],error:void 0})}patch(e){
this.set({...this.value,...e})}};var Je=class{constructor(e,t,s){this.name=e;this.useLocks=s;typeof BroadcastChannel>"u"||(this.#e=new BroadcastChannel(e),this.#e.onmessage=({data:i})=>t(i))}name;useLocks;#e;tell(e){
this.#e?.postMessage(e)}exclusively(e){let t=this.useLocks&&typeof navigator<"u"?navigator.locks:void 0;return t?t.request(this.name,e):e()}close(){this.#e?.close()}};var be=class{http;#e=new Ye;#t=new Me;#n;#r;#i;#s;#o;#l;#c;#a=0;#d=[];constructor(e){let t=e.fetch??globalThis.fetch.bind(globalThis),{base:s,channel:i,climbEvery:r,
storage:o="auto"}=e,l=e.credentials??new ze(s,t);this.http=new Ne(s,l,t),this.#o=new Je(`unicom:${s}`,h=>this.#y(h),e.locks??!0);let c={ws:h=>new $e(s,l,h),sse:h=>new We(
this.http,h),poll:h=>new Fe(this.http,h)};this.#s=new He({frame:h=>this.#r.frame(h),watched:()=>this.#n.watched(),probe:async()=>await this.#h()!==null},{transports:(e.
transports??["ws","sse","poll"]).map(h=>[h,c[h]]),...r!==void 0&&{climbEvery:r},isOffline:Ve}),this.#s.state.subscribe(()=>this.#u());let p=i===void 0?{}:{channel_id:i};
this.#n=new Le(this.http,this.#e,this.#t,this.#s,p),this.#r=new je(this.#n,this.#e,this.#t,h=>this.#s.send(h));let d={openStore:()=>Qt(`unicom:${s}`,o,h=>this.#t.
emit("error",h)),readSession:()=>this.#h(),sessionBegan:()=>{this.#f()},refused:()=>this.#s.stop(ht)};this.#i=new Ke(this.http,this.#e,this.#t,this.#n,this.#o,d,
i)}get state(){return this.#e.value}subscribe(e){return this.#e.subscribe(e)}on(e,t){return this.#t.on(e,t)}connect(){return clearTimeout(this.#c),this.#l??=this.#p().
catch(e=>{if(this.#l=void 0,this.#e.patch({error:e}),e.isTemporary){let t=Math.max(e.retryAfter??0,ae(this.#a++));this.#c=setTimeout(()=>{this.connect().catch(()=>{})},
t)}throw e}),this.#l}close(){this.#s.stop(),this.#o.close(),clearTimeout(this.#c),this.#r.close();for(let e of this.#d.splice(0))e();this.#i.opened?.then(e=>e.close())}send(e){
return this.#i.add(e)}async retry(e){await(await this.#i.open()).retry(e)}async cancel(e){await(await this.#i.open()).cancel(e)}messages(e){return this.#n.show(
e)}load(e){return this.#n.load(e)}resolve(e){return this.#n.resolve(e)}startChat(){return this.#n.start()}loadMoreChats(){return this.#n.readMore()}renameChat(e,t){
return this.#n.change(e,{title:t})}archiveChat(e,t=!0){return this.#n.change(e,{is_archived:t})}deleteChat(e){return this.#n.delete(e)}read(e){let t=this.resolve(
e),s=this.#n.list.get(t),i=this.#n.shown(t)?.messages.findLast(({is_outgoing:r})=>r);!s?.unread_count||!i||(this.#e.patch({unread:Math.max(0,this.state.unread-s.
unread_count)}),this.#n.list.patch(t,{unread_count:0}),!this.#s.send({type:"read",chat_id:t,message_id:i.id})&&this.http.post(`${Ae(t)}read/`).catch(r=>this.#t.
emit("error",r)))}typing(e,t){let s=this.resolve(e);ee(s)||!this.#r.typing.isDue(s,t,Date.now())||this.#s.send({type:"typing",chat_id:s,is_typing:t})}async click(e){
await this.http.post("webchat/button-click/",{json:{callback_execution_id:e}})}async edit(e,t){let{message:s}=await this.http.request("PATCH",en(e),{json:{text:t}});
return this.#n.shown(s.chat_id)?.apply([{kind:"message",message:s}],null),s}async remove(e,t){await this.http.request("DELETE",en(t)),this.#n.shown(e)?.remove(t)}async stop(e){
await this.http.post(`webchat/stream/${encodeURIComponent(e)}/stop/`)}async logout(){await this.http.credentials.end(),await(await this.#i.open()).clear(),this.#o.
tell({type:"end"}),this.#g()}async retryNow(){this.#l||await this.connect().catch(()=>{}),this.#s.retry(),(await this.#i.open()).kick()}async#p(){this.#d.length||
this.#m(),this.#e.patch({error:void 0});let e=await this.#i.open();await e.reload(),await this.#h()!==null&&await this.#n.read(),this.#e.patch({isReady:!0}),this.
state.account!==null&&this.#s.start(),e.run()}async#h(){let{account:e}=await this.http.credentials.session(),t=this.state.account;return e!==t&&(t!==null&&this.#b(),
this.#e.patch({account:e}),await(await this.#i.open()).reload()),e}async#f(){try{if(await this.#h()===null)return;this.#o.tell({type:"session"}),await this.#n.read()}catch(e){
this.#t.emit("error",e)}this.#s.start()}#u(){let e=this.#s.state.value,t=this.state.connection.status;this.#e.patch({connection:e}),e.status==="live"?(this.#i.opened?.
then(s=>s.kick()),this.#n.loadMissing()):t==="live"&&this.#r.streams.clear()}#g(){this.#s.stop(),this.#b(),this.#e.patch({account:null})}#b(){this.#r.streams.clear(),
this.#n.clear()}#y(e){e.type==="bound"&&this.#n.bind(e.from,e.to),e.type==="session"&&this.state.account===null&&this.#l&&this.#f(),e.type==="end"&&this.#g(),e.
type==="outbox"&&this.#i.opened?.then(async t=>{await t.reload(),t.run()})}#m(){if(typeof window>"u")return;let e=(t,s,i)=>{t.addEventListener(s,i),this.#d.push(
()=>t.removeEventListener(s,i))};e(window,"online",()=>{this.retryNow()}),e(window,"offline",()=>this.#s.offline()),e(window,"pageshow",()=>this.#s.wake()),e(document,
"visibilitychange",()=>document.visibilityState==="visible"&&this.#s.wake())}};function en(n){return`webchat/message/${encodeURIComponent(n)}/`}var P,nn,Ps,te,bt,et,sn,Qe,rn,_t,yt,on,ve=Symbol.for("pv"),tt={},nt=[],Os=/^m(i|n|o|s|text|space)$/,xt=Array.isArray,wt=nt.slice,ie=Object.assign;function se(n){
n&&n.parentNode&&n.remove()}function st(n,e,t){var s,i,r,o={},l=arguments.length;for(r in e)r=="key"?s=e[r]:r=="ref"&&typeof n!="function"?i=e[r]:o[r]=e[r];return l>
2&&(o.children=l>3?wt.call(arguments,2):t),ye(n,o,s,i,null)}function ye(n,e,t,s,i){var r={type:n,props:e,key:t,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:ve,__v:i||++nn,__i:-1,__u:0};return!i&&P.vnode&&P.
vnode(r),r}function $(n){return n.children}function ce(n,e){this.props=n,this.context=e,this.__g=0}function ne(n,e){if(e==null)return n.__&&ne(n.__,n.__i+1);for(var t;e<n.
__k.length;e++)if((t=n.__k[e])&&t.__e)return t.__e;return typeof n.type!="function"||n.props.__P?null:ne(n)}function Ms(n){var e,t=n.__v,s=t.__e,i=[],r=[],o=n.__P;
o&&((e=ie({constructor:ve},t)).__v=t.__v+1,P.vnode&&P.vnode(e),kt(o,e,t,n.__n,o.namespaceURI,32&t.__u?[s]:null,i,s||ne(t),32&t.__u,r),e.__v=t.__v,e.__.__k[e.__i]=
e,pn(i,e,r),t.__=t.__e=null,e.__e!=s&&an(e))}function an(n){if((n=n.__)&&n.__c&&!n.props.__P)return n.__e=null,n.__k.some(function(e){return e&&(n.__e=e.__e)}),
an(n)}function vt(n){(8&n.__g||(n.__g|=8,te.push(n),et++))&&bt==P.debounceRendering||((bt=P.debounceRendering)||queueMicrotask)(ln)}function ln(){try{for(var n,
e=1;te.length;)te.length>e&&te.sort(sn),n=te.shift(),e=te.length,8&n.__g&&Ms(n)}finally{(et=te.length)&&(bt||queueMicrotask)(ln)}}function cn(n,e,t,s,i,r,o,l,c,p,d){
var h,f,u,y,m,b,x=s.__k||nt,_=e.length;for(c=Rs(t,e,x,c,_),h=0;h<_;h++)(u=t.__k[h])!=null&&(f=~u.__i&&x[u.__i]||tt,u.__i=h,b=kt(n,u,f,i,r,o,l,c,p,d),y=u.__e,(f.
ref!=u.ref||8&f.__u)&&(f.ref&&Tt(f.ref,null,u,f),u.ref&&d.push(u.ref,u.__c||y,u)),m=m||y,4&u.__u?(c=dn(u,c,n,!f.__v),f.__e&&(f.__e=null)):typeof u.type=="functi\
on"&&b!==void 0?c=b:y&&(c=y.nextSibling),u.__u&=-21);return t.__e=m,c}function Rs(n,e,t,s,i){var r,o,l,c,p,d,h,f,u,y=t.length,m=y,b=0,x=0,_=n.__k=Array(i);for(r=
0;r<i;r++)(o=e[r])!=null&&typeof o!="boolean"&&typeof o!="function"?(typeof o!="object"||o.constructor===String?o=_[r]=ye(null,o):xt(o)?o=_[r]=ye($,{children:o}):
o.constructor===ve&&o.__b?o=_[r]=ye(o.type,o.props,o.key,o.ref,o.__v):_[r]=o,c=r+b,o.__=n,o.__b=n.__b+1,l=null,~(p=o.__i=Is(o,t,c,m))&&(m--,(l=t[p])&&(l.__u|=2)),
l&&l.__v?(o.__u|=16,p==c-1?b--:p==c+1?b++:p!=c&&(p>c?b--:b++,x=1)):(~p||(i>y?b--:i<y&&b++),typeof o.type!="function"&&(o.__u|=4))):_[r]=null;if(x){for(d=[],h=[],
r=0;r<i;r++)if((o=_[r])&&16&o.__u){for(b=0,f=d.length;b<f;)d[u=b+f>>1]<o.__i?b=u+1:f=u;d[b]=o.__i,h[r]=b+1}for(b=d.length;r--;)h[r]&&(h[r]==b?b--:_[r].__u|=4)}if(m)
for(r=0;r<y;r++)!(l=t[r])||2&l.__u||(l.__e==s&&(s=ne(l)),St(l,l));return s}function dn(n,e,t,s){var i,r,o,l;if(typeof n.type=="function"){if(n.props.__P)return e;
if(i=n.__k)for(r=0;r<i.length;r++)i[r]&&(i[r].__=n,e=dn(i[r],e,t,!1));return e}for(e&&!e.parentNode&&(e=ne(n))&&!e.parentNode&&(e=null),o=n.__e,l=e;l&&l.nodeType==
8;)l=l.nextSibling;for(o!=l&&(!s&&t.moveBefore&&o.parentNode?t.moveBefore(o,e):t.insertBefore(o,e||null)),e=o;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith(
"$s"););return e}function Is(n,e,t,s){var i,r=n.key,o=n.type,l=e[t],c=l&&!(2&l.__u);if(l===null&&r==null||c&&r==l.key&&o==l.type)return t;if(s>(c?1:0)){for(i=t-1;i>=0;i--)if((l=
e[i])&&!(2&l.__u)&&r==l.key&&o==l.type)return i;for(i=t+1;i<e.length;i++)if((l=e[i])&&!(2&l.__u)&&r==l.key&&o==l.type)return i}return-1}function tn(n,e,t){t==null&&
(t=""),e[0]=="-"?n.setProperty(e,t):n[e]=t}function Xe(n,e,t,s,i){var r,o;if(e=="style")if(typeof t=="string")n.style.cssText=t;else{if(typeof s=="string"&&(n.style.
cssText=s=""),s)for(e in s)t&&e in t||tn(n.style,e);if(t)for(e in t)s&&t[e]==s[e]||tn(n.style,e,t[e])}else if(e[0]=="o"&&e[1]=="n")typeof t!="function"&&(t=null),
typeof s!="function"&&(s=null),(n.__e||(n.__e={}))[e]=t,t&&s||(o=yt[e]||(yt[e]=Ls(e)),(n.__a||(n.__a={}))[e]=_t,r=e!=(e=e.replace(rn,"$1")),(e=e.slice(2))[0]<"a"&&
(e=e.toLowerCase()),t?n.addEventListener(e,o,r):n.removeEventListener(e,o,r));else{if(i=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,
"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="colSpan"&&e!="role"&&e!="popover"&&e in n)
try{return void(n[e]=t??"")}catch{}if(typeof t=="function")return;t==null||t===!1&&e[4]!="-"?n.removeAttribute(e):n.setAttribute(e,e=="popover"&&t==1?"":t)}}function Ls(n){
return function(e){var t=this.__e;if(t){if(t=t[n],e[Qe]==null)e[Qe]=_t++;else if(e[Qe]<this.__a[n])return;return t(P.event?P.event(e):e)}}}function kt(n,e,t,s,i,r,o,l,c,p){
var d,h,f,u,y,m,b,x,_,T,g,R,D,E,k,H,j,X,K=e.type;if(e.constructor!==ve)return null;128&t.__u&&(c=32&t.__u,d=t.__c.__z)&&(e.__u|=c,h=r=[],d.nodeType==8?l=Ze(d,r):
r.push(d),l=r[0]||l),(d=P.__b)&&d(e);e:if(typeof K=="function"){f=o.length;try{if(x=e.props,_=(d=K.prototype)&&d.render,T=(d=K.contextType)&&s[d.__c],g=d?T?T.props.
value:d.__:s,(u=t.__c)?(e.__c=u,2&u.__g&&(u.__g|=1)):(_?e.__c=u=new K(x,g):(e.__c=u=new ce(x,g),u.constructor=K,u.render=zs),T&&T.sub(u),u.state||(u.state={}),u.
__n=s,u.__g|=8,u.__h=[],u.__k=[]),_&&(u.__s||(u.__s=u.state),K.getDerivedStateFromProps&&(u.__s==u.state&&(u.__s=ie({},u.__s)),ie(u.__s,K.getDerivedStateFromProps(
x,u.__s)))),y=u.props,m=u.state,u.__v=e,t.__c){if(x!==y&&_&&!K.getDerivedStateFromProps&&u.componentWillReceiveProps&&u.componentWillReceiveProps(x,g),e.__v==t.
__v&&!(8&u.__g)||!(4&u.__g)&&u.shouldComponentUpdate&&u.shouldComponentUpdate(x,u.__s,g)===!1){e.__v!=t.__v&&(u.props=x,u.state=u.__s,u.__g&=-9),e.__e=t.__e,e.__k=
t.__k,e.__k.some(function(U){U&&(U.__=e)}),nt.push.apply(u.__h,u.__k),u.__k=[],u.__h.length&&o.push(u),l=ne(t);break e}u.componentWillUpdate&&u.componentWillUpdate(
x,u.__s,g),_&&u.componentDidUpdate&&u.__h.push(function(){u.componentDidUpdate(y,m,b)})}else _&&!K.getDerivedStateFromProps&&u.componentWillMount&&u.componentWillMount(),
_&&u.componentDidMount&&u.__h.push(u.componentDidMount);u.context=g,u.props=x,u.__P=n,u.__g&=-5,R=P.__r,D=_?25:0;do u.__g&=-9,R&&R(e),d=u.render(u.props,u.state=
u.__s,u.context);while(8&u.__g&&++D<25);_&&(nt.push.apply(u.__h,u.__k),u.__k=[]),u.state=u.__s,u.getChildContext&&(s=ie({},s,u.getChildContext())),_&&t.__c&&u.getSnapshotBeforeUpdate&&
(b=u.getSnapshotBeforeUpdate(y,m)),E=d&&d.type===$&&d.key==null?d.props.children:d,x.__P&&(d=l,i=(n=x.__P).namespaceURI,c=r=null,t.props&&t.props.__P!=n&&(t.__k.
some(function(U){U&&St(U,U)}),t.__k=null),l=t.__k?ne(t,0):null),l=cn(n,xt(E)?E:[E],e,t,s,i,r,o,l,c,p),x.__P&&(e.__e=null,l=d),e.__u&=-161,h&&h.some(se),u.__h.length&&
o.push(u),1&u.__g&&(u.__g&=-4)}catch(U){if(o.length=f,e.__v=null,c||r)if(U&&U.then){if(e.__u|=128|c,r){for(~(j=r.indexOf(l||void 0))||(j=r.length);(X=r[j-1])&&X.
nodeType==8;)j--;for(;j<r.length;j++)if(X=r[j])if(r[j]=null,k){if(X==H)break}else{if(X.nodeType!=8)break;X.data.startsWith("$s")&&(H=Ze(k=X))}}if(!k){for(;l&&l.
nodeType==8&&l.nextSibling;)l=l.nextSibling;k=l}(d=Ze(k=e.__c.__z||(e.__c.__z=k)))?(e.__e=k,l=d):e.__e=l,l=l&&l.nextSibling}else r&&r.some(se);else e.__e=t.__e;
e.__k||(e.__k=t.__k||[]),U&&U.then||un(e),P.__e(U,e,t)}}else l=e.__e=As(t.__e,e,t,s,i,r,o,c,p,n);return(d=P.diffed)&&d(e),l}function Ze(n,e){if(n&&n.nodeType==8&&
n.data.startsWith("$s"))for(var t=1;n=n.nextSibling;){if(n.nodeType==8){if(n.data.startsWith("$s"))t++;else if(n.data.startsWith("/$s")&&!--t)return n}e&&e.push(
n)}}function un(n){n&&(n.__c&&(n.__c.__g|=4),n.__k&&n.__k.some(un))}function pn(n,e,t){for(var s=0;s<t.length;)Tt(t[s++],t[s++],t[s++]);P.__c&&P.__c(e,n),n.some(
function(i){try{n=i.__h,i.__h=[],n.some(function(r){r.call(i)})}catch(r){P.__e(r,i.__v)}})}function As(n,e,t,s,i,r,o,l,c,p){var d,h,f,u,y,m,b,x,_=t.props||tt,T=e.
props,g=e.type;if(g=="svg"?i="http://www.w3.org/2000/svg":g=="math"?i="http://www.w3.org/1998/Math/MathML":i||(i="http://www.w3.org/1999/xhtml"),r){for(d=0;d<r.
length;d++)if((y=r[d])&&(g?y.localName==g:y.nodeType==3)){n=y,r[d]=null;break}}if(!n){if(x=p.ownerDocument||document,!g)return x.createTextNode(T);n=x.createElementNS(
i,g,T.is?T:p),l&&(P.__m&&P.__m(e,r),l=!1),r=null}if(g){if(p=g=="template"&&n.content||n,r=g=="textarea"&&T.defaultValue!=null?null:r&&wt.call(p.childNodes),!l&&
r)for(_={},d=0;d<n.attributes.length;d++)_[(y=n.attributes[d]).name]=y.value;for(d in _)y=_[d],d=="dangerouslySetInnerHTML"?f=y:d=="children"||d in T||d=="value"&&
"defaultValue"in T||d=="checked"&&"defaultChecked"in T||Xe(n,d,null,y,i);for(d in T)y=T[d],d=="children"?u=y:d=="dangerouslySetInnerHTML"?h=y:d=="value"?m=y:d==
"checked"?b=y:l&&typeof y!="function"||_[d]===y||Xe(n,d,y,_[d],i);h?(l||f&&(h.__html==f.__html||h.__html==n.innerHTML)||(n.innerHTML=h.__html),e.__k=[]):(f&&(n.
textContent=""),(g=="foreignObject"||i=="http://www.w3.org/1998/Math/MathML"&&Os.test(g))&&(i="http://www.w3.org/1999/xhtml"),cn(p,xt(u)?u:[u],e,t,s,i,r,o,r?r[0]:
t.__k&&ne(t,0),l,c),r&&r.some(se)),l&&g!="textarea"||(d="value",g=="progress"&&m==null?n.removeAttribute(d):m==null||m===n[d]&&(g!="progress"||m)||Xe(n,d,m,_[d],
i),d="checked",b!=null&&b!=n[d]&&Xe(n,d,b,_[d],i))}else _===T||l&&n.data==T||(n.data=T);return n}function Tt(n,e,t,s){try{typeof n=="function"?e?e.__x=n(e)||1:s&&
(s=s.__c||s.__e)&&(e=s.__x)&&(s.__x=null,typeof e=="function"?e():n(null)):n.current=e}catch(i){P.__e(i,t)}}function St(n,e,t){var s,i,r,o;if(P.unmount&&P.unmount(
n),!(s=n.ref)||s.current&&s.current!=n.__e||Tt(s,null,e,n),s=n.__c){if(s.componentWillUnmount)try{s.componentWillUnmount()}catch(l){P.__e(l,e)}s.__P=s.__n=null}
if(s=n.__k)for(o=0;o<s.length;o++)s[o]&&St(s[o],e,typeof n.type!="function"||t&&!n.props.__P);!t&&(s=n.__c)&&(s=s.__z)&&(i=Ze(s,r=[]))&&(s==n.__e&&r.some(se),se(
i),se(s)),t||se(n.__e),n.__e=n.__c=n.__=null}function zs(n,e,t){return this.constructor(n,t)}function Ct(n,e){var t,s,i,r;P.__&&P.__(n,e),e.nodeType==9&&(e=e.documentElement),
s=(t=n&&32&n.__u)?null:e.__k,e.__k=ye($,{children:[n]}),i=[],r=[],kt(e,e.__k,s||tt,tt,e.namespaceURI,s?null:e.firstChild?wt.call(e.childNodes):null,i,s?s.__e:e.
firstChild,t,r),pn(i,e.__k,r),e.__k.props.children=null}function de(n){function e(t){var s,i;return this.getChildContext||(s=new Set,(i={})[e.__c]=this,this.getChildContext=function(){return i},this.shouldComponentUpdate=
function(r){this.props.value!=r.value&&s.forEach(function(o){o.__g|=4,vt(o)})},this.sub=function(r){s.add(r);var o=r.componentWillUnmount;r.componentWillUnmount=
function(){s.delete(r),o&&o.call(r)}}),t.children}return e.__c="__cC"+on++,e.__=n,e.Provider=(e.Consumer=function(t,s){return t.children(s)}).contextType=e,e}P={__e:function(n,e,t,s){for(var i,r,o;e=e.__;)if((i=e.__c)&&!(1&i.__g)){i.__g|=4;try{if((o=(r=i.constructor)&&r.getDerivedStateFromError)&&i.setState(r.getDerivedStateFromError(
n)),i.componentDidCatch&&(i.componentDidCatch(n,s||{}),o=1),o&&8&i.__g)return void(i.__g|=2)}catch(l){n=l}}throw et=0,n}},nn=0,Ps=function(n){return n!=null&&n.
constructor===ve},ce.prototype.setState=function(n,e){var t=this.__s;t&&t!=this.state||(t=this.__s=ie({},this.state)),typeof n=="function"&&(n=n(ie({},t),this.props)),
n&&(ie(t,n),this.__v&&(e&&this.__k.push(e),vt(this)))},ce.prototype.forceUpdate=function(n){this.__v&&(this.__g|=4,n&&this.__h.push(n),vt(this))},ce.prototype.render=
$,te=[],et=0,sn=function(n,e){return n.__v.__b-e.__v.__b},Qe=Symbol(),rn=/(PointerCapture)$|Capture$/i,_t=0,yt={},on=0;var re,A,Et,hn,Pt=Object.is,xe=0,wn=[],Ot=[],z=P,fn=z.__b,mn=z.__r,gn=z.diffed,bn=z.__c,yn=z.unmount,vn=z.__;function we(n,e){z.__h&&z.__h(A,n,xe||e),xe=0;var t=A.
__H||(A.__H={__:[],__h:[]});return n>=t.__.length&&t.__.push({}),t.__[n]}function O(n){return xe=1,Rt(Tn,n)}function Rt(n,e,t){var s=we(re++,2);if(s.t=n,!s.__c&&
(s.__=[t?t(e):Tn(void 0,e),function(r){var o=(s.__N||s.__)[0],l=s.t(o,r);Pt(o,l)||(s.__N=[l,s.__[1]],s.__c.setState({}))}],s.__c=A,!A.__f)){A.__f=!0;var i=A.shouldComponentUpdate;
A.shouldComponentUpdate=function(r,o,l){var c=this.__H;if(!c)return!0;var p=!1,d=this.props!=r;if(c.__.some(function(f){f.__N&&(p=!0,Pt(f.__[0],f.__N[0])||(d=!0))}),
i){var h=i.call(this,r,o,l);return p?h||d:h}return!p||d}}return s.__}function I(n,e){var t=we(re++,3);!z.__s&&It(t.__H,e)&&(t.__P=!0,t.__=n,t.u=e,A.__H.__h.push(
t))}function Y(n,e){var t=we(re++,4);!z.__s&&It(t.__H,e)&&(t.__P=!1,t.__=n,t.u=e,A.__h.push(t))}function N(n){return xe=5,Z(function(){return{current:n}},[])}function Z(n,e){var t=we(re++,7);return It(t.__H,e)&&(t.__=n(),t.__H=e),t.__}function kn(n,e){return xe=8,Z(function(){return n},e)}function ue(n){var e=A.context[n.
__c],t=we(re++,9);return t.c=n,e?(t.__==null&&(t.__=!0,e.sub(A)),e.props.value):n.__}function Ns(){var n;do{for(;n=Ot.shift();)try{_e(n)}catch(t){z.__e(t,{__:(n=n.__P)&&n.__v})}for(;n=wn.shift();){var e=n.__H;if(n.__P&&e)try{e.__h.some(_e),e.__h.
some(Mt),e.__h=[]}catch(t){e.__h=[],z.__e(t,n.__v)}}}while(Ot.length)}z.__b=function(n){A=null,fn&&fn(n)},z.__=function(n,e){n&&e.__k&&e.__k.__m&&(n.__m=e.__k.__m),
vn&&vn(n,e)},z.__r=function(n){mn&&mn(n),re=0;var e=(A=n.__c).__H;e&&(Et==A?A.__h=[]:(e.__h.some(_e),e.__h.some(Mt),re=0),e.__h=[],e.__.some(function(t){t.__N&&
(t.__=t.__N),t.u=t.__N=void 0})),Et=A},z.diffed=function(n){gn&&gn(n);var e=n.__c;e&&e.__H&&(e.__H.__h.length&&xn(wn.push(e)),e.__H.__.some(function(t){t.u&&(t.
__H=t.u)})),Et=A=null},z.__c=function(n,e){e.some(function(t){try{t.__h.some(_e),t.__h=t.__h.filter(function(s){return!s.__||Mt(s)})}catch(s){t.__h=[function(){
throw s}]}}),bn&&bn(n,e)},z.unmount=function(n){yn&&yn(n);var e,t,s=n.__c;s&&s.__H&&(s.__H.__.some(function(i){try{if(i.__P&&i.__c){if(t===void 0){for(t=n.__;t&&
(!t.__c||!t.__c.__P);)t=t.__;t=t&&t.__c}i.__P=t,xn(Ot.push(i))}else _e(i)}catch(r){e=r}}),s.__H=void 0,e&&z.__e(e,s.__v))};var _n=typeof requestAnimationFrame==
"function";function Ds(n){var e,t=function(){clearTimeout(s),_n&&cancelAnimationFrame(e),setTimeout(n)},s=setTimeout(t,35);_n&&(e=requestAnimationFrame(t))}function xn(n){
n!=1&&hn==z.requestAnimationFrame||((hn=z.requestAnimationFrame)||Ds)(Ns)}function _e(n){var e=A,t=n.__c;typeof t=="function"&&(n.__c=void 0,t()),A=e}function Mt(n){
var e=A;n.__c=n.__(),A=e}function It(n,e){return!n||n.length!=e.length||e.some(function(t,s){return!Pt(t,n[s])})}function Tn(n,e){return typeof e=="function"?e(
n):e}function F(n){let[,e]=Rt(s=>s+1,0),{value:t}=n;return Y(()=>(n.value!==t&&e(void 0),n.subscribe(()=>e(void 0))),[n]),t}var it=class{constructor(e,t,s){this.sdk=
e;this.settings=t;this.wantedChat=s;this.client={get value(){return e.state},subscribe:o=>e.subscribe(o)},e.on("bound",({from:o,to:l})=>{t.saveDraft(l,t.draft(o)),
t.saveDraft(o,""),this.#e.chat===o&&this.update({chat:l})});let i=0,r=!1;e.subscribe(()=>{let{chats:o,pending:l}=e.state,c=e.state.isReady&&!r,p=i===0&&o.length>
0&&this.#e.chat===Q&&l.length===0;i=o.length,r=e.state.isReady,(c||p)&&this.update({chat:this.pickChat()})}),e.on("gone",o=>{this.#e.chat===o&&this.update({chat:this.
pickChat(),editing:void 0})})}sdk;settings;wantedChat;#e={isOpen:!1,screen:"chat",chat:Q,editing:void 0,isFull:!1,focus:0};#t=new Set;client;get value(){return this.#e}subscribe(e){
return this.#t.add(e),()=>{this.#t.delete(e)}}update(e){this.#e={...this.#e,...e},e.chat!==void 0&&this.settings.rememberChat(e.chat);for(let t of[...this.#t])t()}showChat(e){
this.update({chat:this.sdk.resolve(e),screen:"chat",editing:void 0,focus:this.#e.focus+1})}focusComposer(){this.update({focus:this.#e.focus+1})}pickChat(){let{chats:e,
pending:t}=this.sdk.state,s=e.filter(({is_archived:i})=>!i);for(let i of[this.wantedChat(),this.settings.lastChat()])if(i!==null&&s.some(({id:r})=>r===i))return i;
return s[0]?.id??t[0]?.chat??Q}},rt=class{constructor(e){this.base=e}base;lastChat(){return this.#t("chat")}rememberChat(e){this.#n("chat",e.startsWith("new:")?
"":e)}markKnown(e){this.#n("known",e?"1":"")}draft(e){return this.#t(`draft:${e}`)??""}saveDraft(e,t){this.#n(`draft:${e}`,t)}clear(){try{for(let e of Object.keys(
localStorage))/^unicom:(chat|known|draft):/.test(e)&&e.includes(this.base)&&localStorage.removeItem(e)}catch{}}#e(e){let[t,...s]=e.split(":");return[`unicom:${t}\
:${this.base}`,...s].join(":")}#t(e){try{return localStorage.getItem(this.#e(e))}catch{return null}}#n(e,t){try{t?localStorage.setItem(this.#e(e),t):localStorage.
removeItem(this.#e(e))}catch{}}},Lt=de(void 0);function M(){let n=ue(Lt);if(!n)throw new Error("there is no store around this component");return n}function V(){
return F(M().client)}var Hs=Symbol.for("pv"),Fs=0;function a(n,e,t,s,i,r){e||(e={});var o,l,c=e;if("ref"in c&&typeof n!="function")for(l in c={},e)l=="ref"?o=e[l]:c[l]=e[l];var p={type:n,props:c,key:t,ref:o,__k:null,
__:null,__b:0,__e:null,__c:null,constructor:Hs,__v:--Fs,__i:-1,__u:0};return(i||r)&&(p.__source=i,p.__self=r),P.vnode&&P.vnode(p),p}var Us=1e3,ke=class{#e=[];#t=new Set;#n=0;get value(){return this.#e}subscribe(e){return this.#t.add(e),()=>{this.#t.delete(e)}}say(e){let t={id:++this.#n,text:e};
this.#r([...this.#e,t]),setTimeout(()=>this.#r(this.#e.filter(({id:s})=>s!==t.id)),Us)}#r(e){this.#e=e;for(let t of[...this.#t])t()}},At=de(new ke);function G(){
return ue(At)}function Sn(){let n=F(G());return a("div",{class:"hidden",role:"log","aria-live":"polite","aria-relevant":"additions",children:n.map(({id:e,text:t})=>a(
"p",{children:t},e))})}var Bs="(max-width: 480px), (max-height: 480px)";function Cn(n,e,t){let s=matchMedia(Bs),i=window.visualViewport,r=[],o,l=()=>{e.style.setProperty("--view-heigh\
t",`${i?.height??innerHeight}px`),e.style.setProperty("--view-top",`${i?.offsetTop??0}px`)},c=p=>{if(p===(o!==void 0))return;let{documentElement:h,body:f}=document;
if(p){o=h.style.overflow,h.style.overflow="hidden",r=[...f.children].filter(u=>u instanceof HTMLElement&&!u.inert&&!u.contains(n));for(let u of r)u.inert=!0;l(),
i?.addEventListener("resize",l),i?.addEventListener("scroll",l)}else{h.style.overflow=o??"",o=void 0;for(let u of r)u.inert=!1;r=[],i?.removeEventListener("resi\
ze",l),i?.removeEventListener("scroll",l)}};return s.addEventListener("change",t),{get isSmall(){return s.matches},set:c,destroy(){c(!1),s.removeEventListener("\
change",t)}}}var En='.root{--accent: var(--unicom-accent, #3b5bdb);--on-accent: var(--unicom-on-accent, #fff);--link: var(--accent-ink, #3b5bdb);--bg: #fff;--bg-2: #f6f7f9;-\
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
asText}}';function Pn(n,e){for(let t of n){if(!t)continue;let s=t.toLowerCase(),i=e.find(r=>r.toLowerCase()===s)??e.find(r=>r.split("-")[0]===s.split("-")[0]);if(i)return i}
return"en"}function On(n){return/^(ar|fa|he|ur)\b/.test(n)?"rtl":"ltr"}var zt={panel:"Chat",close:"Close chat",goBack:"Back to the chat",chats:"All chats",newChat:"New chat",noChats:"There are no chats yet.",moreChats:"Show more",untitled:"\
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
hat cannot be reached at the moment.",blocked:"This chat is not available to you.",noChannel:"There is no chat here at the moment.",powered:"Powered by unicom"};var Te=class{constructor(e,t,s=e){this.language=e;this.strings=t;this.locale=s;this.direction=On(e),this.#e=new Intl.PluralRules(e),this.#t=new Intl.DateTimeFormat(
s,{hour:"numeric",minute:"2-digit"}),this.#n=new Intl.DateTimeFormat(s,{day:"numeric",month:"long",year:"numeric"}),this.#r=new Intl.DateTimeFormat(s,{weekday:"\
long",day:"numeric",month:"long"}),this.#i=new Intl.RelativeTimeFormat(e,{numeric:"auto"})}language;strings;locale;direction;#e;#t;#n;#r;#i;t(e,t){return Rn(this.
strings[e],t)}count(e,t,s){let i=this.strings[e];return Rn(i[this.#e.select(t)]??i.other,{n:this.number(t),...s})}number(e){return new Intl.NumberFormat(this.locale).
format(e)}percent(e){return new Intl.NumberFormat(this.locale,{style:"percent"}).format(e)}list(e){return new Intl.ListFormat(this.language).format(e)}bytes(e){
let t=e<1e6?"kilobyte":"megabyte",s=e<1e6?Math.max(1,Math.round(e/1e3)):Math.round(e/1e5)/10;return new Intl.NumberFormat(this.locale,{style:"unit",unit:t,unitDisplay:"\
short"}).format(s)}time(e){return this.#t.format(e)}day(e,t){let s=Nt(e,t);return s===0||s===1?Mn(this.#i.format(-s,"day"),this.language):Mn((s>0&&s<7?this.#r:this.#n).
format(e),this.language)}short(e,t){if(Nt(e,t)===0)return this.time(e);let s=e.getFullYear()===t.getFullYear();return e.toLocaleDateString(this.locale,{day:"num\
eric",month:"short",...!s&&{year:"numeric"}})}moment(e,t){return Nt(e,t)===0?this.time(e):`${this.day(e,t)}, ${this.time(e)}`}};function Nt(n,e){let t=s=>Date.UTC(
s.getFullYear(),s.getMonth(),s.getDate())/864e5;return t(e)-t(n)}function Mn(n,e){let[t="",...s]=n;return t.toLocaleUpperCase(e)+s.join("")}function Rn(n,e={}){
return n.replace(/\{(\w+)\}/g,(t,s)=>String(e[s]??t))}var ot=new Te("en",zt);function qs(n,e){let t=i=>i?.split("-")[0]?.toLowerCase()===n.split("-")[0],s=e.find(
i=>t(i)&&i?.includes("-"))??n;try{return Intl.DateTimeFormat.supportedLocalesOf([s])[0]??n}catch{return n}}async function In(n){let e=Pn(n,["en",...Object.keys(
v)]),t=v[e],s=qs(e,n);if(t===void 0)return new Te("en",zt,s);let i=new URL(`../${t}/locale-${e}.js`,import.meta.url).href,{strings:r}=await import(i);return new Te(
e,r,s)}var Dt=de(ot);function C(){return ue(Dt)}var $s={close:"m5 5 10 10M15 5 5 15",menu:"M4 6h12M4 10h12M4 14h12",back:"m12 4.5-5.5 5.5 5.5 5.5",clip:"m17 9.4-6.9 6.9a4.5 4.5 0 0 1-6.4-6.4l6.9-6.9a3 3 0 0 1\
 4.3 4.3l-6.9 6.9a1.5 1.5 0 0 1-2.1-2.1l6.3-6.4",up:"M10 16V4m-5 5 5-5 5 5",down:"M10 4v12m-5-5 5 5 5-5",chat:"M17 9.5c0 3.6-3.1 6-7 6-.9 0-1.8-.1-2.6-.4L3.5 16\
.5l1-3A5.5 5.5 0 0 1 3 9.5c0-3.6 3.1-6 7-6s7 2.4 7 6Z",doc:"M6 3h5l4 4v10H6zM11 3v4h4",plus:"M10 4v12M4 10h12",edit:"M4 16h3l8.5-8.5a2.1 2.1 0 0 0-3-3L4 13zM11 \
6l3 3",trash:"M4 6h12M8 6V4h4v2m-6.5 0 .7 10h7.6l.7-10M8.5 9v4.5m3-4.5v4.5",archive:"M4 5h12v3H4zM5 8v8h10V8m-7 3h4",stop:"M6 6h8v8H6z",check:"m4.5 10.5 3.5 3.5\
 7.5-8",alert:"M10 6.5v4m0 2.8v.2M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z",offline:"m3 3 14 14M8.5 15.5 10 17l1.5-1.5a2.1 2.1 0 0 0-3 0Zm-3-3.3a6.5 6.5 0 0 1 3.5-1.\
8m3.5.7 2 1.1M3 9.2a10 10 0 0 1 3-2m3.2-.9A10 10 0 0 1 17 9.2"};function L({name:n}){return a("svg",{class:"icon",viewBox:"0 0 20 20","aria-hidden":"true",children:a(
"path",{d:$s[n]})})}var Ln=240,Ws=280;function Vs(n,e){if(!n||!e)return{width:Ln,height:160};let t=Math.min(1,Ln/n,Ws/e);return{width:Math.max(48,Math.round(n*t)),height:Math.max(48,
Math.round(e*t))}}function Ht({file:n,tabIndex:e}){let t=C(),{base:s}=M().sdk.http,[i,r]=O(!1),o=new URL(n.address,s).href;if(n.kind==="image"&&!i){let p=n.name||
t.t("image");return a("a",{class:"photo",href:o,target:"_blank",rel:"noopener",tabIndex:e,"aria-label":t.t("opens",{name:p}),children:a("img",{src:o,alt:p,...Vs(
n.width,n.height),onError:()=>r(!0)})})}if(n.kind==="audio")return a("audio",{class:"sound",controls:!0,preload:"metadata",src:o,tabIndex:e,"aria-label":n.name||
t.t("sound")});let c=[/\.([a-z0-9]{1,5})$/i.exec(n.name)?.[1]?.toUpperCase(),n.size?t.bytes(n.size):void 0].filter(Boolean).join(" · ");return a("a",{class:"fi\
le",href:o,target:"_blank",rel:"noopener",tabIndex:e,children:[a("span",{class:"file-icon",children:a(L,{name:"doc"})}),a("span",{class:"file-name",children:[a(
"bdi",{children:n.name||t.t("file")}),c&&a("small",{children:c})]})]})}function at(n){let[e,t]=O();return I(()=>{if(!n)return t(void 0);let s=URL.createObjectURL(
n);return t(s),()=>URL.revokeObjectURL(s)},[n]),e}function W({icon:n,label:e,onClick:t,isDisabled:s,...i}){return a("button",{...i,type:"button",class:`icon-button ${i.class??""}`,"aria-label":e,title:e,"aria-d\
isabled":s,onClick:()=>!s&&t(),children:a(L,{name:n})})}function An(n){return class extends ce{shouldComponentUpdate(t){return[...new Set([...Object.keys(t),...Object.keys(this.props)])].some(i=>!Object.is(t[i],this.
props[i]))}render(){return st(n,this.props)}}}var Gs={isSelf:!0,isBot:!1,name:"",avatar:void 0};function Ft({message:n}){if(!n)return Gs;let{author:e}=n;return{isSelf:e?.is_self??!n.is_outgoing,isBot:e?.kind===
"bot",name:e?.name||n.sender_name,avatar:e?.avatar_url&&URL.canParse(e.avatar_url,location.href)?e.avatar_url:void 0}}function Ut({message:n,pending:e}){return new Date(
n?n.timestamp:e.order)}function zn({entries:n,streams:e,typists:t,unreadKey:s,now:i},r){let o=[],l="",c;for(let d of n){let h=Ut(d),f=Ft(d),u=r.day(h,i),y=u!==l;
y&&o.push({kind:"day",key:`day ${u}`,label:u}),l=u;let m=d.key===s;m&&o.push({kind:"unread",key:"unread"});let b=!y&&!m&&c!==void 0&&Ks(c.writer,f)&&+h-+c.at<3e5;
b&&c&&(o[o.indexOf(c)]={...c,isLast:!1});let x={kind:"entry",key:d.key,entry:d,writer:f,at:h,isFirst:!b,isLast:!0};o.push(x),c=x}let p=new Set(n.map(({key:d})=>d));
for(let d of e)p.has(d.id)||o.push({kind:"stream",key:d.id,stream:d});return t.length&&o.push({kind:"typing",key:"typing",names:t.map(({name:d})=>d)}),o}function Ks(n,e){
return n.isSelf===e.isSelf&&n.isBot===e.isBot&&(n.isSelf||n.name===e.name)}function Nn(n){let e=n.trim().split(/\s+/u).filter(Boolean),t=i=>[...i??""][0]??"";return(e.
length>1?t(e[0])+t(e.at(-1)):[...e[0]??""].slice(0,2).join("")).toLocaleUpperCase()}function J({writer:n}){let{base:e}=M().sdk.http,t=n.avatar===void 0?void 0:new URL(n.avatar,e);return t?.origin===new URL(e).origin?a("img",{class:"avatar",src:t.
href,alt:""}):a("span",{class:n.isBot?"avatar bot":"avatar","aria-hidden":"true",children:Nn(n.name)})}var Ys=/\bhttps?:\/\/[^\s<>"\u202a-\u202e\u2066-\u2069]{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\b/giu;function Dn(n){let e=[],t=0;for(let s of n.
matchAll(Ys)){let i=Js(s[0]),r=/^https?:/i.test(i)?Se(i):`mailto:${i}`;r&&(s.index>t&&e.push(n.slice(t,s.index)),e.push({text:i,href:r}),t=s.index+i.length)}return t<
n.length&&e.push(n.slice(t)),e}function Js(n){let e=n.length;for(;e>0;){let t=n[e-1],s={")":"(","]":"["}[t],i=n.slice(0,e),r=s!==void 0&&i.split(t).length>i.split(
s).length;if(!/[.,;:!?'»”’…]/.test(t)&&!r)break;e--}return n.slice(0,e)}function Se(n){try{let e=new URL(n);return/^https?:$/.test(e.protocol)&&!e.username&&
!e.password?e.href:void 0}catch{return}}function Hn({message:n,chosen:e,tabIndex:t}){let s=C(),{sdk:i}=M(),r=G(),[o,l]=O(),[c,p]=O(),d=(n.interactive_buttons??[]).flat(),h=m=>m.callback_execution_id??
"",f=e??o,u=f===void 0?void 0:d.find(m=>h(m)===f),y=async m=>{l(h(m)),p(void 0);try{await i.click(h(m))}catch(b){l(void 0);let x=b instanceof S&&["button_expire\
d","not_your_button"].includes(b.code),_=s.t(x?"buttonGone":"actionFailed");p(_),r.say(_)}};return a("div",{class:"choices",part:"buttons",children:[d.map((m,b)=>{
let x=m.type==="url"&&m.url?Se(m.url):void 0;if(x)return a("a",{class:"choice",part:"button",href:x,target:"_blank",rel:"noopener noreferrer",tabIndex:t,children:m.
text},b);let _=u===m,T=m.expires_at!==null&&Date.parse(m.expires_at)<Date.now(),g=u!==void 0||T;return a("button",{type:"button",class:_?"choice chosen":"choice",
part:"button",tabIndex:t,"aria-disabled":g,"aria-label":_?s.t("chosen",{text:m.text}):void 0,onClick:()=>!g&&void y(m),children:[_&&a(L,{name:"check"}),a("bdi",
{children:m.text})]},b)}),c&&a("p",{class:"fail",children:c})]})}var Xs=/^<(\/?)([a-z][a-z0-9]*)/i;var Qs=/([a-z][a-z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi,Zs=/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos|nbsp));/gi,ei={lt:"<",gt:"\
>",amp:"&",quot:'"',apos:"'",nbsp:" "},ti=new Set(["script","style","template","noscript","iframe","object","textarea","title","svg","math"]);function lt(n){let e=[],
t,s=o=>{o&&t===void 0&&e.push({kind:"text",text:Fn(o)})},i=0,r=n.indexOf("<");for(;r>=0;){let o=n.startsWith("<!--",r),l=o?null:Xs.exec(n.slice(r,r+20));if(!o&&
!l){r=n.indexOf("<",r+1);continue}let c=o?n.indexOf("-->",r)+3:ni(n,r);if(c<3)break;if(s(n.slice(i,r)),l){let p=l[2].toLowerCase(),d=l[1]==="/";t!==void 0?d&&p===
t&&(t=void 0):d?e.push({kind:"close",name:p}):ti.has(p)?t=p:e.push({kind:"open",name:p,attributes:si(n.slice(r+l[0].length,c-1))})}i=c,r=n.indexOf("<",c)}return s(
n.slice(i)),e}function ni(n,e){let t;for(let s=e;s<n.length;s++){let i=n[s];if(t!==void 0)i===t&&(t=void 0);else if(i==='"'||i==="'")t=i;else if(i===">")return s+
1}return 0}function si(n){let e=Object.create(null);for(let[,t,s,i,r]of n.matchAll(Qs)){let o=t.toLowerCase();o in e||(e[o]=Fn(s??i??r??""))}return e}function Fn(n){
return n.replace(Zs,(e,t,s,i)=>{if(i!==void 0)return ei[i.toLowerCase()]??e;let r=t!==void 0?parseInt(t,16):Number(s);return r>0&&r<=1114111&&(r<55296||r>57343)?
String.fromCodePoint(r):e})}var Bn=Object.assign(Object.create(null),{...Object.fromEntries("a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em f\
igcaption figure hr i ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td th thead time tr u ul var wbr".split(" ").map(
n=>[n,n])),...Object.fromEntries(["h1","h2","h3","h4","h5","h6"].map(n=>[n,"p"])),...Object.fromEntries(["article","aside","center","footer","header","hgroup","\
nav"].map(n=>[n,"div"])),acronym:"abbr",strike:"s",tt:"code"}),ii=new Set(["br","col","hr","img","wbr"]),ri=50,oi={bdo:["dir"],col:["span"],colgroup:["span"],ol:[
"start"],td:["colspan","rowspan"],th:["colspan","rowspan","scope"],time:["datetime"]};function jn(n,e){let t={name:"",props:{},children:[]},s=[t],i=()=>s.at(-1),
r=()=>{let{name:o,props:l,children:c}=s.pop();i().children.push(Un(o,l,c))};for(let o of lt(n))if(o.kind==="text")i().children.push(o.text);else if(o.kind==="cl\
ose"){let l=s.findLastIndex(({name:c})=>c===o.name);if(l>0)for(;s.length>l;)r()}else if(o.name==="img")i().children.push(ci(o.attributes,e));else if(o.name in Bn){
let l={name:o.name,props:ai(o.name,o.attributes,e),children:[]};ii.has(o.name)?i().children.push(Un(l.name,l.props,[])):s.length<=ri&&s.push(l)}for(;s.length>1;)
r();return t.children}function Un(n,e,t){return st(Bn[n],e,...t)}function ai(n,e,t){let s={};for(let i of["title","lang",...oi[n]??[]])e[i]!==void 0&&(s[i]=e[i]);
return/^h[1-6]$/.test(n)&&(s.class="heading"),n==="a"&&Object.assign(s,li(e.href,t)),n==="summary"&&(s.tabIndex=t.tabIndex),s}function li(n,{origin:e,tabIndex:t}){
let s=n===void 0?void 0:qn(n,e);return s===void 0?{}:{href:s,target:"_blank",rel:"noopener noreferrer nofollow",tabIndex:t}}function qn(n,e){let t=n.trim();if(/^(mailto|tel):/i.
test(t))return t;if(/^https?:/i.test(t))return Se(t);if(!/^[a-z][a-z0-9+.-]*:/i.test(t))try{let s=new URL(t,e);return s.origin===e?s.href:void 0}catch{return}}function ci(n,{
origin:e,tabIndex:t}){let{src:s="",alt:i=""}=n,r=qn(s,e);if(r===void 0||!/^https?:/.test(r))return i;if(new URL(r).origin===e){let o=l=>/^\d{1,4}$/.test(l??"")?
Number(l):void 0;return a("img",{src:r,alt:i,width:o(n.width),height:o(n.height),loading:"lazy"})}return a("a",{href:r,target:"_blank",rel:"noopener noreferrer \
nofollow",tabIndex:t,children:i||r})}function Ce({text:n,tabIndex:e}){let t=Z(()=>Dn(n),[n]);return a($,{children:t.map((s,i)=>typeof s=="string"?s:a("a",{href:s.href,target:"_blank",rel:"noopener \
noreferrer nofollow",tabIndex:e,children:s.text},i))})}function $n({message:n,tabIndex:e}){let{base:t}=M().sdk.http,{html:s,text:i}=n,r=Z(()=>s?jn(s,{origin:new URL(
t).origin,tabIndex:e}):void 0,[s,t,e]);return r?a("div",{class:"html",children:r}):a(Ce,{text:i,tabIndex:e})}var Wn=An(function({entry:e,isFirst:t,isLast:s,chosen:i,isClick:r,status:o,isActive:l,today:c}){let p=C(),d=Ft(e),h=Ut(e),f=l?0:-1,u=d.isSelf?p.t("you"):d.name||
p.t("someone"),y=["row",d.isSelf?"mine":"theirs",t&&"first",s&&"last"];return a("li",{class:y.filter(Boolean).join(" "),part:"item","data-key":e.key,tabIndex:f,
children:[!d.isSelf&&(s?a(J,{writer:d}):a("span",{class:"gap"})),a("div",{class:"stack",children:[a("span",{class:"hidden",children:p.t("label",{author:u,time:p.
moment(h,new Date(c))})}),e.message?a(di,{message:e.message,chosen:i,canChange:d.isSelf&&!r,isActive:l}):a(hi,{pending:e.pending,tabIndex:f}),s&&e.message&&a("s\
pan",{class:"meta",part:"time",children:[!d.isSelf&&d.name&&a($,{children:[a("bdi",{children:d.name})," · "]}),a("time",{dateTime:h.toISOString(),children:p.time(
h)}),o&&` · ${p.t(o)}`]})]})]})});function di({message:n,chosen:e,canChange:t,isActive:s}){let i=C(),r=s?0:-1;return a($,{children:[yi(n).map(o=>a(Ht,{file:o,tabIndex:r},
o.address)),(n.text||n.html)&&a("div",{class:"line",children:[a("div",{class:"bubble",part:"bubble",dir:"auto",children:[a($n,{message:n,tabIndex:r}),n.edited_at&&
a("small",{class:"edited",children:[" ",i.t("edited")]})]}),t&&a(pi,{message:n,tabIndex:r,isActive:s})]}),n.interactive_buttons&&a(Hn,{message:n,chosen:e,tabIndex:r})]})}
var ui=15*6e4;function pi({message:n,tabIndex:e,isActive:t}){let s=C(),i=M(),r=G(),[o,l]=O(!1),[c,p]=O(),d=Date.now()-Date.parse(n.timestamp);if(I(()=>{t||l(!1)},
[t]),d>ui&&!c)return null;let h=async()=>{try{await i.sdk.remove(n.chat_id,n.id),i.focusComposer()}catch(u){let y=u instanceof S&&u.code==="too_late",m=s.t(y?"t\
ooLate":"actionFailed");l(!1),p(m),r.say(m)}};if(c)return a("p",{class:"fail",children:c});if(o)return a("div",{class:"ask",role:"group","aria-label":s.t("delet\
eQuestion"),children:[a("span",{children:s.t("deleteQuestion")}),a("button",{type:"button",class:"text-button danger",onClick:()=>{h()},children:s.t("delete")}),
a("button",{type:"button",class:"text-button",onClick:()=>l(!1),children:s.t("cancel")})]});let f=()=>{i.update({editing:{id:n.id,text:n.text}}),i.focusComposer()};
return a("div",{class:"tools",children:[a(W,{icon:"edit",label:s.t("edit"),tabIndex:e,onClick:f}),a(W,{icon:"trash",label:s.t("delete"),tabIndex:e,onClick:()=>l(
!0)})]})}function hi({pending:n,tabIndex:e}){let t=C(),{sdk:s}=M(),i=at(n.file),r=n.state==="failed",o=n.file?Bt(n.file.type):"file";return a($,{children:[n.file&&
i&&a(Ht,{file:{kind:o,name:n.fileName??"",address:i,size:n.file.size},tabIndex:e}),n.text&&a("div",{class:r?"bubble failed":"bubble",part:"bubble",dir:"auto",children:a(
Ce,{text:n.text,tabIndex:e})}),r?a("span",{class:"fail",children:[a("span",{children:`${t.t("notSent")} ${gi(n,t)}`}),a("button",{type:"button",class:"text-butt\
on",tabIndex:e,onClick:()=>{s.retry(n.id)},children:t.t("tryAgain")}),a("button",{type:"button",class:"text-button",tabIndex:e,onClick:()=>{s.cancel(n.id)},children:t.
t("delete")})]}):a(mi,{pending:n,tabIndex:e})]})}var fi=1e3;function mi({pending:n,tabIndex:e}){let t=C(),{sdk:s}=M(),[i,r]=O(!1);if(I(()=>{let c=setTimeout(()=>r(
!0),fi);return()=>clearTimeout(c)},[]),!i)return null;let o=n.file!==void 0&&n.state==="sending"&&n.progress>0,l=o?t.t("uploading",{part:t.percent(n.progress)}):
t.t(n.state==="sending"?"sending":"queued");return a("span",{class:"meta",children:[o&&a("progress",{value:n.progress,"aria-label":l}),l,(n.file||n.state==="que\
ued")&&a("button",{type:"button",class:"text-button",tabIndex:e,onClick:()=>{s.cancel(n.id)},children:t.t("cancel")})]})}function gi(n,e){switch(n.error?.code){case"\
too_large":case"quota_exceeded":return e.t("failedTooLarge");case"unsupported_media_type":return e.t("failedType");case"account_blocked":return e.t("failedBlock\
ed");case"chat_not_found":return e.t("failedGone");case"no_channel":return e.t("noChannel");default:return""}}function Bt(n){let e=n.split("/")[0];return e==="i\
mage"||e==="audio"||e==="video"?e:"file"}function bi(n){let e=n.split("/").at(-1)??"";try{return decodeURIComponent(e)}catch{return e}}function yi(n){let e=[];if(n.
media_url){let t=n.media?.name??bi(n.media_url),{media_type:s,media:i}=n;e.push({kind:s==="image"||s==="audio"||s==="video"?s:"file",name:t,address:n.media_url,
size:i?.size,width:i?.width,height:i?.height})}for(let t of n.files){let{media_type:s,media_url:i,media_size:r,name:o}=t,l=s==="image"||s==="audio"||s==="video"?
s:"file";e.push({kind:l,name:o,address:i,size:r})}return e}var vi="image/png,image/jpeg,image/gif,image/webp,audio/*";function ct(){return matchMedia("(pointer: coarse)").matches}function Vn({chat:n,files:e,onFiles:t}){
let s=C(),i=M(),r=G(),{editing:o,focus:l}=F(i),[c,p]=O(()=>i.settings.draft(n)),[d,h]=O(),f=N(null),u=N(null),y=c.trim()!==""||e.length>0&&!o;I(()=>p(o?.text??i.
settings.draft(n)),[n,o]),Y(()=>{let{current:g}=f;g&&(g.style.blockSize="auto",g.style.blockSize=`${g.scrollHeight}px`)},[c]),I(()=>{l>0&&f.current?.focus({preventScroll:!0})},
[l]);let m=g=>{p(g),h(void 0),!o&&(i.settings.saveDraft(n,g),i.sdk.typing(n,g.trim()!==""))},b=async()=>{if(!y)return;let g=c.trim();if(o){try{g!==o.text&&await i.
sdk.edit(o.id,g),i.update({editing:void 0})}catch(R){let D=R instanceof S&&R.code==="too_late",E=s.t(D?"tooLate":"actionFailed");h(E),r.say(E)}return}if(m(""),t(
[]),e.length===0)return void await i.sdk.send({chat:n,text:g});for(let[R,D]of e.entries())await i.sdk.send({chat:n,file:D,fileName:D.name,...R===0&&{text:g}})},
x=g=>{let R=g.isComposing||g.keyCode===229;if(g.key==="Escape"&&o&&!R)g.stopPropagation(),i.update({editing:void 0});else if(g.key==="Enter"&&!g.shiftKey&&!g.altKey&&
!R&&!ct())g.preventDefault(),b();else if((g.key==="PageUp"||g.key==="PageDown")&&c===""){g.preventDefault();let D=g.currentTarget.closest(".panel")?.querySelector(
".scroller"),E=(D?.clientHeight??0)*.8;D?.scrollBy({top:g.key==="PageUp"?-E:E})}},_=g=>{let R=[...g.clipboardData?.files??[]];!R.length||o||(g.preventDefault(),
t([...e,...R]))},T=()=>{t([...e,...u.current?.files??[]]),u.current&&(u.current.value=""),f.current?.focus()};return a("form",{class:"composer-area",onSubmit:g=>{
g.preventDefault(),b(),f.current?.focus()},children:[o&&a("div",{class:"editing",children:[a(L,{name:"edit"}),a("span",{children:s.t("editing")}),a("button",{type:"\
button",class:"text-button",onClick:()=>i.update({editing:void 0}),children:s.t("cancel")})]}),d&&a("p",{class:"fail",children:d}),e.length>0&&!o&&a("ul",{class:"\
previews",children:e.map((g,R)=>a(_i,{file:g,onRemove:()=>t(e.filter((D,E)=>E!==R))},`${g.name} ${g.lastModified} ${R}`))}),a("div",{class:"composer",part:"comp\
oser",children:[!o&&a($,{children:[a("input",{ref:u,class:"hidden",type:"file",multiple:!0,accept:vi,tabIndex:-1,"aria-hidden":"true",onChange:T}),a(W,{icon:"cl\
ip",label:s.t("attach"),part:"attach",onClick:()=>u.current?.click()})]}),a("textarea",{ref:f,part:"input",rows:1,dir:"auto",maxLength:16384,placeholder:s.t("co\
mposer"),"aria-label":s.t("composer"),enterkeyhint:ct()?"enter":"send",value:c,onInput:g=>m(g.currentTarget.value),onKeyDown:x,onPaste:_,onBlur:()=>i.sdk.typing(
n,!1)}),a("button",{type:"submit",class:"send",part:"send","aria-label":s.t(o?"save":"send"),title:s.t(o?"save":"send"),"aria-disabled":!y,children:a(L,{name:o?
"check":"up"})})]})]})}function _i({file:n,onRemove:e}){let t=C(),s=at(Bt(n.type)==="image"?n:void 0);return a("li",{class:"preview",part:"preview",children:[s?
a("img",{src:s,alt:""}):a("span",{class:"file-icon",children:a(L,{name:"doc"})}),a("span",{class:"file-name",children:[a("bdi",{children:n.name}),a("small",{children:t.
bytes(n.size)})]}),a(W,{icon:"close",label:t.t("removeFile",{name:n.name}),onClick:e})]})}var xi=2e3;function Gn({isStored:n}){let e=C(),t=G(),{connection:s,pending:i,error:r}=V(),[o,l]=O(!navigator.onLine),[c,p]=O(!1),d=o||["offline","reconnecting"].
includes(s.status)||r!==void 0;I(()=>{let m=()=>l(!navigator.onLine);return addEventListener("online",m),addEventListener("offline",m),()=>{removeEventListener(
"online",m),removeEventListener("offline",m)}},[]);let h=!o&&(s.status==="live"||s.status==="idle"&&!r);I(()=>{if(h)return p(!1);if(!d||c)return;let m=setTimeout(
()=>p(!0),xi);return()=>clearTimeout(m)},[d,h,c]);let f=i.find(m=>m.error?.status===429&&m.state!=="failed"),u=c?e.t(o||s.status==="offline"?"offline":"reconnec\
ting"):f?e.t("slowDown"):!n&&i.length>0?e.t("notStored"):void 0,y=N(void 0);return I(()=>{u?t.say(u):y.current&&t.say(e.t("back")),y.current=u},[u]),u?a("div",{
class:"banner",children:[a(L,{name:c?"offline":"alert"}),a("span",{children:u})]}):null}function Kn(){let n=C(),e=M(),{chats:t,hasMoreChats:s}=V(),i=N(null),r=t.filter(({is_archived:o})=>!o);return I(()=>i.current?.focus(),[]),a("div",{class:"chats",
children:[a("button",{ref:i,type:"button",class:"new-chat",onClick:()=>e.showChat(e.sdk.startChat()),children:[a(L,{name:"plus"}),n.t("newChat")]}),r.length===0&&
a("p",{class:"quiet",children:n.t("noChats")}),a("ul",{"aria-label":n.t("chats"),children:r.map(o=>a(wi,{chat:o},o.id))}),s&&a("button",{type:"button",class:"te\
xt-button wide",onClick:()=>{e.sdk.loadMoreChats().catch(()=>{})},children:n.t("moreChats")})]})}function wi({chat:n}){let e=C(),t=M(),s=G(),i=F(t),[r,o]=O(),l=N(
null),c=r!==void 0;I(()=>{c&&l.current?.select()},[c]);let p=n.name||e.t("untitled"),d=new Date(n.last_message?.timestamp??n.created_at),h=f=>f.catch(()=>s.say(
e.t("actionFailed")));return r!==void 0?a("li",{class:"chat-row",children:a("form",{class:"rename",onSubmit:f=>{f.preventDefault(),r.trim()&&h(t.sdk.renameChat(
n.id,r.trim())),o(void 0)},onKeyDown:f=>{f.key==="Escape"&&(f.stopPropagation(),o(void 0))},children:[a("input",{ref:l,value:r,maxLength:100,"aria-label":e.t("c\
hatName"),onInput:f=>o(f.currentTarget.value)}),a(W,{icon:"close",label:e.t("cancel"),onClick:()=>o(void 0)}),a("button",{type:"submit",class:"icon-button","ari\
a-label":e.t("save"),title:e.t("save"),children:a(L,{name:"check"})})]})}):a("li",{class:n.id===i.chat?"chat-row current":"chat-row",children:[a("button",{type:"\
button",class:"chat-button","aria-current":n.id===i.chat||void 0,onClick:()=>t.showChat(n.id),children:[a(J,{writer:{isSelf:!1,isBot:!1,name:p,avatar:void 0}}),
a("span",{class:"chat-text",children:[a("span",{class:"chat-name",children:[a("bdi",{children:p}),a("time",{dateTime:d.toISOString(),children:e.short(d,new Date)})]}),
a("span",{class:"chat-last",children:[a("bdi",{children:n.last_message?.text||(n.last_message?e.t("file"):"")}),n.unread_count>0&&a("span",{class:"count",children:[
a("span",{"aria-hidden":"true",children:e.number(n.unread_count)}),a("span",{class:"hidden",children:e.count("unreadCount",n.unread_count)})]})]})]})]}),a("span",
{class:"chat-tools",children:[a(W,{icon:"edit",label:e.t("renameChat",{name:p}),onClick:()=>o(n.name??"")}),a(W,{icon:"archive",label:e.t("archiveChat",{name:p}),
onClick:()=>{h(t.sdk.archiveChat(n.id))}})]})]})}var ki=24;function Yn(n,e){let t=N(void 0),s=N(!1),i=N(void 0);i.current??={isAtEnd:()=>Math.abs(n.current?.scrollTop??0)<ki,toEnd(o){let l=n.current;t.current=
void 0;let c=Math.abs(l?.scrollTop??0);if(s.current=o&&c>0&&c<2*(l?.clientHeight??0),l?.scrollTo({top:0,behavior:s.current?"smooth":"instant"}),!s.current)return;
let p=()=>{s.current=!1,l?.removeEventListener("scrollend",p),this.note()};l?.addEventListener("scrollend",p),setTimeout(p,1e3)},note(){let o=n.current?.getBoundingClientRect();
if(t.current=void 0,!(!o||!e.current||s.current||this.isAtEnd()))for(let l of e.current.children){let{top:c,bottom:p}=l.getBoundingClientRect(),d=l.dataset.key;
if(!(d===void 0||p<=o.top+1)){t.current={key:d,top:c-o.top};return}}}};let r=()=>{let o=n.current,{current:l}=t;if(!o||!l||!e.current)return;let c=[...e.current.
children].find(d=>d.dataset.key===l.key);if(!c)return;let p=c.getBoundingClientRect().top-o.getBoundingClientRect().top-l.top;Math.abs(p)>=.5&&o.scrollBy({top:p,
behavior:"instant"})};return Y(r),Y(()=>{if(!e.current||!n.current)return;let o=new ResizeObserver(r);return o.observe(e.current),o.observe(n.current),()=>o.disconnect()},
[]),i.current}var Ti={isSelf:!1,isBot:!0,name:"AI",avatar:void 0};function Jn({stream:n,isActive:e}){let t=C(),{sdk:s}=M(),i=e?0:-1;return a("li",{class:"row theirs first las\
t","data-key":n.id,tabIndex:i,children:[a(J,{writer:Ti}),a("div",{class:"stack",children:[a("div",{class:"bubble streaming",part:"bubble",dir:"auto",children:a(
Ce,{text:n.text,tabIndex:i})}),a("button",{type:"button",class:"choice stop",tabIndex:i,onClick:()=>{s.stop(n.id).catch(()=>{})},children:[a(L,{name:"stop"}),t.
t("stop")]})]})]})}function Xn({names:n}){let e=C(),t=e.count("typing",n.length,{names:e.list(n)});return a("li",{class:"row theirs first last",children:[a(J,{writer:{isSelf:!1,isBot:!1,
name:n[0]??"",avatar:void 0}}),a("div",{class:"stack",children:a("div",{class:"bubble typing",children:[a("i",{}),a("i",{}),a("i",{}),a("span",{class:"hidden",children:t})]})})]})}var Qn=600;function Si(){return matchMedia("(prefers-reduced-motion: reduce)").matches}function Zn({timeline:n,chat:e}){let t=C(),s=M(),{isOpen:i}=F(s),r=V(),o=F(
n.state),l=N(null),c=N(null),p=Yn(l,c),[d,h]=O(!0),[f,u]=O(),{unreadKey:y,missed:m}=Oi(n,e,d,i),b=new Date().setHours(0,0,0,0),x=Z(()=>zn({entries:o.entries,streams:o.
atEnd?r.streams.filter(w=>w.chat===e):[],typists:o.atEnd?r.typists.filter(w=>w.chat===e&&w.kind!=="visitor"):[],unreadKey:y,now:new Date(b)},t),[o,r.streams,r.typists,
e,y,t,b]),_=Z(()=>Ei(o.entries),[o.entries]),T=Z(()=>x.findLast(w=>w.kind==="entry"||w.kind==="stream")?.key,[x]),g=x.some(({key:w})=>w===f)?f:T,R=o.isLoaded,D=N(
!1);Y(()=>{if(!R||D.current)return;D.current=!0;let w=c.current?.querySelector(".unread-line"),q=w&&l.current&&w.getBoundingClientRect().top-l.current.getBoundingClientRect().
top;q&&q<0&&l.current?.scrollBy({top:q,behavior:"instant"})},[R]);let E=kn(()=>{let w=l.current;if(!w)return;let{atStart:q,atEnd:oe,isLoading:pe}=n.state.value,
he=w.scrollHeight-w.clientHeight-Math.abs(w.scrollTop);pe||(!q&&he<Qn?n.loadOlder().catch(()=>{}):!oe&&Math.abs(w.scrollTop)<Qn&&n.loadNewer().catch(()=>{}))},[
n]),k=()=>{p.note();let w=p.isAtEnd()&&n.state.value.atEnd;n.isFollowing=w,h(w),E()};I(E,[o.entries,i]);let H=o.entries.findLast(w=>w.pending)?.key;Y(()=>{H!==void 0&&
p.toEnd(!1)},[H]);let j=async()=>{o.atEnd||await s.sdk.load(e),p.toEnd(!Si()),n.isFollowing=!0,h(!0),s.focusComposer()},X=w=>{if(w===void 0)return;u(w);let q=c.
current?.querySelector(`[data-key="${CSS.escape(w)}"]`);q?.focus({preventScroll:!0}),q?.scrollIntoView({block:"nearest"})},K=w=>{let q=x.filter(Pe=>Pe.kind==="e\
ntry"||Pe.kind==="stream").map(({key:Pe})=>Pe),oe=w.target.closest("[data-key]"),pe=q.indexOf(oe?.dataset.key??"");if(pe<0)return;let he=w.target!==oe,$t={ArrowUp:q[pe-
1],ArrowDown:q[pe+1],Home:q[0],End:q.at(-1)}[w.key];if(w.key==="Escape"&&he)oe?.focus();else if(w.key==="Enter"&&!he)oe?.querySelector("a, button, audio, summar\
y")?.focus();else if(!he&&$t!==void 0)X($t);else return;w.preventDefault(),w.stopPropagation()},U=Math.max(m,o.newer);return a("div",{class:"log",children:[a("d\
iv",{class:"scroller",ref:l,onScroll:k,part:"list",children:[a("ol",{ref:c,"aria-label":t.t("messages"),onKeyDown:K,onFocusIn:w=>u(w.target.closest("[data-key]")?.
dataset.key),children:x.map(w=>a(Ci,{row:w,clicks:_,today:b,isActive:w.key===g,status:Pi(w,T,o.others)},w.key))}),o.isLoading&&!o.atStart&&a("div",{class:"more",
"aria-hidden":"true"})]}),(!d||!o.atEnd)&&o.isLoaded&&a("button",{type:"button",class:U?"jump news":"jump",part:"jump",onClick:()=>{j()},children:[a(L,{name:"do\
wn"}),U?t.count("jump",U):a("span",{class:"hidden",children:t.t("jumpToEnd")})]})]})}function Ci({row:n,clicks:e,today:t,isActive:s,status:i}){let r=C();switch(n.
kind){case"day":return a("li",{class:"day",part:"day","data-key":n.key,children:a("h3",{children:n.label})});case"unread":return a("li",{class:"unread-line",part:"\
unread-line",children:a("span",{children:r.t("unreadLine")})});case"stream":return a(Jn,{stream:n.stream,isActive:s});case"typing":return a(Xn,{names:n.names});case"\
entry":{let{message:o}=n.entry,l=o?.interactive_buttons?.flat()??[];return a(Wn,{entry:n.entry,isFirst:n.isFirst,isLast:n.isLast,chosen:l.map(c=>c.callback_execution_id??
"").find(c=>e.clicked.has(c)),isClick:e.buttons.has(o?.client_message_id??""),status:i,isActive:s,today:t})}}}function Ei(n){let e=n.flatMap(({message:r})=>r??[]),
t=e.flatMap(({interactive_buttons:r})=>r?.flat()??[]),s=new Set(t.flatMap(({callback_execution_id:r})=>r??[])),i=e.flatMap(({client_message_id:r})=>r??[]).filter(
r=>s.has(r));return{buttons:s,clicked:new Set(i)}}function Pi(n,e,t){if(n.kind!=="entry"||n.key!==e||!n.writer.isSelf||!n.entry.message)return;let{status:s,timestamp:i}=n.
entry.message;if(s==="seen"||t.some(({read_up_to:r})=>r&&r>=i))return"seen";if(s==="delivered"||t.some(({delivered_up_to:r})=>r&&r>=i))return"delivered"}function Oi(n,e,t,s){
let i=M(),{chats:r,connection:o}=V(),{entries:l,isLoaded:c}=F(n.state),[p,d]=O(),[h,f]=O(),[u,y]=O(document.visibilityState==="visible"),m=r.find(({id:E})=>E===
e)?.unread_count??0,b=l.flatMap(({message:E,key:k})=>E?.is_outgoing?k:[]),x=b.at(-1),_=s&&u&&t;I(()=>{let E=()=>y(document.visibilityState==="visible");return document.
addEventListener("visibilitychange",E),()=>document.removeEventListener("visibilitychange",E)},[]);let T=N(!1);Y(()=>{!c||T.current||(T.current=!0,m>0&&d(b.at(-Math.
min(m,b.length))),f(x))},[c]),I(()=>{_?f(x):T.current&&x!==h&&(!s||!u)&&d(E=>E&&b.includes(E)?E:b[b.indexOf(h??"")+1])},[x,_]);let g=N(s);I(()=>{g.current&&!s&&
d(void 0),g.current=s},[s]),I(()=>{_&&m>0&&c&&i.sdk.read(e)},[_,m,c,x,o.status]);let R=h===void 0?-1:b.indexOf(h),D=t||R<0?0:b.length-1-R;return{unreadKey:p,missed:D}}function Ee({text:n,onRetry:e}){let t=C();return a("div",{class:"empty",role:"status",part:"notice",children:[a("span",{class:"welcome",children:a(L,{name:"aler\
t"})}),a("p",{children:n}),e&&a("button",{type:"button",class:"choice",onClick:e,children:t.t("tryAgain")})]})}var Mi=[];function es({greeting:n}){let e=C(),t=M(),{chat:s}=F(t),i=V(),r=t.sdk.messages(s),o=F(r.state),[l,c]=O({chat:s,files:[]}),p=t.sdk.resolve(l.chat)===s?
l.files:Mi,d=m=>c({chat:s,files:m}),[h,f]=O(!1);if(i.connection.status==="refused"||i.error?.code==="account_blocked")return a(Ee,{text:e.t("blocked")});if(i.error?.
code==="no_channel")return a(Ee,{text:e.t("noChannel")});if(i.error&&!i.isReady)return a(Ee,{text:e.t("unreachable"),onRetry:()=>{t.sdk.retryNow()}});let u=!i.isReady||
!o.isLoaded&&!o.error,y=i.isReady&&o.isLoaded&&o.entries.length===0;return a("div",{class:"conversation",onDragOver:m=>{m.dataTransfer?.types.includes("Files")&&
(m.preventDefault(),f(!0))},onDragLeave:m=>{m.currentTarget.contains(m.relatedTarget)||f(!1)},onDrop:m=>{m.preventDefault(),f(!1),d([...p,...m.dataTransfer?.files??
[]])},children:[o.error&&!o.isLoaded?a(Ee,{text:e.t("loadFailed"),onRetry:()=>{t.sdk.load(s)}}):u?a(Ri,{}):y?a("div",{class:"empty",children:a("slot",{name:"emp\
ty",children:[a("span",{class:"welcome",children:a(L,{name:"chat"})}),a("h3",{children:n||e.t("greeting")}),a("p",{children:e.t("greetingText")})]})}):a(Zn,{timeline:r,
chat:s},r),a("slot",{name:"before-composer"}),a(Vn,{chat:s,files:p,onFiles:d}),h&&a("div",{class:"drop",children:[a(L,{name:"clip"}),e.t("drop")]})]})}function Ri(){
let n=C();return a("div",{class:"skeleton",role:"status",children:[a("span",{class:"hidden",children:n.t("loading")}),a("i",{}),a("i",{}),a("i",{})]})}function ts({heading:n,subtitle:e,isInline:t,onClose:s}){let i=C(),r=M(),{screen:o,chat:l}=F(r),{chats:c,connection:p}=V(),d=o==="list",f=c.filter(({is_archived:y})=>!y).
length>1?c.find(({id:y})=>y===l)?.name:void 0,u=d?"":f||e;return a("div",{class:"header",part:"header",children:[d?a(W,{icon:"back",class:"flip",label:i.t("goBa\
ck"),onClick:()=>r.showChat(l)}):a(J,{writer:{isSelf:!1,isBot:!1,name:n,avatar:void 0}}),a("div",{class:"who",children:[a("h2",{id:"title",part:"title",children:d?
i.t("chats"):n}),u&&a("p",{class:"status",part:"status",children:[p.status==="live"&&a("span",{class:"dot"}),a("bdi",{children:u})]})]}),!d&&c.length>0&&a(W,{icon:"\
menu",label:i.t("chats"),onClick:()=>r.update({screen:"list",editing:void 0})}),!t&&a(W,{icon:"close",label:i.t("close"),onClick:s})]})}var Ii=6e4;function ns({heading:n,subtitle:e,greeting:t,isInline:s,onClose:i}){let r=C(),o=M(),l=G(),{isOpen:c,screen:p,isFull:d}=F(o),[h,f]=O(!0),u=N(null),{pending:y}=V(),
m=y.filter(({state:b})=>b==="failed").length;return I(()=>{let{sdk:b}=o,x=[b.on("message",_=>{!o.value.isOpen||Date.now()-Date.parse(_.timestamp)>Ii||l.say(r.t(
"says",{author:_.sender_name||r.t("someone"),text:Li(_,r.t("file"))}))}),b.on("error",({code:_})=>_==="storage_unavailable"&&f(!1))];return()=>x.forEach(_=>_())},
[o,r]),I(()=>{m>0&&l.say(`${r.t("notSent")} ${r.t("tryAgain")}`)},[m]),a("section",{ref:u,class:"panel",part:"panel",role:s?"region":"dialog","aria-labelledby":"\
title","aria-modal":d&&!s?!0:void 0,hidden:!c,tabIndex:-1,onKeyDown:b=>{b.key!=="Escape"||s||b.defaultPrevented||(b.stopPropagation(),i())},children:[a("slot",{
name:"header",children:a(ts,{heading:n,subtitle:e,isInline:s,onClose:i})}),a(Gn,{isStored:h}),p==="list"?a(Kn,{}):a(es,{greeting:t}),p==="chat"&&a("div",{class:"\
footer",children:a("slot",{name:"footer",children:r.t("powered")})}),a(Sn,{})]})}function Li({text:n,html:e},t){return e?lt(e).map(i=>i.kind==="text"?i.text:" ").
join("").replace(/\s+/g," ").trim()||t:n||t}function is(n){let e=/^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(n);return e?[Number(e[1]),Number(e[2]),Number(e[3])]:void 0}function ss([n,e,t]){let s=i=>i/
255<=.04045?i/255/12.92:((i/255+.055)/1.055)**2.4;return .2126*s(n)+.7152*s(e)+.0722*s(t)}function rs(n,e){let[t,s]=[ss(n),ss(e)].sort((i,r)=>r-i);return(t+.05)/
(s+.05)}function jt(n,e,t){let s=i=>Math.round(n[i]+(e[i]-n[i])*t);return[s(0),s(1),s(2)]}var Ai=[[255,255,255],[13,16,32],[0,0,0]];function os(n){return Ai.find(
e=>rs(n,e)>=4.5)??[0,0,0]}function as(n,e,t){for(let s=0;s<1;s+=.05){let i=jt(n,t,s);if(e.every(r=>rs(i,r)>=4.5))return i}return t}function qt([n,e,t]){return`r\
gb(${n} ${e} ${t})`}var zi=.16;function ls(n,e){let{style:t}=n,s=["--unicom-on-accent","--accent-ink"];for(let h of["--unicom-accent",...s])t.removeProperty(h);e&&t.setProperty("--\
unicom-accent",e);let i=getComputedStyle(n);if(!i.getPropertyValue("--unicom-accent"))return;let r=document.createElement("span");n.append(r);let o=h=>(r.style.
color=h,is(getComputedStyle(r).color)),l=o("var(--unicom-accent)"),c=["var(--bg)","var(--bg-2)"].map(o).filter(h=>h!==void 0),p=o("var(--ink)"),d=i.getPropertyValue(
"--unicom-on-accent")!=="";r.remove(),!(!l||!p)&&(d||t.setProperty("--unicom-on-accent",qt(os(l))),t.setProperty("--accent-ink",qt(as(l,[...c,...c.map(h=>jt(h,l,
zi))],p))))}function vd(n){let{element:e,root:t,shadow:s,base:i}=n,r=new CSSStyleSheet;r.replaceSync(En),s.adoptedStyleSheets=[...s.adoptedStyleSheets,r];let o=Number(e.getAttribute(
"channel-id")),l=Number(e.getAttribute("climb-every")),c=new be({base:i,...o>0&&{channel:o},...l>0&&{climbEvery:l}}),p=new rt(i),d=new it(c,p,()=>e.getAttribute(
"chat-id")),h=new ke,f=document.createElement("div");f.className="box",t.prepend(f);let u=ot,y=!1,m=Cn(e,t,()=>b()),b=()=>{let k=!n.isInline&&m.isSmall;m.set(k&&
d.value.isOpen),t.classList.toggle("full",k&&d.value.isOpen),d.value.isFull!==k&&d.update({isFull:k})},x=()=>{if(y)return;let k=H=>e.getAttribute(H)??"";Ct(a(Lt.
Provider,{value:d,children:a(Dt.Provider,{value:u,children:a(At.Provider,{value:h,children:a(ns,{heading:k("heading")||u.t("panel"),subtitle:k("subtitle"),greeting:k(
"greeting"),isInline:n.isInline,onClose:D})})})}),f)},_=()=>{b(),ls(t,e.getAttribute("accent"));let k=[e.getAttribute("lang"),document.documentElement.lang,...navigator.
languages];In(k).catch(()=>ot).then(H=>{u=H,f.lang=u.language,f.dir=u.direction,x()})},T=()=>c.connect().catch(()=>{}),g=()=>navigator.userActivation?.isActive??
!0,R=()=>{d.value.isOpen||(d.update({isOpen:!0}),b(),n.onToggle(!0),T(),g()&&(ct()?f.querySelector(".panel")?.focus({preventScroll:!0}):d.focusComposer()))},D=()=>{
if(!d.value.isOpen||n.isInline)return;let k=s.activeElement!==null;d.update({isOpen:!1,screen:"chat"}),b(),n.onToggle(!1),k&&n.launcher?.focus({preventScroll:!0})},
E=(k,H)=>e.dispatchEvent(new CustomEvent(`unicom:${k}`,{bubbles:!0,composed:!0,detail:H}));return c.on("message",({id:k,chat_id:H})=>E("message",{id:k,chat:H})),
c.on("sent",({id:k,chat_id:H})=>E("sent",{id:k,chat:H})),c.on("failed",({id:k,chat:H,error:j})=>E("failed",{id:k,chat:H,code:j?.code})),c.on("error",({code:k})=>E(
"error",{code:k})),c.subscribe(()=>{let{isReady:k,account:H,unread:j}=c.state;k&&(p.markKnown(H!==null),n.onUnread(j))}),x(),_(),{open:R,close:D,update:_,focusComposer:()=>d.
focusComposer(),async send(k){await T(),await c.send({chat:d.value.chat,text:k})},showChat(k){R(),T().then(()=>k&&d.showChat(k))},startChat(){R(),T().then(()=>d.
showChat(c.startChat()))},async logout(){await c.logout(),p.clear()},destroy(){y=!0,m.destroy(),c.close(),Ct(null,f),f.remove()}}}export{vd as mount};
