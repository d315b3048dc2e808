/*! Contains Preact, copyright (c) 2015-present Jason Miller, MIT License. */
var y={ar:"a2317fe8",de:"8682e114",es:"07664f33",fr:"553c9cc9",he:"954a8a08","pt-BR":"98ab8c60"};function ce(i,e=Math.random){let t=Math.min(3e4,500*2**Math.min(i,10));return Math.max(500,e()*t)}var Le=class{#e;sleep(e){return new Promise(t=>{let n=setTimeout(
()=>this.#e?.(),e);this.#e=()=>{clearTimeout(n),this.#e=void 0,t()}})}wake(){this.#e?.()}};var Me=class{#e=new Map;on(e,t){let n=this.#e.get(e)??new Set;return this.#e.set(e,n.add(t)),()=>{n.delete(t)}}emit(e,t){for(let n of[...this.#e.get(e)??[]])n(t)}},
j=class{#e;#t=new Set;constructor(e){this.#e=e}get value(){return this.#e}set(e){if(!Object.is(e,this.#e)){this.#e=e;for(let t of[...this.#t])t()}}subscribe(e){
return this.#t.add(e),()=>{this.#t.delete(e)}}};var Ae=class{chats=new j([]);replace(e,t){let n=new Set(e.map(({id:s})=>s)),r=t?this.chats.value.filter(({id:s})=>!n.has(s)):[];this.#e([...e,...r])}add(e){let t=new Set(
e.map(({id:n})=>n));this.#e([...this.chats.value.filter(({id:n})=>!t.has(n)),...e])}put(e){let t=this.get(e.id);t&&t.change>e.change||this.add([e])}patch(e,t){this.#e(
this.chats.value.map(n=>n.id===e?{...n,...t}:n))}remove(e){this.#e(this.chats.value.filter(t=>t.id!==e))}get(e){return this.chats.value.find(t=>t.id===e)}#e(e){
let t=n=>n.last_message?.timestamp??n.created_at;this.chats.set(e.sort((n,r)=>t(n)<t(r)?1:t(n)>t(r)?-1:0))}};var yt="new:",Y=`${yt}first`;function te(i){return i.startsWith(yt)}function en(){return yt+crypto.randomUUID()}var de=200,bt=50,ze=class{constructor(e,t){this.source=e;this.chat=t;this.state=new j({entries:[],isLoaded:t===null,isLoading:!1,error:void 0,atStart:t===null,atEnd:!0,
newer:0,others:[],readUpTo:void 0})}source;chat;state;cursor=null;isFollowing=!0;#e=[];#t=[];#n=new Set;#i=0;#s=new WeakMap;get messages(){return this.#e}async load(){
let{chat:e}=this;if(e===null)return;let t=++this.#i;this.#o({isLoading:!0,error:void 0});try{let n=await this.source.page(e,{limit:bt});if(t!==this.#i)return;this.
cursor=n.cursor??null,this.#e=[],this.#a(n.messages),this.#o({isLoaded:!0,isLoading:!1,atStart:!n.has_more,atEnd:!0,newer:0});for(let r of n.participants??[])this.#c(
r)}catch(n){throw t===this.#i&&this.#o({isLoading:!1,error:n}),n}}loadOlder(){let e=this.#e[0];return!e||this.state.value.atStart?Promise.resolve():this.#r({before:e.
id,limit:bt},t=>{let n=this.#e.length>de;n&&(this.#e.length=de),this.#o({atStart:!t.has_more,...n&&{atEnd:!1}})})}loadNewer(){let e=this.#e.at(-1);return!e||this.
state.value.atEnd?Promise.resolve():this.#r({after:e.id,limit:bt,order:"asc"},t=>{let n=this.#e.length-de;n>0&&this.#e.splice(0,n);let r=t.has_more?Math.max(0,this.
state.value.newer-t.messages.length):0;this.#o({atEnd:!t.has_more,newer:r,...n>0&&{atStart:!1}})})}async reread(e){let t=this.#e.findIndex(a=>a.id===e);if(this.
chat===null||t<0)return;let[n,r]=[this.#e[t+1],this.#e[t-1]],o=(await this.source.page(this.chat,{limit:1,...r?{after:r.id,order:"asc"}:n&&{before:n.id}})).messages.
filter(a=>a.id===e&&this.#e.some(u=>u.id===e));this.#a(o),this.#o({})}apply(e,t){let n=[],r=this.#e.at(-1),{newer:s}=this.state.value;for(let o of e)if(o.kind===
"message_deleted")this.#n.add(o.id),this.#e=this.#e.filter(({id:a})=>a!==o.id);else if(o.kind==="participant")this.#c(o);else if(o.kind==="message"){let a=o.message,
u=this.#e.findIndex(({id:h})=>h===a.id);u>=0?this.#e[u]=a:!r||vt(a,r)?(n.push(a),this.state.value.atEnd&&(this.isFollowing||this.#e.length<de)?this.#a([a]):(a.is_outgoing&&
s++,this.#o({atEnd:!1}))):this.#e[0]&&(this.state.value.atStart||vt(a,this.#e[0]))&&this.#a([a])}return t!==null&&(this.cursor=t),this.#l(),this.#o({newer:s}),n}insert(e){
this.state.value.atEnd&&(this.#a([e]),this.#l()),this.#o({})}remove(e){this.#n.add(e),this.#e=this.#e.filter(t=>t.id!==e),this.#o({})}setPending(e){e===this.#t||
e.length===0&&this.#t.length===0||(this.#t=e,this.#o({}))}async#r(e,t){let{chat:n,state:r}=this;if(n===null||r.value.isLoading)return;let s=this.#i;this.#o({isLoading:!0,
error:void 0});try{let o=await this.source.page(n,e);if(s!==this.#i)return;this.#a(o.messages),t(o)}catch(o){throw s===this.#i&&this.#o({error:o}),o}finally{s===
this.#i&&this.#o({isLoading:!1})}}#a(e){let t=new Map(this.#e.map(n=>[n.id,n]));for(let n of e)this.#n.has(n.id)||t.set(n.id,n);this.#e=[...t.values()].sort((n,r)=>vt(
n,r)?1:-1)}#l(){let e=this.#e.length-de;e<=0||(this.#e.splice(0,e),this.#o({atStart:!1}))}#c({is_self:e,name:t,delivered_up_to:n,read_up_to:r}){if(e)return this.#o(
{readUpTo:r??void 0});let s=this.state.value.others.filter(o=>o.name!==t);this.#o({others:[...s,{is_self:e,name:t,delivered_up_to:n,read_up_to:r}]})}#o(e){let t={
...this.state.value,...e},n=new Set(this.#e.map(({client_message_id:o})=>o)),r=t.atEnd?this.#t.filter(({id:o})=>!n.has(o)).slice(-de):[],s=[...this.#e.map(o=>this.#d(
o,()=>({key:ki(o),message:o}))),...r.map(o=>this.#d(o,()=>({key:o.id,pending:o})))];this.state.set({...t,entries:s})}#d(e,t){let n=this.#s.get(e)??t();return this.#s.
set(e,n),n}};function ki(i){return!i.is_outgoing&&i.client_message_id||i.id}function vt(i,e){return i.timestamp===e.timestamp?i.id>e.id:i.timestamp>e.timestamp}var Ti=5,Ne=class{constructor(e,t,n,r,s){this.http=e;this.state=t;this.events=n;this.follower=r;this.channel=s;this.list.chats.subscribe(()=>t.patch({chats:this.
list.chats.value}))}http;state;events;follower;channel;list=new Ae;#e=new Map;#t=new Map;resolve(e){return this.#t.get(e)??e}start(){return this.state.value.chats.
length?en():Y}shown(e){return this.#e.get(this.resolve(e))}show(e){let t=this.resolve(e),n=this.#e.get(t);if(n)return this.#e.delete(t),this.#e.set(t,n),n;let r={
page:(o,a)=>this.http.get("webchat/messages/",{query:{chat_id:o,...a}})},s=new ze(r,te(t)?null:t);return this.#e.set(t,s),this.#i(t,s),this.#n(),this.load(t),s}async load(e){
let t=this.resolve(e),n=this.#e.get(t);!n||n.chat===null||await n.load().then(()=>this.follower.watch(t,n.cursor),r=>{r.status===404&&this.gone(t)})}loadMissing(){
for(let[e,{state:t,chat:n}]of this.#e)n!==null&&!t.value.isLoaded&&this.load(e)}*watched(){for(let[e,t]of this.#e)t.chat!==null&&t.state.value.isLoaded&&(yield[
e,t.cursor])}async read(){let e=await this.http.get("webchat/chats/",{query:{limit:100,...this.channel}});this.list.replace(e.chats,e.has_more);let t=e.chats.reduce(
(n,r)=>n+r.unread_count,0);this.state.patch({hasMoreChats:e.has_more,unread:t})}async readMore(){let e=null;for(let t=0;;){let n=await this.http.get("webchat/ch\
ats/",{query:{limit:100,cursor:e,...this.channel}});if(this.list.add(n.chats),t+=n.chats.length,e=n.next_cursor,!n.has_more||t>this.state.value.chats.length)return this.
state.patch({hasMoreChats:n.has_more})}}async create(e){let{chat:t}=await this.http.post("webchat/chats/",e);return this.list.put(t),t.id}async change(e,t){let{
chat:n}=await this.http.request("PATCH",De(e),{json:t});this.list.put(n)}async delete(e){await this.http.request("DELETE",De(e),{query:{hard_delete:!0}}),this.gone(
e)}showPending(){for(let[e,t]of this.#e)this.#i(e,t)}bind(e,t){if(this.#t.has(e))return;this.#t.set(e,t);let n=this.#e.get(e);n&&(this.#e.delete(e),this.#e.set(
t,n),n.chat=t,this.load(t)),this.events.emit("bound",{from:e,to:t})}gone(e){this.list.remove(e),this.#e.delete(e),this.events.emit("gone",e)}clear(){let e=[...this.#e.
keys()];this.#e.clear(),this.#t.clear(),this.list.replace([],!1),this.state.patch({unread:0,hasMoreChats:!1});for(let t of e)this.events.emit("gone",t)}#n(){for(let[
e,t]of this.#e){if(this.#e.size<=Ti)return;this.#e.delete(e),t.chat!==null&&this.follower.unwatch(e)}}#i(e,t){t.setPending(this.state.value.pending.filter(n=>this.
resolve(n.chat)===e))}};function De(i){return`webchat/chat/${encodeURIComponent(i)}/`}function ue(i){return{mode:i,prove:async()=>({headers:{}}),renew:async()=>!1}}var T=class extends Error{name="UnicomError";code;status;retryAfter;requestId;constructor(e,t,n={}){super(t,n.cause===void 0?void 0:{cause:n.cause}),this.code=e,
this.status=n.status??0,this.retryAfter=n.retryAfter,this.requestId=n.requestId}get isTemporary(){let{status:e,code:t}=this;return e===0?t==="network"||t==="tim\
eout"||t==="invalid_response":e===408||e===425||e===429||e>=500}};function Si(i,e){if(!i)return;let t=Number(i),n=Number.isFinite(t)?t*1e3:Date.parse(i)-e;return Number.
isFinite(n)?Math.min(Math.max(n,0),36e5):void 0}function _t(i,e,t){let n={};try{n=JSON.parse(t)}catch{}return new T(n.code??"invalid_response",n.error??`the ser\
ver responded with ${i}`,{status:i,retryAfter:Si(e.get("retry-after"),Date.now()),requestId:e.get("x-request-id")??void 0})}var Ci=3e4,X=class{constructor(e,t,n){this.base=e;this.credentials=t;this.fetch=n}base;credentials;fetch;get(e,t={}){return this.request("GET",e,t)}post(e,t={}){
return this.request("POST",e,t)}request(e,t,n={}){let r=()=>this.credentials.prove(e!=="GET",n.owner);return this.#e(r,s=>this.#t(e,t,n,s))}stream(e,t,n){let r=()=>this.
credentials.prove(!1);return this.#e(r,async s=>{let o={Accept:"text/event-stream",...s},a=await this.#i("GET",this.address(e,t),{headers:o,signal:n,cache:"no-s\
tore"});if(!a.ok)throw _t(a.status,a.headers,await a.text());if(!a.body||!a.headers.get("content-type")?.startsWith("text/event-stream"))throw new T("invalid_re\
sponse","the response is not a stream of events",{status:a.status});return a.body})}async#e(e,t){let n=await e();try{return await t(n.headers)}catch(r){if(!(r instanceof
T)||!await this.credentials.renew(r,n))throw r;return t((await e()).headers)}}address(e,t={}){let n=Object.entries(t).filter(([,s])=>s!=null),r=new URLSearchParams(
n.map(([s,o])=>[s,String(o)])).toString();return`${this.base}/${e}${r&&`?${r}`}`}async#t(e,t,n,r){let s={...r,...n.headers},o=n.form;n.json!==void 0&&(s["Conten\
t-Type"]="application/json",o=JSON.stringify(n.json));let a=this.address(t,n.query),h=n.onProgress&&typeof XMLHttpRequest<"u"?await Ei(e,a,s,o,n):await this.#n(
e,a,{headers:s,...o&&{body:o}},n);if(h.status===304)return null;if(h.status<200||h.status>299)throw _t(h.status,h.headers,h.body);try{return JSON.parse(h.body)}catch(d){
throw new T("invalid_response","the response is not JSON",{status:0,cause:d})}}async#n(e,t,n,r){let s=AbortSignal.timeout(r.timeout??Ci),o=r.signal?AbortSignal.
any([r.signal,s]):s,{cache:a="no-store",keepalive:u=!1}=r,h=await this.#i(e,t,{...n,signal:o,cache:a,keepalive:u}),d=await h.text().catch(p=>{throw tn(p)});return{
status:h.status,headers:h.headers,body:d}}async#i(e,t,n){try{return await this.fetch(t,{method:e,credentials:this.credentials.mode,...n})}catch(r){throw tn(r)}}};
function tn(i){let e=i instanceof Error?i.name:"";return e==="AbortError"?new T("aborted","the call was aborted",{cause:i}):e==="TimeoutError"?new T("timeout","\
the server did not respond in time",{cause:i}):new T("network","the server cannot be reached",{cause:i})}function Ei(i,e,t,n,{onProgress:r,signal:s}){return new Promise(
(o,a)=>{let u=new XMLHttpRequest;u.open(i,e);for(let[h,d]of Object.entries(t))u.setRequestHeader(h,d);if(u.upload.onprogress=({loaded:h,total:d})=>r?.(d?h/d:0),
u.onload=()=>{let{status:h,responseText:d}=u;o({status:h,headers:{get:p=>u.getResponseHeader(p)},body:d})},u.onerror=()=>a(new T("network","the server cannot be\
 reached")),u.onabort=()=>a(new T("aborted","the call was aborted")),s?.addEventListener("abort",()=>u.abort(),{once:!0}),s?.aborted)return u.abort(),a(new T("a\
borted","the call was aborted"));u.send(n??null)})}var Pi=2e4,He=class{constructor(e,t){this.base=e;this.fetch=t;this.#e=new X(e,ue(this.mode),t)}base;fetch;mode="same-origin";namesHeirs=!1;listener;#e;#t;#n;async prove(e){
return e?(this.#t??=(await this.#i()).csrf_token??"",{headers:{"X-CSRFToken":this.#t}}):{headers:{}}}async renew(e){if(e.code!=="csrf_failed")return!1;let t=this.#t;
return this.#t=(await this.#i()).csrf_token??"",this.#t!==t}async socketProtocols(){return[]}async session(){let e=await this.#i();return this.#t=e.csrf_token??
"",{account:e.account_id}}identify(){throw new TypeError("visitors with cookies log in; to identify them, give the client the key of a channel")}async end(){await new X(
this.base,this,this.fetch).post("auth/logout/"),this.forget()}forget(){this.#t=void 0}close(){}#i(){return this.#n??=this.#e.get("auth/session/",{timeout:Pi}).finally(
()=>this.#n=void 0),this.#n}};var Oi=3e4;async function nn(i,e){if(typeof i=="string")return i;let t,n=new Promise((r,s)=>{t=setTimeout(()=>s(new T("timeout","the page did not say who the vi\
sitor is")),Oi)});try{return await Promise.race([i(e),n])}catch(r){throw r instanceof T?r:new T("network","the page could not say who the visitor is",{cause:r})}finally{
clearTimeout(t)}}var Ii=new Set(["identity_required","identity_invalid","identity_expired"]);function ne(i){return Ii.has(i.code)}function ye(){return new T("id\
entity_required","the page has to say who the visitor is",{status:403})}function rn(){return new T("identity_expired","the page has to say again who the visitor\
 is",{status:401})}var sn=6e3,on=5e3,an=2,Ri=5e3,Li=15e3,Ue={status:"idle",transport:void 0,retryAt:void 0},xt={status:"refused",transport:void 0,retryAt:void 0},Fe=class{constructor(e,t){
this.host=e;this.options=t}host;options;state=new j(Ue);#e;#t;#n=0;#i=0;#s=0;#r=!1;#a=new Set;#l;start(){if(this.#r)return;this.#r=!0;let e=Date.now();this.#l=setInterval(
()=>{let t=Date.now();t-e>Li&&this.wake(),e=t},Ri),this.#c()}stop(e=Ue){this.#r=!1,clearInterval(this.#l),this.#p(),this.state.set(e)}watch(e,t){this.#e?.watch(
e,t)}unwatch(e){this.#e?.unwatch(e)}send(e){return this.state.value.status==="live"&&(this.#e?.send(e)??!1)}wake(){this.#r&&(this.state.value.status==="live"?this.#e?.
check():this.retry())}retry(){!this.#r||this.state.value.status==="live"||this.state.value.status==="connecting"||(this.#s=0,this.#c())}offline(){this.#r&&(this.#p(),
this.#g("offline"),this.#h(15e3,()=>this.#c()))}#c(){if(this.#p(),!this.#r)return;this.#g("connecting");let e={},t={opened:()=>{e.at=Date.now(),this.#o(r)},frame:s=>this.
host.frame(s),ended:s=>{this.#e=void 0,this.#u(s,e.at)}},[,n]=this.options.transports[this.#n]??this.options.transports[0],r=n(t);this.#e=r,this.#h(sn,()=>{e.at!==
void 0||this.#e!==r||(r.close(),this.#e=void 0,this.#i=an,this.#u({why:"lost"},void 0))})}#o(e){this.#s=0;for(let[t,n]of this.host.watched())e.watch(t,n);this.state.
set({status:"live",transport:e.name,retryAt:void 0}),this.#h(on,()=>this.#i=0),this.#n>0&&this.#h(this.options.climbEvery??6e4,()=>this.#d())}#d(e=0){let t=this.
options.transports[e];if(!t||e>=this.#n){this.#h(this.options.climbEvery??6e4,()=>this.#d());return}let n=()=>{s.close(),this.#t=void 0,this.#d(e+1)},r=!1,s=t[1](
{opened:()=>{r=!0,this.#t=void 0,this.#b(),this.#e?.close(),this.#e=s,this.#n=e,this.#i=0,this.#o(s)},frame:o=>this.host.frame(o),ended:o=>{if(!r)return n();this.#e=
void 0,this.#u(o,Date.now())}});this.#t=s,this.#h(sn,()=>{!r&&this.#t===s&&n()})}async#u(e,t){if(this.#p(),!this.#r)return;if(e.why==="refused")return this.stop(
xt);if(this.options.isOffline())return this.offline();this.#g("reconnecting");let n=t!==void 0&&Date.now()-t>on;if(e.why==="session"||!n&&!e.isOrderly){let s=await this.
host.probe().catch(()=>{});if(!this.#r||this.#e)return;if(s===!1)return this.stop();if(s&&e.why!=="session"&&++this.#i>=an)return this.#i=0,this.#n=Math.min(this.#n+
1,this.options.transports.length-1),this.#c()}let r=Math.max(e.after??0,ce(this.#s++));this.state.set({status:"reconnecting",transport:void 0,retryAt:Date.now()+
r}),this.#h(r,()=>this.#c())}#g(e){this.state.set({status:e,transport:void 0,retryAt:void 0})}#p(){this.#b(),this.#e?.close(),this.#t?.close(),this.#e=this.#t=void 0}#h(e,t){
let n=setTimeout(()=>{this.#a.delete(n),t()},e);this.#a.add(n)}#b(){for(let e of this.#a)clearTimeout(e);this.#a.clear()}};function Be(i){try{let e=JSON.parse(i);return typeof e?.type=="string"?e:null}catch{return null}}function qe({status:i,code:e,retryAfter:t}){return e==="account\
_blocked"?{why:"refused"}:i===401||i===403?{why:"session"}:{why:"lost",after:t}}var Mi=15e3,ln=25,je=class{constructor(e,t){this.http=e;this.#t=t,this.#a(!0)}http;name="poll";#e=new Map;#t;#n=new AbortController;#i;#s=!1;#r=!1;watch(e,t){this.
unwatch(e);let n=new AbortController;this.#e.set(e,n),this.#l(e,t,n.signal)}unwatch(e){this.#e.get(e)?.abort(),this.#e.delete(e)}send(){return!1}check(){this.#a(
!1)}close(){this.#t=void 0,clearTimeout(this.#i),this.#n.abort();for(let e of this.#e.values())e.abort();this.#e.clear()}async#a(e){if(this.#r=!0,this.#s)return;
this.#s=!0,clearTimeout(this.#i);let t=this.#n.signal;try{this.#r=!1;let n=await this.http.get("webchat/chats/",{query:{limit:100},signal:t}),{unread_total:r}=await this.
http.get("webchat/unread/",{signal:t});if(!this.#t)return;e&&this.#t.opened(),this.#t.frame({type:"hello",chats:n.chats,has_more:n.has_more,unread_total:r,heartbeat_s:25}),
this.#i=setTimeout(()=>{this.#a(!1)},this.#r?0:Mi)}catch(n){t.aborted||this.#c(n)}finally{this.#s=!1}}async#l(e,t,n){let r=t,s=r===null?0:ln,o;for(;!n.aborted;)
try{let a={chat_id:e,cursor:r,wait:s,stream_id:o?.id,stream_offset:o?.length},u=await this.http.get("webchat/events/",{query:a,signal:n,timeout:(s+15)*1e3});if(n.
aborted)return;let h=u.reset||u.items.length>0;r=u.cursor,u.reset?this.#t?.frame({type:"reset",chat_id:e,cursor:r}):this.#t?.frame({type:"changes",chat_id:e,cursor:r,
items:u.items}),u.stream?(this.#t?.frame({type:"stream",chat_id:e,...u.stream}),o={id:u.stream.stream_id,length:u.stream.offset+u.stream.text.length}):o&&(this.#t?.
frame({type:"stream",chat_id:e,stream_id:o.id,offset:0,text:"",state:"done"}),o=void 0),h&&this.#a(!1),s=ln}catch(a){return n.aborted?void 0:a instanceof T&&a.status===
404?this.#t?.frame({type:"chat_gone",chat_id:e}):this.#c(a)}}#c(e){let t=this.#t;this.close(),t?.ended(qe(e))}};var $e=class{open=new j([]);apply(e){let t=this.open.value.find(({id:o})=>o===e.stream_id);if(e.state!=="open")return this.remove(e.stream_id);let n=t?.text??"";
if(e.offset>n.length)return;let r=n.slice(0,e.offset)+e.text,s=this.open.value.filter(({id:o})=>o!==e.stream_id);this.open.set([...s,{id:e.stream_id,chat:e.chat_id,
text:r}])}remove(e){this.open.value.some(t=>t.id===e)&&this.open.set(this.open.value.filter(t=>t.id!==e))}clear(e){let t=e===void 0?[]:this.open.value.filter(n=>n.
chat!==e);t.length!==this.open.value.length&&this.open.set(t)}};var Ai=1e4,zi=3e3,We=class{typists=new j([]);#e=new Map;#t;note(e,{name:t,kind:n},r){let s=`${e} ${n} ${t}`;clearTimeout(this.#e.get(s));let o=this.typists.value.
filter(a=>`${a.chat} ${a.kind} ${a.name}`!==s);this.typists.set(r?[...o,{chat:e,name:t,kind:n}]:o),r&&this.#e.set(s,setTimeout(()=>this.note(e,{name:t,kind:n},!1),
Ai))}arrived(e){for(let{chat:t,name:n,kind:r}of this.typists.value)t===e&&this.note(e,{name:n,kind:r},!1)}isDue(e,t,n){let r=this.#t?.chat===e?this.#t.at:void 0;
return t?r!==void 0&&n-r<zi?!1:(this.#t={chat:e,at:n},!0):(this.#t=void 0,r!==void 0)}};var Ni=500,Ve=class{constructor(e,t,n,r){this.chats=e;this.state=t;this.events=n;this.send=r;this.typing.typists.subscribe(()=>t.patch({typists:this.typing.typists.
value})),this.streams.open.subscribe(()=>t.patch({streams:this.streams.open.value}))}chats;state;events;send;streams=new $e;typing=new We;#e;frame(e){switch(e.type){case"\
hello":return this.chats.list.replace(e.chats,e.has_more),this.state.patch({hasMoreChats:e.has_more,unread:e.unread_total});case"chat":return this.chats.list.put(
e.chat);case"unread":return this.state.patch({unread:e.unread_total});case"chat_gone":return this.chats.gone(e.chat_id);case"changes":return this.#t(e);case"res\
et":return this.streams.clear(e.chat_id),void this.chats.load(e.chat_id);case"typing":return this.typing.note(e.chat_id,e.author,e.is_typing);case"stream":return this.
chats.shown(e.chat_id)?.messages.some(({id:t})=>t===e.stream_id)?void 0:(this.typing.arrived(e.chat_id),this.streams.apply(e));case"error":return this.events.emit(
"error",new T(e.code,e.error));default:}}close(){clearTimeout(this.#e)}#t({chat_id:e,items:t,cursor:n}){let r=this.chats.shown(e);if(!r?.state.value.isLoaded)return;
let s=r.apply(t,n).filter(({is_outgoing:o})=>o);if(s.length){this.typing.arrived(e);for(let{id:o}of s)this.streams.remove(o);clearTimeout(this.#e),this.#e=setTimeout(
()=>{let o=this.chats.shown(e)?.messages.at(-1);o&&this.send({type:"delivered",chat_id:e,message_id:o.id})},Ni);for(let o of s)this.events.emit("message",o)}}};var Di=25e3,Hi=1e4,Ui=1500,Ge=class{name="ws";#e;#t=!1;#n=new Map;#i;#s;#r;constructor(e,t,n){this.#r=n,t.socketProtocols().then(r=>{this.#r&&this.#a(`${e.replace(
/^http/,"ws")}/webchat/ws/`,["unicom.v1",...r])},()=>this.#d({why:"lost"}))}watch(e,t){this.#t?this.#o({type:"subscribe",chats:{[e]:t}}):this.#n.set(e,t)}unwatch(e){
this.#n.delete(e),this.#t&&this.#o({type:"unsubscribe",chats:[e]})}send(e){return this.#t?(this.#o(e),!0):!1}check(){this.#c(Ui)}close(){this.#r=void 0,this.#u()}#a(e,t){
let n=new WebSocket(e,t);n.onmessage=({data:r})=>this.#l(String(r)),n.onclose=({code:r,reason:s})=>this.#d(Fi(r,s)),this.#e=n}#l(e){clearTimeout(this.#s),this.#s=
void 0;let t=Be(e);t&&(t.type==="hello"&&!this.#t&&(this.#t=!0,this.#i=setInterval(()=>this.#c(Hi),Di),this.#r?.opened(),this.#n.size&&this.#o({type:"subscribe",
chats:Object.fromEntries(this.#n)}),this.#n.clear()),this.#r?.frame(t))}#c(e){this.#t&&(this.#o({type:"ping"}),this.#s??=setTimeout(()=>this.#d({why:"lost"}),e))}#o(e){
this.#e?.readyState===WebSocket.OPEN&&this.#e.send(JSON.stringify(e))}#d(e){let t=this.#r;this.close(),t?.ended(e)}#u(){clearInterval(this.#i),clearTimeout(this.#s),
this.#t=!1,this.#e&&(this.#e.onmessage=this.#e.onclose=null,this.#e.close())}};function Fi(i,e){let t=Number(/\d+/.exec(e)?.[0]),n=Number.isFinite(t)?Math.min(t,
300)*1e3:void 0;switch(i){case 4401:return{why:"session"};case 4403:return{why:"refused"};case 4429:return{why:"lost",after:n??1e4,isOrderly:!0};case 1001:case 1012:case 1013:
return{why:"lost",after:n,isOrderly:!0};case 4408:return{why:"lost",isOrderly:!0};default:return{why:"lost"}}}var Bi=6e4,qi=26e3,wt=class{#e="";#t=[];push(e){let t=[],r=(this.#e+e).split(/\r\n|\n|\r(?!$)/);this.#e=r.pop()??"";for(let s of r)s===""?(this.#t.length&&t.push(
this.#t.join(`
`)),this.#t=[]):s.startsWith("data:")&&this.#t.push(s.slice(s[5]===" "?6:5));return t}},Ke=class{constructor(e,t){this.http=e;this.#t=t,this.#i=setInterval(()=>this.#a(
Bi),1e4),this.#s("",null)}http;name="sse";#e=new Map;#t;#n=Date.now();#i;watch(e,t){this.unwatch(e),this.#s(e,t)}unwatch(e){this.#e.get(e)?.abort(),this.#e.delete(
e)}send(){return!1}check(){this.#a(qi)}close(){this.#t=void 0,clearInterval(this.#i);for(let e of this.#e.values())e.abort();this.#e.clear()}async#s(e,t){let n=new AbortController;
this.#e.set(e,n);let r={why:"lost"};try{let s=e?{chat_id:e,cursor:t}:{},a=(await this.http.stream("webchat/events/",s,n.signal)).pipeThrough(new TextDecoderStream).
getReader(),u=new wt;for(;;){let{value:h,done:d}=await a.read();if(d)break;this.#n=Date.now();for(let p of u.push(h)){let m=this.#r(p);m&&(r=m)}}}catch(s){if(n.
signal.aborted)return;if(s.status===404&&e)return this.#t?.frame({type:"chat_gone",chat_id:e});r=qe(s)}n.signal.aborted||this.#l(r)}#r(e){let t=Be(e);return!t||
(t.type==="hello"&&this.#t?.opened(),this.#t?.frame(t),t.type!=="error")?void 0:t.code==="account_blocked"?{why:"refused"}:{why:/^(login_required|csrf_failed|token_\w+)$/.
test(t.code)?"session":"lost",isOrderly:!0}}#a(e){Date.now()-this.#n>e&&this.#l({why:"lost"})}#l(e){let t=this.#t;this.close(),t?.ended(e)}};function Ye(){return typeof navigator<"u"&&navigator.onLine===!1}var ve=class{isDurable=!1;#e=new Map;all(){return Promise.resolve([...this.#e.values()].sort((e,t)=>e.order-t.order))}put(e){return this.#e.set(e.id,{...e}),Promise.
resolve()}delete(e){return this.#e.delete(e),Promise.resolve()}clear(){return this.#e.clear(),Promise.resolve()}},be="outbox";function ji(i){return new Promise(
(e,t)=>{i.onsuccess=()=>e(i.result),i.onerror=()=>t(i.error)})}var kt=class i{constructor(e){this.database=e}database;isDurable=!0;static open(e){return new Promise(
(t,n)=>{let r=setTimeout(()=>n(new Error("IndexedDB does not open")),3e3),s=indexedDB.open(e,1);s.onupgradeneeded=()=>{s.result.createObjectStore(be,{keyPath:"i\
d"})},s.onsuccess=()=>{clearTimeout(r),s.result.onversionchange=()=>s.result.close(),t(new i(s.result))},s.onerror=s.onblocked=()=>{clearTimeout(r),n(s.error??new Error(
"IndexedDB is blocked"))}})}async all(){return(await ji(this.#e("readonly").getAll())).sort((t,n)=>t.order-n.order)}put(e){return this.#t(t=>t.put(e))}delete(e){
return this.#t(t=>t.delete(e))}clear(){return this.#t(e=>e.clear())}#e(e){return this.database.transaction(be,e).objectStore(be)}#t(e){return new Promise((t,n)=>{
let r=this.database.transaction(be,"readwrite");r.oncomplete=()=>t(),r.onabort=r.onerror=()=>n(r.error),e(r.objectStore(be))})}},Tt=class{constructor(e,t){this.
durable=e;this.onFailure=t}durable;onFailure;#e=new ve;isDurable=!0;async all(){let e=await this.durable.all().catch(()=>[]),t=await this.#e.all(),n=new Set(t.map(
({id:r})=>r));return[...e.filter(({id:r})=>!n.has(r)),...t].sort((r,s)=>r.order-s.order)}async put(e){try{await this.durable.put(e),await this.#e.delete(e.id)}catch(t){
await this.#e.put(e),this.isDurable=!1,this.onFailure(cn(t))}}async delete(e){await this.#e.delete(e),await this.durable.delete(e).catch(()=>{})}async clear(){await this.#e.
clear(),await this.durable.clear().catch(()=>{})}};function cn(i){let e="the browser stores nothing: unsent messages are lost when the page is closed";return new T(
"storage_unavailable",e,{cause:i})}async function dn(i,e,t){if(e==="memory")return new ve;try{return new Tt(await kt.open(i),t)}catch(n){return t(cn(n)),new ve}}var un=15e3,Je=class{constructor(e,t,n=Date.now){this.store=e;this.host=t;this.now=n}store;host;now;items=new j([]);#e=[];#t=new Map;#n=0;#i=0;#s;#r=new Map;#a=0;#l=0;#c=new Le;#o=!1;#d=!1;#u=!1;async add(e){
let t={...e,order:this.#m()};this.#t.set(e.id,t),this.#e=[...this.#e,t],this.#f(),await this.store.put(t),this.#t.delete(e.id),this.#e.some(({id:n})=>n===e.id)||
await this.store.delete(e.id),this.host.announce(),this.run()}async retry(e){let t=this.#e.find(s=>s.id===e);if(!t)return;let{failure:n,...r}=t;this.#r.delete(e),
await this.store.put({...r,order:this.#m()}),await this.reload(),this.host.announce(),this.kick()}async cancel(e){this.#s?.id===e&&this.#s.abort.abort(),await this.#y(
e),this.host.announce()}async rebind(e,t){for(let n of await this.store.all())n.chat===e&&await this.store.put({...n,chat:t,createsChat:!1});await this.reload()}async adopt(e,t){
for(let n of await this.store.all()){let r=t===null||n.chat===e?{chat:Y,createsChat:!1}:{};n.owner===e&&await this.store.put({...n,...r,owner:t})}await this.reload()}find(e){
return this.#e.find(t=>t.id===e&&this.host.isOwn(t.owner))}kick(){for(let e of this.#r.values())e.until=0;this.#l=0,this.#c.wake(),this.run()}async reload(){for(;;){
let e=this.#n,t=await this.store.all();if(e!==this.#n)continue;let n=new Set(t.map(({id:r})=>r));return this.#e=[...t,...[...this.#t.values()].filter(({id:r})=>!n.
has(r))],this.#f()}}async clear(){this.#s?.abort.abort(),await this.store.clear(),await this.reload()}close(){this.#u=!0,this.#s?.abort.abort(),this.#c.wake()}async run(){
if(this.#o){this.#d=!0;return}this.#o=!0;try{for(;;){this.#d=!1;let e=await this.host.exclusively(()=>this.#g());if(this.#u)return;if(e!==null)await this.#c.sleep(
e);else if(!this.#d)return;if(this.#u)return}}finally{this.#o=!1}}async#g(){for(await this.reload();;){if(this.#u)return null;let{item:e,wait:t}=this.#p();if(!e)
return t;await this.#h(e)}}#p(){let e=this.now();this.host.isOffline()?this.#l||(this.#l=e+un):this.#l=0;let t=null,n=s=>t=Math.min(t??1/0,s),r=new Set;for(let s of this.#e){
if(s.failure||!this.host.isOwn(s.owner)||r.has(s.chat))continue;if(this.#t.has(s.id)){r.add(s.chat);continue}let o=Math.max(this.#a,this.#l,this.#r.get(s.id)?.until??
0);if(o<=e)return{item:s,wait:null};n(o-e),r.add(s.chat)}return{wait:t}}async#h(e){let t=new AbortController;this.#s={id:e.id,progress:0,abort:t},this.host.isOffline()&&
(this.#l=this.now()+un),this.#f();try{let n=await this.host.deliver(e,t.signal,r=>{this.#s?.id===e.id&&(this.#s.progress=r,this.#f())});await this.host.sent(e,n),
this.#s=void 0,await this.#y(e.id),this.host.announce()}catch(n){this.#s=void 0;let r=n instanceof T?n:new T("network",String(n),{cause:n});if(r.code==="aborted")
return;await this.#b(e,r)}}async#b(e,t){let n={code:t.code,status:t.status,message:t.message};if(!t.isTemporary){let o={...this.#e.find(({id:a})=>a===e.id)??e,failure:n};
await this.store.put(o),await this.reload(),this.host.failed(o),this.host.announce();return}let r=(this.#r.get(e.id)?.attempt??-1)+1,s=this.now()+(t.retryAfter??
ce(r));t.retryAfter!==void 0&&(this.#a=Math.max(this.#a,s)),this.#r.set(e.id,{attempt:r,until:s,error:n}),this.#f()}async#y(e){await this.store.delete(e),this.#n++,
this.#r.delete(e),this.#e=this.#e.filter(t=>t.id!==e),this.#f()}#m(){let e=this.#e.reduce((t,{order:n})=>Math.max(t,n),this.#i);return this.#i=Math.max(this.now(),
e+.001),this.#i}#f(){let e=new Map(this.items.value.map(n=>[n.id,n])),t=this.#e.filter(n=>this.host.isOwn(n.owner));this.items.set(t.map(n=>{let r=this.#s?.id===
n.id,s={id:n.id,chat:n.chat,text:n.text,file:n.file,fileName:n.fileName,replyTo:n.replyTo,order:n.order,state:n.failure?"failed":r?"sending":"queued",progress:r?
this.#s?.progress??0:0,error:n.failure??this.#r.get(n.id)?.error},o=e.get(n.id);return o?.chat===s.chat&&o.order===s.order&&o.state===s.state&&o.progress===s.progress&&
o.error?.code===s.error?.code?o:{...s,file:o?.file??s.file}}))}};var Xe=class{constructor(e,t,n,r,s,o,a){this.http=e;this.state=t;this.events=n;this.chats=r;this.tabs=s;this.host=o;this.channel=a}http;state;events;chats;tabs;host;channel;#e;get opened(){
return this.#e}async add(e){let t=crypto.randomUUID(),n=this.chats.resolve(e.chat),{channel:r}=this;return await(await this.open()).add({id:t,chat:n,owner:this.
state.value.account,createsChat:te(n)&&n!==Y,text:e.text??"",...r!==void 0&&{channel:r},...e.file&&{file:e.file},...e.fileName!==void 0&&{fileName:e.fileName},...e.
replyTo!==void 0&&{replyTo:e.replyTo},...e.metadata&&{metadata:e.metadata}}),t}open(){return this.#e??=(async()=>{let e=await this.host.openStore(),t=new Je(e,{
isOwn:n=>this.host.isOwn(n),deliver:async(n,r,s)=>{try{return await this.#t(t,n,r,s)}catch(o){if(!(o instanceof T)||o.status!==401)throw o;await this.host.readSession().
catch(()=>{});let a=t.find(n.id);if(!a)throw new T("aborted","the message is not this visitor's");return this.#t(t,a,r,s)}},sent:(n,r)=>this.#i(t,n,r),failed:({
id:n,failure:r})=>{r?.code==="account_blocked"&&this.host.refused();let s=t.items.value.find(o=>o.id===n);s&&this.events.emit("failed",s)},announce:()=>this.tabs.
tell({type:"outbox"}),exclusively:n=>this.tabs.exclusively(n),isOffline:Ye});return t.items.subscribe(()=>{this.state.patch({pending:t.items.value}),this.chats.
showPending()}),t})(),this.#e}async#t(e,t,n,r){let{chat:s}=t,o=t.channel===void 0?{}:{channel_id:t.channel};if(t.createsChat&&te(s)){let d={...o,metadata:t.metadata};
s=await this.chats.create({json:d,signal:n,owner:t.owner}),await this.#s(e,t.chat,s)}let a={client_message_id:t.id,...te(s)?{...o,metadata:t.metadata}:{chat_id:s},
...t.replyTo!==void 0&&{reply_to_message_id:t.replyTo}},u={signal:n,owner:t.owner};if(!t.file)return this.#n(t,{...u,json:{...a,text:t.text}});let h=new FormData;
for(let[d,p]of Object.entries(a))p!==void 0&&h.set(d,typeof p=="object"?JSON.stringify(p):String(p));return t.text&&h.set("text",t.text),h.set("media",t.file,t.
fileName??"file"),this.#n(t,{...u,form:h,onProgress:r})}async#n(e,t){try{return await this.http.post("webchat/send/",t)}catch(n){if(!(n instanceof T&&n.code==="\
chat_not_found")||e.chat!==e.owner||await this.host.readSession()===e.owner)throw n;t.form?.delete("chat_id");let{chat_id:s,...o}=t.json??{};return this.http.post(
"webchat/send/",{...t,...!t.form&&{json:o}})}}async#i(e,t,{chat_id:n,message:r}){this.chats.resolve(t.chat)!==n&&await this.#s(e,t.chat,n),this.chats.shown(n)?.
insert(r),this.events.emit("sent",r);let{id:s,text:o,media_type:a,timestamp:u,is_outgoing:h,sender_name:d}=r,p={id:s,text:o,media_type:a,media_name:t.fileName??
null,timestamp:u,is_outgoing:h,sender_name:d};this.chats.list.patch(n,{last_message:p}),this.state.value.account===null&&this.host.sessionBegan()}async#s(e,t,n){
this.chats.bind(t,n),await e.rebind(t,n),this.tabs.tell({type:"bound",from:t,to:n})}};var Qe=class extends j{constructor(){super({connection:Ue,account:null,config:void 0,isReady:!1,chats:[],hasMoreChats:!1,unread:0,pending:[],typists:[],streams:[],
error:void 0})}patch(e){this.set({...this.value,...e})}};var Ze=class{constructor(e,t,n){this.name=e;this.useLocks=n;typeof BroadcastChannel>"u"||(this.#e=new BroadcastChannel(e),this.#e.onmessage=({data:r})=>t(r))}name;useLocks;#e;tell(e){
this.#e?.postMessage(e)}exclusively(e,t=""){let n=this.useLocks&&typeof navigator<"u"?navigator.locks:void 0;return n?n.request(this.name+t,e):e()}close(){this.#e?.
close()}};var et=class{constructor(e,t){this.key=e;this.isDurable=t}key;isDurable;#e=null;read(){try{let e=this.isDurable?localStorage.getItem(this.key):this.#e,t=JSON.parse(
e??"null");return typeof t?.value=="string"?t:void 0}catch{return}}write(e){let t=e?JSON.stringify(e):null;if(this.#e=t,!!this.isDurable)try{t===null?localStorage.
removeItem(this.key):localStorage.setItem(this.key,t)}catch{this.isDurable=!1}}};var $i=3e5,Wi=6e4,hn=Number.MAX_SAFE_INTEGER,Vi=2**31-1,nt=class{constructor(e,t,n,r,s,o){this.channel=t;this.store=r;this.exclusively=s;this.identity=o;this.#e=
new X(e,ue(this.mode),n)}channel;store;exclusively;identity;mode="omit";namesHeirs=!0;listener;#e;#t;#n=!1;#i;#s=Promise.resolve();#r;async prove(e,t){if(t&&t!==
this.#t?.account)throw new T("token_invalid","the visitor is another one now",{status:401});!this.#t&&e&&await this.#f(()=>this.#a());let n=this.#t;return n&&Date.
now()>=n.renewAt&&this.#u(n),{token:n,headers:n?tt(n):{}}}async renew({code:e},{token:t}){return!t||e!=="token_expired"&&e!=="token_invalid"?!1:(await this.#f(()=>this.#g(
()=>this.#o(t,e==="token_expired"))),this.#t?.account===t.account)}async socketProtocols(){let{token:e}=await this.prove(!1);return e?[`unicom.token.${e.value}`]:
[]}async session(){await this.#f(async()=>{if(this.#i)throw this.#i;this.#p(),this.identity!==void 0&&(!this.#n||!this.#t)&&await this.#l("start")}),this.#m();let{
account:e=null,heirOf:t}=this.#t??{};return{account:e,heirOf:t}}identify(e){this.identity=e,this.#n=!1,this.#i=void 0}async end(){this.identity=this.#i=void 0;let e=this.#b(
this.#h()),t=this.#f(async()=>this.#h()).then(n=>this.#b(n));await Promise.all([e,t])}forget(){this.#t=void 0}close(){clearTimeout(this.#r),this.listener=void 0}async#a(){
if(this.#p(),this.#t)return;if(this.#i)throw this.#i;if(this.identity!==void 0&&await this.#l("start"))return;let e={channel:this.channel},t=await this.#e.post(
"webchat/visitor/",{json:e}).catch(n=>{throw ne(n)&&(this.#i=n,this.listener?.changed()),n});this.#y(St(t))}async#l(e){let{identity:t}=this,n=this.#t,r=t===void 0?
null:await nn(t,e);if(r!==null)try{let s=await this.#c(r);if(e==="expired"&&n?.account===s.account&&s.endsAt<=n.endsAt)throw rn();this.#y(s)}catch(s){if(e==="st\
art"&&typeof t=="function"&&s.code==="identity_expired")return this.#l("expired");throw s}else{if(e==="expired")throw ye();n?.kind==="identified"&&this.#y(void 0)}
return this.#n=!0,r!==null}async#c(e){let t=this.#t?.kind==="guest"?this.#t:void 0,n={channel:this.channel,identity:e},r=o=>this.#e.post("webchat/identify/",{json:n,
headers:o}),s=await r(t?tt(t):{}).catch(o=>{if(t&&["token_expired","token_invalid","guest_taken"].includes(o.code))return r({});throw o});return St(s,s.merged?t?.
account:void 0)}async#o(e,t){if(this.#p(),this.#t?.value===e.value)try{t||e.kind==="identified"?await this.#d(e):this.#y(void 0)}catch(n){let r=n;if(ne(r))this.#i=
r;else if(r.status!==401)throw n;this.#y(void 0)}}async#d(e){if(e.kind==="identified")return void await this.#l("expired");this.#y(St(await this.#e.post("webcha\
t/visitor/refresh/",{headers:tt(e)})))}#u(e){this.#t={...e,renewAt:Date.now()+Wi};let t=async()=>{this.#p(),this.#t?.value===e.value&&await this.#d(e)};this.#f(
()=>this.#g(t)).catch(n=>{!n.isTemporary&&this.#t?.value===e.value&&(this.#t={...e,renewAt:hn})}).then(()=>this.#m())}async#g(e){let t=this.#t;await e();let n=this.#t;
n?.value!==t?.value&&(this.#m(),n&&n.account===t?.account?this.listener?.renewed(n.value):this.listener?.changed())}#p(){let e=this.store.read();e?.value!==this.#t?.
value&&(this.#t=e)}#h(){this.#p();let e=this.#t;return this.#y(void 0),e}async#b(e){if(!e)return;let t={headers:tt(e),keepalive:!0};await this.#e.request("DELET\
E","webchat/visitor/",t).catch(n=>{if(n.status!==401)throw n})}#y(e){this.#t=e,this.store.write(e)}#m(){clearTimeout(this.#r);let e=this.#t;if(!e||!this.listener)
return;let t=Math.min(Math.max(e.renewAt-Date.now(),0),Vi);this.#r=setTimeout(()=>{this.#t===e&&Date.now()>=e.renewAt?this.#u(e):this.#m()},t)}#f(e){let t=this.#s.
then(()=>this.exclusively(e));return this.#s=t.catch(()=>{}),t}};function tt(i){return{Authorization:`Bearer ${i.value}`}}function St(i,e){let{token:t,kind:n,account_id:r}=i,
s=Date.now(),o=Date.parse(i.expires_at),a=o-(o-s)/4;return i.kind==="guest"&&(a=i.refresh_after===null?hn:Date.parse(i.refresh_after)),{value:t,kind:n,account:r,
endsAt:o,renewAt:a>s?a:s+$i,heirOf:e}}var _e=class{http;#e=new Qe;#t=new Me;#n;#i;#s;#r;#a;#l;#c;#o=!1;#d=Promise.resolve();#u;#g;#p=0;#h=[];constructor(e){let t=e.fetch??globalThis.fetch.bind(globalThis);
this.#c=t;let{channel:n,climbEvery:r,identity:s,storage:o="auto"}=e,a=new URL(e.base,globalThis.location?.href).href.replace(/\/+$/,"");this.#l=typeof n=="strin\
g"?n:void 0;let u=`unicom:${it(a,this.#l)}`,h=new Ze(u,f=>this.#C(f),e.locks??!0),d=f=>{let g=new et(u.replace(":",":token:"),o==="auto");return new nt(a,f,t,g,
x=>h.exclusively(x,":token"),s)},p=e.credentials??(this.#l===void 0?new He(a,t):d(this.#l));p.listener={changed:()=>{this.#_()},renewed:f=>this.#r.send({type:"r\
enew",token:f})},this.http=new X(a,p,t),this.#a=h;let m={ws:f=>new Ge(a,p,f),sse:f=>new Ke(this.http,f),poll:f=>new je(this.http,f)};this.#r=new Fe({frame:f=>this.#i.
frame(f),watched:()=>this.#n.watched(),probe:()=>this.#T()},{transports:(e.transports??["ws","sse","poll"]).map(f=>[f,m[f]]),...r!==void 0&&{climbEvery:r},isOffline:Ye}),
this.#r.state.subscribe(()=>this.#S());let c=typeof n=="number"?n:void 0;this.#n=new Ne(this.http,this.#e,this.#t,this.#r,c===void 0?{}:{channel_id:c}),this.#i=
new Ve(this.#n,this.#e,this.#t,f=>this.#r.send(f));let b={isOwn:f=>f===null||f===this.state.account||!p.namesHeirs&&fn(f),openStore:()=>dn(u,o,f=>this.#t.emit("\
error",f)),readSession:()=>this.#m(),sessionBegan:()=>{this.#_()},refused:()=>this.#r.stop(xt)};this.#s=new Xe(this.http,this.#e,this.#t,this.#n,this.#a,b,c)}get state(){
return this.#e.value}subscribe(e){return this.#e.subscribe(e)}on(e,t){return this.#t.on(e,t)}connect(){return clearTimeout(this.#g),this.#u??=this.#b().catch(e=>{
if(this.#u=void 0,this.#v(e),e.isTemporary){let t=Math.max(e.retryAfter??0,ce(this.#p++));this.#g=setTimeout(()=>{this.connect().catch(()=>{})},t)}throw e}),this.#u}close(){
this.#r.stop(),this.#a.close(),this.http.credentials.close(),clearTimeout(this.#g),this.#i.close();for(let e of this.#h.splice(0))e();this.#s.opened?.then(e=>e.
close())}send(e){return this.#s.add(e)}async retry(e){await(await this.#s.open()).retry(e)}async cancel(e){await(await this.#s.open()).cancel(e)}messages(e){return this.#n.
show(e)}load(e){return this.#n.load(e)}resolve(e){return this.#n.resolve(e)}startChat(){return this.#n.start()}loadMoreChats(){return this.#n.readMore()}renameChat(e,t){
return this.#n.change(e,{title:t})}archiveChat(e,t=!0){return this.#n.change(e,{is_archived:t})}deleteChat(e){return this.#n.delete(e)}read(e){let t=this.resolve(
e),n=this.#n.list.get(t),r=this.#n.shown(t)?.messages.findLast(({is_outgoing:s})=>s);!n?.unread_count||!r||(this.#e.patch({unread:Math.max(0,this.state.unread-n.
unread_count)}),this.#n.list.patch(t,{unread_count:0}),!this.#r.send({type:"read",chat_id:t,message_id:r.id})&&this.http.post(`${De(t)}read/`).catch(s=>this.#t.
emit("error",s)))}typing(e,t){let n=this.resolve(e);te(n)||!this.#i.typing.isDue(n,t,Date.now())||this.#r.send({type:"typing",chat_id:n,is_typing:t})}async click(e){
await this.http.post("webchat/button-click/",{json:{callback_execution_id:e}})}async edit(e,t){let{message:n}=await this.http.request("PATCH",pn(e),{json:{text:t}});
return this.#n.shown(n.chat_id)?.apply([{kind:"message",message:n}],null),n}async remove(e,t){await this.http.request("DELETE",pn(t)),this.#n.shown(e)?.remove(t)}async stop(e){
await this.http.post(`webchat/stream/${encodeURIComponent(e)}/stop/`)}addressOf(e){return new URL(e,this.http.base).href}async reread(e,t){await this.#n.shown(e)?.
reread(t)}async identify(e){if(this.http.credentials.identify(e),!!this.#o&&(this.#e.patch({error:void 0}),this.#u&&await this.#_(),await this.connect(),this.state.
error))throw this.state.error}async logout(){await(await this.#s.open()).clear();try{await this.http.credentials.end()}finally{this.#a.tell({type:"end"}),this.#w(),
this.#x()}}async retryNow(){this.#u||await this.connect().catch(()=>{}),this.#r.retry(),(await this.#s.open()).kick()}async#b(){this.#h.length||this.#E(),this.#o=
!0,this.#e.patch({error:void 0}),this.#l!==void 0&&!this.state.config&&await this.#y(this.#l);let e=await this.#s.open();for(await e.reload();;){let t=await this.#m();
if(t===null){if(this.state.config?.guests===!1)throw ye();break}try{await this.#n.read();break}catch(n){if(n.status!==401||await this.#m()===t)throw n}}this.#e.
patch({isReady:!0}),this.state.account!==null&&this.#r.start(),e.run()}async#y(e){let n=await new X(this.http.base,ue("omit"),this.#c).get("webchat/config/",{query:{
channel:e},cache:"default"});this.#e.patch({config:n})}#m(){let e=this.#d.then(()=>this.#f());return this.#d=e.catch(()=>{}),e}async#f(){let{account:e,heirOf:t}=await this.
http.credentials.session().catch(r=>{throw ne(r)&&this.#v(r),r}),n=this.state.account;if(e!==n){n!==null&&t===n&&e!==null&&this.#n.bind(n,e),n!==null&&this.#k(),
this.#e.patch({account:e});let r=await this.#s.open();t!==void 0?await r.adopt(t,e):e===null&&fn(n)&&await r.adopt(n,null),await r.reload()}return e}async#T(){try{
return await this.#m()===null?!1:(await this.http.get("webchat/unread/"),!0)}catch(e){if(!ne(e))throw e;return this.#v(e),!1}}async#_(e=!0){let t=this.state.account;
try{let n=await this.#m();if(n===t)return;if(t!==null&&this.#r.stop(),n===null)return this.#x();e&&this.#a.tell({type:"session"}),await this.#n.read()}catch(n){
if(this.#t.emit("error",n),ne(n))return this.#v(n)}this.#r.start(),this.#s.opened?.then(n=>n.kick())}#x(){this.state.config?.guests===!1?this.#v(ye()):this.#s.opened?.
then(e=>e.kick())}#v(e){this.state.error!==e&&(ne(e)&&(this.#w(),this.#t.emit("identity",e)),this.#e.patch({error:e}))}#S(){let e=this.#r.state.value,t=this.state.
connection.status;this.#e.patch({connection:e}),e.status==="live"?(this.#s.opened?.then(n=>n.kick()),this.#n.loadMissing()):t==="live"&&this.#i.streams.clear()}#w(){
this.#r.stop(),this.#k(),this.#e.patch({account:null}),this.#s.opened?.then(e=>e.reload())}#k(){this.#i.streams.clear(),this.#n.clear()}#C(e){e.type==="bound"&&
this.#n.bind(e.from,e.to),e.type==="session"&&this.#u&&this.#_(!1),e.type==="end"&&(this.http.credentials.forget(),this.#w(),this.#x()),e.type==="outbox"&&this.#s.
opened?.then(async t=>{await t.reload(),t.run()})}#E(){if(typeof window>"u")return;let e=(t,n,r)=>{t.addEventListener(n,r),this.#h.push(()=>t.removeEventListener(
n,r))};e(window,"online",()=>{this.retryNow()}),e(window,"offline",()=>this.#r.offline()),e(window,"pageshow",()=>this.#r.wake()),e(document,"visibilitychange",
()=>document.visibilityState==="visible"&&this.#r.wake())}};function pn(i){return`webchat/message/${encodeURIComponent(i)}/`}function fn(i){return i?.startsWith(
"webchat_guest_")??!1}function it(i,e){return e===void 0?i:`${i}#${e}`}var I,gn,Gi,ie,Ct,at,yn,st,bn,Ot,Et,vn,we=Symbol.for("pv"),lt={},ct=[],Ki=/^m(i|n|o|s|text|space)$/,It=Array.isArray,Rt=ct.slice,oe=Object.assign;function se(i){
i&&i.parentNode&&i.remove()}function dt(i,e,t){var n,r,s,o={},a=arguments.length;for(s in e)s=="key"?n=e[s]:s=="ref"&&typeof i!="function"?r=e[s]:o[s]=e[s];return a>
2&&(o.children=a>3?Rt.call(arguments,2):t),xe(i,o,n,r,null)}function xe(i,e,t,n,r){var s={type:i,props:e,key:t,ref:n,__k:null,__:null,__b:0,__e:null,__c:null,constructor:we,__v:r||++gn,__i:-1,__u:0};return!r&&I.vnode&&I.
vnode(s),s}function W(i){return i.children}function he(i,e){this.props=i,this.context=e,this.__g=0}function re(i,e){if(e==null)return i.__&&re(i.__,i.__i+1);for(var t;e<i.
__k.length;e++)if((t=i.__k[e])&&t.__e)return t.__e;return typeof i.type!="function"||i.props.__P?null:re(i)}function Yi(i){var e,t=i.__v,n=t.__e,r=[],s=[],o=i.__P;
o&&((e=oe({constructor:we},t)).__v=t.__v+1,I.vnode&&I.vnode(e),Lt(o,e,t,i.__n,o.namespaceURI,32&t.__u?[n]:null,r,n||re(t),32&t.__u,s),e.__v=t.__v,e.__.__k[e.__i]=
e,Sn(r,e,s),t.__=t.__e=null,e.__e!=n&&_n(e))}function _n(i){if((i=i.__)&&i.__c&&!i.props.__P)return i.__e=null,i.__k.some(function(e){return e&&(i.__e=e.__e)}),
_n(i)}function Pt(i){(8&i.__g||(i.__g|=8,ie.push(i),at++))&&Ct==I.debounceRendering||((Ct=I.debounceRendering)||queueMicrotask)(xn)}function xn(){try{for(var i,
e=1;ie.length;)ie.length>e&&ie.sort(yn),i=ie.shift(),e=ie.length,8&i.__g&&Yi(i)}finally{(at=ie.length)&&(Ct||queueMicrotask)(xn)}}function wn(i,e,t,n,r,s,o,a,u,h,d){
var p,m,c,b,f,g,x=n.__k||ct,v=e.length;for(u=Ji(t,e,x,u,v),p=0;p<v;p++)(c=t.__k[p])!=null&&(m=~c.__i&&x[c.__i]||lt,c.__i=p,g=Lt(i,c,m,r,s,o,a,u,h,d),b=c.__e,(m.
ref!=c.ref||8&m.__u)&&(m.ref&&Mt(m.ref,null,c,m),c.ref&&d.push(c.ref,c.__c||b,c)),f=f||b,4&c.__u?(u=kn(c,u,i,!m.__v),m.__e&&(m.__e=null)):typeof c.type=="functi\
on"&&g!==void 0?u=g:b&&(u=b.nextSibling),c.__u&=-21);return t.__e=f,u}function Ji(i,e,t,n,r){var s,o,a,u,h,d,p,m,c,b=t.length,f=b,g=0,x=0,v=i.__k=Array(r);for(s=
0;s<r;s++)(o=e[s])!=null&&typeof o!="boolean"&&typeof o!="function"?(typeof o!="object"||o.constructor===String?o=v[s]=xe(null,o):It(o)?o=v[s]=xe(W,{children:o}):
o.constructor===we&&o.__b?o=v[s]=xe(o.type,o.props,o.key,o.ref,o.__v):v[s]=o,u=s+g,o.__=i,o.__b=i.__b+1,a=null,~(h=o.__i=Xi(o,t,u,f))&&(f--,(a=t[h])&&(a.__u|=2)),
a&&a.__v?(o.__u|=16,h==u-1?g--:h==u+1?g++:h!=u&&(h>u?g--:g++,x=1)):(~h||(r>b?g--:r<b&&g++),typeof o.type!="function"&&(o.__u|=4))):v[s]=null;if(x){for(d=[],p=[],
s=0;s<r;s++)if((o=v[s])&&16&o.__u){for(g=0,m=d.length;g<m;)d[c=g+m>>1]<o.__i?g=c+1:m=c;d[g]=o.__i,p[s]=g+1}for(g=d.length;s--;)p[s]&&(p[s]==g?g--:v[s].__u|=4)}if(f)
for(s=0;s<b;s++)!(a=t[s])||2&a.__u||(a.__e==n&&(n=re(a)),At(a,a));return n}function kn(i,e,t,n){var r,s,o,a;if(typeof i.type=="function"){if(i.props.__P)return e;
if(r=i.__k)for(s=0;s<r.length;s++)r[s]&&(r[s].__=i,e=kn(r[s],e,t,!1));return e}for(e&&!e.parentNode&&(e=re(i))&&!e.parentNode&&(e=null),o=i.__e,a=e;a&&a.nodeType==
8;)a=a.nextSibling;for(o!=a&&(!n&&t.moveBefore&&o.parentNode?t.moveBefore(o,e):t.insertBefore(o,e||null)),e=o;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith(
"$s"););return e}function Xi(i,e,t,n){var r,s=i.key,o=i.type,a=e[t],u=a&&!(2&a.__u);if(a===null&&s==null||u&&s==a.key&&o==a.type)return t;if(n>(u?1:0)){for(r=t-1;r>=0;r--)if((a=
e[r])&&!(2&a.__u)&&s==a.key&&o==a.type)return r;for(r=t+1;r<e.length;r++)if((a=e[r])&&!(2&a.__u)&&s==a.key&&o==a.type)return r}return-1}function mn(i,e,t){t==null&&
(t=""),e[0]=="-"?i.setProperty(e,t):i[e]=t}function rt(i,e,t,n,r){var s,o;if(e=="style")if(typeof t=="string")i.style.cssText=t;else{if(typeof n=="string"&&(i.style.
cssText=n=""),n)for(e in n)t&&e in t||mn(i.style,e);if(t)for(e in t)n&&t[e]==n[e]||mn(i.style,e,t[e])}else if(e[0]=="o"&&e[1]=="n")typeof t!="function"&&(t=null),
typeof n!="function"&&(n=null),(i.__e||(i.__e={}))[e]=t,t&&n||(o=Et[e]||(Et[e]=Qi(e)),(i.__a||(i.__a={}))[e]=Ot,s=e!=(e=e.replace(bn,"$1")),(e=e.slice(2))[0]<"a"&&
(e=e.toLowerCase()),t?i.addEventListener(e,o,s):i.removeEventListener(e,o,s));else{if(r=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,
"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="colSpan"&&e!="role"&&e!="popover"&&e in i)
try{return void(i[e]=t??"")}catch{}if(typeof t=="function")return;t==null||t===!1&&e[4]!="-"?i.removeAttribute(e):i.setAttribute(e,e=="popover"&&t==1?"":t)}}function Qi(i){
return function(e){var t=this.__e;if(t){if(t=t[i],e[st]==null)e[st]=Ot++;else if(e[st]<this.__a[i])return;return t(I.event?I.event(e):e)}}}function Lt(i,e,t,n,r,s,o,a,u,h){
var d,p,m,c,b,f,g,x,v,C,S,_,N,P,L,ee,q,w,M=e.type;if(e.constructor!==we)return null;128&t.__u&&(u=32&t.__u,d=t.__c.__z)&&(e.__u|=u,p=s=[],d.nodeType==8?a=ot(d,s):
s.push(d),a=s[0]||a),(d=I.__b)&&d(e);e:if(typeof M=="function"){m=o.length;try{if(x=e.props,v=(d=M.prototype)&&d.render,C=(d=M.contextType)&&n[d.__c],S=d?C?C.props.
value:d.__:n,(c=t.__c)?(e.__c=c,2&c.__g&&(c.__g|=1)):(v?e.__c=c=new M(x,S):(e.__c=c=new he(x,S),c.constructor=M,c.render=er),C&&C.sub(c),c.state||(c.state={}),c.
__n=n,c.__g|=8,c.__h=[],c.__k=[]),v&&(c.__s||(c.__s=c.state),M.getDerivedStateFromProps&&(c.__s==c.state&&(c.__s=oe({},c.__s)),oe(c.__s,M.getDerivedStateFromProps(
x,c.__s)))),b=c.props,f=c.state,c.__v=e,t.__c){if(x!==b&&v&&!M.getDerivedStateFromProps&&c.componentWillReceiveProps&&c.componentWillReceiveProps(x,S),e.__v==t.
__v&&!(8&c.__g)||!(4&c.__g)&&c.shouldComponentUpdate&&c.shouldComponentUpdate(x,c.__s,S)===!1){e.__v!=t.__v&&(c.props=x,c.state=c.__s,c.__g&=-9),e.__e=t.__e,e.__k=
t.__k,e.__k.some(function(U){U&&(U.__=e)}),ct.push.apply(c.__h,c.__k),c.__k=[],c.__h.length&&o.push(c),a=re(t);break e}c.componentWillUpdate&&c.componentWillUpdate(
x,c.__s,S),v&&c.componentDidUpdate&&c.__h.push(function(){c.componentDidUpdate(b,f,g)})}else v&&!M.getDerivedStateFromProps&&c.componentWillMount&&c.componentWillMount(),
v&&c.componentDidMount&&c.__h.push(c.componentDidMount);c.context=S,c.props=x,c.__P=i,c.__g&=-5,_=I.__r,N=v?25:0;do c.__g&=-9,_&&_(e),d=c.render(c.props,c.state=
c.__s,c.context);while(8&c.__g&&++N<25);v&&(ct.push.apply(c.__h,c.__k),c.__k=[]),c.state=c.__s,c.getChildContext&&(n=oe({},n,c.getChildContext())),v&&t.__c&&c.getSnapshotBeforeUpdate&&
(g=c.getSnapshotBeforeUpdate(b,f)),P=d&&d.type===W&&d.key==null?d.props.children:d,x.__P&&(d=a,r=(i=x.__P).namespaceURI,u=s=null,t.props&&t.props.__P!=i&&(t.__k.
some(function(U){U&&At(U,U)}),t.__k=null),a=t.__k?re(t,0):null),a=wn(i,It(P)?P:[P],e,t,n,r,s,o,a,u,h),x.__P&&(e.__e=null,a=d),e.__u&=-161,p&&p.some(se),c.__h.length&&
o.push(c),1&c.__g&&(c.__g&=-4)}catch(U){if(o.length=m,e.__v=null,u||s)if(U&&U.then){if(e.__u|=128|u,s){for(~(q=s.indexOf(a||void 0))||(q=s.length);(w=s[q-1])&&w.
nodeType==8;)q--;for(;q<s.length;q++)if(w=s[q])if(s[q]=null,L){if(w==ee)break}else{if(w.nodeType!=8)break;w.data.startsWith("$s")&&(ee=ot(L=w))}}if(!L){for(;a&&
a.nodeType==8&&a.nextSibling;)a=a.nextSibling;L=a}(d=ot(L=e.__c.__z||(e.__c.__z=L)))?(e.__e=L,a=d):e.__e=a,a=a&&a.nextSibling}else s&&s.some(se);else e.__e=t.__e;
e.__k||(e.__k=t.__k||[]),U&&U.then||Tn(e),I.__e(U,e,t)}}else a=e.__e=Zi(t.__e,e,t,n,r,s,o,u,h,i);return(d=I.diffed)&&d(e),a}function ot(i,e){if(i&&i.nodeType==8&&
i.data.startsWith("$s"))for(var t=1;i=i.nextSibling;){if(i.nodeType==8){if(i.data.startsWith("$s"))t++;else if(i.data.startsWith("/$s")&&!--t)return i}e&&e.push(
i)}}function Tn(i){i&&(i.__c&&(i.__c.__g|=4),i.__k&&i.__k.some(Tn))}function Sn(i,e,t){for(var n=0;n<t.length;)Mt(t[n++],t[n++],t[n++]);I.__c&&I.__c(e,i),i.some(
function(r){try{i=r.__h,r.__h=[],i.some(function(s){s.call(r)})}catch(s){I.__e(s,r.__v)}})}function Zi(i,e,t,n,r,s,o,a,u,h){var d,p,m,c,b,f,g,x,v=t.props||lt,C=e.
props,S=e.type;if(S=="svg"?r="http://www.w3.org/2000/svg":S=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),s){for(d=0;d<s.
length;d++)if((b=s[d])&&(S?b.localName==S:b.nodeType==3)){i=b,s[d]=null;break}}if(!i){if(x=h.ownerDocument||document,!S)return x.createTextNode(C);i=x.createElementNS(
r,S,C.is?C:h),a&&(I.__m&&I.__m(e,s),a=!1),s=null}if(S){if(h=S=="template"&&i.content||i,s=S=="textarea"&&C.defaultValue!=null?null:s&&Rt.call(h.childNodes),!a&&
s)for(v={},d=0;d<i.attributes.length;d++)v[(b=i.attributes[d]).name]=b.value;for(d in v)b=v[d],d=="dangerouslySetInnerHTML"?m=b:d=="children"||d in C||d=="value"&&
"defaultValue"in C||d=="checked"&&"defaultChecked"in C||rt(i,d,null,b,r);for(d in C)b=C[d],d=="children"?c=b:d=="dangerouslySetInnerHTML"?p=b:d=="value"?f=b:d==
"checked"?g=b:a&&typeof b!="function"||v[d]===b||rt(i,d,b,v[d],r);p?(a||m&&(p.__html==m.__html||p.__html==i.innerHTML)||(i.innerHTML=p.__html),e.__k=[]):(m&&(i.
textContent=""),(S=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&Ki.test(S))&&(r="http://www.w3.org/1999/xhtml"),wn(h,It(c)?c:[c],e,t,n,r,s,o,s?s[0]:
t.__k&&re(t,0),a,u),s&&s.some(se)),a&&S!="textarea"||(d="value",S=="progress"&&f==null?i.removeAttribute(d):f==null||f===i[d]&&(S!="progress"||f)||rt(i,d,f,v[d],
r),d="checked",g!=null&&g!=i[d]&&rt(i,d,g,v[d],r))}else v===C||a&&i.data==C||(i.data=C);return i}function Mt(i,e,t,n){try{typeof i=="function"?e?e.__x=i(e)||1:n&&
(n=n.__c||n.__e)&&(e=n.__x)&&(n.__x=null,typeof e=="function"?e():i(null)):i.current=e}catch(r){I.__e(r,t)}}function At(i,e,t){var n,r,s,o;if(I.unmount&&I.unmount(
i),!(n=i.ref)||n.current&&n.current!=i.__e||Mt(n,null,e,i),n=i.__c){if(n.componentWillUnmount)try{n.componentWillUnmount()}catch(a){I.__e(a,e)}n.__P=n.__n=null}
if(n=i.__k)for(o=0;o<n.length;o++)n[o]&&At(n[o],e,typeof i.type!="function"||t&&!i.props.__P);!t&&(n=i.__c)&&(n=n.__z)&&(r=ot(n,s=[]))&&(n==i.__e&&s.some(se),se(
r),se(n)),t||se(i.__e),i.__e=i.__c=i.__=null}function er(i,e,t){return this.constructor(i,t)}function zt(i,e){var t,n,r,s;I.__&&I.__(i,e),e.nodeType==9&&(e=e.documentElement),
n=(t=i&&32&i.__u)?null:e.__k,e.__k=xe(W,{children:[i]}),r=[],s=[],Lt(e,e.__k,n||lt,lt,e.namespaceURI,n?null:e.firstChild?Rt.call(e.childNodes):null,r,n?n.__e:e.
firstChild,t,s),Sn(r,e.__k,s),e.__k.props.children=null}function pe(i){function e(t){var n,r;return this.getChildContext||(n=new Set,(r={})[e.__c]=this,this.getChildContext=function(){return r},this.shouldComponentUpdate=
function(s){this.props.value!=s.value&&n.forEach(function(o){o.__g|=4,Pt(o)})},this.sub=function(s){n.add(s);var o=s.componentWillUnmount;s.componentWillUnmount=
function(){n.delete(s),o&&o.call(s)}}),t.children}return e.__c="__cC"+vn++,e.__=i,e.Provider=(e.Consumer=function(t,n){return t.children(n)}).contextType=e,e}I={__e:function(i,e,t,n){for(var r,s,o;e=e.__;)if((r=e.__c)&&!(1&r.__g)){r.__g|=4;try{if((o=(s=r.constructor)&&s.getDerivedStateFromError)&&r.setState(s.getDerivedStateFromError(
i)),r.componentDidCatch&&(r.componentDidCatch(i,n||{}),o=1),o&&8&r.__g)return void(r.__g|=2)}catch(a){i=a}}throw at=0,i}},gn=0,Gi=function(i){return i!=null&&i.
constructor===we},he.prototype.setState=function(i,e){var t=this.__s;t&&t!=this.state||(t=this.__s=oe({},this.state)),typeof i=="function"&&(i=i(oe({},t),this.props)),
i&&(oe(t,i),this.__v&&(e&&this.__k.push(e),Pt(this)))},he.prototype.forceUpdate=function(i){this.__v&&(this.__g|=4,i&&this.__h.push(i),Pt(this))},he.prototype.render=
W,ie=[],at=0,yn=function(i,e){return i.__v.__b-e.__v.__b},st=Symbol(),bn=/(PointerCapture)$|Capture$/i,Ot=0,Et={},vn=0;var ae,D,Nt,Cn,Dt=Object.is,Te=0,zn=[],Ht=[],H=I,En=H.__b,Pn=H.__r,On=H.diffed,In=H.__c,Rn=H.unmount,Ln=H.__;function Se(i,e){H.__h&&H.__h(D,i,Te||e),Te=0;var t=D.
__H||(D.__H={__:[],__h:[]});return i>=t.__.length&&t.__.push({}),t.__[i]}function R(i){return Te=1,Ft(Dn,i)}function Ft(i,e,t){var n=Se(ae++,2);if(n.t=i,!n.__c&&
(n.__=[t?t(e):Dn(void 0,e),function(s){var o=(n.__N||n.__)[0],a=n.t(o,s);Dt(o,a)||(n.__N=[a,n.__[1]],n.__c.setState({}))}],n.__c=D,!D.__f)){D.__f=!0;var r=D.shouldComponentUpdate;
D.shouldComponentUpdate=function(s,o,a){var u=this.__H;if(!u)return!0;var h=!1,d=this.props!=s;if(u.__.some(function(m){m.__N&&(h=!0,Dt(m.__[0],m.__N[0])||(d=!0))}),
r){var p=r.call(this,s,o,a);return h?p||d:p}return!h||d}}return n.__}function A(i,e){var t=Se(ae++,3);!H.__s&&Bt(t.__H,e)&&(t.__P=!0,t.__=i,t.u=e,D.__H.__h.push(
t))}function J(i,e){var t=Se(ae++,4);!H.__s&&Bt(t.__H,e)&&(t.__P=!1,t.__=i,t.u=e,D.__h.push(t))}function F(i){return Te=5,Z(function(){return{current:i}},[])}function Z(i,e){var t=Se(ae++,7);return Bt(t.__H,e)&&(t.__=i(),t.__H=e),t.__}function Nn(i,e){return Te=8,Z(function(){return i},e)}function fe(i){var e=D.context[i.
__c],t=Se(ae++,9);return t.c=i,e?(t.__==null&&(t.__=!0,e.sub(D)),e.props.value):i.__}function tr(){var i;do{for(;i=Ht.shift();)try{ke(i)}catch(t){H.__e(t,{__:(i=i.__P)&&i.__v})}for(;i=zn.shift();){var e=i.__H;if(i.__P&&e)try{e.__h.some(ke),e.__h.
some(Ut),e.__h=[]}catch(t){e.__h=[],H.__e(t,i.__v)}}}while(Ht.length)}H.__b=function(i){D=null,En&&En(i)},H.__=function(i,e){i&&e.__k&&e.__k.__m&&(i.__m=e.__k.__m),
Ln&&Ln(i,e)},H.__r=function(i){Pn&&Pn(i),ae=0;var e=(D=i.__c).__H;e&&(Nt==D?D.__h=[]:(e.__h.some(ke),e.__h.some(Ut),ae=0),e.__h=[],e.__.some(function(t){t.__N&&
(t.__=t.__N),t.u=t.__N=void 0})),Nt=D},H.diffed=function(i){On&&On(i);var e=i.__c;e&&e.__H&&(e.__H.__h.length&&An(zn.push(e)),e.__H.__.some(function(t){t.u&&(t.
__H=t.u)})),Nt=D=null},H.__c=function(i,e){e.some(function(t){try{t.__h.some(ke),t.__h=t.__h.filter(function(n){return!n.__||Ut(n)})}catch(n){t.__h=[function(){
throw n}]}}),In&&In(i,e)},H.unmount=function(i){Rn&&Rn(i);var e,t,n=i.__c;n&&n.__H&&(n.__H.__.some(function(r){try{if(r.__P&&r.__c){if(t===void 0){for(t=i.__;t&&
(!t.__c||!t.__c.__P);)t=t.__;t=t&&t.__c}r.__P=t,An(Ht.push(r))}else ke(r)}catch(s){e=s}}),n.__H=void 0,e&&H.__e(e,n.__v))};var Mn=typeof requestAnimationFrame==
"function";function nr(i){var e,t=function(){clearTimeout(n),Mn&&cancelAnimationFrame(e),setTimeout(i)},n=setTimeout(t,35);Mn&&(e=requestAnimationFrame(t))}function An(i){
i!=1&&Cn==H.requestAnimationFrame||((Cn=H.requestAnimationFrame)||nr)(tr)}function ke(i){var e=D,t=i.__c;typeof t=="function"&&(i.__c=void 0,t()),D=e}function Ut(i){
var e=D;i.__c=i.__(),D=e}function Bt(i,e){return!i||i.length!=e.length||e.some(function(t,n){return!Dt(t,i[n])})}function Dn(i,e){return typeof e=="function"?e(
i):e}function B(i){let[,e]=Ft(n=>n+1,0),{value:t}=i;return J(()=>(i.value!==t&&e(void 0),i.subscribe(()=>e(void 0))),[i]),t}var ut=class{constructor(e,t,n){this.sdk=
e;this.settings=t;this.wantedChat=n;this.client={get value(){return e.state},subscribe:o=>e.subscribe(o)},e.on("bound",({from:o,to:a})=>{t.saveDraft(a,t.draft(o)),
t.saveDraft(o,""),this.#e.chat===o&&this.update({chat:a})});let r=0,s=!1;e.subscribe(()=>{let{chats:o,pending:a}=e.state,u=e.state.isReady&&!s,h=r===0&&o.length>
0&&this.#e.chat===Y&&a.length===0;r=o.length,s=e.state.isReady,(u||h)&&this.update({chat:this.pickChat()})}),e.on("gone",o=>{this.#e.chat===o&&this.update({chat:this.
pickChat(),editing:void 0})})}sdk;settings;wantedChat;#e={isOpen:!1,screen:"chat",chat:Y,editing:void 0,isFull:!1,focus:0};#t=new Set;client;get value(){return this.#e}subscribe(e){
return this.#t.add(e),()=>{this.#t.delete(e)}}update(e){this.#e={...this.#e,...e},e.chat!==void 0&&this.settings.rememberChat(e.chat);for(let t of[...this.#t])t()}showChat(e){
this.update({chat:this.sdk.resolve(e),screen:"chat",editing:void 0,focus:this.#e.focus+1})}focusComposer(){this.update({focus:this.#e.focus+1})}pickChat(){let{chats:e,
pending:t}=this.sdk.state,n=e.filter(({is_archived:r})=>!r);for(let r of[this.wantedChat(),this.settings.lastChat()])if(r!==null&&n.some(({id:s})=>s===r))return r;
return n[0]?.id??t[0]?.chat??Y}},ht=class{constructor(e,t){this.scope=e;this.account=t}scope;account;lastChat(){return this.#n("chat")}rememberChat(e){this.#i("\
chat",e.startsWith("new:")?"":e)}markKnown(e){this.#i("known",e?"1":"")}draft(e){return this.#n(this.#e(e))??""}saveDraft(e,t){this.#i(this.#e(e),t)}clear(){try{
for(let e of Object.keys(localStorage)){let t=["chat","known","draft"].map(n=>this.#t(n)).find(n=>e.startsWith(n));t&&["",":"].includes(e.charAt(t.length))&&localStorage.
removeItem(e)}}catch{}}#e(e){return e.startsWith("new:")?`draft:${this.account()??""}:${e}`:`draft:${e}`}#t(e){let[t,...n]=e.split(":");return[`unicom:${t}:${this.
scope}`,...n].join(":")}#n(e){try{return localStorage.getItem(this.#t(e))}catch{return null}}#i(e,t){try{t?localStorage.setItem(this.#t(e),t):localStorage.removeItem(
this.#t(e))}catch{}}},qt=pe(void 0);function O(){let i=fe(qt);if(!i)throw new Error("there is no store around this component");return i}function G(){return B(O().
client)}var ir=Symbol.for("pv"),rr=0;function l(i,e,t,n,r,s){e||(e={});var o,a,u=e;if("ref"in u&&typeof i!="function")for(a in u={},e)a=="ref"?o=e[a]:u[a]=e[a];var h={type:i,props:u,key:t,ref:o,__k:null,
__:null,__b:0,__e:null,__c:null,constructor:ir,__v:--rr,__i:-1,__u:0};return(r||s)&&(h.__source=r,h.__self=s),I.vnode&&I.vnode(h),h}var sr=1e3,Ce=class{#e=[];#t=new Set;#n=0;get value(){return this.#e}subscribe(e){return this.#t.add(e),()=>{this.#t.delete(e)}}say(e){let t={id:++this.#n,text:e};
this.#i([...this.#e,t]),setTimeout(()=>this.#i(this.#e.filter(({id:n})=>n!==t.id)),sr)}#i(e){this.#e=e;for(let t of[...this.#t])t()}},jt=pe(new Ce);function K(){
return fe(jt)}function Hn(){let i=B(K());return l("div",{class:"hidden",role:"log","aria-live":"polite","aria-relevant":"additions",children:i.map(({id:e,text:t})=>l(
"p",{children:t},e))})}var or="(max-width: 480px), (max-height: 480px)";function Un(i,e,t){let n=matchMedia(or),r=window.visualViewport,s=[],o,a=()=>{e.style.setProperty("--view-heigh\
t",`${r?.height??innerHeight}px`),e.style.setProperty("--view-top",`${r?.offsetTop??0}px`)},u=h=>{if(h===(o!==void 0))return;let{documentElement:p,body:m}=document;
if(h){o=p.style.overflow,p.style.overflow="hidden",s=[...m.children].filter(c=>c instanceof HTMLElement&&!c.inert&&!c.contains(i));for(let c of s)c.inert=!0;a(),
r?.addEventListener("resize",a),r?.addEventListener("scroll",a)}else{p.style.overflow=o??"",o=void 0;for(let c of s)c.inert=!1;s=[],r?.removeEventListener("resi\
ze",a),r?.removeEventListener("scroll",a)}};return n.addEventListener("change",t),{get isSmall(){return n.matches},set:u,destroy(){u(!1),n.removeEventListener("\
change",t)}}}var Fn='.root{--accent: var(--unicom-accent, #3b5bdb);--on-accent: var(--unicom-on-accent, #fff);--link: var(--accent-ink, #3b5bdb);--bg: #fff;--bg-2: #f6f7f9;-\
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
asText}}';function Bn(i,e){for(let t of i){if(!t)continue;let n=t.toLowerCase(),r=e.find(s=>s.toLowerCase()===n)??e.find(s=>s.split("-")[0]===n.split("-")[0]);if(r)return r}
return"en"}function qn(i){return/^(ar|fa|he|ur)\b/.test(i)?"rtl":"ltr"}var $t={panel:"Chat",close:"Close chat",goBack:"Back to the chat",chats:"All chats",newChat:"New chat",noChats:"There are no chats yet.",moreChats:"Show more",untitled:"\
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
hat cannot be reached at the moment.",blocked:"This chat is not available to you.",noChannel:"There is no chat here at the moment.",notAllowed:"This chat is not\
 set up for this site.",identityNeeded:"To use the chat, please log in to this site.",identityFailed:"This site could not confirm to the chat who you are.",powered:"\
Powered by unicom"};var Ee=class{constructor(e,t,n=e){this.language=e;this.strings=t;this.locale=n;this.direction=qn(e),this.#e=new Intl.PluralRules(e),this.#t=new Intl.DateTimeFormat(
n,{hour:"numeric",minute:"2-digit"}),this.#n=new Intl.DateTimeFormat(n,{day:"numeric",month:"long",year:"numeric"}),this.#i=new Intl.DateTimeFormat(n,{weekday:"\
long",day:"numeric",month:"long"}),this.#s=new Intl.RelativeTimeFormat(e,{numeric:"auto"})}language;strings;locale;direction;#e;#t;#n;#i;#s;t(e,t){return $n(this.
strings[e],t)}count(e,t,n){let r=this.strings[e];return $n(r[this.#e.select(t)]??r.other,{n:this.number(t),...n})}number(e){return new Intl.NumberFormat(this.locale).
format(e)}percent(e){return new Intl.NumberFormat(this.locale,{style:"percent"}).format(e)}list(e){return new Intl.ListFormat(this.language).format(e)}bytes(e){
let t=e<1e6?"kilobyte":"megabyte",n=e<1e6?Math.max(1,Math.round(e/1e3)):Math.round(e/1e5)/10;return new Intl.NumberFormat(this.locale,{style:"unit",unit:t,unitDisplay:"\
short"}).format(n)}time(e){return this.#t.format(e)}day(e,t){let n=Wt(e,t);return n===0||n===1?jn(this.#s.format(-n,"day"),this.language):jn((n>0&&n<7?this.#i:this.#n).
format(e),this.language)}short(e,t){if(Wt(e,t)===0)return this.time(e);let n=e.getFullYear()===t.getFullYear();return e.toLocaleDateString(this.locale,{day:"num\
eric",month:"short",...!n&&{year:"numeric"}})}moment(e,t){return Wt(e,t)===0?this.time(e):`${this.day(e,t)}, ${this.time(e)}`}};function Wt(i,e){let t=n=>Date.UTC(
n.getFullYear(),n.getMonth(),n.getDate())/864e5;return t(e)-t(i)}function jn(i,e){let[t="",...n]=i;return t.toLocaleUpperCase(e)+n.join("")}function $n(i,e={}){
return i.replace(/\{(\w+)\}/g,(t,n)=>String(e[n]??t))}var pt=new Ee("en",$t);function lr(i,e){let t=r=>r?.split("-")[0]?.toLowerCase()===i.split("-")[0],n=e.find(
r=>t(r)&&r?.includes("-"))??i;try{return Intl.DateTimeFormat.supportedLocalesOf([n])[0]??i}catch{return i}}async function Wn(i){let e=Bn(i,["en",...Object.keys(
y)]),t=y[e],n=lr(e,i);if(t===void 0)return new Ee("en",$t,n);let r=new URL(`../${t}/locale-${e}.js`,import.meta.url).href,{strings:s}=await import(r);return new Ee(
e,s,n)}var Vt=pe(pt);function E(){return fe(Vt)}var cr={close:"m5 5 10 10M15 5 5 15",menu:"M4 6h12M4 10h12M4 14h12",back:"m12 4.5-5.5 5.5 5.5 5.5",clip:"m17 9.4-6.9 6.9a4.5 4.5 0 0 1-6.4-6.4l6.9-6.9a3 3 0 0 1\
 4.3 4.3l-6.9 6.9a1.5 1.5 0 0 1-2.1-2.1l6.3-6.4",up:"M10 16V4m-5 5 5-5 5 5",down:"M10 4v12m-5-5 5 5 5-5",chat:"M17 9.5c0 3.6-3.1 6-7 6-.9 0-1.8-.1-2.6-.4L3.5 16\
.5l1-3A5.5 5.5 0 0 1 3 9.5c0-3.6 3.1-6 7-6s7 2.4 7 6Z",doc:"M6 3h5l4 4v10H6zM11 3v4h4",plus:"M10 4v12M4 10h12",edit:"M4 16h3l8.5-8.5a2.1 2.1 0 0 0-3-3L4 13zM11 \
6l3 3",trash:"M4 6h12M8 6V4h4v2m-6.5 0 .7 10h7.6l.7-10M8.5 9v4.5m3-4.5v4.5",archive:"M4 5h12v3H4zM5 8v8h10V8m-7 3h4",stop:"M6 6h8v8H6z",check:"m4.5 10.5 3.5 3.5\
 7.5-8",alert:"M10 6.5v4m0 2.8v.2M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z",offline:"m3 3 14 14M8.5 15.5 10 17l1.5-1.5a2.1 2.1 0 0 0-3 0Zm-3-3.3a6.5 6.5 0 0 1 3.5-1.\
8m3.5.7 2 1.1M3 9.2a10 10 0 0 1 3-2m3.2-.9A10 10 0 0 1 17 9.2"};function z({name:i}){return l("svg",{class:"icon",viewBox:"0 0 20 20","aria-hidden":"true",children:l(
"path",{d:cr[i]})})}var Vn=240,dr=280;function ur(i,e){if(!i||!e)return{width:Vn,height:160};let t=Math.min(1,Vn/i,dr/e);return{width:Math.max(48,Math.round(i*t)),height:Math.max(48,
Math.round(e*t))}}function Gt({file:i,tabIndex:e,onStale:t}){let n=E(),{sdk:r}=O(),[s,o]=R(),a=r.addressOf(i.address),u=Number(new URL(a).searchParams.get("expi\
res"))*1e3,h=()=>{s===void 0&&u&&t?.(),o(a)},d=()=>{u&&u<Date.now()&&t?.()};if(i.kind==="image"&&s!==a){let c=i.name||n.t("image");return l("a",{class:"photo",href:a,
target:"_blank",rel:"noopener",tabIndex:e,"aria-label":n.t("opens",{name:c}),onPointerEnter:d,onFocus:d,children:l("img",{src:a,alt:c,...ur(i.width,i.height),onError:h})})}
if(i.kind==="audio")return l("audio",{class:"sound",controls:!0,preload:"metadata",src:a,tabIndex:e,"aria-label":i.name||n.t("sound"),onError:h});let m=[/\.([a-z0-9]{1,5})$/i.
exec(i.name)?.[1]?.toUpperCase(),i.size?n.bytes(i.size):void 0].filter(Boolean).join(" · ");return l("a",{class:"file",href:a,target:"_blank",rel:"noopener",tabIndex:e,
onPointerEnter:d,onFocus:d,children:[l("span",{class:"file-icon",children:l(z,{name:"doc"})}),l("span",{class:"file-name",children:[l("bdi",{children:i.name||n.
t("file")}),m&&l("small",{children:m})]})]})}function ft(i){let[e,t]=R();return A(()=>{if(!i)return t(void 0);let n=URL.createObjectURL(i);return t(n),()=>URL.revokeObjectURL(
n)},[i]),e}function V({icon:i,label:e,onClick:t,isDisabled:n,...r}){return l("button",{...r,type:"button",class:`icon-button ${r.class??""}`,"aria-label":e,title:e,"aria-d\
isabled":n,onClick:()=>!n&&t(),children:l(z,{name:i})})}function Gn(i){return class extends he{shouldComponentUpdate(t){return[...new Set([...Object.keys(t),...Object.keys(this.props)])].some(r=>!Object.is(t[r],this.
props[r]))}render(){return dt(i,this.props)}}}var hr={isSelf:!0,isBot:!1,name:"",avatar:void 0};function Kt({message:i}){if(!i)return hr;let{author:e}=i;return{isSelf:e?.is_self??!i.is_outgoing,isBot:e?.kind===
"bot",name:e?.name||i.sender_name,avatar:e?.avatar_url&&URL.canParse(e.avatar_url,location.href)?e.avatar_url:void 0}}function Yt({message:i,pending:e}){return new Date(
i?i.timestamp:e.order)}function Kn({entries:i,streams:e,typists:t,unreadKey:n,now:r},s){let o=[],a="",u;for(let d of i){let p=Yt(d),m=Kt(d),c=s.day(p,r),b=c!==a;
b&&o.push({kind:"day",key:`day ${c}`,label:c}),a=c;let f=d.key===n;f&&o.push({kind:"unread",key:"unread"});let g=!b&&!f&&u!==void 0&&pr(u.writer,m)&&+p-+u.at<3e5;
g&&u&&(o[o.indexOf(u)]={...u,isLast:!1});let x={kind:"entry",key:d.key,entry:d,writer:m,at:p,isFirst:!g,isLast:!0};o.push(x),u=x}let h=new Set(i.map(({key:d})=>d));
for(let d of e)h.has(d.id)||o.push({kind:"stream",key:d.id,stream:d});return t.length&&o.push({kind:"typing",key:"typing",names:t.map(({name:d})=>d)}),o}function pr(i,e){
return i.isSelf===e.isSelf&&i.isBot===e.isBot&&(i.isSelf||i.name===e.name)}function Yn(i){let e=i.trim().split(/\s+/u).filter(Boolean),t=r=>[...r??""][0]??"";return(e.
length>1?t(e[0])+t(e.at(-1)):[...e[0]??""].slice(0,2).join("")).toLocaleUpperCase()}function Q({writer:i}){let{base:e}=O().sdk.http,t=i.avatar===void 0?void 0:new URL(i.avatar,e);return t?.origin===new URL(e).origin?l("img",{class:"avatar",src:t.
href,alt:""}):l("span",{class:i.isBot?"avatar bot":"avatar","aria-hidden":"true",children:Yn(i.name)})}var fr=/\bhttps?:\/\/[^\s<>"\u202a-\u202e\u2066-\u2069]{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\b/giu;function Jn(i){let e=[],t=0;for(let n of i.
matchAll(fr)){let r=mr(n[0]),s=/^https?:/i.test(r)?Pe(r):`mailto:${r}`;s&&(n.index>t&&e.push(i.slice(t,n.index)),e.push({text:r,href:s}),t=n.index+r.length)}return t<
i.length&&e.push(i.slice(t)),e}function mr(i){let e=i.length;for(;e>0;){let t=i[e-1],n={")":"(","]":"["}[t],r=i.slice(0,e),s=n!==void 0&&r.split(t).length>r.split(
n).length;if(!/[.,;:!?'»”’…]/.test(t)&&!s)break;e--}return i.slice(0,e)}function Pe(i){try{let e=new URL(i);return/^https?:$/.test(e.protocol)&&!e.username&&
!e.password?e.href:void 0}catch{return}}function Xn({message:i,chosen:e,tabIndex:t}){let n=E(),{sdk:r}=O(),s=K(),[o,a]=R(),[u,h]=R(),d=(i.interactive_buttons??[]).flat(),p=f=>f.callback_execution_id??
"",m=e??o,c=m===void 0?void 0:d.find(f=>p(f)===m),b=async f=>{a(p(f)),h(void 0);try{await r.click(p(f))}catch(g){a(void 0);let x=g instanceof T&&["button_expire\
d","not_your_button"].includes(g.code),v=n.t(x?"buttonGone":"actionFailed");h(v),s.say(v)}};return l("div",{class:"choices",part:"buttons",children:[d.map((f,g)=>{
let x=f.type==="url"&&f.url?Pe(f.url):void 0;if(x)return l("a",{class:"choice",part:"button",href:x,target:"_blank",rel:"noopener noreferrer",tabIndex:t,children:f.
text},g);let v=c===f,C=f.expires_at!==null&&Date.parse(f.expires_at)<Date.now(),S=c!==void 0||C;return l("button",{type:"button",class:v?"choice chosen":"choice",
part:"button",tabIndex:t,"aria-disabled":S,"aria-label":v?n.t("chosen",{text:f.text}):void 0,onClick:()=>!S&&void b(f),children:[v&&l(z,{name:"check"}),l("bdi",
{children:f.text})]},g)}),u&&l("p",{class:"fail",children:u})]})}var gr=/^<(\/?)([a-z][a-z0-9]*)/i;var yr=/([a-z][a-z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi,br=/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos|nbsp));/gi,vr={lt:"<",gt:"\
>",amp:"&",quot:'"',apos:"'",nbsp:" "},_r=new Set(["script","style","template","noscript","iframe","object","textarea","title","svg","math"]);function mt(i){let e=[],
t,n=o=>{o&&t===void 0&&e.push({kind:"text",text:Qn(o)})},r=0,s=i.indexOf("<");for(;s>=0;){let o=i.startsWith("<!--",s),a=o?null:gr.exec(i.slice(s,s+20));if(!o&&
!a){s=i.indexOf("<",s+1);continue}let u=o?i.indexOf("-->",s)+3:xr(i,s);if(u<3)break;if(n(i.slice(r,s)),a){let h=a[2].toLowerCase(),d=a[1]==="/";t!==void 0?d&&h===
t&&(t=void 0):d?e.push({kind:"close",name:h}):_r.has(h)?t=h:e.push({kind:"open",name:h,attributes:wr(i.slice(s+a[0].length,u-1))})}r=u,s=i.indexOf("<",u)}return n(
i.slice(r)),e}function xr(i,e){let t;for(let n=e;n<i.length;n++){let r=i[n];if(t!==void 0)r===t&&(t=void 0);else if(r==='"'||r==="'")t=r;else if(r===">")return n+
1}return 0}function wr(i){let e=Object.create(null);for(let[,t,n,r,s]of i.matchAll(yr)){let o=t.toLowerCase();o in e||(e[o]=Qn(n??r??s??""))}return e}function Qn(i){
return i.replace(br,(e,t,n,r)=>{if(r!==void 0)return vr[r.toLowerCase()]??e;let s=t!==void 0?parseInt(t,16):Number(n);return s>0&&s<=1114111&&(s<55296||s>57343)?
String.fromCodePoint(s):e})}var ei=Object.assign(Object.create(null),{...Object.fromEntries("a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em f\
igcaption figure hr i ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td th thead time tr u ul var wbr".split(" ").map(
i=>[i,i])),...Object.fromEntries(["h1","h2","h3","h4","h5","h6"].map(i=>[i,"p"])),...Object.fromEntries(["article","aside","center","footer","header","hgroup","\
nav"].map(i=>[i,"div"])),acronym:"abbr",strike:"s",tt:"code"}),kr=new Set(["br","col","hr","img","wbr"]),Tr=50,Sr={bdo:["dir"],col:["span"],colgroup:["span"],ol:[
"start"],td:["colspan","rowspan"],th:["colspan","rowspan","scope"],time:["datetime"]};function ti(i,e){let t={name:"",props:{},children:[]},n=[t],r=()=>n.at(-1),
s=()=>{let{name:o,props:a,children:u}=n.pop();r().children.push(Zn(o,a,u))};for(let o of mt(i))if(o.kind==="text")r().children.push(o.text);else if(o.kind==="cl\
ose"){let a=n.findLastIndex(({name:u})=>u===o.name);if(a>0)for(;n.length>a;)s()}else if(o.name==="img")r().children.push(Pr(o.attributes,e));else if(o.name in ei){
let a={name:o.name,props:Cr(o.name,o.attributes,e),children:[]};kr.has(o.name)?r().children.push(Zn(a.name,a.props,[])):n.length<=Tr&&n.push(a)}for(;n.length>1;)
s();return t.children}function Zn(i,e,t){return dt(ei[i],e,...t)}function Cr(i,e,t){let n={};for(let r of["title","lang",...Sr[i]??[]])e[r]!==void 0&&(n[r]=e[r]);
return/^h[1-6]$/.test(i)&&(n.class="heading"),i==="a"&&Object.assign(n,Er(e.href,t)),i==="summary"&&(n.tabIndex=t.tabIndex),n}function Er(i,{origin:e,tabIndex:t}){
let n=i===void 0?void 0:ni(i,e);return n===void 0?{}:{href:n,target:"_blank",rel:"noopener noreferrer nofollow",tabIndex:t}}function ni(i,e){let t=i.trim();if(/^(mailto|tel):/i.
test(t))return t;if(/^https?:/i.test(t))return Pe(t);if(!/^[a-z][a-z0-9+.-]*:/i.test(t))try{let n=new URL(t,e);return n.origin===e?n.href:void 0}catch{return}}function Pr(i,{
origin:e,tabIndex:t}){let{src:n="",alt:r=""}=i,s=ni(n,e);if(s===void 0||!/^https?:/.test(s))return r;if(new URL(s).origin===e){let o=a=>/^\d{1,4}$/.test(a??"")?
Number(a):void 0;return l("img",{src:s,alt:r,width:o(i.width),height:o(i.height),loading:"lazy"})}return l("a",{href:s,target:"_blank",rel:"noopener noreferrer \
nofollow",tabIndex:t,children:r||s})}function Oe({text:i,tabIndex:e}){let t=Z(()=>Jn(i),[i]);return l(W,{children:t.map((n,r)=>typeof n=="string"?n:l("a",{href:n.href,target:"_blank",rel:"noopener \
noreferrer nofollow",tabIndex:e,children:n.text},r))})}function ii({message:i,tabIndex:e}){let{base:t}=O().sdk.http,{html:n,text:r}=i,s=Z(()=>n?ti(n,{origin:new URL(
t).origin,tabIndex:e}):void 0,[n,t,e]);return s?l("div",{class:"html",children:s}):l(Oe,{text:r,tabIndex:e})}var ri=Gn(function({entry:e,isFirst:t,isLast:n,chosen:r,isClick:s,status:o,isActive:a,today:u}){let h=E(),d=Kt(e),p=Yt(e),m=a?0:-1,c=d.isSelf?h.t("you"):d.name||
h.t("someone"),b=["row",d.isSelf?"mine":"theirs",t&&"first",n&&"last"];return l("li",{class:b.filter(Boolean).join(" "),part:"item","data-key":e.key,tabIndex:m,
children:[!d.isSelf&&(n?l(Q,{writer:d}):l("span",{class:"gap"})),l("div",{class:"stack",children:[l("span",{class:"hidden",children:h.t("label",{author:c,time:h.
moment(p,new Date(u))})}),e.message?l(Or,{message:e.message,chosen:r,canChange:d.isSelf&&!s,isActive:a}):l(Lr,{pending:e.pending,tabIndex:m}),n&&e.message&&l("s\
pan",{class:"meta",part:"time",children:[!d.isSelf&&d.name&&l(W,{children:[l("bdi",{children:d.name})," · "]}),l("time",{dateTime:p.toISOString(),children:h.time(
p)}),o&&` · ${h.t(o)}`]})]})]})});function Or({message:i,chosen:e,canChange:t,isActive:n}){let r=E(),{sdk:s}=O(),o=n?0:-1,a=()=>{s.reread(i.chat_id,i.id).catch(
()=>{})};return l(W,{children:[Dr(i).map((u,h)=>l(Gt,{file:u,tabIndex:o,onStale:a},h)),(i.text||i.html)&&l("div",{class:"line",children:[l("div",{class:"bubble",
part:"bubble",dir:"auto",children:[l(ii,{message:i,tabIndex:o}),i.edited_at&&l("small",{class:"edited",children:[" ",r.t("edited")]})]}),t&&l(Rr,{message:i,tabIndex:o,
isActive:n})]}),i.interactive_buttons&&l(Xn,{message:i,chosen:e,tabIndex:o})]})}var Ir=15*6e4;function Rr({message:i,tabIndex:e,isActive:t}){let n=E(),r=O(),s=K(),
[o,a]=R(!1),[u,h]=R(),d=Date.now()-Date.parse(i.timestamp);if(A(()=>{t||a(!1)},[t]),d>Ir&&!u)return null;let p=async()=>{try{await r.sdk.remove(i.chat_id,i.id),
r.focusComposer()}catch(c){let b=c instanceof T&&c.code==="too_late",f=n.t(b?"tooLate":"actionFailed");a(!1),h(f),s.say(f)}};if(u)return l("p",{class:"fail",children:u});
if(o)return l("div",{class:"ask",role:"group","aria-label":n.t("deleteQuestion"),children:[l("span",{children:n.t("deleteQuestion")}),l("button",{type:"button",
class:"text-button danger",onClick:()=>{p()},children:n.t("delete")}),l("button",{type:"button",class:"text-button",onClick:()=>a(!1),children:n.t("cancel")})]});
let m=()=>{r.update({editing:{id:i.id,text:i.text}}),r.focusComposer()};return l("div",{class:"tools",children:[l(V,{icon:"edit",label:n.t("edit"),tabIndex:e,onClick:m}),
l(V,{icon:"trash",label:n.t("delete"),tabIndex:e,onClick:()=>a(!0)})]})}function Lr({pending:i,tabIndex:e}){let t=E(),{sdk:n}=O(),r=ft(i.file),s=i.state==="fail\
ed",o=i.file?Jt(i.file.type):"file";return l(W,{children:[i.file&&r&&l(Gt,{file:{kind:o,name:i.fileName??"",address:r,size:i.file.size},tabIndex:e}),i.text&&l("\
div",{class:s?"bubble failed":"bubble",part:"bubble",dir:"auto",children:l(Oe,{text:i.text,tabIndex:e})}),s?l("span",{class:"fail",children:[l("span",{children:`${t.
t("notSent")} ${zr(i,t)}`}),l("button",{type:"button",class:"text-button",tabIndex:e,onClick:()=>{n.retry(i.id)},children:t.t("tryAgain")}),l("button",{type:"bu\
tton",class:"text-button",tabIndex:e,onClick:()=>{n.cancel(i.id)},children:t.t("delete")})]}):l(Ar,{pending:i,tabIndex:e})]})}var Mr=1e3;function Ar({pending:i,
tabIndex:e}){let t=E(),{sdk:n}=O(),[r,s]=R(!1);if(A(()=>{let u=setTimeout(()=>s(!0),Mr);return()=>clearTimeout(u)},[]),!r)return null;let o=i.file!==void 0&&i.state===
"sending"&&i.progress>0,a=o?t.t("uploading",{part:t.percent(i.progress)}):t.t(i.state==="sending"?"sending":"queued");return l("span",{class:"meta",children:[o&&
l("progress",{value:i.progress,"aria-label":a}),a,(i.file||i.state==="queued")&&l("button",{type:"button",class:"text-button",tabIndex:e,onClick:()=>{n.cancel(i.
id)},children:t.t("cancel")})]})}function zr(i,e){switch(i.error?.code){case"too_large":case"quota_exceeded":return e.t("failedTooLarge");case"unsupported_media\
_type":return e.t("failedType");case"account_blocked":return e.t("failedBlocked");case"chat_not_found":return e.t("failedGone");case"no_channel":return e.t("noC\
hannel");default:return""}}function Jt(i){let e=i.split("/")[0];return e==="image"||e==="audio"||e==="video"?e:"file"}function Nr(i){let e=i.replace(/\?.*/,"").
split("/").at(-1)??"";try{return decodeURIComponent(e)}catch{return e}}function Dr(i){let e=[];if(i.media_url){let t=i.media?.name??Nr(i.media_url),{media_type:n,
media:r}=i;e.push({kind:n==="image"||n==="audio"||n==="video"?n:"file",name:t,address:i.media_url,size:r?.size,width:r?.width,height:r?.height})}for(let t of i.
files){let{media_type:n,media_url:r,media_size:s,name:o}=t,a=n==="image"||n==="audio"||n==="video"?n:"file";e.push({kind:a,name:o,address:r,size:s})}return e}var Hr="image/png,image/jpeg,image/gif,image/webp,audio/*";function gt(){return matchMedia("(pointer: coarse)").matches}function si({chat:i,files:e,onFiles:t}){
let n=E(),r=O(),s=K(),{editing:o,focus:a}=B(r),[u,h]=R(()=>r.settings.draft(i)),[d,p]=R(),m=F(null),c=F(null),b=u.trim()!==""||e.length>0&&!o;A(()=>h(o?.text??r.
settings.draft(i)),[i,o]),J(()=>{let{current:_}=m;_&&(_.style.blockSize="auto",_.style.blockSize=`${_.scrollHeight}px`)},[u]),A(()=>{a>0&&m.current?.focus({preventScroll:!0})},
[a]);let f=_=>{h(_),p(void 0),!o&&(r.settings.saveDraft(i,_),r.sdk.typing(i,_.trim()!==""))},g=_=>{p(_),s.say(_)},x=async()=>{if(!b)return;let _=u.trim();if(o){
try{_!==o.text&&await r.sdk.edit(o.id,_),r.update({editing:void 0})}catch(P){let L=P instanceof T&&P.code==="too_late";g(n.t(L?"tooLate":"actionFailed"))}return}
let N=r.sdk.state.config?.limits.file_bytes??1/0;if(e.some(({size:P})=>P>N))return g(`${n.t("notSent")} ${n.t("failedTooLarge")}`);if(f(""),t([]),e.length===0)return void await r.
sdk.send({chat:i,text:_});for(let[P,L]of e.entries())await r.sdk.send({chat:i,file:L,fileName:L.name,...P===0&&{text:_}})},v=_=>{let N=_.isComposing||_.keyCode===
229;if(_.key==="Escape"&&o&&!N)_.stopPropagation(),r.update({editing:void 0});else if(_.key==="Enter"&&!_.shiftKey&&!_.altKey&&!N&&!gt())_.preventDefault(),x();else if((_.
key==="PageUp"||_.key==="PageDown")&&u===""){_.preventDefault();let P=_.currentTarget.closest(".panel")?.querySelector(".scroller"),L=(P?.clientHeight??0)*.8;P?.
scrollBy({top:_.key==="PageUp"?-L:L})}},C=_=>{let N=[..._.clipboardData?.files??[]];!N.length||o||(_.preventDefault(),t([...e,...N]))},S=()=>{t([...e,...c.current?.
files??[]]),c.current&&(c.current.value=""),m.current?.focus()};return l("form",{class:"composer-area",onSubmit:_=>{_.preventDefault(),x(),m.current?.focus()},children:[
o&&l("div",{class:"editing",children:[l(z,{name:"edit"}),l("span",{children:n.t("editing")}),l("button",{type:"button",class:"text-button",onClick:()=>r.update(
{editing:void 0}),children:n.t("cancel")})]}),d&&l("p",{class:"fail",children:d}),e.length>0&&!o&&l("ul",{class:"previews",children:e.map((_,N)=>l(Ur,{file:_,onRemove:()=>t(
e.filter((P,L)=>L!==N))},`${_.name} ${_.lastModified} ${N}`))}),l("div",{class:"composer",part:"composer",children:[!o&&l(W,{children:[l("input",{ref:c,class:"h\
idden",type:"file",multiple:!0,accept:Hr,tabIndex:-1,"aria-hidden":"true",onChange:S}),l(V,{icon:"clip",label:n.t("attach"),part:"attach",onClick:()=>c.current?.
click()})]}),l("textarea",{ref:m,part:"input",rows:1,dir:"auto",maxLength:16384,placeholder:n.t("composer"),"aria-label":n.t("composer"),enterkeyhint:gt()?"ente\
r":"send",value:u,onInput:_=>f(_.currentTarget.value),onKeyDown:v,onPaste:C,onBlur:()=>r.sdk.typing(i,!1)}),l("button",{type:"submit",class:"send",part:"send","\
aria-label":n.t(o?"save":"send"),title:n.t(o?"save":"send"),"aria-disabled":!b,children:l(z,{name:o?"check":"up"})})]})]})}function Ur({file:i,onRemove:e}){let t=E(),
n=ft(Jt(i.type)==="image"?i:void 0);return l("li",{class:"preview",part:"preview",children:[n?l("img",{src:n,alt:""}):l("span",{class:"file-icon",children:l(z,{
name:"doc"})}),l("span",{class:"file-name",children:[l("bdi",{children:i.name}),l("small",{children:t.bytes(i.size)})]}),l(V,{icon:"close",label:t.t("removeFile",
{name:i.name}),onClick:e})]})}var Fr=2e3;function oi({isStored:i}){let e=E(),t=K(),{connection:n,pending:r,error:s}=G(),[o,a]=R(!navigator.onLine),[u,h]=R(!1),d=o||["offline","reconnecting"].
includes(n.status)||s!==void 0;A(()=>{let f=()=>a(!navigator.onLine);return addEventListener("online",f),addEventListener("offline",f),()=>{removeEventListener(
"online",f),removeEventListener("offline",f)}},[]);let p=!o&&(n.status==="live"||n.status==="idle"&&!s);A(()=>{if(p)return h(!1);if(!d||u)return;let f=setTimeout(
()=>h(!0),Fr);return()=>clearTimeout(f)},[d,p,u]);let m=r.find(f=>f.error?.status===429&&f.state!=="failed"),c=u?e.t(o||n.status==="offline"?"offline":"reconnec\
ting"):m?e.t("slowDown"):!i&&r.length>0?e.t("notStored"):void 0,b=F(void 0);return A(()=>{c?t.say(c):b.current&&t.say(e.t("back")),b.current=c},[c]),c?l("div",{
class:"banner",children:[l(z,{name:u?"offline":"alert"}),l("span",{children:c})]}):null}function ai(){let i=E(),e=O(),{chats:t,hasMoreChats:n}=G(),r=F(null),s=t.filter(({is_archived:o})=>!o);return A(()=>r.current?.focus(),[]),l("div",{class:"chats",
children:[l("button",{ref:r,type:"button",class:"new-chat",onClick:()=>e.showChat(e.sdk.startChat()),children:[l(z,{name:"plus"}),i.t("newChat")]}),s.length===0&&
l("p",{class:"quiet",children:i.t("noChats")}),l("ul",{"aria-label":i.t("chats"),children:s.map(o=>l(Br,{chat:o},o.id))}),n&&l("button",{type:"button",class:"te\
xt-button wide",onClick:()=>{e.sdk.loadMoreChats().catch(()=>{})},children:i.t("moreChats")})]})}function Br({chat:i}){let e=E(),t=O(),n=K(),r=B(t),[s,o]=R(),a=F(
null),u=s!==void 0;A(()=>{u&&a.current?.select()},[u]);let h=i.name||e.t("untitled"),d=new Date(i.last_message?.timestamp??i.created_at),p=m=>m.catch(()=>n.say(
e.t("actionFailed")));return s!==void 0?l("li",{class:"chat-row",children:l("form",{class:"rename",onSubmit:m=>{m.preventDefault(),s.trim()&&p(t.sdk.renameChat(
i.id,s.trim())),o(void 0)},onKeyDown:m=>{m.key==="Escape"&&(m.stopPropagation(),o(void 0))},children:[l("input",{ref:a,value:s,maxLength:100,"aria-label":e.t("c\
hatName"),onInput:m=>o(m.currentTarget.value)}),l(V,{icon:"close",label:e.t("cancel"),onClick:()=>o(void 0)}),l("button",{type:"submit",class:"icon-button","ari\
a-label":e.t("save"),title:e.t("save"),children:l(z,{name:"check"})})]})}):l("li",{class:i.id===r.chat?"chat-row current":"chat-row",children:[l("button",{type:"\
button",class:"chat-button","aria-current":i.id===r.chat||void 0,onClick:()=>t.showChat(i.id),children:[l(Q,{writer:{isSelf:!1,isBot:!1,name:h,avatar:void 0}}),
l("span",{class:"chat-text",children:[l("span",{class:"chat-name",children:[l("bdi",{children:h}),l("time",{dateTime:d.toISOString(),children:e.short(d,new Date)})]}),
l("span",{class:"chat-last",children:[l("bdi",{children:i.last_message?.text||i.last_message?.media_name||(i.last_message?e.t("file"):"")}),i.unread_count>0&&l(
"span",{class:"count",children:[l("span",{"aria-hidden":"true",children:e.number(i.unread_count)}),l("span",{class:"hidden",children:e.count("unreadCount",i.unread_count)})]})]})]})]}),
l("span",{class:"chat-tools",children:[l(V,{icon:"edit",label:e.t("renameChat",{name:h}),onClick:()=>o(i.name??"")}),l(V,{icon:"archive",label:e.t("archiveChat",
{name:h}),onClick:()=>{p(t.sdk.archiveChat(i.id))}})]})]})}var qr=24;function li(i,e){let t=F(void 0),n=F(!1),r=F(void 0);r.current??={isAtEnd:()=>Math.abs(i.current?.scrollTop??0)<qr,toEnd(o){let a=i.current;t.current=
void 0;let u=Math.abs(a?.scrollTop??0);if(n.current=o&&u>0&&u<2*(a?.clientHeight??0),a?.scrollTo({top:0,behavior:n.current?"smooth":"instant"}),!n.current)return;
let h=()=>{n.current=!1,a?.removeEventListener("scrollend",h),this.note()};a?.addEventListener("scrollend",h),setTimeout(h,1e3)},note(){let o=i.current?.getBoundingClientRect();
if(t.current=void 0,!(!o||!e.current||n.current||this.isAtEnd()))for(let a of e.current.children){let{top:u,bottom:h}=a.getBoundingClientRect(),d=a.dataset.key;
if(!(d===void 0||h<=o.top+1)){t.current={key:d,top:u-o.top};return}}}};let s=()=>{let o=i.current,{current:a}=t;if(!o||!a||!e.current)return;let u=[...e.current.
children].find(d=>d.dataset.key===a.key);if(!u)return;let h=u.getBoundingClientRect().top-o.getBoundingClientRect().top-a.top;Math.abs(h)>=.5&&o.scrollBy({top:h,
behavior:"instant"})};return J(s),J(()=>{if(!e.current||!i.current)return;let o=new ResizeObserver(s);return o.observe(e.current),o.observe(i.current),()=>o.disconnect()},
[]),r.current}var jr={isSelf:!1,isBot:!0,name:"AI",avatar:void 0};function ci({stream:i,isActive:e}){let t=E(),{sdk:n}=O(),r=e?0:-1;return l("li",{class:"row theirs first las\
t","data-key":i.id,tabIndex:r,children:[l(Q,{writer:jr}),l("div",{class:"stack",children:[l("div",{class:"bubble streaming",part:"bubble",dir:"auto",children:l(
Oe,{text:i.text,tabIndex:r})}),l("button",{type:"button",class:"choice stop",tabIndex:r,onClick:()=>{n.stop(i.id).catch(()=>{})},children:[l(z,{name:"stop"}),t.
t("stop")]})]})]})}function di({names:i}){let e=E(),t=e.count("typing",i.length,{names:e.list(i)});return l("li",{class:"row theirs first last",children:[l(Q,{writer:{isSelf:!1,isBot:!1,
name:i[0]??"",avatar:void 0}}),l("div",{class:"stack",children:l("div",{class:"bubble typing",children:[l("i",{}),l("i",{}),l("i",{}),l("span",{class:"hidden",children:t})]})})]})}var ui=600;function $r(){return matchMedia("(prefers-reduced-motion: reduce)").matches}function hi({timeline:i,chat:e}){let t=E(),n=O(),{isOpen:r}=B(n),s=G(),o=B(
i.state),a=F(null),u=F(null),h=li(a,u),[d,p]=R(!0),[m,c]=R(),{unreadKey:b,missed:f}=Kr(i,e,d,r),g=new Date().setHours(0,0,0,0),x=Z(()=>Kn({entries:o.entries,streams:o.
atEnd?s.streams.filter(k=>k.chat===e):[],typists:o.atEnd?s.typists.filter(k=>k.chat===e&&k.kind!=="visitor"):[],unreadKey:b,now:new Date(g)},t),[o,s.streams,s.typists,
e,b,t,g]),v=Z(()=>Vr(o.entries),[o.entries]),C=Z(()=>x.findLast(k=>k.kind==="entry"||k.kind==="stream")?.key,[x]),S=x.some(({key:k})=>k===m)?m:C,_=o.isLoaded,N=F(
!1);J(()=>{if(!_||N.current)return;N.current=!0;let k=u.current?.querySelector(".unread-line"),$=k&&a.current&&k.getBoundingClientRect().top-a.current.getBoundingClientRect().
top;$&&$<0&&a.current?.scrollBy({top:$,behavior:"instant"})},[_]);let P=Nn(()=>{let k=a.current;if(!k)return;let{atStart:$,atEnd:le,isLoading:me}=i.state.value,
ge=k.scrollHeight-k.clientHeight-Math.abs(k.scrollTop);me||(!$&&ge<ui?i.loadOlder().catch(()=>{}):!le&&Math.abs(k.scrollTop)<ui&&i.loadNewer().catch(()=>{}))},[
i]),L=()=>{h.note();let k=h.isAtEnd()&&i.state.value.atEnd;i.isFollowing=k,p(k),P()};A(P,[o.entries,r]);let ee=o.entries.findLast(k=>k.pending)?.key;J(()=>{ee!==
void 0&&h.toEnd(!1)},[ee]);let q=async()=>{o.atEnd||await n.sdk.load(e),h.toEnd(!$r()),i.isFollowing=!0,p(!0),n.focusComposer()},w=k=>{if(k===void 0)return;c(k);
let $=u.current?.querySelector(`[data-key="${CSS.escape(k)}"]`);$?.focus({preventScroll:!0}),$?.scrollIntoView({block:"nearest"})},M=k=>{let $=x.filter(Re=>Re.kind===
"entry"||Re.kind==="stream").map(({key:Re})=>Re),le=k.target.closest("[data-key]"),me=$.indexOf(le?.dataset.key??"");if(me<0)return;let ge=k.target!==le,Zt={ArrowUp:$[me-
1],ArrowDown:$[me+1],Home:$[0],End:$.at(-1)}[k.key];if(k.key==="Escape"&&ge)le?.focus();else if(k.key==="Enter"&&!ge)le?.querySelector("a, button, audio, summar\
y")?.focus();else if(!ge&&Zt!==void 0)w(Zt);else return;k.preventDefault(),k.stopPropagation()},U=Math.max(f,o.newer);return l("div",{class:"log",children:[l("d\
iv",{class:"scroller",ref:a,onScroll:L,part:"list",children:[l("ol",{ref:u,"aria-label":t.t("messages"),onKeyDown:M,onFocusIn:k=>c(k.target.closest("[data-key]")?.
dataset.key),children:x.map(k=>l(Wr,{row:k,clicks:v,today:g,isActive:k.key===S,status:Gr(k,C,o.others)},k.key))}),o.isLoading&&!o.atStart&&l("div",{class:"more",
"aria-hidden":"true"})]}),(!d||!o.atEnd)&&o.isLoaded&&l("button",{type:"button",class:U?"jump news":"jump",part:"jump",onClick:()=>{q()},children:[l(z,{name:"do\
wn"}),U?t.count("jump",U):l("span",{class:"hidden",children:t.t("jumpToEnd")})]})]})}function Wr({row:i,clicks:e,today:t,isActive:n,status:r}){let s=E();switch(i.
kind){case"day":return l("li",{class:"day",part:"day","data-key":i.key,children:l("h3",{children:i.label})});case"unread":return l("li",{class:"unread-line",part:"\
unread-line",children:l("span",{children:s.t("unreadLine")})});case"stream":return l(ci,{stream:i.stream,isActive:n});case"typing":return l(di,{names:i.names});case"\
entry":{let{message:o}=i.entry,a=o?.interactive_buttons?.flat()??[];return l(ri,{entry:i.entry,isFirst:i.isFirst,isLast:i.isLast,chosen:a.map(u=>u.callback_execution_id??
"").find(u=>e.clicked.has(u)),isClick:e.buttons.has(o?.client_message_id??""),status:r,isActive:n,today:t})}}}function Vr(i){let e=i.flatMap(({message:s})=>s??[]),
t=e.flatMap(({interactive_buttons:s})=>s?.flat()??[]),n=new Set(t.flatMap(({callback_execution_id:s})=>s??[])),r=e.flatMap(({client_message_id:s})=>s??[]).filter(
s=>n.has(s));return{buttons:n,clicked:new Set(r)}}function Gr(i,e,t){if(i.kind!=="entry"||i.key!==e||!i.writer.isSelf||!i.entry.message)return;let{status:n,timestamp:r}=i.
entry.message;if(n==="seen"||t.some(({read_up_to:s})=>s&&s>=r))return"seen";if(n==="delivered"||t.some(({delivered_up_to:s})=>s&&s>=r))return"delivered"}function Kr(i,e,t,n){
let r=O(),{chats:s,connection:o}=G(),{entries:a,isLoaded:u}=B(i.state),[h,d]=R(),[p,m]=R(),[c,b]=R(document.visibilityState==="visible"),f=s.find(({id:P})=>P===
e)?.unread_count??0,g=a.flatMap(({message:P,key:L})=>P?.is_outgoing?L:[]),x=g.at(-1),v=n&&c&&t;A(()=>{let P=()=>b(document.visibilityState==="visible");return document.
addEventListener("visibilitychange",P),()=>document.removeEventListener("visibilitychange",P)},[]);let C=F(!1);J(()=>{!u||C.current||(C.current=!0,f>0&&d(g.at(-Math.
min(f,g.length))),m(x))},[u]),A(()=>{v?m(x):C.current&&x!==p&&(!n||!c)&&d(P=>P&&g.includes(P)?P:g[g.indexOf(p??"")+1])},[x,v]);let S=F(n);A(()=>{S.current&&!n&&
d(void 0),S.current=n},[n]),A(()=>{v&&f>0&&u&&r.sdk.read(e)},[v,f,u,x,o.status]);let _=p===void 0?-1:g.indexOf(p),N=t||_<0?0:g.length-1-_;return{unreadKey:h,missed:N}}function Ie({text:i,onRetry:e}){let t=E();return l("div",{class:"empty",role:"status",part:"notice",children:[l("span",{class:"welcome",children:l(z,{name:"aler\
t"})}),l("p",{children:i}),e&&l("button",{type:"button",class:"choice",onClick:e,children:t.t("tryAgain")})]})}var Yr=[];function pi({greeting:i}){let e=E(),t=O(),{chat:n}=B(t),r=G(),s=t.sdk.messages(n),o=B(s.state),[a,u]=R({chat:n,files:[]}),h=t.sdk.resolve(a.chat)===n?
a.files:Yr,d=g=>u({chat:n,files:g}),[p,m]=R(!1);if(r.connection.status==="refused"||r.error?.code==="account_blocked")return l(Ie,{text:e.t("blocked")});let c=Jr(
r.error?.code);if(c)return l(Ie,{text:e.t(c)});if(r.error&&!r.isReady)return l(Ie,{text:e.t("unreachable"),onRetry:()=>{t.sdk.retryNow()}});let b=!r.isReady||!o.
isLoaded&&!o.error,f=r.isReady&&o.isLoaded&&o.entries.length===0;return l("div",{class:"conversation",onDragOver:g=>{g.dataTransfer?.types.includes("Files")&&(g.
preventDefault(),m(!0))},onDragLeave:g=>{g.currentTarget.contains(g.relatedTarget)||m(!1)},onDrop:g=>{g.preventDefault(),m(!1),d([...h,...g.dataTransfer?.files??
[]])},children:[o.error&&!o.isLoaded?l(Ie,{text:e.t("loadFailed"),onRetry:()=>{t.sdk.load(n)}}):b?l(Xr,{}):f?l("div",{class:"empty",children:l("slot",{name:"emp\
ty",children:[l("span",{class:"welcome",children:l(z,{name:"chat"})}),l("h3",{children:i||e.t("greeting")}),l("p",{children:e.t("greetingText")})]})}):l(hi,{timeline:s,
chat:n},s),l("slot",{name:"before-composer"}),l(si,{chat:n,files:h,onFiles:d}),p&&l("div",{class:"drop",children:[l(z,{name:"clip"}),e.t("drop")]})]})}function Jr(i){
switch(i){case"no_channel":return"noChannel";case"origin_not_allowed":return"notAllowed";case"identity_required":case"identity_expired":return"identityNeeded";case"\
identity_invalid":return"identityFailed";default:return}}function Xr(){let i=E();return l("div",{class:"skeleton",role:"status",children:[l("span",{class:"hidde\
n",children:i.t("loading")}),l("i",{}),l("i",{}),l("i",{})]})}function fi({heading:i,subtitle:e,isInline:t,onClose:n}){let r=E(),s=O(),{screen:o,chat:a}=B(s),{chats:u,connection:h}=G(),d=o==="list",m=u.filter(({is_archived:b})=>!b).
length>1?u.find(({id:b})=>b===a)?.name:void 0,c=d?"":m||e;return l("div",{class:"header",part:"header",children:[d?l(V,{icon:"back",class:"flip",label:r.t("goBa\
ck"),onClick:()=>s.showChat(a)}):l(Q,{writer:{isSelf:!1,isBot:!1,name:i,avatar:void 0}}),l("div",{class:"who",children:[l("h2",{id:"title",part:"title",children:d?
r.t("chats"):i}),c&&l("p",{class:"status",part:"status",children:[h.status==="live"&&l("span",{class:"dot"}),l("bdi",{children:c})]})]}),!d&&u.length>0&&l(V,{icon:"\
menu",label:r.t("chats"),onClick:()=>s.update({screen:"list",editing:void 0})}),!t&&l(V,{icon:"close",label:r.t("close"),onClick:n})]})}var Qr=6e4;function mi({heading:i,subtitle:e,greeting:t,isInline:n,onClose:r}){let s=E(),o=O(),a=K(),{isOpen:u,screen:h,isFull:d}=B(o),[p,m]=R(!0),c=F(null),{pending:b}=G(),
f=b.filter(({state:g})=>g==="failed").length;return A(()=>{let{sdk:g}=o,x=[g.on("message",v=>{!o.value.isOpen||Date.now()-Date.parse(v.timestamp)>Qr||a.say(s.t(
"says",{author:v.sender_name||s.t("someone"),text:Zr(v,s.t("file"))}))}),g.on("error",({code:v})=>v==="storage_unavailable"&&m(!1))];return()=>x.forEach(v=>v())},
[o,s]),A(()=>{f>0&&a.say(`${s.t("notSent")} ${s.t("tryAgain")}`)},[f]),l("section",{ref:c,class:"panel",part:"panel",role:n?"region":"dialog","aria-labelledby":"\
title","aria-modal":d&&!n?!0:void 0,hidden:!u,tabIndex:-1,onKeyDown:g=>{g.key!=="Escape"||n||g.defaultPrevented||(g.stopPropagation(),r())},children:[l("slot",{
name:"header",children:l(fi,{heading:i,subtitle:e,isInline:n,onClose:r})}),l(oi,{isStored:p}),h==="list"?l(ai,{}):l(pi,{greeting:t}),h==="chat"&&l("div",{class:"\
footer",children:l("slot",{name:"footer",children:s.t("powered")})}),l(Hn,{})]})}function Zr({text:i,html:e},t){return e?mt(e).map(r=>r.kind==="text"?r.text:" ").
join("").replace(/\s+/g," ").trim()||t:i||t}function yi(i){let e=/^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(i);return e?[Number(e[1]),Number(e[2]),Number(e[3])]:void 0}function gi([i,e,t]){let n=r=>r/
255<=.04045?r/255/12.92:((r/255+.055)/1.055)**2.4;return .2126*n(i)+.7152*n(e)+.0722*n(t)}function bi(i,e){let[t,n]=[gi(i),gi(e)].sort((r,s)=>s-r);return(t+.05)/
(n+.05)}function Xt(i,e,t){let n=r=>Math.round(i[r]+(e[r]-i[r])*t);return[n(0),n(1),n(2)]}var es=[[255,255,255],[13,16,32],[0,0,0]];function vi(i){return es.find(
e=>bi(i,e)>=4.5)??[0,0,0]}function _i(i,e,t){for(let n=0;n<1;n+=.05){let r=Xt(i,t,n);if(e.every(s=>bi(r,s)>=4.5))return r}return t}function Qt([i,e,t]){return`r\
gb(${i} ${e} ${t})`}var ts=.16;function xi(i,e){let{style:t}=i,n=["--unicom-on-accent","--accent-ink"];for(let p of["--unicom-accent",...n])t.removeProperty(p);e&&t.setProperty("--\
unicom-accent",e);let r=getComputedStyle(i);if(!r.getPropertyValue("--unicom-accent"))return;let s=document.createElement("span");i.append(s);let o=p=>(s.style.
color=p,yi(getComputedStyle(s).color)),a=o("var(--unicom-accent)"),u=["var(--bg)","var(--bg-2)"].map(o).filter(p=>p!==void 0),h=o("var(--ink)"),d=r.getPropertyValue(
"--unicom-on-accent")!=="";s.remove(),!(!a||!h)&&(d||t.setProperty("--unicom-on-accent",Qt(vi(a))),t.setProperty("--accent-ink",Qt(_i(a,[...u,...u.map(p=>Xt(p,a,
ts))],h))))}function su(i){let{element:e,root:t,shadow:n,base:r,identity:s}=i,o=new CSSStyleSheet;o.replaceSync(Fn),n.adoptedStyleSheets=[...n.adoptedStyleSheets,o];let a=e.
getAttribute("channel")||void 0,u=Number(e.getAttribute("channel-id")),h=a??(u>0?u:void 0),d=Number(e.getAttribute("climb-every")),p=new _e({base:r,...h!==void 0&&
{channel:h},...s!==void 0&&{identity:s},...d>0&&{climbEvery:d}}),m=new ht(it(r,a),()=>p.state.account),c=new ut(p,m,()=>e.getAttribute("chat-id")),b=new Ce,f=document.
createElement("div");f.className="box",t.prepend(f);let g=pt,x=!1,v=Un(e,t,()=>C()),C=()=>{let w=!i.isInline&&v.isSmall;v.set(w&&c.value.isOpen),t.classList.toggle(
"full",w&&c.value.isOpen),c.value.isFull!==w&&c.update({isFull:w})},S=()=>{if(x)return;let w=M=>e.getAttribute(M)??"";zt(l(qt.Provider,{value:c,children:l(Vt.Provider,
{value:g,children:l(jt.Provider,{value:b,children:l(mi,{heading:w("heading")||g.t("panel"),subtitle:w("subtitle"),greeting:w("greeting"),isInline:i.isInline,onClose:ee})})})}),
f)},_=()=>{C(),xi(t,e.getAttribute("accent"));let w=[e.getAttribute("lang"),document.documentElement.lang,...navigator.languages];Wn(w).catch(()=>pt).then(M=>{g=
M,f.lang=g.language,f.dir=g.direction,S()})},N=()=>p.connect().catch(()=>{}),P=()=>navigator.userActivation?.isActive??!0,L=()=>{c.value.isOpen||(c.update({isOpen:!0}),
C(),i.onToggle(!0),N(),P()&&(gt()?f.querySelector(".panel")?.focus({preventScroll:!0}):c.focusComposer()))},ee=()=>{if(!c.value.isOpen||i.isInline)return;let w=n.
activeElement!==null;c.update({isOpen:!1,screen:"chat"}),C(),i.onToggle(!1),w&&i.launcher?.focus({preventScroll:!0})},q=(w,M)=>e.dispatchEvent(new CustomEvent(`\
unicom:${w}`,{bubbles:!0,composed:!0,detail:M}));return p.on("message",({id:w,chat_id:M})=>q("message",{id:w,chat:M})),p.on("sent",({id:w,chat_id:M})=>q("sent",
{id:w,chat:M})),p.on("failed",({id:w,chat:M,error:U})=>q("failed",{id:w,chat:M,code:U?.code})),p.on("error",({code:w})=>q("error",{code:w})),p.on("identity",({code:w})=>q(
"identity-needed",{code:w})),p.subscribe(()=>{let{isReady:w,account:M,unread:U}=p.state;w&&(m.markKnown(M!==null),i.onUnread(U))}),S(),_(),{open:L,close:ee,update:_,
focusComposer:()=>c.focusComposer(),async send(w){await N(),await p.send({chat:c.value.chat,text:w})},showChat(w){L(),N().then(()=>w&&c.showChat(w))},startChat(){
L(),N().then(()=>c.showChat(p.startChat()))},identify:w=>p.identify(w),async logout(){await p.logout().finally(()=>m.clear())},destroy(){x=!0,v.destroy(),p.close(),
zt(null,f),f.remove()}}}export{su as mount};
