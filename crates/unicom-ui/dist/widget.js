"use strict";(()=>{function h(n,t){for(let e of n){if(!e)continue;let i=e.toLowerCase(),o=t.find(s=>s.toLowerCase()===i)??t.find(s=>s.split("-")[0]===i.split("-")[0]);if(o)return o}
return"en"}function p(n){return/^(ar|fa|he|ur)\b/.test(n)?"rtl":"ltr"}var l={en:["Chat","{n} unread"],de:["Chat","{n} ungelesen"],fr:["Discussion","{n} non lus"],es:["Chat","{n} sin leer"],"pt-BR":["Chat","{n} não lidas"],he:["צ'\
אט","{n} שלא נקראו"],ar:["محادثة","غير مقروءة: {n}"]};var b=':host{all:initial;display:contents}:host([hidden]){display:none}.root{all:initial;position:fixed;z-index:var(--z);inset-block-end:var(--unicom-offset-blo\
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
e{border:1px solid;line-height:20px}}';var a="unicom-webchat",m=Symbol.for("unicom.webchat"),f="http://www.w3.org/2000/svg",S={bubble:"M20 11.2c0 4.3-3.7 7.2-8.2 7.2-1.1 0-2.1-.2-3.1-.5L4.2 19.5l1.2-\
3.6A6.7 6.7 0 0 1 3.6 11.2C3.6 6.9 7.3 4 11.8 4S20 6.9 20 11.2Z",close:"m6 9.5 6 6 6-6"},c=document.currentScript,y=new URL(".",c?.src??location.href).href.replace(
/\/$/,""),g=`${y}/assets/bcfffffe/app.js`;function v(n){let t=document.createElementNS(f,"svg");t.setAttribute("viewBox","0 0 24 24"),t.setAttribute("aria-hidde\
n","true"),t.setAttribute("class",n);let e=document.createElementNS(f,"path");return e.setAttribute("d",S[n]),t.append(e),t}var d=class extends HTMLElement{static observedAttributes=[
"open","theme","lang","accent","heading","subtitle","greeting","hide-launcher"];#e=document.createElement("div");#t=document.createElement("button");#s=document.
createElement("span");#r;#n;#i=0;#d=matchMedia("(prefers-color-scheme: dark)");constructor(){super();let t=this.attachShadow({mode:"open"}),e=new CSSStyleSheet;
e.replaceSync(b),t.adoptedStyleSheets=[e],this.#t.className="launcher",this.#t.type="button",this.#t.setAttribute("part","launcher"),this.#t.setAttribute("aria-\
expanded","false"),this.#s.className="badge",this.#s.setAttribute("part","badge"),this.#s.setAttribute("aria-hidden","true"),this.#t.append(v("bubble"),v("close"),
this.#s),this.#t.onclick=()=>this.toggle(),this.#t.onpointerenter=this.#t.onfocus=()=>{import(g).catch(()=>{})},this.#e.append(this.#t),t.append(this.#e)}connectedCallback(){
this.#d.onchange=()=>this.#c(),this.#c(),this.#a||this.hasAttribute("open")?this.open():E(this.base)&&this.#p()}attributeChangedCallback(t,e,i){if(!(e===i||!this.
isConnected)){if(t==="open")return i===null?this.close():this.open();this.#c(),this.#n?.update()}}get base(){let t=this.getAttribute("base");return t?new URL(t,
document.baseURI).href.replace(/\/+$/,""):y}get#a(){return["inline","full"].includes(this.getAttribute("mode")??"")}open(){this.#o().then(t=>t.open(),()=>this.#h())}close(){
this.#n?.close()}toggle(){this.#t.ariaExpanded==="true"?this.close():this.open()}focusComposer(){this.#o().then(t=>t.focusComposer())}async send(t){return(await this.#o()).
send(t)}showChat(t){this.#o().then(e=>e.showChat(t))}startChat(){this.#o().then(t=>t.startChat())}async logout(){return(await this.#o()).logout()}destroy(){this.#n?.
destroy(),this.#r=this.#n=void 0,this.remove()}#o(){return this.#r??=import(g).then(({mount:t})=>{let e={element:this,root:this.#e,shadow:this.shadowRoot,base:this.
base,isInline:this.#a,launcher:this.#a?null:this.#t,onToggle:i=>{this.#t.setAttribute("aria-expanded",String(i)),this.toggleAttribute("open",i),this.#l(i?"open":
"close")},onUnread:i=>this.#u(i)};return this.#n=t(e),this.#l("ready"),this.#n}),this.#r.catch(()=>this.#r=void 0),this.#r}#l(t,e){this.dispatchEvent(new CustomEvent(
`unicom:${t}`,{bubbles:!0,composed:!0,detail:e}))}#h(){this.#l("error",{code:"not_loaded"})}#u(t){t!==this.#i&&(this.#i=t,this.#c(),this.#l("unread",{count:t}))}async#p(){
let t=await fetch(`${this.base}/webchat/unread/`).catch(()=>null);if(!t?.ok||this.#n)return;let{unread_total:e}=await t.json();this.#u(e)}#c(){let t=C=>this.getAttribute(
C),e=[t("lang"),document.documentElement.lang,...navigator.languages],i=h(e,Object.keys(l)),o=t("theme"),s=o==="dark"||o!=="light"&&this.#d.matches,{classList:r}=this.#e;
r.add("root"),r.toggle("dark",s),r.toggle("flow",this.#a),r.toggle("start",t("position")==="start"),this.#e.dir=p(i),this.#e.lang=i,this.#e.style.setProperty("-\
-z",t("z")??"2147483000"),this.#t.hidden=this.#a||this.hasAttribute("hide-launcher"),this.#s.hidden=!this.#i,this.#s.textContent=this.#i>99?"99+":String(this.#i);
let[u,k]=l[i];this.#t.setAttribute("aria-label",this.#i?`${u}, ${k.replace("{n}",String(this.#i))}`:u)}};function E(n){try{return localStorage.getItem(`unicom:k\
nown:${n}`)!==null}catch{return!1}}function x(){if(document.querySelector(a)||c?.dataset.manual!==void 0)return;let n=document.createElement(a);n.id="unicom-web\
chat",n.setAttribute("data-turbo-permanent",""),n.setAttribute("data-astro-transition-persist","unicom-webchat");for(let{name:s,value:r}of c?.attributes??[])s.startsWith(
"data-")&&n.setAttribute(s.slice(5),r);let t=()=>n.isConnected||document.body.append(n);t();for(let s of["turbo:render","astro:after-swap"])document.addEventListener(
s,t);let e=window,i=Array.isArray(e.unicom)?e.unicom:e.unicom===void 0?[]:null;if(!i)return;let o=([s,...r])=>n[s]?.(...r);i.forEach(o),e.unicom=n,Object.assign(
n,{push:o})}var w=window;w[m]||(w[m]=!0,customElements.get(a)||customElements.define(a,d),document.body?x():document.addEventListener("DOMContentLoaded",x));})();
