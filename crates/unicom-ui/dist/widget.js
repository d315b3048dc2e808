"use strict";(()=>{function h(i,t){for(let e of i){if(!e)continue;let n=e.toLowerCase(),o=t.find(s=>s.toLowerCase()===n)??t.find(s=>s.split("-")[0]===n.split("-")[0]);if(o)return o}
return"en"}function p(i){return/^(ar|fa|he|ur)\b/.test(i)?"rtl":"ltr"}var l={en:["Chat","{n} unread"],de:["Chat","{n} ungelesen"],fr:["Discussion","{n} non lus"],es:["Chat","{n} sin leer"],"pt-BR":["Chat","{n} não lidas"],he:["צ'\
אט","{n} שלא נקראו"],ar:["محادثة","غير مقروءة: {n}"]};var m=':host{all:initial;display:contents}:host([hidden]){display:none}.root{all:initial;position:fixed;z-index:var(--z);inset-block-end:var(--unicom-offset-blo\
ck, 20px);inset-inline-end:var(--unicom-offset-inline, 20px);color-scheme:light;--ground: #fff;--shade: 0 1px 2px rgb(16 20 30 / .06), 0 8px 28px rgb(16 20 30 /\
 .24);--alarm: #b42318;--on-alarm: #fff;--fill: var(--unicom-accent, #3b5bdb);--on-fill: var(--unicom-on-accent, #fff)}.root.dark{color-scheme:dark;--ground: #1\
4161c;--shade: 0 1px 2px rgb(0 0 0 / .4), 0 8px 32px rgb(0 0 0 / .5);--alarm: #ff8a80;--on-alarm: #2a0d0a;--fill: var(--unicom-accent, #7c93f5);--on-fill: var(-\
-unicom-on-accent, #0d1020)}.root.start{inset-inline:var(--unicom-offset-inline, 20px) auto}.root.flow{display:block;position:relative;inset:auto;z-index:auto;i\
nline-size:100%;block-size:100%}:host([mode="inline"]){display:block;block-size:var(--unicom-panel-height, 640px)}:host([mode="full"]){display:block;position:fi\
xed;inset:0}.launcher{all:unset;box-sizing:border-box;position:relative;display:grid;place-items:center;cursor:pointer;inline-size:60px;block-size:60px;border-r\
adius:50%;background:var(--fill);color:var(--on-fill);box-shadow:var(--shade);transition:transform .12s cubic-bezier(.2,0,0,1)}.launcher:hover{transform:transla\
teY(-2px)}.launcher:active{transform:none}.launcher:focus-visible{outline:2px solid var(--fill);outline-offset:3px}.launcher[hidden]{display:none}svg{grid-area:\
1 / 1;inline-size:28px;block-size:28px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round;transition:opacity .12s,transf\
orm .16s cubic-bezier(.2,0,0,1)}[aria-expanded=true] .bubble,[aria-expanded=false] .close{opacity:0;transform:scale(.6)}.badge{position:absolute;inset-block-sta\
rt:-3px;inset-inline-end:-3px;box-sizing:border-box;min-inline-size:22px;block-size:22px;padding-inline:6px;border-radius:11px;text-align:center;background:var(\
--alarm);color:var(--on-alarm);box-shadow:0 0 0 2px var(--ground);font:600 12px/22px ui-sans-serif,system-ui,sans-serif}.badge[hidden]{display:none}@media(prefe\
rs-reduced-motion:reduce){.launcher,svg{transition:none}.launcher:hover{transform:none}}@media(forced-colors:active){.launcher{border:2px solid ButtonText}.badg\
e{border:1px solid;line-height:20px}}';var a="unicom-webchat",b=Symbol.for("unicom.webchat"),f="http://www.w3.org/2000/svg",S={bubble:"M20 11.2c0 4.3-3.7 7.2-8.2 7.2-1.1 0-2.1-.2-3.1-.5L4.2 19.5l1.2-\
3.6A6.7 6.7 0 0 1 3.6 11.2C3.6 6.9 7.3 4 11.8 4S20 6.9 20 11.2Z",close:"m6 9.5 6 6 6-6"},d=document.currentScript,w=new URL(".",d?.src??location.href).href.replace(
/\/$/,""),g=`${w}/assets/f6495408/app.js`;function v(i){let t=document.createElementNS(f,"svg");t.setAttribute("viewBox","0 0 24 24"),t.setAttribute("aria-hidde\
n","true"),t.setAttribute("class",i);let e=document.createElementNS(f,"path");return e.setAttribute("d",S[i]),t.append(e),t}var c=class extends HTMLElement{static observedAttributes=[
"open","theme","lang","accent","heading","subtitle","greeting","hide-launcher"];#n=document.createElement("div");#t=document.createElement("button");#s=document.
createElement("span");#r;#e;#c;#i=0;#u=matchMedia("(prefers-color-scheme: dark)");constructor(){super();let t=this.attachShadow({mode:"open"}),e=new CSSStyleSheet;
e.replaceSync(m),t.adoptedStyleSheets=[e],this.#t.className="launcher",this.#t.type="button",this.#t.setAttribute("part","launcher"),this.#t.setAttribute("aria-\
expanded","false"),this.#s.className="badge",this.#s.setAttribute("part","badge"),this.#s.setAttribute("aria-hidden","true"),this.#t.append(v("bubble"),v("close"),
this.#s),this.#t.onclick=()=>this.toggle(),this.#t.onpointerenter=this.#t.onfocus=()=>{import(g).catch(()=>{})},this.#n.append(this.#t),t.append(this.#n)}connectedCallback(){
this.#u.onchange=()=>this.#d(),this.#d(),this.#a||this.hasAttribute("open")?this.open():this.#p()}attributeChangedCallback(t,e,n){if(!(e===n||!this.isConnected)){
if(t==="open")return n===null?this.close():this.open();this.#d(),this.#e?.update()}}get base(){let t=this.getAttribute("base");return t?new URL(t,document.baseURI).
href.replace(/\/+$/,""):w}get#a(){return["inline","full"].includes(this.getAttribute("mode")??"")}open(){this.#o().then(t=>t.open(),()=>this.#l("error",{code:"n\
ot_loaded"}))}close(){this.#e?.close()}toggle(){this.#t.ariaExpanded==="true"?this.close():this.open()}focusComposer(){this.#o().then(t=>t.focusComposer())}send(t){
return this.#o().then(e=>e.send(t))}showChat(t){this.#o().then(e=>e.showChat(t))}startChat(){this.#o().then(t=>t.startChat())}async identify(t){return this.#c=t,
this.#e?.identify(t)}logout(){return this.#c=void 0,this.#o().then(t=>t.logout())}destroy(){this.#e?.destroy(),this.#r=this.#e=void 0,this.remove()}#o(){return this.#r??=
import(g).then(({mount:t})=>{let e={element:this,root:this.#n,shadow:this.shadowRoot,base:this.base,identity:this.#c,isInline:this.#a,launcher:this.#a?null:this.#t,
onToggle:n=>{this.#t.setAttribute("aria-expanded",String(n)),this.toggleAttribute("open",n),this.#l(n?"open":"close")},onUnread:n=>this.#h(n)};return this.#e=t(
e),this.#l("ready"),this.#e}),this.#r.catch(()=>this.#r=void 0),this.#r}#l(t,e){this.dispatchEvent(new CustomEvent(`unicom:${t}`,{bubbles:!0,composed:!0,detail:e}))}#h(t){
t!==this.#i&&(this.#i=t,this.#d(),this.#l("unread",{count:t}))}async#p(){let{base:t}=this,e=this.getAttribute("channel"),n=E(e?`token:${t}#${e}`:`known:${t}`);if(!n)
return;let o=e?{headers:{Authorization:`Bearer ${JSON.parse(n).value}`}}:{},s=await fetch(`${t}/webchat/unread/`,o).catch(()=>null);if(!s?.ok||this.#e)return;let{
unread_total:r}=await s.json();this.#h(r)}#d(){let t=A=>this.getAttribute(A),e=[t("lang"),document.documentElement.lang,...navigator.languages],n=h(e,Object.keys(
l)),o=t("theme"),s=o==="dark"||o!=="light"&&this.#u.matches,{classList:r}=this.#n;r.add("root"),r.toggle("dark",s),r.toggle("flow",this.#a),r.toggle("start",t("\
position")==="start"),this.#n.dir=p(n),this.#n.lang=n,this.#n.style.setProperty("--z",t("z")??"2147483000"),this.#t.hidden=this.#a||this.hasAttribute("hide-laun\
cher"),this.#s.hidden=!this.#i,this.#s.textContent=this.#i>99?"99+":String(this.#i);let[u,k]=l[n];this.#t.setAttribute("aria-label",this.#i?`${u}, ${k.replace("\
{n}",String(this.#i))}`:u)}};function E(i){try{return localStorage.getItem(`unicom:${i}`)}catch{return null}}function x(){if(document.querySelector(a)||d?.dataset.
manual!==void 0)return;let i=document.createElement(a);i.id=a,i.setAttribute("data-turbo-permanent",""),i.setAttribute("data-astro-transition-persist",a);for(let{
name:s,value:r}of d?.attributes??[])s.startsWith("data-")&&i.setAttribute(s.slice(5),r);let t=()=>i.isConnected||document.body.append(i);t();for(let s of["turbo\
:render","astro:after-swap"])document.addEventListener(s,t);let e=window,n=Array.isArray(e.unicom)?e.unicom:e.unicom===void 0?[]:null;if(!n)return;let o=([s,...r])=>i[s]?.(
...r);n.forEach(o),e.unicom=i,Object.assign(i,{push:o})}var y=window;y[b]||(y[b]=!0,customElements.get(a)||customElements.define(a,c),document.body?x():document.
addEventListener("DOMContentLoaded",x));})();
