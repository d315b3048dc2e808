import { startServer } from "./server.mjs";
import { build } from "esbuild";
await build({entryPoints:["tests/browser/site.ts","tests/browser/chromium.ts"],outdir:"out/shots",bundle:true,platform:"node",format:"esm",packages:"external",outExtension:{".js":".mjs"}});
const { startSite, page } = await import("./out/shots/site.mjs"); const { launch } = await import("./out/shots/chromium.mjs");
const server = await startServer(); const site = await startSite(server); const browser = await launch();
const which = process.argv[2];
async function scene(name, opts, data, lang="en", dir="ltr") {
  site.pages.set("/"+name, page({lang, dir, data:{heading:"Bicycle shop", subtitle:"We answer within the hour", ...data}}));
  const c = await browser.newContext({locale: lang, ...opts}); const p = await c.newPage();
  await p.goto(site.origin+"/"+name);
  await p.locator(".launcher").click(); await p.locator("textarea").waitFor();
  const send = async t => { await p.locator("textarea").fill(t); await p.locator(".send").click(); await p.waitForTimeout(500); };
  return {p, c, send};
}
const t = (i)=>new Date(Date.UTC(2026,10,30,14,2+i)).toISOString().replace("Z","000Z");
async function mocked(p, chat) {
  const m = (i, text, out, extra={}) => ({id:`m${i}`, chat_id:chat, text, html:null, is_outgoing:out, sender_name: out?"Ann":"Guest", timestamp:t(i), media_type:"text", media_url:null, files:[], reply_to_message_id:null, client_message_id:null, interactive_buttons:null, edited_at:null, ...extra});
  const btn = (text,id)=>({type:"callback",text,value:null,url:null,expires_at:null,callback_execution_id:id});
  const bot={author:{kind:"bot",name:"Assistant"},sender_name:"Assistant"};
  const msgs=[
    m(0,"Hi! I can look up orders, book a repair, or fetch a colleague.",true,{...bot,interactive_buttons:[[btn("Where is my order?","b1"),btn("Book a repair","b2")],[btn("Talk to a person","b3")]]}),
    m(1,"Where is my order?",false,{client_message_id:"b1"}),
    m(2,"It is number 4711, and this is what arrived:",false),
    m(3,"",false,{media_type:"image",media_url:"/pic.svg",media:{name:"saddle.jpg",content_type:"image/jpeg",size:1,width:1200,height:760}}),
    m(4,"Hello, Ann here.",true),
    m(5,"That is the wrong saddle, I am sorry. A new one leaves today, and here is the label for the old one:",true,{html:"<p>That is the <b>wrong saddle</b>, I am sorry. A new one leaves <i>today</i>:</p><ul><li>saddle <code>S-12</code></li><li>a <a href='https://example.org'>return label</a></li></ul>"}),
    m(6,"",true,{media_type:"file",media_url:"/unicom/media/m6/return-label.pdf",media:{name:"return-label.pdf",content_type:"application/pdf",size:84000}}),
    m(7,"Great, thank you!",false,{status:"seen"}),
  ];
  await p.route("**/webchat/messages/?*", r=>r.fulfill({json:{success:true,chat_id:chat,messages:msgs.toReversed(),has_more:false,next_cursor:null,cursor:null}}));
  await p.route("**/pic.svg", r=>r.fulfill({contentType:"image/svg+xml",body:'<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="760"><defs><linearGradient id="a" x2="1" y2="1"><stop stop-color="#cfd9ff"/><stop offset=".6" stop-color="#f3e1ff"/><stop offset="1" stop-color="#ffe3d1"/></linearGradient></defs><rect width="1200" height="760" fill="url(#a)"/></svg>'}));
}
for (const theme of ["light","dark"]) for (const device of ["desktop","phone"]) {
  const name=`${theme}-${device}`; if (which && !name.includes(which)) continue; const wantDbg=process.argv[3];
  const opts = device==="phone"?{viewport:{width:390,height:844},deviceScaleFactor:2,isMobile:true,hasTouch:true}:{viewport:{width:900,height:800}};
  const {p,send}=await scene(name,{...opts,colorScheme:theme},{});
  await p.waitForTimeout(400); await p.screenshot({path:`/tmp/shot-${name}-empty.png`});
  await send("hello"); await p.waitForTimeout(900);
  const chat = await p.evaluate(async()=>(await (await fetch("/unicom/webchat/chats/")).json()).chats[0].id);
  await mocked(p, chat);
  await p.reload(); await p.locator(".launcher").click(); await p.locator(".row").first().waitFor(); await p.waitForTimeout(600);
  await p.screenshot({path:`/tmp/shot-${name}-end.png`});
  await p.locator(".scroller").evaluate(s=>s.scrollTop=-99999); await p.waitForTimeout(400);
  await p.screenshot({path:`/tmp/shot-${name}-start.png`});
  await p.unroute("**/webchat/messages/?*");
  await p.getByRole("button",{name:"All chats"}).click(); await p.waitForTimeout(300);
  await p.getByRole("button",{name:"New chat"}).click(); await send("Is the repair shop open on Saturday?"); await p.waitForTimeout(600);
  site.intercept=(i,o)=>{ if(!i.url.includes("send")) return false; i.resume(); o.writeHead(413,{"content-type":"application/json"}).end('{"success":false,"error":"x","code":"too_large"}'); return true;};
  await send("Great, thank you!"); await p.waitForTimeout(300); site.intercept=undefined;
  site.setDown(true); await send("And one more thing"); await p.waitForTimeout(3500);
  await p.screenshot({path:`/tmp/shot-${name}-offline.png`}); site.setDown(false); await p.waitForTimeout(2500);
  await p.getByRole("button",{name:"All chats"}).click(); await p.waitForTimeout(500);
  await p.screenshot({path:`/tmp/shot-${name}-list.png`});
}
await browser.close(); await site.stop(); await server.stop();
