/*! Contains Preact, copyright (c) 2015-present Jason Miller, MIT License. */
var v={ar:"c2de2c85",de:"e03db199",es:"f65578d9",fr:"a118c876",he:"7d294560","pt-BR":"98c3ce9f"};function ce(i,e=Math.random){let t=Math.min(3e4,500*2**Math.min(i,10));return Math.max(500,e()*t)}var Le=class{#e;sleep(e){return new Promise(t=>{let n=setTimeout(
()=>this.#e?.(),e);this.#e=()=>{clearTimeout(n),this.#e=void 0,t()}})}wake(){this.#e?.()}};var Me=class{#e=new Map;on(e,t){let n=this.#e.get(e)??new Set;return this.#e.set(e,n.add(t)),()=>{n.delete(t)}}emit(e,t){for(let n of[...this.#e.get(e)??[]])n(t)}},
B=class{#e;#t=new Set;constructor(e){this.#e=e}get value(){return this.#e}set(e){if(!Object.is(e,this.#e)){this.#e=e;for(let t of[...this.#t])t()}}subscribe(e){
return this.#t.add(e),()=>{this.#t.delete(e)}}};var Ae=class{chats=new B([]);replace(e,t){let n=new Set(e.map(({id:s})=>s)),r=t?this.chats.value.filter(({id:s})=>!n.has(s)):[];this.#e([...e,...r])}add(e){let t=new Set(
e.map(({id:n})=>n));this.#e([...this.chats.value.filter(({id:n})=>!t.has(n)),...e])}put(e){let t=this.get(e.id);t&&t.change>e.change||this.add([e])}patch(e,t){this.#e(
this.chats.value.map(n=>n.id===e?{...n,...t}:n))}remove(e){this.#e(this.chats.value.filter(t=>t.id!==e))}get(e){return this.chats.value.find(t=>t.id===e)}#e(e){
let t=n=>n.last_message?.timestamp??n.created_at;this.chats.set(e.sort((n,r)=>t(n)<t(r)?1:t(n)>t(r)?-1:0))}};var gt="new:",Y=`${gt}first`;function te(i){return i.startsWith(gt)}function Zt(){return gt+crypto.randomUUID()}var de=200,yt=50,ze=class{constructor(e,t){this.source=e;this.chat=t;this.state=new B({entries:[],isLoaded:t===null,isLoading:!1,error:void 0,atStart:t===null,atEnd:!0,
newer:0,others:[],readUpTo:void 0})}source;chat;state;cursor=null;isFollowing=!0;#e=[];#t=[];#n=new Set;#i=0;#s=new WeakMap;get messages(){return this.#e}async load(){
let{chat:e}=this;if(e===null)return;let t=++this.#i;this.#o({isLoading:!0,error:void 0});try{let n=await this.source.page(e,{limit:yt});if(t!==this.#i)return;this.
cursor=n.cursor??null,this.#e=[],this.#a(n.messages),this.#o({isLoaded:!0,isLoading:!1,atStart:!n.has_more,atEnd:!0,newer:0});for(let r of n.participants??[])this.#c(
r)}catch(n){throw t===this.#i&&this.#o({isLoading:!1,error:n}),n}}loadOlder(){let e=this.#e[0];return!e||this.state.value.atStart?Promise.resolve():this.#r({before:e.
id,limit:yt},t=>{let n=this.#e.length>de;n&&(this.#e.length=de),this.#o({atStart:!t.has_more,...n&&{atEnd:!1}})})}loadNewer(){let e=this.#e.at(-1);return!e||this.
state.value.atEnd?Promise.resolve():this.#r({after:e.id,limit:yt,order:"asc"},t=>{let n=this.#e.length-de;n>0&&this.#e.splice(0,n);let r=t.has_more?Math.max(0,this.
state.value.newer-t.messages.length):0;this.#o({atEnd:!t.has_more,newer:r,...n>0&&{atStart:!1}})})}async reread(e){let t=this.#e.findIndex(a=>a.id===e);if(this.
chat===null||t<0)return;let[n,r]=[this.#e[t+1],this.#e[t-1]],o=(await this.source.page(this.chat,{limit:1,...r?{after:r.id,order:"asc"}:n&&{before:n.id}})).messages.
filter(a=>a.id===e&&this.#e.some(c=>c.id===e));this.#a(o),this.#o({})}apply(e,t){let n=[],r=this.#e.at(-1),{newer:s}=this.state.value;for(let o of e)if(o.kind===
"message_deleted")this.#n.add(o.id),this.#e=this.#e.filter(({id:a})=>a!==o.id);else if(o.kind==="participant")this.#c(o);else if(o.kind==="message"){let a=o.message,
c=this.#e.findIndex(({id:h})=>h===a.id);c>=0?this.#e[c]=a:!r||bt(a,r)?(n.push(a),this.state.value.atEnd&&(this.isFollowing||this.#e.length<de)?this.#a([a]):(a.is_outgoing&&
s++,this.#o({atEnd:!1}))):this.#e[0]&&(this.state.value.atStart||bt(a,this.#e[0]))&&this.#a([a])}return t!==null&&(this.cursor=t),this.#l(),this.#o({newer:s}),n}insert(e){
this.state.value.atEnd&&(this.#a([e]),this.#l()),this.#o({})}remove(e){this.#n.add(e),this.#e=this.#e.filter(t=>t.id!==e),this.#o({})}setPending(e){e===this.#t||
e.length===0&&this.#t.length===0||(this.#t=e,this.#o({}))}async#r(e,t){let{chat:n,state:r}=this;if(n===null||r.value.isLoading)return;let s=this.#i;this.#o({isLoading:!0,
error:void 0});try{let o=await this.source.page(n,e);if(s!==this.#i)return;this.#a(o.messages),t(o)}catch(o){throw s===this.#i&&this.#o({error:o}),o}finally{s===
this.#i&&this.#o({isLoading:!1})}}#a(e){let t=new Map(this.#e.map(n=>[n.id,n]));for(let n of e)this.#n.has(n.id)||t.set(n.id,n);this.#e=[...t.values()].sort((n,r)=>bt(
n,r)?1:-1)}#l(){let e=this.#e.length-de;e<=0||(this.#e.splice(0,e),this.#o({atStart:!1}))}#c({is_self:e,name:t,delivered_up_to:n,read_up_to:r}){if(e)return this.#o(
{readUpTo:r??void 0});let s=this.state.value.others.filter(o=>o.name!==t);this.#o({others:[...s,{is_self:e,name:t,delivered_up_to:n,read_up_to:r}]})}#o(e){let t={
...this.state.value,...e},n=new Set(this.#e.map(({client_message_id:o})=>o)),r=t.atEnd?this.#t.filter(({id:o})=>!n.has(o)).slice(-de):[],s=[...this.#e.map(o=>this.#d(
o,()=>({key:_i(o),message:o}))),...r.map(o=>this.#d(o,()=>({key:o.id,pending:o})))];this.state.set({...t,entries:s})}#d(e,t){let n=this.#s.get(e)??t();return this.#s.
set(e,n),n}};function _i(i){return!i.is_outgoing&&i.client_message_id||i.id}function bt(i,e){return i.timestamp===e.timestamp?i.id>e.id:i.timestamp>e.timestamp}var xi=5,De=class{constructor(e,t,n,r,s){this.http=e;this.state=t;this.events=n;this.follower=r;this.channel=s;this.list.chats.subscribe(()=>t.patch({chats:this.
list.chats.value}))}http;state;events;follower;channel;list=new Ae;#e=new Map;#t=new Map;resolve(e){return this.#t.get(e)??e}start(){return this.state.value.chats.
length?Zt():Y}shown(e){return this.#e.get(this.resolve(e))}show(e){let t=this.resolve(e),n=this.#e.get(t);if(n)return this.#e.delete(t),this.#e.set(t,n),n;let r={
page:(o,a)=>this.http.get("webchat/messages/",{query:{chat_id:o,...a}})},s=new ze(r,te(t)?null:t);return this.#e.set(t,s),this.#i(t,s),this.#n(),this.load(t),s}async load(e){
let t=this.resolve(e),n=this.#e.get(t);!n||n.chat===null||await n.load().then(()=>this.follower.watch(t,n.cursor),r=>{r.status===404&&this.gone(t)})}loadMissing(){
for(let[e,{state:t,chat:n}]of this.#e)n!==null&&!t.value.isLoaded&&this.load(e)}*watched(){for(let[e,t]of this.#e)t.chat!==null&&t.state.value.isLoaded&&(yield[
e,t.cursor])}async read(){let e=await this.http.get("webchat/chats/",{query:{limit:100,...this.channel}});this.list.replace(e.chats,e.has_more);let t=e.chats.reduce(
(n,r)=>n+r.unread_count,0);this.state.patch({hasMoreChats:e.has_more,unread:t})}async readMore(){let e=null;for(let t=0;;){let n=await this.http.get("webchat/ch\
ats/",{query:{limit:100,cursor:e,...this.channel}});if(this.list.add(n.chats),t+=n.chats.length,e=n.next_cursor,!n.has_more||t>this.state.value.chats.length)return this.
state.patch({hasMoreChats:n.has_more})}}async create(e){let{chat:t}=await this.http.post("webchat/chats/",e);return this.list.put(t),t.id}async change(e,t){let{
chat:n}=await this.http.request("PATCH",Ne(e),{json:t});this.list.put(n)}async delete(e){await this.http.request("DELETE",Ne(e),{query:{hard_delete:!0}}),this.gone(
e)}showPending(){for(let[e,t]of this.#e)this.#i(e,t)}bind(e,t){if(this.#t.has(e))return;this.#t.set(e,t);let n=this.#e.get(e);n&&(this.#e.delete(e),this.#e.set(
t,n),n.chat=t,this.load(t)),this.events.emit("bound",{from:e,to:t})}gone(e){this.list.remove(e),this.#e.delete(e),this.events.emit("gone",e)}clear(){let e=[...this.#e.
keys()];this.#e.clear(),this.#t.clear(),this.list.replace([],!1),this.state.patch({unread:0,hasMoreChats:!1});for(let t of e)this.events.emit("gone",t)}#n(){for(let[
e,t]of this.#e){if(this.#e.size<=xi)return;this.#e.delete(e),t.chat!==null&&this.follower.unwatch(e)}}#i(e,t){t.setPending(this.state.value.pending.filter(n=>this.
resolve(n.chat)===e))}};function Ne(i){return`webchat/chat/${encodeURIComponent(i)}/`}function ue(i){return{mode:i,prove:async()=>({headers:{}}),renew:async()=>!1}}var T=class extends Error{name="UnicomError";code;status;retryAfter;requestId;constructor(e,t,n={}){super(t,n.cause===void 0?void 0:{cause:n.cause}),this.code=e,
this.status=n.status??0,this.retryAfter=n.retryAfter,this.requestId=n.requestId}get isTemporary(){let{status:e,code:t}=this;return e===0?t==="network"||t==="tim\
eout"||t==="invalid_response":e===408||e===425||e===429||e>=500}};function wi(i,e){if(!i)return;let t=Number(i),n=Number.isFinite(t)?t*1e3:Date.parse(i)-e;return Number.
isFinite(n)?Math.min(Math.max(n,0),36e5):void 0}function vt(i,e,t){let n={};try{n=JSON.parse(t)}catch{}return new T(n.code??"invalid_response",n.error??`the ser\
ver responded with ${i}`,{status:i,retryAfter:wi(e.get("retry-after"),Date.now()),requestId:e.get("x-request-id")??void 0})}var ki=3e4,X=class{constructor(e,t,n){this.base=e;this.credentials=t;this.fetch=n}base;credentials;fetch;get(e,t={}){return this.request("GET",e,t)}post(e,t={}){
return this.request("POST",e,t)}request(e,t,n={}){let r=()=>this.credentials.prove(e!=="GET",n.owner);return this.#e(r,s=>this.#t(e,t,n,s))}stream(e,t,n){let r=()=>this.
credentials.prove(!1);return this.#e(r,async s=>{let o={Accept:"text/event-stream",...s},a=await this.#i("GET",this.address(e,t),{headers:o,signal:n,cache:"no-s\
tore"});if(!a.ok)throw vt(a.status,a.headers,await a.text());if(!a.body||!a.headers.get("content-type")?.startsWith("text/event-stream"))throw new T("invalid_re\
sponse","the response is not a stream of events",{status:a.status});return a.body})}async#e(e,t){let n=await e();try{return await t(n.headers)}catch(r){if(!(r instanceof
T)||!await this.credentials.renew(r,n))throw r;return t((await e()).headers)}}address(e,t={}){let n=Object.entries(t).filter(([,s])=>s!=null),r=new URLSearchParams(
n.map(([s,o])=>[s,String(o)])).toString();return`${this.base}/${e}${r&&`?${r}`}`}async#t(e,t,n,r){let s={...r,...n.headers},o=n.form;n.json!==void 0&&(s["Conten\
t-Type"]="application/json",o=JSON.stringify(n.json));let a=this.address(t,n.query),h=n.onProgress&&typeof XMLHttpRequest<"u"?await Ti(e,a,s,o,n):await this.#n(
e,a,{headers:s,...o&&{body:o}},n);if(h.status===304)return null;if(h.status<200||h.status>299)throw vt(h.status,h.headers,h.body);try{return JSON.parse(h.body)}catch(d){
throw new T("invalid_response","the response is not JSON",{status:0,cause:d})}}async#n(e,t,n,r){let s=AbortSignal.timeout(r.timeout??ki),o=r.signal?AbortSignal.
any([r.signal,s]):s,{cache:a="no-store",keepalive:c=!1}=r,h=await this.#i(e,t,{...n,signal:o,cache:a,keepalive:c}),d=await h.text().catch(f=>{throw en(f)});return{
status:h.status,headers:h.headers,body:d}}async#i(e,t,n){try{return await this.fetch(t,{method:e,credentials:this.credentials.mode,...n})}catch(r){throw en(r)}}};
function en(i){let e=i instanceof Error?i.name:"";return e==="AbortError"?new T("aborted","the call was aborted",{cause:i}):e==="TimeoutError"?new T("timeout","\
the server did not respond in time",{cause:i}):new T("network","the server cannot be reached",{cause:i})}function Ti(i,e,t,n,{onProgress:r,signal:s}){return new Promise(
(o,a)=>{let c=new XMLHttpRequest;c.open(i,e);for(let[h,d]of Object.entries(t))c.setRequestHeader(h,d);if(c.upload.onprogress=({loaded:h,total:d})=>r?.(d?h/d:0),
c.onload=()=>{let{status:h,responseText:d}=c;o({status:h,headers:{get:f=>c.getResponseHeader(f)},body:d})},c.onerror=()=>a(new T("network","the server cannot be\
 reached")),c.onabort=()=>a(new T("aborted","the call was aborted")),s?.addEventListener("abort",()=>c.abort(),{once:!0}),s?.aborted)return c.abort(),a(new T("a\
borted","the call was aborted"));c.send(n??null)})}var Ci=2e4,He=class{constructor(e,t){this.base=e;this.fetch=t;this.#e=new X(e,ue(this.mode),t)}base;fetch;mode="same-origin";namesHeirs=!1;listener;#e;#t;#n;async prove(e){
return e?(this.#t??=(await this.#i()).csrf_token??"",{headers:{"X-CSRFToken":this.#t}}):{headers:{}}}async renew(e){if(e.code!=="csrf_failed")return!1;let t=this.#t;
return this.#t=(await this.#i()).csrf_token??"",this.#t!==t}async socketProtocols(){return[]}async session(){let e=await this.#i();return this.#t=e.csrf_token??
"",{account:e.account_id}}identify(){throw new TypeError("visitors with cookies log in; to identify them, give the client the key of a channel")}async end(){await new X(
this.base,this,this.fetch).post("auth/logout/"),this.forget()}forget(){this.#t=void 0}close(){}#i(){return this.#n??=this.#e.get("auth/session/",{timeout:Ci}).finally(
()=>this.#n=void 0),this.#n}};var Si=3e4;async function tn(i,e){if(typeof i=="string")return i;let t,n=new Promise((r,s)=>{t=setTimeout(()=>s(new T("timeout","the page did not say who the vi\
sitor is")),Si)});try{return await Promise.race([i(e),n])}catch(r){throw r instanceof T?r:new T("network","the page could not say who the visitor is",{cause:r})}finally{
clearTimeout(t)}}var Ei=new Set(["identity_required","identity_invalid","identity_expired"]);function re(i){return Ei.has(i.code)}function ye(){return new T("id\
entity_required","the page has to say who the visitor is",{status:403})}var nn=6e3,rn=5e3,sn=2,Pi=5e3,Oi=15e3,Ue={status:"idle",transport:void 0,retryAt:void 0},_t={status:"refused",transport:void 0,retryAt:void 0},Fe=class{constructor(e,t){
this.host=e;this.options=t}host;options;state=new B(Ue);#e;#t;#n=0;#i=0;#s=0;#r=!1;#a=new Set;#l;start(){if(this.#r)return;this.#r=!0;let e=Date.now();this.#l=setInterval(
()=>{let t=Date.now();t-e>Oi&&this.wake(),e=t},Pi),this.#c()}stop(e=Ue){this.#r=!1,clearInterval(this.#l),this.#p(),this.state.set(e)}watch(e,t){this.#e?.watch(
e,t)}unwatch(e){this.#e?.unwatch(e)}send(e){return this.state.value.status==="live"&&(this.#e?.send(e)??!1)}wake(){this.#r&&(this.state.value.status==="live"?this.#e?.
check():this.retry())}retry(){!this.#r||this.state.value.status==="live"||this.state.value.status==="connecting"||(this.#s=0,this.#c())}offline(){this.#r&&(this.#p(),
this.#f("offline"),this.#h(15e3,()=>this.#c()))}#c(){if(this.#p(),!this.#r)return;this.#f("connecting");let e={},t={opened:()=>{e.at=Date.now(),this.#o(r)},frame:s=>this.
host.frame(s),ended:s=>{this.#e=void 0,this.#u(s,e.at)}},[,n]=this.options.transports[this.#n]??this.options.transports[0],r=n(t);this.#e=r,this.#h(nn,()=>{e.at!==
void 0||this.#e!==r||(r.close(),this.#e=void 0,this.#i=sn,this.#u({why:"lost"},void 0))})}#o(e){this.#s=0;for(let[t,n]of this.host.watched())e.watch(t,n);this.state.
set({status:"live",transport:e.name,retryAt:void 0}),this.#h(rn,()=>this.#i=0),this.#n>0&&this.#h(this.options.climbEvery??6e4,()=>this.#d())}#d(e=0){let t=this.
options.transports[e];if(!t||e>=this.#n){this.#h(this.options.climbEvery??6e4,()=>this.#d());return}let n=()=>{s.close(),this.#t=void 0,this.#d(e+1)},r=!1,s=t[1](
{opened:()=>{r=!0,this.#t=void 0,this.#m(),this.#e?.close(),this.#e=s,this.#n=e,this.#i=0,this.#o(s)},frame:o=>this.host.frame(o),ended:o=>{if(!r)return n();this.#e=
void 0,this.#u(o,Date.now())}});this.#t=s,this.#h(nn,()=>{!r&&this.#t===s&&n()})}async#u(e,t){if(this.#p(),!this.#r)return;if(e.why==="refused")return this.stop(
_t);if(this.options.isOffline())return this.offline();this.#f("reconnecting");let n=t!==void 0&&Date.now()-t>rn;if(e.why==="session"||!n&&!e.isOrderly){let s=await this.
host.probe().catch(()=>{});if(!this.#r||this.#e)return;if(s===!1)return this.stop();if(s&&e.why!=="session"&&++this.#i>=sn)return this.#i=0,this.#n=Math.min(this.#n+
1,this.options.transports.length-1),this.#c()}let r=Math.max(e.after??0,ce(this.#s++));this.state.set({status:"reconnecting",transport:void 0,retryAt:Date.now()+
r}),this.#h(r,()=>this.#c())}#f(e){this.state.set({status:e,transport:void 0,retryAt:void 0})}#p(){this.#m(),this.#e?.close(),this.#t?.close(),this.#e=this.#t=void 0}#h(e,t){
let n=setTimeout(()=>{this.#a.delete(n),t()},e);this.#a.add(n)}#m(){for(let e of this.#a)clearTimeout(e);this.#a.clear()}};function Be(i){try{let e=JSON.parse(i);return typeof e?.type=="string"?e:null}catch{return null}}function qe({status:i,code:e,retryAfter:t}){return e==="account\
_blocked"?{why:"refused"}:i===401||i===403?{why:"session"}:{why:"lost",after:t}}var Ii=15e3,on=25,je=class{constructor(e,t){this.http=e;this.#t=t,this.#a(!0)}http;name="poll";#e=new Map;#t;#n=new AbortController;#i;#s=!1;#r=!1;watch(e,t){this.
unwatch(e);let n=new AbortController;this.#e.set(e,n),this.#l(e,t,n.signal)}unwatch(e){this.#e.get(e)?.abort(),this.#e.delete(e)}send(){return!1}check(){this.#a(
!1)}close(){this.#t=void 0,clearTimeout(this.#i),this.#n.abort();for(let e of this.#e.values())e.abort();this.#e.clear()}async#a(e){if(this.#r=!0,this.#s)return;
this.#s=!0,clearTimeout(this.#i);let t=this.#n.signal;try{this.#r=!1;let n=await this.http.get("webchat/chats/",{query:{limit:100},signal:t}),{unread_total:r}=await this.
http.get("webchat/unread/",{signal:t});if(!this.#t)return;e&&this.#t.opened(),this.#t.frame({type:"hello",chats:n.chats,has_more:n.has_more,unread_total:r,heartbeat_s:25}),
this.#i=setTimeout(()=>{this.#a(!1)},this.#r?0:Ii)}catch(n){t.aborted||this.#c(n)}finally{this.#s=!1}}async#l(e,t,n){let r=t,s=r===null?0:on,o;for(;!n.aborted;)
try{let a={chat_id:e,cursor:r,wait:s,stream_id:o?.id,stream_offset:o?.length},c=await this.http.get("webchat/events/",{query:a,signal:n,timeout:(s+15)*1e3});if(n.
aborted)return;let h=c.reset||c.items.length>0;r=c.cursor,c.reset?this.#t?.frame({type:"reset",chat_id:e,cursor:r}):this.#t?.frame({type:"changes",chat_id:e,cursor:r,
items:c.items}),c.stream?(this.#t?.frame({type:"stream",chat_id:e,...c.stream}),o={id:c.stream.stream_id,length:c.stream.offset+c.stream.text.length}):o&&(this.#t?.
frame({type:"stream",chat_id:e,stream_id:o.id,offset:0,text:"",state:"done"}),o=void 0),h&&this.#a(!1),s=on}catch(a){return n.aborted?void 0:a instanceof T&&a.status===
404?this.#t?.frame({type:"chat_gone",chat_id:e}):this.#c(a)}}#c(e){let t=this.#t;this.close(),t?.ended(qe(e))}};var $e=class{open=new B([]);apply(e){let t=this.open.value.find(({id:o})=>o===e.stream_id);if(e.state!=="open")return this.remove(e.stream_id);let n=t?.text??"";
if(e.offset>n.length)return;let r=n.slice(0,e.offset)+e.text,s=this.open.value.filter(({id:o})=>o!==e.stream_id);this.open.set([...s,{id:e.stream_id,chat:e.chat_id,
text:r}])}remove(e){this.open.value.some(t=>t.id===e)&&this.open.set(this.open.value.filter(t=>t.id!==e))}clear(e){let t=e===void 0?[]:this.open.value.filter(n=>n.
chat!==e);t.length!==this.open.value.length&&this.open.set(t)}};var Ri=1e4,Li=3e3,We=class{typists=new B([]);#e=new Map;#t;note(e,{name:t,kind:n},r){let s=`${e} ${n} ${t}`;clearTimeout(this.#e.get(s));let o=this.typists.value.
filter(a=>`${a.chat} ${a.kind} ${a.name}`!==s);this.typists.set(r?[...o,{chat:e,name:t,kind:n}]:o),r&&this.#e.set(s,setTimeout(()=>this.note(e,{name:t,kind:n},!1),
Ri))}arrived(e){for(let{chat:t,name:n,kind:r}of this.typists.value)t===e&&this.note(e,{name:n,kind:r},!1)}isDue(e,t,n){let r=this.#t?.chat===e?this.#t.at:void 0;
return t?r!==void 0&&n-r<Li?!1:(this.#t={chat:e,at:n},!0):(this.#t=void 0,r!==void 0)}};var Mi=500,Ve=class{constructor(e,t,n,r){this.chats=e;this.state=t;this.events=n;this.send=r;this.typing.typists.subscribe(()=>t.patch({typists:this.typing.typists.
value})),this.streams.open.subscribe(()=>t.patch({streams:this.streams.open.value}))}chats;state;events;send;streams=new $e;typing=new We;#e;frame(e){switch(e.type){case"\
hello":return this.chats.list.replace(e.chats,e.has_more),this.state.patch({hasMoreChats:e.has_more,unread:e.unread_total});case"chat":return this.chats.list.put(
e.chat);case"unread":return this.state.patch({unread:e.unread_total});case"chat_gone":return this.chats.gone(e.chat_id);case"changes":return this.#t(e);case"res\
et":return this.streams.clear(e.chat_id),void this.chats.load(e.chat_id);case"typing":return this.typing.note(e.chat_id,e.author,e.is_typing);case"stream":return this.
chats.shown(e.chat_id)?.messages.some(({id:t})=>t===e.stream_id)?void 0:(this.typing.arrived(e.chat_id),this.streams.apply(e));case"error":return this.events.emit(
"error",new T(e.code,e.error));default:}}close(){clearTimeout(this.#e)}#t({chat_id:e,items:t,cursor:n}){let r=this.chats.shown(e);if(!r?.state.value.isLoaded)return;
let s=r.apply(t,n).filter(({is_outgoing:o})=>o);if(s.length){this.typing.arrived(e);for(let{id:o}of s)this.streams.remove(o);clearTimeout(this.#e),this.#e=setTimeout(
()=>{let o=this.chats.shown(e)?.messages.at(-1);o&&this.send({type:"delivered",chat_id:e,message_id:o.id})},Mi);for(let o of s)this.events.emit("message",o)}}};var Ai=25e3,zi=1e4,Di=1500,Ge=class{name="ws";#e;#t=!1;#n=new Map;#i;#s;#r;constructor(e,t,n){this.#r=n,t.socketProtocols().then(r=>{this.#r&&this.#a(`${e.replace(
/^http/,"ws")}/webchat/ws/`,["unicom.v1",...r])},()=>this.#d({why:"lost"}))}watch(e,t){this.#t?this.#o({type:"subscribe",chats:{[e]:t}}):this.#n.set(e,t)}unwatch(e){
this.#n.delete(e),this.#t&&this.#o({type:"unsubscribe",chats:[e]})}send(e){return this.#t?(this.#o(e),!0):!1}check(){this.#c(Di)}close(){this.#r=void 0,this.#u()}#a(e,t){
let n=new WebSocket(e,t);n.onmessage=({data:r})=>this.#l(String(r)),n.onclose=({code:r,reason:s})=>this.#d(Ni(r,s)),this.#e=n}#l(e){clearTimeout(this.#s),this.#s=
void 0;let t=Be(e);t&&(t.type==="hello"&&!this.#t&&(this.#t=!0,this.#i=setInterval(()=>this.#c(zi),Ai),this.#r?.opened(),this.#n.size&&this.#o({type:"subscribe",
chats:Object.fromEntries(this.#n)}),this.#n.clear()),this.#r?.frame(t))}#c(e){this.#t&&(this.#o({type:"ping"}),this.#s??=setTimeout(()=>this.#d({why:"lost"}),e))}#o(e){
this.#e?.readyState===WebSocket.OPEN&&this.#e.send(JSON.stringify(e))}#d(e){let t=this.#r;this.close(),t?.ended(e)}#u(){clearInterval(this.#i),clearTimeout(this.#s),
this.#t=!1,this.#e&&(this.#e.onmessage=this.#e.onclose=null,this.#e.close())}};function Ni(i,e){let t=Number(/\d+/.exec(e)?.[0]),n=Number.isFinite(t)?Math.min(t,
300)*1e3:void 0;switch(i){case 4401:return{why:"session"};case 4403:return{why:"refused"};case 4429:return{why:"lost",after:n??1e4,isOrderly:!0};case 1001:case 1012:case 1013:
return{why:"lost",after:n,isOrderly:!0};case 4408:return{why:"lost",isOrderly:!0};default:return{why:"lost"}}}var Hi=6e4,Ui=26e3,xt=class{#e="";#t=[];push(e){let t=[],r=(this.#e+e).split(/\r\n|\n|\r(?!$)/);this.#e=r.pop()??"";for(let s of r)s===""?(this.#t.length&&t.push(
this.#t.join(`
`)),this.#t=[]):s.startsWith("data:")&&this.#t.push(s.slice(s[5]===" "?6:5));return t}},Ke=class{constructor(e,t){this.http=e;this.#t=t,this.#i=setInterval(()=>this.#a(
Hi),1e4),this.#s("",null)}http;name="sse";#e=new Map;#t;#n=Date.now();#i;watch(e,t){this.unwatch(e),this.#s(e,t)}unwatch(e){this.#e.get(e)?.abort(),this.#e.delete(
e)}send(){return!1}check(){this.#a(Ui)}close(){this.#t=void 0,clearInterval(this.#i);for(let e of this.#e.values())e.abort();this.#e.clear()}async#s(e,t){let n=new AbortController;
this.#e.set(e,n);let r={why:"lost"};try{let s=e?{chat_id:e,cursor:t}:{},a=(await this.http.stream("webchat/events/",s,n.signal)).pipeThrough(new TextDecoderStream).
getReader(),c=new xt;for(;;){let{value:h,done:d}=await a.read();if(d)break;this.#n=Date.now();for(let f of c.push(h)){let m=this.#r(f);m&&(r=m)}}}catch(s){if(n.
signal.aborted)return;if(s.status===404&&e)return this.#t?.frame({type:"chat_gone",chat_id:e});r=qe(s)}n.signal.aborted||this.#l(r)}#r(e){let t=Be(e);return!t||
(t.type==="hello"&&this.#t?.opened(),this.#t?.frame(t),t.type!=="error")?void 0:t.code==="account_blocked"?{why:"refused"}:{why:/^(login_required|csrf_failed|token_\w+)$/.
test(t.code)?"session":"lost",isOrderly:!0}}#a(e){Date.now()-this.#n>e&&this.#l({why:"lost"})}#l(e){let t=this.#t;this.close(),t?.ended(e)}};function Ye(){return typeof navigator<"u"&&navigator.onLine===!1}var ve=class{isDurable=!1;#e=new Map;all(){return Promise.resolve([...this.#e.values()].sort((e,t)=>e.order-t.order))}put(e){return this.#e.set(e.id,{...e}),Promise.
resolve()}delete(e){return this.#e.delete(e),Promise.resolve()}clear(){return this.#e.clear(),Promise.resolve()}},be="outbox";function Fi(i){return new Promise(
(e,t)=>{i.onsuccess=()=>e(i.result),i.onerror=()=>t(i.error)})}var wt=class i{constructor(e){this.database=e}database;isDurable=!0;static open(e){return new Promise(
(t,n)=>{let r=setTimeout(()=>n(new Error("IndexedDB does not open")),3e3),s=indexedDB.open(e,1);s.onupgradeneeded=()=>{s.result.createObjectStore(be,{keyPath:"i\
d"})},s.onsuccess=()=>{clearTimeout(r),s.result.onversionchange=()=>s.result.close(),t(new i(s.result))},s.onerror=s.onblocked=()=>{clearTimeout(r),n(s.error??new Error(
"IndexedDB is blocked"))}})}async all(){return(await Fi(this.#e("readonly").getAll())).sort((t,n)=>t.order-n.order)}put(e){return this.#t(t=>t.put(e))}delete(e){
return this.#t(t=>t.delete(e))}clear(){return this.#t(e=>e.clear())}#e(e){return this.database.transaction(be,e).objectStore(be)}#t(e){return new Promise((t,n)=>{
let r=this.database.transaction(be,"readwrite");r.oncomplete=()=>t(),r.onabort=r.onerror=()=>n(r.error),e(r.objectStore(be))})}},kt=class{constructor(e,t){this.
durable=e;this.onFailure=t}durable;onFailure;#e=new ve;isDurable=!0;async all(){let e=await this.durable.all().catch(()=>[]),t=await this.#e.all(),n=new Set(t.map(
({id:r})=>r));return[...e.filter(({id:r})=>!n.has(r)),...t].sort((r,s)=>r.order-s.order)}async put(e){try{await this.durable.put(e),await this.#e.delete(e.id)}catch(t){
await this.#e.put(e),this.isDurable=!1,this.onFailure(an(t))}}async delete(e){await this.#e.delete(e),await this.durable.delete(e).catch(()=>{})}async clear(){await this.#e.
clear(),await this.durable.clear().catch(()=>{})}};function an(i){let e="the browser stores nothing: unsent messages are lost when the page is closed";return new T(
"storage_unavailable",e,{cause:i})}async function ln(i,e,t){if(e==="memory")return new ve;try{return new kt(await wt.open(i),t)}catch(n){return t(an(n)),new ve}}var cn=15e3,Je=class{constructor(e,t,n=Date.now){this.store=e;this.host=t;this.now=n}store;host;now;items=new B([]);#e=[];#t=new Map;#n=0;#i=0;#s;#r=new Map;#a=0;#l=0;#c=new Le;#o=!1;#d=!1;#u=!1;async add(e){
let t={...e,order:this.#g()};this.#t.set(e.id,t),this.#e=[...this.#e,t],this.#y(),await this.store.put(t),this.#t.delete(e.id),this.#e.some(({id:n})=>n===e.id)||
await this.store.delete(e.id),this.host.announce(),this.run()}async retry(e){let t=this.#e.find(s=>s.id===e);if(!t)return;let{failure:n,...r}=t;this.#r.delete(e),
await this.store.put({...r,order:this.#g()}),await this.reload(),this.host.announce(),this.kick()}async cancel(e){this.#s?.id===e&&this.#s.abort.abort(),await this.#v(
e),this.host.announce()}async rebind(e,t){for(let n of await this.store.all())n.chat===e&&await this.store.put({...n,chat:t,createsChat:!1});await this.reload()}async adopt(e,t){
for(let n of await this.store.all()){let r=t===null||n.chat===e?{chat:Y,createsChat:!1}:{};n.owner===e&&await this.store.put({...n,...r,owner:t})}await this.reload()}find(e){
return this.#e.find(t=>t.id===e&&this.host.isOwn(t.owner))}kick(){for(let e of this.#r.values())e.until=0;this.#l=0,this.#c.wake(),this.run()}async reload(){for(;;){
let e=this.#n,t=await this.store.all();if(e!==this.#n)continue;let n=new Set(t.map(({id:r})=>r));return this.#e=[...t,...[...this.#t.values()].filter(({id:r})=>!n.
has(r))],this.#y()}}async clear(){this.#s?.abort.abort(),await this.store.clear(),await this.reload()}close(){this.#u=!0,this.#s?.abort.abort(),this.#c.wake()}async run(){
if(this.#o){this.#d=!0;return}this.#o=!0;try{for(;;){this.#d=!1;let e=await this.host.exclusively(()=>this.#f());if(this.#u)return;if(e!==null)await this.#c.sleep(
e);else if(!this.#d)return;if(this.#u)return}}finally{this.#o=!1}}async#f(){for(await this.reload();;){if(this.#u)return null;let{item:e,wait:t}=this.#p();if(!e)
return t;await this.#h(e)}}#p(){let e=this.now();this.host.isOffline()?this.#l||(this.#l=e+cn):this.#l=0;let t=null,n=s=>t=Math.min(t??1/0,s),r=new Set;for(let s of this.#e){
if(s.failure||!this.host.isOwn(s.owner)||r.has(s.chat))continue;if(this.#t.has(s.id)){r.add(s.chat);continue}let o=Math.max(this.#a,this.#l,this.#r.get(s.id)?.until??
0);if(o<=e)return{item:s,wait:null};n(o-e),r.add(s.chat)}return{wait:t}}async#h(e){let t=new AbortController;this.#s={id:e.id,progress:0,abort:t},this.host.isOffline()&&
(this.#l=this.now()+cn),this.#y();try{let n=await this.host.deliver(e,t.signal,r=>{this.#s?.id===e.id&&(this.#s.progress=r,this.#y())});await this.host.sent(e,n),
this.#s=void 0,await this.#v(e.id),this.host.announce()}catch(n){this.#s=void 0;let r=n instanceof T?n:new T("network",String(n),{cause:n});if(r.code==="aborted")
return;await this.#m(e,r)}}async#m(e,t){let n={code:t.code,status:t.status,message:t.message};if(!t.isTemporary){let o={...this.#e.find(({id:a})=>a===e.id)??e,failure:n};
await this.store.put(o),await this.reload(),this.host.failed(o),this.host.announce();return}let r=(this.#r.get(e.id)?.attempt??-1)+1,s=this.now()+(t.retryAfter??
ce(r));t.retryAfter!==void 0&&(this.#a=Math.max(this.#a,s)),this.#r.set(e.id,{attempt:r,until:s,error:n}),this.#y()}async#v(e){await this.store.delete(e),this.#n++,
this.#r.delete(e),this.#e=this.#e.filter(t=>t.id!==e),this.#y()}#g(){let e=this.#e.reduce((t,{order:n})=>Math.max(t,n),this.#i);return this.#i=Math.max(this.now(),
e+.001),this.#i}#y(){let e=new Map(this.items.value.map(n=>[n.id,n])),t=this.#e.filter(n=>this.host.isOwn(n.owner));this.items.set(t.map(n=>{let r=this.#s?.id===
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
...t.replyTo!==void 0&&{reply_to_message_id:t.replyTo}},c={signal:n,owner:t.owner};if(!t.file)return this.#n(t,{...c,json:{...a,text:t.text}});let h=new FormData;
for(let[d,f]of Object.entries(a))f!==void 0&&h.set(d,typeof f=="object"?JSON.stringify(f):String(f));return t.text&&h.set("text",t.text),h.set("media",t.file,t.
fileName??"file"),this.#n(t,{...c,form:h,onProgress:r})}async#n(e,t){try{return await this.http.post("webchat/send/",t)}catch(n){if(!(n instanceof T&&n.code==="\
chat_not_found")||e.chat!==e.owner||await this.host.readSession()===e.owner)throw n;t.form?.delete("chat_id");let{chat_id:s,...o}=t.json??{};return this.http.post(
"webchat/send/",{...t,...!t.form&&{json:o}})}}async#i(e,t,{chat_id:n,message:r}){this.chats.resolve(t.chat)!==n&&await this.#s(e,t.chat,n),this.chats.shown(n)?.
insert(r),this.events.emit("sent",r);let{id:s,text:o,timestamp:a,is_outgoing:c,sender_name:h}=r;this.chats.list.patch(n,{last_message:{id:s,text:o,timestamp:a,is_outgoing:c,
sender_name:h}}),this.state.value.account===null&&this.host.sessionBegan()}async#s(e,t,n){this.chats.bind(t,n),await e.rebind(t,n),this.tabs.tell({type:"bound",
from:t,to:n})}};var Qe=class extends B{constructor(){super({connection:Ue,account:null,config:void 0,isReady:!1,chats:[],hasMoreChats:!1,unread:0,pending:[],typists:[],streams:[],
error:void 0})}patch(e){this.set({...this.value,...e})}};var Ze=class{constructor(e,t,n){this.name=e;this.useLocks=n;typeof BroadcastChannel>"u"||(this.#e=new BroadcastChannel(e),this.#e.onmessage=({data:r})=>t(r))}name;useLocks;#e;tell(e){
this.#e?.postMessage(e)}exclusively(e,t=""){let n=this.useLocks&&typeof navigator<"u"?navigator.locks:void 0;return n?n.request(this.name+t,e):e()}close(){this.#e?.
close()}};var et=class{constructor(e,t){this.key=e;this.isDurable=t}key;isDurable;#e=null;read(){try{let e=this.isDurable?localStorage.getItem(this.key):this.#e,t=JSON.parse(
e??"null");return typeof t?.value=="string"?t:void 0}catch{return}}write(e){let t=e?JSON.stringify(e):null;if(this.#e=t,!!this.isDurable)try{t===null?localStorage.
removeItem(this.key):localStorage.setItem(this.key,t)}catch{this.isDurable=!1}}};var Bi=3e5,qi=6e4,ji=2**31-1,nt=class{constructor(e,t,n,r,s,o){this.channel=t;this.store=r;this.exclusively=s;this.identity=o;this.#e=new X(e,ue(this.mode),n)}channel;store;exclusively;identity;mode="\
omit";namesHeirs=!0;listener;#e;#t;#n=!1;#i;#s=Promise.resolve();#r;async prove(e,t){if(t&&t!==this.#t?.account)throw new T("token_invalid","the visitor is anot\
her one now",{status:401});!this.#t&&e&&await this.#m(()=>this.#a());let n=this.#t;return n&&Date.now()>=n.renewAt&&this.#d(n),{token:n,headers:n?tt(n):{}}}async renew({
code:e},{token:t}){return!t||e!=="token_expired"&&e!=="token_invalid"?!1:(await this.#m(()=>this.#u(()=>this.#o(t,e==="token_expired"))),this.#t?.account===t.account)}async socketProtocols(){
let{token:e}=await this.prove(!1);return e?[`unicom.token.${e.value}`]:[]}async session(){await this.#m(async()=>{if(this.#i)throw this.#i;this.#f(),this.identity!==
void 0&&(!this.#n||!this.#t)&&await this.#l("start")}),this.#h();let{account:e=null,heirOf:t}=this.#t??{};return{account:e,heirOf:t}}identify(e){this.identity=e,
this.#n=!1,this.#i=void 0}async end(){await this.#s,this.#f();let e=this.#t;this.identity=this.#i=void 0,this.#p(void 0),e&&await this.#e.request("DELETE","webc\
hat/visitor/",{headers:tt(e),keepalive:!0}).catch(t=>{if(t.status!==401)throw t})}forget(){this.#t=void 0}close(){clearTimeout(this.#r),this.listener=void 0}async#a(){
if(this.#f(),this.#t)return;if(this.#i)throw this.#i;if(this.identity!==void 0&&await this.#l("start"))return;let e={channel:this.channel};this.#p(Tt(await this.#e.
post("webchat/visitor/",{json:e})))}async#l(e){let{identity:t}=this,n=t===void 0?null:await tn(t,e);if(n!==null)try{this.#p(await this.#c(n))}catch(r){if(e==="s\
tart"&&typeof t=="function"&&r.code==="identity_expired")return this.#l("expired");throw r}else this.#t?.kind==="identified"&&this.#p(void 0);return this.#n=!0,
n!==null}async#c(e){let t=this.#t?.kind==="guest"?this.#t:void 0,n={channel:this.channel,identity:e},r=o=>this.#e.post("webchat/identify/",{json:n,headers:o}),s=await r(
t?tt(t):{}).catch(o=>{if(t&&["token_expired","token_invalid","guest_taken"].includes(o.code))return r({});throw o});return Tt(s,s.merged?t?.account:void 0)}async#o(e,t){
if(this.#f(),this.#t?.value===e.value)try{if(e.kind==="identified"){if(!await this.#l("expired"))throw ye()}else t?this.#p(Tt(await this.#e.post("webchat/visito\
r/refresh/",{headers:tt(e)}))):this.#p(void 0)}catch(n){let r=n;if(re(r))this.#i=r;else if(r.status!==401)throw n;this.#p(void 0)}}#d(e){this.#t={...e,renewAt:Date.
now()+qi};let t=e.kind==="guest"||this.identity!==void 0,n=()=>this.#u(()=>t?this.#o(e,!0):Promise.resolve());this.#m(n).catch(()=>{}).then(()=>this.#h())}async#u(e){
let t=this.#t;await e();let n=this.#t;n?.value!==t?.value&&(this.#h(),n&&n.account===t?.account?this.listener?.renewed(n.value):this.listener?.changed())}#f(){let e=this.
store.read();e?.value!==this.#t?.value&&(this.#t=e)}#p(e){this.#t=e,this.store.write(e)}#h(){clearTimeout(this.#r);let e=this.#t;if(!e||!this.listener)return;let t=Math.
min(Math.max(e.renewAt-Date.now(),0),ji);this.#r=setTimeout(()=>{this.#t===e&&Date.now()>=e.renewAt?this.#d(e):this.#h()},t)}#m(e){let t=this.#s.then(()=>this.exclusively(
e));return this.#s=t.catch(()=>{}),t}};function tt(i){return{Authorization:`Bearer ${i.value}`}}function Tt(i,e){let{token:t,kind:n,account_id:r,expires_at:s,refresh_after:o}=i,
a=Date.now(),c=Date.parse(s),h=o?Date.parse(o):c-(c-a)/4;return{value:t,kind:n,account:r,renewAt:h>a?h:a+Bi,heirOf:e}}var _e=class{http;#e=new Qe;#t=new Me;#n;#i;#s;#r;#a;#l;#c;#o=!1;#d=Promise.resolve();#u;#f;#p=0;#h=[];constructor(e){let t=e.fetch??globalThis.fetch.bind(globalThis);
this.#c=t;let{channel:n,climbEvery:r,identity:s,storage:o="auto"}=e,a=new URL(e.base,globalThis.location?.href).href.replace(/\/+$/,"");this.#l=typeof n=="strin\
g"?n:void 0;let c=`unicom:${$i(a,this.#l)}`,h=new Ze(c,p=>this.#S(p),e.locks??!0),d=p=>{let y=new et(c.replace(":",":token:"),o==="auto");return new nt(a,p,t,y,
x=>h.exclusively(x,":token"),s)},f=e.credentials??(this.#l===void 0?new He(a,t):d(this.#l));f.listener={changed:()=>{this.#_()},renewed:p=>this.#r.send({type:"r\
enew",token:p})},this.http=new X(a,f,t),this.#a=h;let m={ws:p=>new Ge(a,f,p),sse:p=>new Ke(this.http,p),poll:p=>new je(this.http,p)};this.#r=new Fe({frame:p=>this.#i.
frame(p),watched:()=>this.#n.watched(),probe:()=>this.#T()},{transports:(e.transports??["ws","sse","poll"]).map(p=>[p,m[p]]),...r!==void 0&&{climbEvery:r},isOffline:Ye}),
this.#r.state.subscribe(()=>this.#C());let u=typeof n=="number"?n:void 0;this.#n=new De(this.http,this.#e,this.#t,this.#r,u===void 0?{}:{channel_id:u}),this.#i=
new Ve(this.#n,this.#e,this.#t,p=>this.#r.send(p));let b={isOwn:p=>p===null||p===this.state.account||!f.namesHeirs&&un(p),openStore:()=>ln(c,o,p=>this.#t.emit("\
error",p)),readSession:()=>this.#g(),sessionBegan:()=>{this.#_()},refused:()=>this.#r.stop(_t)};this.#s=new Xe(this.http,this.#e,this.#t,this.#n,this.#a,b,u)}get state(){
return this.#e.value}subscribe(e){return this.#e.subscribe(e)}on(e,t){return this.#t.on(e,t)}connect(){return clearTimeout(this.#f),this.#u??=this.#m().catch(e=>{
if(this.#u=void 0,this.#b(e),e.isTemporary){let t=Math.max(e.retryAfter??0,ce(this.#p++));this.#f=setTimeout(()=>{this.connect().catch(()=>{})},t)}throw e}),this.#u}close(){
this.#r.stop(),this.#a.close(),this.http.credentials.close(),clearTimeout(this.#f),this.#i.close();for(let e of this.#h.splice(0))e();this.#s.opened?.then(e=>e.
close())}send(e){return this.#s.add(e)}async retry(e){await(await this.#s.open()).retry(e)}async cancel(e){await(await this.#s.open()).cancel(e)}messages(e){return this.#n.
show(e)}load(e){return this.#n.load(e)}resolve(e){return this.#n.resolve(e)}startChat(){return this.#n.start()}loadMoreChats(){return this.#n.readMore()}renameChat(e,t){
return this.#n.change(e,{title:t})}archiveChat(e,t=!0){return this.#n.change(e,{is_archived:t})}deleteChat(e){return this.#n.delete(e)}read(e){let t=this.resolve(
e),n=this.#n.list.get(t),r=this.#n.shown(t)?.messages.findLast(({is_outgoing:s})=>s);!n?.unread_count||!r||(this.#e.patch({unread:Math.max(0,this.state.unread-n.
unread_count)}),this.#n.list.patch(t,{unread_count:0}),!this.#r.send({type:"read",chat_id:t,message_id:r.id})&&this.http.post(`${Ne(t)}read/`).catch(s=>this.#t.
emit("error",s)))}typing(e,t){let n=this.resolve(e);te(n)||!this.#i.typing.isDue(n,t,Date.now())||this.#r.send({type:"typing",chat_id:n,is_typing:t})}async click(e){
await this.http.post("webchat/button-click/",{json:{callback_execution_id:e}})}async edit(e,t){let{message:n}=await this.http.request("PATCH",dn(e),{json:{text:t}});
return this.#n.shown(n.chat_id)?.apply([{kind:"message",message:n}],null),n}async remove(e,t){await this.http.request("DELETE",dn(t)),this.#n.shown(e)?.remove(t)}async stop(e){
await this.http.post(`webchat/stream/${encodeURIComponent(e)}/stop/`)}addressOf(e){return new URL(e,this.http.base).href}async reread(e,t){await this.#n.shown(e)?.
reread(t)}async identify(e){if(this.http.credentials.identify(e),!!this.#o&&(this.#e.patch({error:void 0}),this.#u&&await this.#_(),await this.connect(),this.state.
error))throw this.state.error}async logout(){await(await this.#s.open()).clear();try{await this.http.credentials.end()}finally{this.#a.tell({type:"end"}),this.#w(),
this.#x()}}async retryNow(){this.#u||await this.connect().catch(()=>{}),this.#r.retry(),(await this.#s.open()).kick()}async#m(){this.#h.length||this.#E(),this.#o=
!0,this.#e.patch({error:void 0}),this.#l!==void 0&&!this.state.config&&await this.#v(this.#l);let e=await this.#s.open();for(await e.reload();;){let t=await this.#g();
if(t===null){if(this.state.config?.guests===!1)throw ye();break}try{await this.#n.read();break}catch(n){if(n.status!==401||await this.#g()===t)throw n}}this.#e.
patch({isReady:!0}),this.state.account!==null&&this.#r.start(),e.run()}async#v(e){let n=await new X(this.http.base,ue("omit"),this.#c).get("webchat/config/",{query:{
channel:e},cache:"default"});this.#e.patch({config:n})}#g(){let e=this.#d.then(()=>this.#y());return this.#d=e.catch(()=>{}),e}async#y(){let{account:e,heirOf:t}=await this.
http.credentials.session().catch(r=>{throw re(r)&&this.#b(r),r}),n=this.state.account;if(e!==n){n!==null&&t===n&&e!==null&&this.#n.bind(n,e),n!==null&&this.#k(),
this.#e.patch({account:e});let r=await this.#s.open();t!==void 0?await r.adopt(t,e):e===null&&un(n)&&await r.adopt(n,null),await r.reload()}return e}async#T(){try{
return await this.#g()===null?!1:(await this.http.get("webchat/unread/"),!0)}catch(e){if(!re(e))throw e;return this.#b(e),!1}}async#_(e=!0){let t=this.state.account;
try{let n=await this.#g();if(n===t)return;if(t!==null&&this.#r.stop(),n===null)return this.#x();e&&this.#a.tell({type:"session"}),await this.#n.read()}catch(n){
if(this.#t.emit("error",n),re(n))return this.#b(n)}this.#r.start(),this.#s.opened?.then(n=>n.kick())}#x(){this.state.config?.guests===!1?this.#b(ye()):this.#s.opened?.
then(e=>e.kick())}#b(e){this.state.error!==e&&(re(e)&&(this.#w(),this.#t.emit("identity",e)),this.#e.patch({error:e}))}#C(){let e=this.#r.state.value,t=this.state.
connection.status;this.#e.patch({connection:e}),e.status==="live"?(this.#s.opened?.then(n=>n.kick()),this.#n.loadMissing()):t==="live"&&this.#i.streams.clear()}#w(){
this.#r.stop(),this.#k(),this.#e.patch({account:null}),this.#s.opened?.then(e=>e.reload())}#k(){this.#i.streams.clear(),this.#n.clear()}#S(e){e.type==="bound"&&
this.#n.bind(e.from,e.to),e.type==="session"&&this.#u&&this.#_(!1),e.type==="end"&&(this.http.credentials.forget(),this.#w(),this.#x()),e.type==="outbox"&&this.#s.
opened?.then(async t=>{await t.reload(),t.run()})}#E(){if(typeof window>"u")return;let e=(t,n,r)=>{t.addEventListener(n,r),this.#h.push(()=>t.removeEventListener(
n,r))};e(window,"online",()=>{this.retryNow()}),e(window,"offline",()=>this.#r.offline()),e(window,"pageshow",()=>this.#r.wake()),e(document,"visibilitychange",
()=>document.visibilityState==="visible"&&this.#r.wake())}};function dn(i){return`webchat/message/${encodeURIComponent(i)}/`}function un(i){return i?.startsWith(
"webchat_guest_")??!1}function $i(i,e){return e===void 0?i:`${i}#${e}`}var P,pn,Wi,ne,Ct,ot,fn,rt,mn,Pt,St,gn,we=Symbol.for("pv"),at={},lt=[],Vi=/^m(i|n|o|s|text|space)$/,Ot=Array.isArray,It=lt.slice,oe=Object.assign;function se(i){
i&&i.parentNode&&i.remove()}function ct(i,e,t){var n,r,s,o={},a=arguments.length;for(s in e)s=="key"?n=e[s]:s=="ref"&&typeof i!="function"?r=e[s]:o[s]=e[s];return a>
2&&(o.children=a>3?It.call(arguments,2):t),xe(i,o,n,r,null)}function xe(i,e,t,n,r){var s={type:i,props:e,key:t,ref:n,__k:null,__:null,__b:0,__e:null,__c:null,constructor:we,__v:r||++pn,__i:-1,__u:0};return!r&&P.vnode&&P.
vnode(s),s}function $(i){return i.children}function he(i,e){this.props=i,this.context=e,this.__g=0}function ie(i,e){if(e==null)return i.__&&ie(i.__,i.__i+1);for(var t;e<i.
__k.length;e++)if((t=i.__k[e])&&t.__e)return t.__e;return typeof i.type!="function"||i.props.__P?null:ie(i)}function Gi(i){var e,t=i.__v,n=t.__e,r=[],s=[],o=i.__P;
o&&((e=oe({constructor:we},t)).__v=t.__v+1,P.vnode&&P.vnode(e),Rt(o,e,t,i.__n,o.namespaceURI,32&t.__u?[n]:null,r,n||ie(t),32&t.__u,s),e.__v=t.__v,e.__.__k[e.__i]=
e,wn(r,e,s),t.__=t.__e=null,e.__e!=n&&yn(e))}function yn(i){if((i=i.__)&&i.__c&&!i.props.__P)return i.__e=null,i.__k.some(function(e){return e&&(i.__e=e.__e)}),
yn(i)}function Et(i){(8&i.__g||(i.__g|=8,ne.push(i),ot++))&&Ct==P.debounceRendering||((Ct=P.debounceRendering)||queueMicrotask)(bn)}function bn(){try{for(var i,
e=1;ne.length;)ne.length>e&&ne.sort(fn),i=ne.shift(),e=ne.length,8&i.__g&&Gi(i)}finally{(ot=ne.length)&&(Ct||queueMicrotask)(bn)}}function vn(i,e,t,n,r,s,o,a,c,h,d){
var f,m,u,b,p,y,x=n.__k||lt,_=e.length;for(c=Ki(t,e,x,c,_),f=0;f<_;f++)(u=t.__k[f])!=null&&(m=~u.__i&&x[u.__i]||at,u.__i=f,y=Rt(i,u,m,r,s,o,a,c,h,d),b=u.__e,(m.
ref!=u.ref||8&m.__u)&&(m.ref&&Lt(m.ref,null,u,m),u.ref&&d.push(u.ref,u.__c||b,u)),p=p||b,4&u.__u?(c=_n(u,c,i,!m.__v),m.__e&&(m.__e=null)):typeof u.type=="functi\
on"&&y!==void 0?c=y:b&&(c=b.nextSibling),u.__u&=-21);return t.__e=p,c}function Ki(i,e,t,n,r){var s,o,a,c,h,d,f,m,u,b=t.length,p=b,y=0,x=0,_=i.__k=Array(r);for(s=
0;s<r;s++)(o=e[s])!=null&&typeof o!="boolean"&&typeof o!="function"?(typeof o!="object"||o.constructor===String?o=_[s]=xe(null,o):Ot(o)?o=_[s]=xe($,{children:o}):
o.constructor===we&&o.__b?o=_[s]=xe(o.type,o.props,o.key,o.ref,o.__v):_[s]=o,c=s+y,o.__=i,o.__b=i.__b+1,a=null,~(h=o.__i=Yi(o,t,c,p))&&(p--,(a=t[h])&&(a.__u|=2)),
a&&a.__v?(o.__u|=16,h==c-1?y--:h==c+1?y++:h!=c&&(h>c?y--:y++,x=1)):(~h||(r>b?y--:r<b&&y++),typeof o.type!="function"&&(o.__u|=4))):_[s]=null;if(x){for(d=[],f=[],
s=0;s<r;s++)if((o=_[s])&&16&o.__u){for(y=0,m=d.length;y<m;)d[u=y+m>>1]<o.__i?y=u+1:m=u;d[y]=o.__i,f[s]=y+1}for(y=d.length;s--;)f[s]&&(f[s]==y?y--:_[s].__u|=4)}if(p)
for(s=0;s<b;s++)!(a=t[s])||2&a.__u||(a.__e==n&&(n=ie(a)),Mt(a,a));return n}function _n(i,e,t,n){var r,s,o,a;if(typeof i.type=="function"){if(i.props.__P)return e;
if(r=i.__k)for(s=0;s<r.length;s++)r[s]&&(r[s].__=i,e=_n(r[s],e,t,!1));return e}for(e&&!e.parentNode&&(e=ie(i))&&!e.parentNode&&(e=null),o=i.__e,a=e;a&&a.nodeType==
8;)a=a.nextSibling;for(o!=a&&(!n&&t.moveBefore&&o.parentNode?t.moveBefore(o,e):t.insertBefore(o,e||null)),e=o;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith(
"$s"););return e}function Yi(i,e,t,n){var r,s=i.key,o=i.type,a=e[t],c=a&&!(2&a.__u);if(a===null&&s==null||c&&s==a.key&&o==a.type)return t;if(n>(c?1:0)){for(r=t-1;r>=0;r--)if((a=
e[r])&&!(2&a.__u)&&s==a.key&&o==a.type)return r;for(r=t+1;r<e.length;r++)if((a=e[r])&&!(2&a.__u)&&s==a.key&&o==a.type)return r}return-1}function hn(i,e,t){t==null&&
(t=""),e[0]=="-"?i.setProperty(e,t):i[e]=t}function it(i,e,t,n,r){var s,o;if(e=="style")if(typeof t=="string")i.style.cssText=t;else{if(typeof n=="string"&&(i.style.
cssText=n=""),n)for(e in n)t&&e in t||hn(i.style,e);if(t)for(e in t)n&&t[e]==n[e]||hn(i.style,e,t[e])}else if(e[0]=="o"&&e[1]=="n")typeof t!="function"&&(t=null),
typeof n!="function"&&(n=null),(i.__e||(i.__e={}))[e]=t,t&&n||(o=St[e]||(St[e]=Ji(e)),(i.__a||(i.__a={}))[e]=Pt,s=e!=(e=e.replace(mn,"$1")),(e=e.slice(2))[0]<"a"&&
(e=e.toLowerCase()),t?i.addEventListener(e,o,s):i.removeEventListener(e,o,s));else{if(r=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,
"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="colSpan"&&e!="role"&&e!="popover"&&e in i)
try{return void(i[e]=t??"")}catch{}if(typeof t=="function")return;t==null||t===!1&&e[4]!="-"?i.removeAttribute(e):i.setAttribute(e,e=="popover"&&t==1?"":t)}}function Ji(i){
return function(e){var t=this.__e;if(t){if(t=t[i],e[rt]==null)e[rt]=Pt++;else if(e[rt]<this.__a[i])return;return t(P.event?P.event(e):e)}}}function Rt(i,e,t,n,r,s,o,a,c,h){
var d,f,m,u,b,p,y,x,_,C,g,R,N,E,k,H,q,Z,K=e.type;if(e.constructor!==we)return null;128&t.__u&&(c=32&t.__u,d=t.__c.__z)&&(e.__u|=c,f=s=[],d.nodeType==8?a=st(d,s):
s.push(d),a=s[0]||a),(d=P.__b)&&d(e);e:if(typeof K=="function"){m=o.length;try{if(x=e.props,_=(d=K.prototype)&&d.render,C=(d=K.contextType)&&n[d.__c],g=d?C?C.props.
value:d.__:n,(u=t.__c)?(e.__c=u,2&u.__g&&(u.__g|=1)):(_?e.__c=u=new K(x,g):(e.__c=u=new he(x,g),u.constructor=K,u.render=Qi),C&&C.sub(u),u.state||(u.state={}),u.
__n=n,u.__g|=8,u.__h=[],u.__k=[]),_&&(u.__s||(u.__s=u.state),K.getDerivedStateFromProps&&(u.__s==u.state&&(u.__s=oe({},u.__s)),oe(u.__s,K.getDerivedStateFromProps(
x,u.__s)))),b=u.props,p=u.state,u.__v=e,t.__c){if(x!==b&&_&&!K.getDerivedStateFromProps&&u.componentWillReceiveProps&&u.componentWillReceiveProps(x,g),e.__v==t.
__v&&!(8&u.__g)||!(4&u.__g)&&u.shouldComponentUpdate&&u.shouldComponentUpdate(x,u.__s,g)===!1){e.__v!=t.__v&&(u.props=x,u.state=u.__s,u.__g&=-9),e.__e=t.__e,e.__k=
t.__k,e.__k.some(function(F){F&&(F.__=e)}),lt.push.apply(u.__h,u.__k),u.__k=[],u.__h.length&&o.push(u),a=ie(t);break e}u.componentWillUpdate&&u.componentWillUpdate(
x,u.__s,g),_&&u.componentDidUpdate&&u.__h.push(function(){u.componentDidUpdate(b,p,y)})}else _&&!K.getDerivedStateFromProps&&u.componentWillMount&&u.componentWillMount(),
_&&u.componentDidMount&&u.__h.push(u.componentDidMount);u.context=g,u.props=x,u.__P=i,u.__g&=-5,R=P.__r,N=_?25:0;do u.__g&=-9,R&&R(e),d=u.render(u.props,u.state=
u.__s,u.context);while(8&u.__g&&++N<25);_&&(lt.push.apply(u.__h,u.__k),u.__k=[]),u.state=u.__s,u.getChildContext&&(n=oe({},n,u.getChildContext())),_&&t.__c&&u.getSnapshotBeforeUpdate&&
(y=u.getSnapshotBeforeUpdate(b,p)),E=d&&d.type===$&&d.key==null?d.props.children:d,x.__P&&(d=a,r=(i=x.__P).namespaceURI,c=s=null,t.props&&t.props.__P!=i&&(t.__k.
some(function(F){F&&Mt(F,F)}),t.__k=null),a=t.__k?ie(t,0):null),a=vn(i,Ot(E)?E:[E],e,t,n,r,s,o,a,c,h),x.__P&&(e.__e=null,a=d),e.__u&=-161,f&&f.some(se),u.__h.length&&
o.push(u),1&u.__g&&(u.__g&=-4)}catch(F){if(o.length=m,e.__v=null,c||s)if(F&&F.then){if(e.__u|=128|c,s){for(~(q=s.indexOf(a||void 0))||(q=s.length);(Z=s[q-1])&&Z.
nodeType==8;)q--;for(;q<s.length;q++)if(Z=s[q])if(s[q]=null,k){if(Z==H)break}else{if(Z.nodeType!=8)break;Z.data.startsWith("$s")&&(H=st(k=Z))}}if(!k){for(;a&&a.
nodeType==8&&a.nextSibling;)a=a.nextSibling;k=a}(d=st(k=e.__c.__z||(e.__c.__z=k)))?(e.__e=k,a=d):e.__e=a,a=a&&a.nextSibling}else s&&s.some(se);else e.__e=t.__e;
e.__k||(e.__k=t.__k||[]),F&&F.then||xn(e),P.__e(F,e,t)}}else a=e.__e=Xi(t.__e,e,t,n,r,s,o,c,h,i);return(d=P.diffed)&&d(e),a}function st(i,e){if(i&&i.nodeType==8&&
i.data.startsWith("$s"))for(var t=1;i=i.nextSibling;){if(i.nodeType==8){if(i.data.startsWith("$s"))t++;else if(i.data.startsWith("/$s")&&!--t)return i}e&&e.push(
i)}}function xn(i){i&&(i.__c&&(i.__c.__g|=4),i.__k&&i.__k.some(xn))}function wn(i,e,t){for(var n=0;n<t.length;)Lt(t[n++],t[n++],t[n++]);P.__c&&P.__c(e,i),i.some(
function(r){try{i=r.__h,r.__h=[],i.some(function(s){s.call(r)})}catch(s){P.__e(s,r.__v)}})}function Xi(i,e,t,n,r,s,o,a,c,h){var d,f,m,u,b,p,y,x,_=t.props||at,C=e.
props,g=e.type;if(g=="svg"?r="http://www.w3.org/2000/svg":g=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),s){for(d=0;d<s.
length;d++)if((b=s[d])&&(g?b.localName==g:b.nodeType==3)){i=b,s[d]=null;break}}if(!i){if(x=h.ownerDocument||document,!g)return x.createTextNode(C);i=x.createElementNS(
r,g,C.is?C:h),a&&(P.__m&&P.__m(e,s),a=!1),s=null}if(g){if(h=g=="template"&&i.content||i,s=g=="textarea"&&C.defaultValue!=null?null:s&&It.call(h.childNodes),!a&&
s)for(_={},d=0;d<i.attributes.length;d++)_[(b=i.attributes[d]).name]=b.value;for(d in _)b=_[d],d=="dangerouslySetInnerHTML"?m=b:d=="children"||d in C||d=="value"&&
"defaultValue"in C||d=="checked"&&"defaultChecked"in C||it(i,d,null,b,r);for(d in C)b=C[d],d=="children"?u=b:d=="dangerouslySetInnerHTML"?f=b:d=="value"?p=b:d==
"checked"?y=b:a&&typeof b!="function"||_[d]===b||it(i,d,b,_[d],r);f?(a||m&&(f.__html==m.__html||f.__html==i.innerHTML)||(i.innerHTML=f.__html),e.__k=[]):(m&&(i.
textContent=""),(g=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&Vi.test(g))&&(r="http://www.w3.org/1999/xhtml"),vn(h,Ot(u)?u:[u],e,t,n,r,s,o,s?s[0]:
t.__k&&ie(t,0),a,c),s&&s.some(se)),a&&g!="textarea"||(d="value",g=="progress"&&p==null?i.removeAttribute(d):p==null||p===i[d]&&(g!="progress"||p)||it(i,d,p,_[d],
r),d="checked",y!=null&&y!=i[d]&&it(i,d,y,_[d],r))}else _===C||a&&i.data==C||(i.data=C);return i}function Lt(i,e,t,n){try{typeof i=="function"?e?e.__x=i(e)||1:n&&
(n=n.__c||n.__e)&&(e=n.__x)&&(n.__x=null,typeof e=="function"?e():i(null)):i.current=e}catch(r){P.__e(r,t)}}function Mt(i,e,t){var n,r,s,o;if(P.unmount&&P.unmount(
i),!(n=i.ref)||n.current&&n.current!=i.__e||Lt(n,null,e,i),n=i.__c){if(n.componentWillUnmount)try{n.componentWillUnmount()}catch(a){P.__e(a,e)}n.__P=n.__n=null}
if(n=i.__k)for(o=0;o<n.length;o++)n[o]&&Mt(n[o],e,typeof i.type!="function"||t&&!i.props.__P);!t&&(n=i.__c)&&(n=n.__z)&&(r=st(n,s=[]))&&(n==i.__e&&s.some(se),se(
r),se(n)),t||se(i.__e),i.__e=i.__c=i.__=null}function Qi(i,e,t){return this.constructor(i,t)}function At(i,e){var t,n,r,s;P.__&&P.__(i,e),e.nodeType==9&&(e=e.documentElement),
n=(t=i&&32&i.__u)?null:e.__k,e.__k=xe($,{children:[i]}),r=[],s=[],Rt(e,e.__k,n||at,at,e.namespaceURI,n?null:e.firstChild?It.call(e.childNodes):null,r,n?n.__e:e.
firstChild,t,s),wn(r,e.__k,s),e.__k.props.children=null}function pe(i){function e(t){var n,r;return this.getChildContext||(n=new Set,(r={})[e.__c]=this,this.getChildContext=function(){return r},this.shouldComponentUpdate=
function(s){this.props.value!=s.value&&n.forEach(function(o){o.__g|=4,Et(o)})},this.sub=function(s){n.add(s);var o=s.componentWillUnmount;s.componentWillUnmount=
function(){n.delete(s),o&&o.call(s)}}),t.children}return e.__c="__cC"+gn++,e.__=i,e.Provider=(e.Consumer=function(t,n){return t.children(n)}).contextType=e,e}P={__e:function(i,e,t,n){for(var r,s,o;e=e.__;)if((r=e.__c)&&!(1&r.__g)){r.__g|=4;try{if((o=(s=r.constructor)&&s.getDerivedStateFromError)&&r.setState(s.getDerivedStateFromError(
i)),r.componentDidCatch&&(r.componentDidCatch(i,n||{}),o=1),o&&8&r.__g)return void(r.__g|=2)}catch(a){i=a}}throw ot=0,i}},pn=0,Wi=function(i){return i!=null&&i.
constructor===we},he.prototype.setState=function(i,e){var t=this.__s;t&&t!=this.state||(t=this.__s=oe({},this.state)),typeof i=="function"&&(i=i(oe({},t),this.props)),
i&&(oe(t,i),this.__v&&(e&&this.__k.push(e),Et(this)))},he.prototype.forceUpdate=function(i){this.__v&&(this.__g|=4,i&&this.__h.push(i),Et(this))},he.prototype.render=
$,ne=[],ot=0,fn=function(i,e){return i.__v.__b-e.__v.__b},rt=Symbol(),mn=/(PointerCapture)$|Capture$/i,Pt=0,St={},gn=0;var ae,A,zt,kn,Dt=Object.is,Te=0,Ln=[],Nt=[],z=P,Tn=z.__b,Cn=z.__r,Sn=z.diffed,En=z.__c,Pn=z.unmount,On=z.__;function Ce(i,e){z.__h&&z.__h(A,i,Te||e),Te=0;var t=A.
__H||(A.__H={__:[],__h:[]});return i>=t.__.length&&t.__.push({}),t.__[i]}function O(i){return Te=1,Ut(An,i)}function Ut(i,e,t){var n=Ce(ae++,2);if(n.t=i,!n.__c&&
(n.__=[t?t(e):An(void 0,e),function(s){var o=(n.__N||n.__)[0],a=n.t(o,s);Dt(o,a)||(n.__N=[a,n.__[1]],n.__c.setState({}))}],n.__c=A,!A.__f)){A.__f=!0;var r=A.shouldComponentUpdate;
A.shouldComponentUpdate=function(s,o,a){var c=this.__H;if(!c)return!0;var h=!1,d=this.props!=s;if(c.__.some(function(m){m.__N&&(h=!0,Dt(m.__[0],m.__N[0])||(d=!0))}),
r){var f=r.call(this,s,o,a);return h?f||d:f}return!h||d}}return n.__}function L(i,e){var t=Ce(ae++,3);!z.__s&&Ft(t.__H,e)&&(t.__P=!0,t.__=i,t.u=e,A.__H.__h.push(
t))}function J(i,e){var t=Ce(ae++,4);!z.__s&&Ft(t.__H,e)&&(t.__P=!1,t.__=i,t.u=e,A.__h.push(t))}function D(i){return Te=5,ee(function(){return{current:i}},[])}function ee(i,e){var t=Ce(ae++,7);return Ft(t.__H,e)&&(t.__=i(),t.__H=e),t.__}function Mn(i,e){return Te=8,ee(function(){return i},e)}function fe(i){var e=A.context[i.
__c],t=Ce(ae++,9);return t.c=i,e?(t.__==null&&(t.__=!0,e.sub(A)),e.props.value):i.__}function Zi(){var i;do{for(;i=Nt.shift();)try{ke(i)}catch(t){z.__e(t,{__:(i=i.__P)&&i.__v})}for(;i=Ln.shift();){var e=i.__H;if(i.__P&&e)try{e.__h.some(ke),e.__h.
some(Ht),e.__h=[]}catch(t){e.__h=[],z.__e(t,i.__v)}}}while(Nt.length)}z.__b=function(i){A=null,Tn&&Tn(i)},z.__=function(i,e){i&&e.__k&&e.__k.__m&&(i.__m=e.__k.__m),
On&&On(i,e)},z.__r=function(i){Cn&&Cn(i),ae=0;var e=(A=i.__c).__H;e&&(zt==A?A.__h=[]:(e.__h.some(ke),e.__h.some(Ht),ae=0),e.__h=[],e.__.some(function(t){t.__N&&
(t.__=t.__N),t.u=t.__N=void 0})),zt=A},z.diffed=function(i){Sn&&Sn(i);var e=i.__c;e&&e.__H&&(e.__H.__h.length&&Rn(Ln.push(e)),e.__H.__.some(function(t){t.u&&(t.
__H=t.u)})),zt=A=null},z.__c=function(i,e){e.some(function(t){try{t.__h.some(ke),t.__h=t.__h.filter(function(n){return!n.__||Ht(n)})}catch(n){t.__h=[function(){
throw n}]}}),En&&En(i,e)},z.unmount=function(i){Pn&&Pn(i);var e,t,n=i.__c;n&&n.__H&&(n.__H.__.some(function(r){try{if(r.__P&&r.__c){if(t===void 0){for(t=i.__;t&&
(!t.__c||!t.__c.__P);)t=t.__;t=t&&t.__c}r.__P=t,Rn(Nt.push(r))}else ke(r)}catch(s){e=s}}),n.__H=void 0,e&&z.__e(e,n.__v))};var In=typeof requestAnimationFrame==
"function";function er(i){var e,t=function(){clearTimeout(n),In&&cancelAnimationFrame(e),setTimeout(i)},n=setTimeout(t,35);In&&(e=requestAnimationFrame(t))}function Rn(i){
i!=1&&kn==z.requestAnimationFrame||((kn=z.requestAnimationFrame)||er)(Zi)}function ke(i){var e=A,t=i.__c;typeof t=="function"&&(i.__c=void 0,t()),A=e}function Ht(i){
var e=A;i.__c=i.__(),A=e}function Ft(i,e){return!i||i.length!=e.length||e.some(function(t,n){return!Dt(t,i[n])})}function An(i,e){return typeof e=="function"?e(
i):e}function U(i){let[,e]=Ut(n=>n+1,0),{value:t}=i;return J(()=>(i.value!==t&&e(void 0),i.subscribe(()=>e(void 0))),[i]),t}var dt=class{constructor(e,t,n){this.sdk=
e;this.settings=t;this.wantedChat=n;this.client={get value(){return e.state},subscribe:o=>e.subscribe(o)},e.on("bound",({from:o,to:a})=>{t.saveDraft(a,t.draft(o)),
t.saveDraft(o,""),this.#e.chat===o&&this.update({chat:a})});let r=0,s=!1;e.subscribe(()=>{let{chats:o,pending:a}=e.state,c=e.state.isReady&&!s,h=r===0&&o.length>
0&&this.#e.chat===Y&&a.length===0;r=o.length,s=e.state.isReady,(c||h)&&this.update({chat:this.pickChat()})}),e.on("gone",o=>{this.#e.chat===o&&this.update({chat:this.
pickChat(),editing:void 0})})}sdk;settings;wantedChat;#e={isOpen:!1,screen:"chat",chat:Y,editing:void 0,isFull:!1,focus:0};#t=new Set;client;get value(){return this.#e}subscribe(e){
return this.#t.add(e),()=>{this.#t.delete(e)}}update(e){this.#e={...this.#e,...e},e.chat!==void 0&&this.settings.rememberChat(e.chat);for(let t of[...this.#t])t()}showChat(e){
this.update({chat:this.sdk.resolve(e),screen:"chat",editing:void 0,focus:this.#e.focus+1})}focusComposer(){this.update({focus:this.#e.focus+1})}pickChat(){let{chats:e,
pending:t}=this.sdk.state,n=e.filter(({is_archived:r})=>!r);for(let r of[this.wantedChat(),this.settings.lastChat()])if(r!==null&&n.some(({id:s})=>s===r))return r;
return n[0]?.id??t[0]?.chat??Y}},ut=class{constructor(e){this.base=e}base;lastChat(){return this.#t("chat")}rememberChat(e){this.#n("chat",e.startsWith("new:")?
"":e)}markKnown(e){this.#n("known",e?"1":"")}draft(e){return this.#t(`draft:${e}`)??""}saveDraft(e,t){this.#n(`draft:${e}`,t)}clear(){try{for(let e of Object.keys(
localStorage))/^unicom:(chat|known|draft):/.test(e)&&e.includes(this.base)&&localStorage.removeItem(e)}catch{}}#e(e){let[t,...n]=e.split(":");return[`unicom:${t}\
:${this.base}`,...n].join(":")}#t(e){try{return localStorage.getItem(this.#e(e))}catch{return null}}#n(e,t){try{t?localStorage.setItem(this.#e(e),t):localStorage.
removeItem(this.#e(e))}catch{}}},Bt=pe(void 0);function I(){let i=fe(Bt);if(!i)throw new Error("there is no store around this component");return i}function V(){
return U(I().client)}var tr=Symbol.for("pv"),nr=0;function l(i,e,t,n,r,s){e||(e={});var o,a,c=e;if("ref"in c&&typeof i!="function")for(a in c={},e)a=="ref"?o=e[a]:c[a]=e[a];var h={type:i,props:c,key:t,ref:o,__k:null,
__:null,__b:0,__e:null,__c:null,constructor:tr,__v:--nr,__i:-1,__u:0};return(r||s)&&(h.__source=r,h.__self=s),P.vnode&&P.vnode(h),h}var ir=1e3,Se=class{#e=[];#t=new Set;#n=0;get value(){return this.#e}subscribe(e){return this.#t.add(e),()=>{this.#t.delete(e)}}say(e){let t={id:++this.#n,text:e};
this.#i([...this.#e,t]),setTimeout(()=>this.#i(this.#e.filter(({id:n})=>n!==t.id)),ir)}#i(e){this.#e=e;for(let t of[...this.#t])t()}},qt=pe(new Se);function G(){
return fe(qt)}function zn(){let i=U(G());return l("div",{class:"hidden",role:"log","aria-live":"polite","aria-relevant":"additions",children:i.map(({id:e,text:t})=>l(
"p",{children:t},e))})}var rr="(max-width: 480px), (max-height: 480px)";function Dn(i,e,t){let n=matchMedia(rr),r=window.visualViewport,s=[],o,a=()=>{e.style.setProperty("--view-heigh\
t",`${r?.height??innerHeight}px`),e.style.setProperty("--view-top",`${r?.offsetTop??0}px`)},c=h=>{if(h===(o!==void 0))return;let{documentElement:f,body:m}=document;
if(h){o=f.style.overflow,f.style.overflow="hidden",s=[...m.children].filter(u=>u instanceof HTMLElement&&!u.inert&&!u.contains(i));for(let u of s)u.inert=!0;a(),
r?.addEventListener("resize",a),r?.addEventListener("scroll",a)}else{f.style.overflow=o??"",o=void 0;for(let u of s)u.inert=!1;s=[],r?.removeEventListener("resi\
ze",a),r?.removeEventListener("scroll",a)}};return n.addEventListener("change",t),{get isSmall(){return n.matches},set:c,destroy(){c(!1),n.removeEventListener("\
change",t)}}}var Nn='.root{--accent: var(--unicom-accent, #3b5bdb);--on-accent: var(--unicom-on-accent, #fff);--link: var(--accent-ink, #3b5bdb);--bg: #fff;--bg-2: #f6f7f9;-\
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
asText}}';function Hn(i,e){for(let t of i){if(!t)continue;let n=t.toLowerCase(),r=e.find(s=>s.toLowerCase()===n)??e.find(s=>s.split("-")[0]===n.split("-")[0]);if(r)return r}
return"en"}function Un(i){return/^(ar|fa|he|ur)\b/.test(i)?"rtl":"ltr"}var jt={panel:"Chat",close:"Close chat",goBack:"Back to the chat",chats:"All chats",newChat:"New chat",noChats:"There are no chats yet.",moreChats:"Show more",untitled:"\
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
hat cannot be reached at the moment.",blocked:"This chat is not available to you.",noChannel:"There is no chat here at the moment.",powered:"Powered by unicom"};var Ee=class{constructor(e,t,n=e){this.language=e;this.strings=t;this.locale=n;this.direction=Un(e),this.#e=new Intl.PluralRules(e),this.#t=new Intl.DateTimeFormat(
n,{hour:"numeric",minute:"2-digit"}),this.#n=new Intl.DateTimeFormat(n,{day:"numeric",month:"long",year:"numeric"}),this.#i=new Intl.DateTimeFormat(n,{weekday:"\
long",day:"numeric",month:"long"}),this.#s=new Intl.RelativeTimeFormat(e,{numeric:"auto"})}language;strings;locale;direction;#e;#t;#n;#i;#s;t(e,t){return Bn(this.
strings[e],t)}count(e,t,n){let r=this.strings[e];return Bn(r[this.#e.select(t)]??r.other,{n:this.number(t),...n})}number(e){return new Intl.NumberFormat(this.locale).
format(e)}percent(e){return new Intl.NumberFormat(this.locale,{style:"percent"}).format(e)}list(e){return new Intl.ListFormat(this.language).format(e)}bytes(e){
let t=e<1e6?"kilobyte":"megabyte",n=e<1e6?Math.max(1,Math.round(e/1e3)):Math.round(e/1e5)/10;return new Intl.NumberFormat(this.locale,{style:"unit",unit:t,unitDisplay:"\
short"}).format(n)}time(e){return this.#t.format(e)}day(e,t){let n=$t(e,t);return n===0||n===1?Fn(this.#s.format(-n,"day"),this.language):Fn((n>0&&n<7?this.#i:this.#n).
format(e),this.language)}short(e,t){if($t(e,t)===0)return this.time(e);let n=e.getFullYear()===t.getFullYear();return e.toLocaleDateString(this.locale,{day:"num\
eric",month:"short",...!n&&{year:"numeric"}})}moment(e,t){return $t(e,t)===0?this.time(e):`${this.day(e,t)}, ${this.time(e)}`}};function $t(i,e){let t=n=>Date.UTC(
n.getFullYear(),n.getMonth(),n.getDate())/864e5;return t(e)-t(i)}function Fn(i,e){let[t="",...n]=i;return t.toLocaleUpperCase(e)+n.join("")}function Bn(i,e={}){
return i.replace(/\{(\w+)\}/g,(t,n)=>String(e[n]??t))}var ht=new Ee("en",jt);function or(i,e){let t=r=>r?.split("-")[0]?.toLowerCase()===i.split("-")[0],n=e.find(
r=>t(r)&&r?.includes("-"))??i;try{return Intl.DateTimeFormat.supportedLocalesOf([n])[0]??i}catch{return i}}async function qn(i){let e=Hn(i,["en",...Object.keys(
v)]),t=v[e],n=or(e,i);if(t===void 0)return new Ee("en",jt,n);let r=new URL(`../${t}/locale-${e}.js`,import.meta.url).href,{strings:s}=await import(r);return new Ee(
e,s,n)}var Wt=pe(ht);function S(){return fe(Wt)}var ar={close:"m5 5 10 10M15 5 5 15",menu:"M4 6h12M4 10h12M4 14h12",back:"m12 4.5-5.5 5.5 5.5 5.5",clip:"m17 9.4-6.9 6.9a4.5 4.5 0 0 1-6.4-6.4l6.9-6.9a3 3 0 0 1\
 4.3 4.3l-6.9 6.9a1.5 1.5 0 0 1-2.1-2.1l6.3-6.4",up:"M10 16V4m-5 5 5-5 5 5",down:"M10 4v12m-5-5 5 5 5-5",chat:"M17 9.5c0 3.6-3.1 6-7 6-.9 0-1.8-.1-2.6-.4L3.5 16\
.5l1-3A5.5 5.5 0 0 1 3 9.5c0-3.6 3.1-6 7-6s7 2.4 7 6Z",doc:"M6 3h5l4 4v10H6zM11 3v4h4",plus:"M10 4v12M4 10h12",edit:"M4 16h3l8.5-8.5a2.1 2.1 0 0 0-3-3L4 13zM11 \
6l3 3",trash:"M4 6h12M8 6V4h4v2m-6.5 0 .7 10h7.6l.7-10M8.5 9v4.5m3-4.5v4.5",archive:"M4 5h12v3H4zM5 8v8h10V8m-7 3h4",stop:"M6 6h8v8H6z",check:"m4.5 10.5 3.5 3.5\
 7.5-8",alert:"M10 6.5v4m0 2.8v.2M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z",offline:"m3 3 14 14M8.5 15.5 10 17l1.5-1.5a2.1 2.1 0 0 0-3 0Zm-3-3.3a6.5 6.5 0 0 1 3.5-1.\
8m3.5.7 2 1.1M3 9.2a10 10 0 0 1 3-2m3.2-.9A10 10 0 0 1 17 9.2"};function M({name:i}){return l("svg",{class:"icon",viewBox:"0 0 20 20","aria-hidden":"true",children:l(
"path",{d:ar[i]})})}var jn=240,lr=280;function cr(i,e){if(!i||!e)return{width:jn,height:160};let t=Math.min(1,jn/i,lr/e);return{width:Math.max(48,Math.round(i*t)),height:Math.max(48,
Math.round(e*t))}}function Vt({file:i,tabIndex:e}){let t=S(),{base:n}=I().sdk.http,[r,s]=O(!1),o=new URL(i.address,n).href;if(i.kind==="image"&&!r){let h=i.name||
t.t("image");return l("a",{class:"photo",href:o,target:"_blank",rel:"noopener",tabIndex:e,"aria-label":t.t("opens",{name:h}),children:l("img",{src:o,alt:h,...cr(
i.width,i.height),onError:()=>s(!0)})})}if(i.kind==="audio")return l("audio",{class:"sound",controls:!0,preload:"metadata",src:o,tabIndex:e,"aria-label":i.name||
t.t("sound")});let c=[/\.([a-z0-9]{1,5})$/i.exec(i.name)?.[1]?.toUpperCase(),i.size?t.bytes(i.size):void 0].filter(Boolean).join(" · ");return l("a",{class:"fi\
le",href:o,target:"_blank",rel:"noopener",tabIndex:e,children:[l("span",{class:"file-icon",children:l(M,{name:"doc"})}),l("span",{class:"file-name",children:[l(
"bdi",{children:i.name||t.t("file")}),c&&l("small",{children:c})]})]})}function pt(i){let[e,t]=O();return L(()=>{if(!i)return t(void 0);let n=URL.createObjectURL(
i);return t(n),()=>URL.revokeObjectURL(n)},[i]),e}function W({icon:i,label:e,onClick:t,isDisabled:n,...r}){return l("button",{...r,type:"button",class:`icon-button ${r.class??""}`,"aria-label":e,title:e,"aria-d\
isabled":n,onClick:()=>!n&&t(),children:l(M,{name:i})})}function $n(i){return class extends he{shouldComponentUpdate(t){return[...new Set([...Object.keys(t),...Object.keys(this.props)])].some(r=>!Object.is(t[r],this.
props[r]))}render(){return ct(i,this.props)}}}var dr={isSelf:!0,isBot:!1,name:"",avatar:void 0};function Gt({message:i}){if(!i)return dr;let{author:e}=i;return{isSelf:e?.is_self??!i.is_outgoing,isBot:e?.kind===
"bot",name:e?.name||i.sender_name,avatar:e?.avatar_url&&URL.canParse(e.avatar_url,location.href)?e.avatar_url:void 0}}function Kt({message:i,pending:e}){return new Date(
i?i.timestamp:e.order)}function Wn({entries:i,streams:e,typists:t,unreadKey:n,now:r},s){let o=[],a="",c;for(let d of i){let f=Kt(d),m=Gt(d),u=s.day(f,r),b=u!==a;
b&&o.push({kind:"day",key:`day ${u}`,label:u}),a=u;let p=d.key===n;p&&o.push({kind:"unread",key:"unread"});let y=!b&&!p&&c!==void 0&&ur(c.writer,m)&&+f-+c.at<3e5;
y&&c&&(o[o.indexOf(c)]={...c,isLast:!1});let x={kind:"entry",key:d.key,entry:d,writer:m,at:f,isFirst:!y,isLast:!0};o.push(x),c=x}let h=new Set(i.map(({key:d})=>d));
for(let d of e)h.has(d.id)||o.push({kind:"stream",key:d.id,stream:d});return t.length&&o.push({kind:"typing",key:"typing",names:t.map(({name:d})=>d)}),o}function ur(i,e){
return i.isSelf===e.isSelf&&i.isBot===e.isBot&&(i.isSelf||i.name===e.name)}function Vn(i){let e=i.trim().split(/\s+/u).filter(Boolean),t=r=>[...r??""][0]??"";return(e.
length>1?t(e[0])+t(e.at(-1)):[...e[0]??""].slice(0,2).join("")).toLocaleUpperCase()}function Q({writer:i}){let{base:e}=I().sdk.http,t=i.avatar===void 0?void 0:new URL(i.avatar,e);return t?.origin===new URL(e).origin?l("img",{class:"avatar",src:t.
href,alt:""}):l("span",{class:i.isBot?"avatar bot":"avatar","aria-hidden":"true",children:Vn(i.name)})}var hr=/\bhttps?:\/\/[^\s<>"\u202a-\u202e\u2066-\u2069]{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\b/giu;function Gn(i){let e=[],t=0;for(let n of i.
matchAll(hr)){let r=pr(n[0]),s=/^https?:/i.test(r)?Pe(r):`mailto:${r}`;s&&(n.index>t&&e.push(i.slice(t,n.index)),e.push({text:r,href:s}),t=n.index+r.length)}return t<
i.length&&e.push(i.slice(t)),e}function pr(i){let e=i.length;for(;e>0;){let t=i[e-1],n={")":"(","]":"["}[t],r=i.slice(0,e),s=n!==void 0&&r.split(t).length>r.split(
n).length;if(!/[.,;:!?'»”’…]/.test(t)&&!s)break;e--}return i.slice(0,e)}function Pe(i){try{let e=new URL(i);return/^https?:$/.test(e.protocol)&&!e.username&&
!e.password?e.href:void 0}catch{return}}function Kn({message:i,chosen:e,tabIndex:t}){let n=S(),{sdk:r}=I(),s=G(),[o,a]=O(),[c,h]=O(),d=(i.interactive_buttons??[]).flat(),f=p=>p.callback_execution_id??
"",m=e??o,u=m===void 0?void 0:d.find(p=>f(p)===m),b=async p=>{a(f(p)),h(void 0);try{await r.click(f(p))}catch(y){a(void 0);let x=y instanceof T&&["button_expire\
d","not_your_button"].includes(y.code),_=n.t(x?"buttonGone":"actionFailed");h(_),s.say(_)}};return l("div",{class:"choices",part:"buttons",children:[d.map((p,y)=>{
let x=p.type==="url"&&p.url?Pe(p.url):void 0;if(x)return l("a",{class:"choice",part:"button",href:x,target:"_blank",rel:"noopener noreferrer",tabIndex:t,children:p.
text},y);let _=u===p,C=p.expires_at!==null&&Date.parse(p.expires_at)<Date.now(),g=u!==void 0||C;return l("button",{type:"button",class:_?"choice chosen":"choice",
part:"button",tabIndex:t,"aria-disabled":g,"aria-label":_?n.t("chosen",{text:p.text}):void 0,onClick:()=>!g&&void b(p),children:[_&&l(M,{name:"check"}),l("bdi",
{children:p.text})]},y)}),c&&l("p",{class:"fail",children:c})]})}var fr=/^<(\/?)([a-z][a-z0-9]*)/i;var mr=/([a-z][a-z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi,gr=/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos|nbsp));/gi,yr={lt:"<",gt:"\
>",amp:"&",quot:'"',apos:"'",nbsp:" "},br=new Set(["script","style","template","noscript","iframe","object","textarea","title","svg","math"]);function ft(i){let e=[],
t,n=o=>{o&&t===void 0&&e.push({kind:"text",text:Yn(o)})},r=0,s=i.indexOf("<");for(;s>=0;){let o=i.startsWith("<!--",s),a=o?null:fr.exec(i.slice(s,s+20));if(!o&&
!a){s=i.indexOf("<",s+1);continue}let c=o?i.indexOf("-->",s)+3:vr(i,s);if(c<3)break;if(n(i.slice(r,s)),a){let h=a[2].toLowerCase(),d=a[1]==="/";t!==void 0?d&&h===
t&&(t=void 0):d?e.push({kind:"close",name:h}):br.has(h)?t=h:e.push({kind:"open",name:h,attributes:_r(i.slice(s+a[0].length,c-1))})}r=c,s=i.indexOf("<",c)}return n(
i.slice(r)),e}function vr(i,e){let t;for(let n=e;n<i.length;n++){let r=i[n];if(t!==void 0)r===t&&(t=void 0);else if(r==='"'||r==="'")t=r;else if(r===">")return n+
1}return 0}function _r(i){let e=Object.create(null);for(let[,t,n,r,s]of i.matchAll(mr)){let o=t.toLowerCase();o in e||(e[o]=Yn(n??r??s??""))}return e}function Yn(i){
return i.replace(gr,(e,t,n,r)=>{if(r!==void 0)return yr[r.toLowerCase()]??e;let s=t!==void 0?parseInt(t,16):Number(n);return s>0&&s<=1114111&&(s<55296||s>57343)?
String.fromCodePoint(s):e})}var Xn=Object.assign(Object.create(null),{...Object.fromEntries("a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em f\
igcaption figure hr i ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td th thead time tr u ul var wbr".split(" ").map(
i=>[i,i])),...Object.fromEntries(["h1","h2","h3","h4","h5","h6"].map(i=>[i,"p"])),...Object.fromEntries(["article","aside","center","footer","header","hgroup","\
nav"].map(i=>[i,"div"])),acronym:"abbr",strike:"s",tt:"code"}),xr=new Set(["br","col","hr","img","wbr"]),wr=50,kr={bdo:["dir"],col:["span"],colgroup:["span"],ol:[
"start"],td:["colspan","rowspan"],th:["colspan","rowspan","scope"],time:["datetime"]};function Qn(i,e){let t={name:"",props:{},children:[]},n=[t],r=()=>n.at(-1),
s=()=>{let{name:o,props:a,children:c}=n.pop();r().children.push(Jn(o,a,c))};for(let o of ft(i))if(o.kind==="text")r().children.push(o.text);else if(o.kind==="cl\
ose"){let a=n.findLastIndex(({name:c})=>c===o.name);if(a>0)for(;n.length>a;)s()}else if(o.name==="img")r().children.push(Sr(o.attributes,e));else if(o.name in Xn){
let a={name:o.name,props:Tr(o.name,o.attributes,e),children:[]};xr.has(o.name)?r().children.push(Jn(a.name,a.props,[])):n.length<=wr&&n.push(a)}for(;n.length>1;)
s();return t.children}function Jn(i,e,t){return ct(Xn[i],e,...t)}function Tr(i,e,t){let n={};for(let r of["title","lang",...kr[i]??[]])e[r]!==void 0&&(n[r]=e[r]);
return/^h[1-6]$/.test(i)&&(n.class="heading"),i==="a"&&Object.assign(n,Cr(e.href,t)),i==="summary"&&(n.tabIndex=t.tabIndex),n}function Cr(i,{origin:e,tabIndex:t}){
let n=i===void 0?void 0:Zn(i,e);return n===void 0?{}:{href:n,target:"_blank",rel:"noopener noreferrer nofollow",tabIndex:t}}function Zn(i,e){let t=i.trim();if(/^(mailto|tel):/i.
test(t))return t;if(/^https?:/i.test(t))return Pe(t);if(!/^[a-z][a-z0-9+.-]*:/i.test(t))try{let n=new URL(t,e);return n.origin===e?n.href:void 0}catch{return}}function Sr(i,{
origin:e,tabIndex:t}){let{src:n="",alt:r=""}=i,s=Zn(n,e);if(s===void 0||!/^https?:/.test(s))return r;if(new URL(s).origin===e){let o=a=>/^\d{1,4}$/.test(a??"")?
Number(a):void 0;return l("img",{src:s,alt:r,width:o(i.width),height:o(i.height),loading:"lazy"})}return l("a",{href:s,target:"_blank",rel:"noopener noreferrer \
nofollow",tabIndex:t,children:r||s})}function Oe({text:i,tabIndex:e}){let t=ee(()=>Gn(i),[i]);return l($,{children:t.map((n,r)=>typeof n=="string"?n:l("a",{href:n.href,target:"_blank",rel:"noopener\
 noreferrer nofollow",tabIndex:e,children:n.text},r))})}function ei({message:i,tabIndex:e}){let{base:t}=I().sdk.http,{html:n,text:r}=i,s=ee(()=>n?Qn(n,{origin:new URL(
t).origin,tabIndex:e}):void 0,[n,t,e]);return s?l("div",{class:"html",children:s}):l(Oe,{text:r,tabIndex:e})}var ti=$n(function({entry:e,isFirst:t,isLast:n,chosen:r,isClick:s,status:o,isActive:a,today:c}){let h=S(),d=Gt(e),f=Kt(e),m=a?0:-1,u=d.isSelf?h.t("you"):d.name||
h.t("someone"),b=["row",d.isSelf?"mine":"theirs",t&&"first",n&&"last"];return l("li",{class:b.filter(Boolean).join(" "),part:"item","data-key":e.key,tabIndex:m,
children:[!d.isSelf&&(n?l(Q,{writer:d}):l("span",{class:"gap"})),l("div",{class:"stack",children:[l("span",{class:"hidden",children:h.t("label",{author:u,time:h.
moment(f,new Date(c))})}),e.message?l(Er,{message:e.message,chosen:r,canChange:d.isSelf&&!s,isActive:a}):l(Ir,{pending:e.pending,tabIndex:m}),n&&e.message&&l("s\
pan",{class:"meta",part:"time",children:[!d.isSelf&&d.name&&l($,{children:[l("bdi",{children:d.name})," · "]}),l("time",{dateTime:f.toISOString(),children:h.time(
f)}),o&&` · ${h.t(o)}`]})]})]})});function Er({message:i,chosen:e,canChange:t,isActive:n}){let r=S(),s=n?0:-1;return l($,{children:[zr(i).map(o=>l(Vt,{file:o,tabIndex:s},
o.address)),(i.text||i.html)&&l("div",{class:"line",children:[l("div",{class:"bubble",part:"bubble",dir:"auto",children:[l(ei,{message:i,tabIndex:s}),i.edited_at&&
l("small",{class:"edited",children:[" ",r.t("edited")]})]}),t&&l(Or,{message:i,tabIndex:s,isActive:n})]}),i.interactive_buttons&&l(Kn,{message:i,chosen:e,tabIndex:s})]})}
var Pr=15*6e4;function Or({message:i,tabIndex:e,isActive:t}){let n=S(),r=I(),s=G(),[o,a]=O(!1),[c,h]=O(),d=Date.now()-Date.parse(i.timestamp);if(L(()=>{t||a(!1)},
[t]),d>Pr&&!c)return null;let f=async()=>{try{await r.sdk.remove(i.chat_id,i.id),r.focusComposer()}catch(u){let b=u instanceof T&&u.code==="too_late",p=n.t(b?"t\
ooLate":"actionFailed");a(!1),h(p),s.say(p)}};if(c)return l("p",{class:"fail",children:c});if(o)return l("div",{class:"ask",role:"group","aria-label":n.t("delet\
eQuestion"),children:[l("span",{children:n.t("deleteQuestion")}),l("button",{type:"button",class:"text-button danger",onClick:()=>{f()},children:n.t("delete")}),
l("button",{type:"button",class:"text-button",onClick:()=>a(!1),children:n.t("cancel")})]});let m=()=>{r.update({editing:{id:i.id,text:i.text}}),r.focusComposer()};
return l("div",{class:"tools",children:[l(W,{icon:"edit",label:n.t("edit"),tabIndex:e,onClick:m}),l(W,{icon:"trash",label:n.t("delete"),tabIndex:e,onClick:()=>a(
!0)})]})}function Ir({pending:i,tabIndex:e}){let t=S(),{sdk:n}=I(),r=pt(i.file),s=i.state==="failed",o=i.file?Yt(i.file.type):"file";return l($,{children:[i.file&&
r&&l(Vt,{file:{kind:o,name:i.fileName??"",address:r,size:i.file.size},tabIndex:e}),i.text&&l("div",{class:s?"bubble failed":"bubble",part:"bubble",dir:"auto",children:l(
Oe,{text:i.text,tabIndex:e})}),s?l("span",{class:"fail",children:[l("span",{children:`${t.t("notSent")} ${Mr(i,t)}`}),l("button",{type:"button",class:"text-butt\
on",tabIndex:e,onClick:()=>{n.retry(i.id)},children:t.t("tryAgain")}),l("button",{type:"button",class:"text-button",tabIndex:e,onClick:()=>{n.cancel(i.id)},children:t.
t("delete")})]}):l(Lr,{pending:i,tabIndex:e})]})}var Rr=1e3;function Lr({pending:i,tabIndex:e}){let t=S(),{sdk:n}=I(),[r,s]=O(!1);if(L(()=>{let c=setTimeout(()=>s(
!0),Rr);return()=>clearTimeout(c)},[]),!r)return null;let o=i.file!==void 0&&i.state==="sending"&&i.progress>0,a=o?t.t("uploading",{part:t.percent(i.progress)}):
t.t(i.state==="sending"?"sending":"queued");return l("span",{class:"meta",children:[o&&l("progress",{value:i.progress,"aria-label":a}),a,(i.file||i.state==="que\
ued")&&l("button",{type:"button",class:"text-button",tabIndex:e,onClick:()=>{n.cancel(i.id)},children:t.t("cancel")})]})}function Mr(i,e){switch(i.error?.code){case"\
too_large":case"quota_exceeded":return e.t("failedTooLarge");case"unsupported_media_type":return e.t("failedType");case"account_blocked":return e.t("failedBlock\
ed");case"chat_not_found":return e.t("failedGone");case"no_channel":return e.t("noChannel");default:return""}}function Yt(i){let e=i.split("/")[0];return e==="i\
mage"||e==="audio"||e==="video"?e:"file"}function Ar(i){let e=i.split("/").at(-1)??"";try{return decodeURIComponent(e)}catch{return e}}function zr(i){let e=[];if(i.
media_url){let t=i.media?.name??Ar(i.media_url),{media_type:n,media:r}=i;e.push({kind:n==="image"||n==="audio"||n==="video"?n:"file",name:t,address:i.media_url,
size:r?.size,width:r?.width,height:r?.height})}for(let t of i.files){let{media_type:n,media_url:r,media_size:s,name:o}=t,a=n==="image"||n==="audio"||n==="video"?
n:"file";e.push({kind:a,name:o,address:r,size:s})}return e}var Dr="image/png,image/jpeg,image/gif,image/webp,audio/*";function mt(){return matchMedia("(pointer: coarse)").matches}function ni({chat:i,files:e,onFiles:t}){
let n=S(),r=I(),s=G(),{editing:o,focus:a}=U(r),[c,h]=O(()=>r.settings.draft(i)),[d,f]=O(),m=D(null),u=D(null),b=c.trim()!==""||e.length>0&&!o;L(()=>h(o?.text??r.
settings.draft(i)),[i,o]),J(()=>{let{current:g}=m;g&&(g.style.blockSize="auto",g.style.blockSize=`${g.scrollHeight}px`)},[c]),L(()=>{a>0&&m.current?.focus({preventScroll:!0})},
[a]);let p=g=>{h(g),f(void 0),!o&&(r.settings.saveDraft(i,g),r.sdk.typing(i,g.trim()!==""))},y=async()=>{if(!b)return;let g=c.trim();if(o){try{g!==o.text&&await r.
sdk.edit(o.id,g),r.update({editing:void 0})}catch(R){let N=R instanceof T&&R.code==="too_late",E=n.t(N?"tooLate":"actionFailed");f(E),s.say(E)}return}if(p(""),t(
[]),e.length===0)return void await r.sdk.send({chat:i,text:g});for(let[R,N]of e.entries())await r.sdk.send({chat:i,file:N,fileName:N.name,...R===0&&{text:g}})},
x=g=>{let R=g.isComposing||g.keyCode===229;if(g.key==="Escape"&&o&&!R)g.stopPropagation(),r.update({editing:void 0});else if(g.key==="Enter"&&!g.shiftKey&&!g.altKey&&
!R&&!mt())g.preventDefault(),y();else if((g.key==="PageUp"||g.key==="PageDown")&&c===""){g.preventDefault();let N=g.currentTarget.closest(".panel")?.querySelector(
".scroller"),E=(N?.clientHeight??0)*.8;N?.scrollBy({top:g.key==="PageUp"?-E:E})}},_=g=>{let R=[...g.clipboardData?.files??[]];!R.length||o||(g.preventDefault(),
t([...e,...R]))},C=()=>{t([...e,...u.current?.files??[]]),u.current&&(u.current.value=""),m.current?.focus()};return l("form",{class:"composer-area",onSubmit:g=>{
g.preventDefault(),y(),m.current?.focus()},children:[o&&l("div",{class:"editing",children:[l(M,{name:"edit"}),l("span",{children:n.t("editing")}),l("button",{type:"\
button",class:"text-button",onClick:()=>r.update({editing:void 0}),children:n.t("cancel")})]}),d&&l("p",{class:"fail",children:d}),e.length>0&&!o&&l("ul",{class:"\
previews",children:e.map((g,R)=>l(Nr,{file:g,onRemove:()=>t(e.filter((N,E)=>E!==R))},`${g.name} ${g.lastModified} ${R}`))}),l("div",{class:"composer",part:"comp\
oser",children:[!o&&l($,{children:[l("input",{ref:u,class:"hidden",type:"file",multiple:!0,accept:Dr,tabIndex:-1,"aria-hidden":"true",onChange:C}),l(W,{icon:"cl\
ip",label:n.t("attach"),part:"attach",onClick:()=>u.current?.click()})]}),l("textarea",{ref:m,part:"input",rows:1,dir:"auto",maxLength:16384,placeholder:n.t("co\
mposer"),"aria-label":n.t("composer"),enterkeyhint:mt()?"enter":"send",value:c,onInput:g=>p(g.currentTarget.value),onKeyDown:x,onPaste:_,onBlur:()=>r.sdk.typing(
i,!1)}),l("button",{type:"submit",class:"send",part:"send","aria-label":n.t(o?"save":"send"),title:n.t(o?"save":"send"),"aria-disabled":!b,children:l(M,{name:o?
"check":"up"})})]})]})}function Nr({file:i,onRemove:e}){let t=S(),n=pt(Yt(i.type)==="image"?i:void 0);return l("li",{class:"preview",part:"preview",children:[n?
l("img",{src:n,alt:""}):l("span",{class:"file-icon",children:l(M,{name:"doc"})}),l("span",{class:"file-name",children:[l("bdi",{children:i.name}),l("small",{children:t.
bytes(i.size)})]}),l(W,{icon:"close",label:t.t("removeFile",{name:i.name}),onClick:e})]})}var Hr=2e3;function ii({isStored:i}){let e=S(),t=G(),{connection:n,pending:r,error:s}=V(),[o,a]=O(!navigator.onLine),[c,h]=O(!1),d=o||["offline","reconnecting"].
includes(n.status)||s!==void 0;L(()=>{let p=()=>a(!navigator.onLine);return addEventListener("online",p),addEventListener("offline",p),()=>{removeEventListener(
"online",p),removeEventListener("offline",p)}},[]);let f=!o&&(n.status==="live"||n.status==="idle"&&!s);L(()=>{if(f)return h(!1);if(!d||c)return;let p=setTimeout(
()=>h(!0),Hr);return()=>clearTimeout(p)},[d,f,c]);let m=r.find(p=>p.error?.status===429&&p.state!=="failed"),u=c?e.t(o||n.status==="offline"?"offline":"reconnec\
ting"):m?e.t("slowDown"):!i&&r.length>0?e.t("notStored"):void 0,b=D(void 0);return L(()=>{u?t.say(u):b.current&&t.say(e.t("back")),b.current=u},[u]),u?l("div",{
class:"banner",children:[l(M,{name:c?"offline":"alert"}),l("span",{children:u})]}):null}function ri(){let i=S(),e=I(),{chats:t,hasMoreChats:n}=V(),r=D(null),s=t.filter(({is_archived:o})=>!o);return L(()=>r.current?.focus(),[]),l("div",{class:"chats",
children:[l("button",{ref:r,type:"button",class:"new-chat",onClick:()=>e.showChat(e.sdk.startChat()),children:[l(M,{name:"plus"}),i.t("newChat")]}),s.length===0&&
l("p",{class:"quiet",children:i.t("noChats")}),l("ul",{"aria-label":i.t("chats"),children:s.map(o=>l(Ur,{chat:o},o.id))}),n&&l("button",{type:"button",class:"te\
xt-button wide",onClick:()=>{e.sdk.loadMoreChats().catch(()=>{})},children:i.t("moreChats")})]})}function Ur({chat:i}){let e=S(),t=I(),n=G(),r=U(t),[s,o]=O(),a=D(
null),c=s!==void 0;L(()=>{c&&a.current?.select()},[c]);let h=i.name||e.t("untitled"),d=new Date(i.last_message?.timestamp??i.created_at),f=m=>m.catch(()=>n.say(
e.t("actionFailed")));return s!==void 0?l("li",{class:"chat-row",children:l("form",{class:"rename",onSubmit:m=>{m.preventDefault(),s.trim()&&f(t.sdk.renameChat(
i.id,s.trim())),o(void 0)},onKeyDown:m=>{m.key==="Escape"&&(m.stopPropagation(),o(void 0))},children:[l("input",{ref:a,value:s,maxLength:100,"aria-label":e.t("c\
hatName"),onInput:m=>o(m.currentTarget.value)}),l(W,{icon:"close",label:e.t("cancel"),onClick:()=>o(void 0)}),l("button",{type:"submit",class:"icon-button","ari\
a-label":e.t("save"),title:e.t("save"),children:l(M,{name:"check"})})]})}):l("li",{class:i.id===r.chat?"chat-row current":"chat-row",children:[l("button",{type:"\
button",class:"chat-button","aria-current":i.id===r.chat||void 0,onClick:()=>t.showChat(i.id),children:[l(Q,{writer:{isSelf:!1,isBot:!1,name:h,avatar:void 0}}),
l("span",{class:"chat-text",children:[l("span",{class:"chat-name",children:[l("bdi",{children:h}),l("time",{dateTime:d.toISOString(),children:e.short(d,new Date)})]}),
l("span",{class:"chat-last",children:[l("bdi",{children:i.last_message?.text||(i.last_message?e.t("file"):"")}),i.unread_count>0&&l("span",{class:"count",children:[
l("span",{"aria-hidden":"true",children:e.number(i.unread_count)}),l("span",{class:"hidden",children:e.count("unreadCount",i.unread_count)})]})]})]})]}),l("span",
{class:"chat-tools",children:[l(W,{icon:"edit",label:e.t("renameChat",{name:h}),onClick:()=>o(i.name??"")}),l(W,{icon:"archive",label:e.t("archiveChat",{name:h}),
onClick:()=>{f(t.sdk.archiveChat(i.id))}})]})]})}var Fr=24;function si(i,e){let t=D(void 0),n=D(!1),r=D(void 0);r.current??={isAtEnd:()=>Math.abs(i.current?.scrollTop??0)<Fr,toEnd(o){let a=i.current;t.current=
void 0;let c=Math.abs(a?.scrollTop??0);if(n.current=o&&c>0&&c<2*(a?.clientHeight??0),a?.scrollTo({top:0,behavior:n.current?"smooth":"instant"}),!n.current)return;
let h=()=>{n.current=!1,a?.removeEventListener("scrollend",h),this.note()};a?.addEventListener("scrollend",h),setTimeout(h,1e3)},note(){let o=i.current?.getBoundingClientRect();
if(t.current=void 0,!(!o||!e.current||n.current||this.isAtEnd()))for(let a of e.current.children){let{top:c,bottom:h}=a.getBoundingClientRect(),d=a.dataset.key;
if(!(d===void 0||h<=o.top+1)){t.current={key:d,top:c-o.top};return}}}};let s=()=>{let o=i.current,{current:a}=t;if(!o||!a||!e.current)return;let c=[...e.current.
children].find(d=>d.dataset.key===a.key);if(!c)return;let h=c.getBoundingClientRect().top-o.getBoundingClientRect().top-a.top;Math.abs(h)>=.5&&o.scrollBy({top:h,
behavior:"instant"})};return J(s),J(()=>{if(!e.current||!i.current)return;let o=new ResizeObserver(s);return o.observe(e.current),o.observe(i.current),()=>o.disconnect()},
[]),r.current}var Br={isSelf:!1,isBot:!0,name:"AI",avatar:void 0};function oi({stream:i,isActive:e}){let t=S(),{sdk:n}=I(),r=e?0:-1;return l("li",{class:"row theirs first las\
t","data-key":i.id,tabIndex:r,children:[l(Q,{writer:Br}),l("div",{class:"stack",children:[l("div",{class:"bubble streaming",part:"bubble",dir:"auto",children:l(
Oe,{text:i.text,tabIndex:r})}),l("button",{type:"button",class:"choice stop",tabIndex:r,onClick:()=>{n.stop(i.id).catch(()=>{})},children:[l(M,{name:"stop"}),t.
t("stop")]})]})]})}function ai({names:i}){let e=S(),t=e.count("typing",i.length,{names:e.list(i)});return l("li",{class:"row theirs first last",children:[l(Q,{writer:{isSelf:!1,isBot:!1,
name:i[0]??"",avatar:void 0}}),l("div",{class:"stack",children:l("div",{class:"bubble typing",children:[l("i",{}),l("i",{}),l("i",{}),l("span",{class:"hidden",children:t})]})})]})}var li=600;function qr(){return matchMedia("(prefers-reduced-motion: reduce)").matches}function ci({timeline:i,chat:e}){let t=S(),n=I(),{isOpen:r}=U(n),s=V(),o=U(
i.state),a=D(null),c=D(null),h=si(a,c),[d,f]=O(!0),[m,u]=O(),{unreadKey:b,missed:p}=Vr(i,e,d,r),y=new Date().setHours(0,0,0,0),x=ee(()=>Wn({entries:o.entries,streams:o.
atEnd?s.streams.filter(w=>w.chat===e):[],typists:o.atEnd?s.typists.filter(w=>w.chat===e&&w.kind!=="visitor"):[],unreadKey:b,now:new Date(y)},t),[o,s.streams,s.typists,
e,b,t,y]),_=ee(()=>$r(o.entries),[o.entries]),C=ee(()=>x.findLast(w=>w.kind==="entry"||w.kind==="stream")?.key,[x]),g=x.some(({key:w})=>w===m)?m:C,R=o.isLoaded,
N=D(!1);J(()=>{if(!R||N.current)return;N.current=!0;let w=c.current?.querySelector(".unread-line"),j=w&&a.current&&w.getBoundingClientRect().top-a.current.getBoundingClientRect().
top;j&&j<0&&a.current?.scrollBy({top:j,behavior:"instant"})},[R]);let E=Mn(()=>{let w=a.current;if(!w)return;let{atStart:j,atEnd:le,isLoading:me}=i.state.value,
ge=w.scrollHeight-w.clientHeight-Math.abs(w.scrollTop);me||(!j&&ge<li?i.loadOlder().catch(()=>{}):!le&&Math.abs(w.scrollTop)<li&&i.loadNewer().catch(()=>{}))},[
i]),k=()=>{h.note();let w=h.isAtEnd()&&i.state.value.atEnd;i.isFollowing=w,f(w),E()};L(E,[o.entries,r]);let H=o.entries.findLast(w=>w.pending)?.key;J(()=>{H!==void 0&&
h.toEnd(!1)},[H]);let q=async()=>{o.atEnd||await n.sdk.load(e),h.toEnd(!qr()),i.isFollowing=!0,f(!0),n.focusComposer()},Z=w=>{if(w===void 0)return;u(w);let j=c.
current?.querySelector(`[data-key="${CSS.escape(w)}"]`);j?.focus({preventScroll:!0}),j?.scrollIntoView({block:"nearest"})},K=w=>{let j=x.filter(Re=>Re.kind==="e\
ntry"||Re.kind==="stream").map(({key:Re})=>Re),le=w.target.closest("[data-key]"),me=j.indexOf(le?.dataset.key??"");if(me<0)return;let ge=w.target!==le,Qt={ArrowUp:j[me-
1],ArrowDown:j[me+1],Home:j[0],End:j.at(-1)}[w.key];if(w.key==="Escape"&&ge)le?.focus();else if(w.key==="Enter"&&!ge)le?.querySelector("a, button, audio, summar\
y")?.focus();else if(!ge&&Qt!==void 0)Z(Qt);else return;w.preventDefault(),w.stopPropagation()},F=Math.max(p,o.newer);return l("div",{class:"log",children:[l("d\
iv",{class:"scroller",ref:a,onScroll:k,part:"list",children:[l("ol",{ref:c,"aria-label":t.t("messages"),onKeyDown:K,onFocusIn:w=>u(w.target.closest("[data-key]")?.
dataset.key),children:x.map(w=>l(jr,{row:w,clicks:_,today:y,isActive:w.key===g,status:Wr(w,C,o.others)},w.key))}),o.isLoading&&!o.atStart&&l("div",{class:"more",
"aria-hidden":"true"})]}),(!d||!o.atEnd)&&o.isLoaded&&l("button",{type:"button",class:F?"jump news":"jump",part:"jump",onClick:()=>{q()},children:[l(M,{name:"do\
wn"}),F?t.count("jump",F):l("span",{class:"hidden",children:t.t("jumpToEnd")})]})]})}function jr({row:i,clicks:e,today:t,isActive:n,status:r}){let s=S();switch(i.
kind){case"day":return l("li",{class:"day",part:"day","data-key":i.key,children:l("h3",{children:i.label})});case"unread":return l("li",{class:"unread-line",part:"\
unread-line",children:l("span",{children:s.t("unreadLine")})});case"stream":return l(oi,{stream:i.stream,isActive:n});case"typing":return l(ai,{names:i.names});case"\
entry":{let{message:o}=i.entry,a=o?.interactive_buttons?.flat()??[];return l(ti,{entry:i.entry,isFirst:i.isFirst,isLast:i.isLast,chosen:a.map(c=>c.callback_execution_id??
"").find(c=>e.clicked.has(c)),isClick:e.buttons.has(o?.client_message_id??""),status:r,isActive:n,today:t})}}}function $r(i){let e=i.flatMap(({message:s})=>s??[]),
t=e.flatMap(({interactive_buttons:s})=>s?.flat()??[]),n=new Set(t.flatMap(({callback_execution_id:s})=>s??[])),r=e.flatMap(({client_message_id:s})=>s??[]).filter(
s=>n.has(s));return{buttons:n,clicked:new Set(r)}}function Wr(i,e,t){if(i.kind!=="entry"||i.key!==e||!i.writer.isSelf||!i.entry.message)return;let{status:n,timestamp:r}=i.
entry.message;if(n==="seen"||t.some(({read_up_to:s})=>s&&s>=r))return"seen";if(n==="delivered"||t.some(({delivered_up_to:s})=>s&&s>=r))return"delivered"}function Vr(i,e,t,n){
let r=I(),{chats:s,connection:o}=V(),{entries:a,isLoaded:c}=U(i.state),[h,d]=O(),[f,m]=O(),[u,b]=O(document.visibilityState==="visible"),p=s.find(({id:E})=>E===
e)?.unread_count??0,y=a.flatMap(({message:E,key:k})=>E?.is_outgoing?k:[]),x=y.at(-1),_=n&&u&&t;L(()=>{let E=()=>b(document.visibilityState==="visible");return document.
addEventListener("visibilitychange",E),()=>document.removeEventListener("visibilitychange",E)},[]);let C=D(!1);J(()=>{!c||C.current||(C.current=!0,p>0&&d(y.at(-Math.
min(p,y.length))),m(x))},[c]),L(()=>{_?m(x):C.current&&x!==f&&(!n||!u)&&d(E=>E&&y.includes(E)?E:y[y.indexOf(f??"")+1])},[x,_]);let g=D(n);L(()=>{g.current&&!n&&
d(void 0),g.current=n},[n]),L(()=>{_&&p>0&&c&&r.sdk.read(e)},[_,p,c,x,o.status]);let R=f===void 0?-1:y.indexOf(f),N=t||R<0?0:y.length-1-R;return{unreadKey:h,missed:N}}function Ie({text:i,onRetry:e}){let t=S();return l("div",{class:"empty",role:"status",part:"notice",children:[l("span",{class:"welcome",children:l(M,{name:"aler\
t"})}),l("p",{children:i}),e&&l("button",{type:"button",class:"choice",onClick:e,children:t.t("tryAgain")})]})}var Gr=[];function di({greeting:i}){let e=S(),t=I(),{chat:n}=U(t),r=V(),s=t.sdk.messages(n),o=U(s.state),[a,c]=O({chat:n,files:[]}),h=t.sdk.resolve(a.chat)===n?
a.files:Gr,d=p=>c({chat:n,files:p}),[f,m]=O(!1);if(r.connection.status==="refused"||r.error?.code==="account_blocked")return l(Ie,{text:e.t("blocked")});if(r.error?.
code==="no_channel")return l(Ie,{text:e.t("noChannel")});if(r.error&&!r.isReady)return l(Ie,{text:e.t("unreachable"),onRetry:()=>{t.sdk.retryNow()}});let u=!r.isReady||
!o.isLoaded&&!o.error,b=r.isReady&&o.isLoaded&&o.entries.length===0;return l("div",{class:"conversation",onDragOver:p=>{p.dataTransfer?.types.includes("Files")&&
(p.preventDefault(),m(!0))},onDragLeave:p=>{p.currentTarget.contains(p.relatedTarget)||m(!1)},onDrop:p=>{p.preventDefault(),m(!1),d([...h,...p.dataTransfer?.files??
[]])},children:[o.error&&!o.isLoaded?l(Ie,{text:e.t("loadFailed"),onRetry:()=>{t.sdk.load(n)}}):u?l(Kr,{}):b?l("div",{class:"empty",children:l("slot",{name:"emp\
ty",children:[l("span",{class:"welcome",children:l(M,{name:"chat"})}),l("h3",{children:i||e.t("greeting")}),l("p",{children:e.t("greetingText")})]})}):l(ci,{timeline:s,
chat:n},s),l("slot",{name:"before-composer"}),l(ni,{chat:n,files:h,onFiles:d}),f&&l("div",{class:"drop",children:[l(M,{name:"clip"}),e.t("drop")]})]})}function Kr(){
let i=S();return l("div",{class:"skeleton",role:"status",children:[l("span",{class:"hidden",children:i.t("loading")}),l("i",{}),l("i",{}),l("i",{})]})}function ui({heading:i,subtitle:e,isInline:t,onClose:n}){let r=S(),s=I(),{screen:o,chat:a}=U(s),{chats:c,connection:h}=V(),d=o==="list",m=c.filter(({is_archived:b})=>!b).
length>1?c.find(({id:b})=>b===a)?.name:void 0,u=d?"":m||e;return l("div",{class:"header",part:"header",children:[d?l(W,{icon:"back",class:"flip",label:r.t("goBa\
ck"),onClick:()=>s.showChat(a)}):l(Q,{writer:{isSelf:!1,isBot:!1,name:i,avatar:void 0}}),l("div",{class:"who",children:[l("h2",{id:"title",part:"title",children:d?
r.t("chats"):i}),u&&l("p",{class:"status",part:"status",children:[h.status==="live"&&l("span",{class:"dot"}),l("bdi",{children:u})]})]}),!d&&c.length>0&&l(W,{icon:"\
menu",label:r.t("chats"),onClick:()=>s.update({screen:"list",editing:void 0})}),!t&&l(W,{icon:"close",label:r.t("close"),onClick:n})]})}var Yr=6e4;function hi({heading:i,subtitle:e,greeting:t,isInline:n,onClose:r}){let s=S(),o=I(),a=G(),{isOpen:c,screen:h,isFull:d}=U(o),[f,m]=O(!0),u=D(null),{pending:b}=V(),
p=b.filter(({state:y})=>y==="failed").length;return L(()=>{let{sdk:y}=o,x=[y.on("message",_=>{!o.value.isOpen||Date.now()-Date.parse(_.timestamp)>Yr||a.say(s.t(
"says",{author:_.sender_name||s.t("someone"),text:Jr(_,s.t("file"))}))}),y.on("error",({code:_})=>_==="storage_unavailable"&&m(!1))];return()=>x.forEach(_=>_())},
[o,s]),L(()=>{p>0&&a.say(`${s.t("notSent")} ${s.t("tryAgain")}`)},[p]),l("section",{ref:u,class:"panel",part:"panel",role:n?"region":"dialog","aria-labelledby":"\
title","aria-modal":d&&!n?!0:void 0,hidden:!c,tabIndex:-1,onKeyDown:y=>{y.key!=="Escape"||n||y.defaultPrevented||(y.stopPropagation(),r())},children:[l("slot",{
name:"header",children:l(ui,{heading:i,subtitle:e,isInline:n,onClose:r})}),l(ii,{isStored:f}),h==="list"?l(ri,{}):l(di,{greeting:t}),h==="chat"&&l("div",{class:"\
footer",children:l("slot",{name:"footer",children:s.t("powered")})}),l(zn,{})]})}function Jr({text:i,html:e},t){return e?ft(e).map(r=>r.kind==="text"?r.text:" ").
join("").replace(/\s+/g," ").trim()||t:i||t}function fi(i){let e=/^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(i);return e?[Number(e[1]),Number(e[2]),Number(e[3])]:void 0}function pi([i,e,t]){let n=r=>r/
255<=.04045?r/255/12.92:((r/255+.055)/1.055)**2.4;return .2126*n(i)+.7152*n(e)+.0722*n(t)}function mi(i,e){let[t,n]=[pi(i),pi(e)].sort((r,s)=>s-r);return(t+.05)/
(n+.05)}function Jt(i,e,t){let n=r=>Math.round(i[r]+(e[r]-i[r])*t);return[n(0),n(1),n(2)]}var Xr=[[255,255,255],[13,16,32],[0,0,0]];function gi(i){return Xr.find(
e=>mi(i,e)>=4.5)??[0,0,0]}function yi(i,e,t){for(let n=0;n<1;n+=.05){let r=Jt(i,t,n);if(e.every(s=>mi(r,s)>=4.5))return r}return t}function Xt([i,e,t]){return`r\
gb(${i} ${e} ${t})`}var Qr=.16;function bi(i,e){let{style:t}=i,n=["--unicom-on-accent","--accent-ink"];for(let f of["--unicom-accent",...n])t.removeProperty(f);e&&t.setProperty("--\
unicom-accent",e);let r=getComputedStyle(i);if(!r.getPropertyValue("--unicom-accent"))return;let s=document.createElement("span");i.append(s);let o=f=>(s.style.
color=f,fi(getComputedStyle(s).color)),a=o("var(--unicom-accent)"),c=["var(--bg)","var(--bg-2)"].map(o).filter(f=>f!==void 0),h=o("var(--ink)"),d=r.getPropertyValue(
"--unicom-on-accent")!=="";s.remove(),!(!a||!h)&&(d||t.setProperty("--unicom-on-accent",Xt(gi(a))),t.setProperty("--accent-ink",Xt(yi(a,[...c,...c.map(f=>Jt(f,a,
Qr))],h))))}function nu(i){let{element:e,root:t,shadow:n,base:r}=i,s=new CSSStyleSheet;s.replaceSync(Nn),n.adoptedStyleSheets=[...n.adoptedStyleSheets,s];let o=Number(e.getAttribute(
"channel-id")),a=Number(e.getAttribute("climb-every")),c=new _e({base:r,...o>0&&{channel:o},...a>0&&{climbEvery:a}}),h=new ut(r),d=new dt(c,h,()=>e.getAttribute(
"chat-id")),f=new Se,m=document.createElement("div");m.className="box",t.prepend(m);let u=ht,b=!1,p=Dn(e,t,()=>y()),y=()=>{let k=!i.isInline&&p.isSmall;p.set(k&&
d.value.isOpen),t.classList.toggle("full",k&&d.value.isOpen),d.value.isFull!==k&&d.update({isFull:k})},x=()=>{if(b)return;let k=H=>e.getAttribute(H)??"";At(l(Bt.
Provider,{value:d,children:l(Wt.Provider,{value:u,children:l(qt.Provider,{value:f,children:l(hi,{heading:k("heading")||u.t("panel"),subtitle:k("subtitle"),greeting:k(
"greeting"),isInline:i.isInline,onClose:N})})})}),m)},_=()=>{y(),bi(t,e.getAttribute("accent"));let k=[e.getAttribute("lang"),document.documentElement.lang,...navigator.
languages];qn(k).catch(()=>ht).then(H=>{u=H,m.lang=u.language,m.dir=u.direction,x()})},C=()=>c.connect().catch(()=>{}),g=()=>navigator.userActivation?.isActive??
!0,R=()=>{d.value.isOpen||(d.update({isOpen:!0}),y(),i.onToggle(!0),C(),g()&&(mt()?m.querySelector(".panel")?.focus({preventScroll:!0}):d.focusComposer()))},N=()=>{
if(!d.value.isOpen||i.isInline)return;let k=n.activeElement!==null;d.update({isOpen:!1,screen:"chat"}),y(),i.onToggle(!1),k&&i.launcher?.focus({preventScroll:!0})},
E=(k,H)=>e.dispatchEvent(new CustomEvent(`unicom:${k}`,{bubbles:!0,composed:!0,detail:H}));return c.on("message",({id:k,chat_id:H})=>E("message",{id:k,chat:H})),
c.on("sent",({id:k,chat_id:H})=>E("sent",{id:k,chat:H})),c.on("failed",({id:k,chat:H,error:q})=>E("failed",{id:k,chat:H,code:q?.code})),c.on("error",({code:k})=>E(
"error",{code:k})),c.subscribe(()=>{let{isReady:k,account:H,unread:q}=c.state;k&&(h.markKnown(H!==null),i.onUnread(q))}),x(),_(),{open:R,close:N,update:_,focusComposer:()=>d.
focusComposer(),async send(k){await C(),await c.send({chat:d.value.chat,text:k})},showChat(k){R(),C().then(()=>k&&d.showChat(k))},startChat(){R(),C().then(()=>d.
showChat(c.startChat()))},async logout(){await c.logout(),h.clear()},destroy(){b=!0,p.destroy(),c.close(),At(null,m),m.remove()}}}export{nu as mount};
