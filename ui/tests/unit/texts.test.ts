import assert from "node:assert/strict";
import { test } from "node:test";
import type { ComponentChildren, VNode } from "preact";
import { contrast, parseColor, readable, textOn } from "../../widget/src/color.ts";
import { decode, tokenize } from "../../widget/src/lazy/html/tokens.ts";
import { renderHtml } from "../../widget/src/lazy/html/render.tsx";
import { pickLanguage } from "../../widget/src/language.ts";
import { linkify } from "../../widget/src/linkify.ts";
import { strings as english } from "../../widget/src/locales/en.ts";
import { strings as german } from "../../widget/src/locales/de.ts";
import { initials } from "../../widget/src/rows.ts";
import { ENGLISH, Texts, daysBetween, localeOf } from "../../widget/src/texts.ts";

const hrefs = (text: string) => linkify(text).flatMap((piece) => (typeof piece === "string" ? [] : [piece.href]));

test("addresses in texts become links, without the punctuation around them", () => {
  assert.deepEqual(hrefs("See https://a.example/x?y=1#z, or (http://b.example/w_(x))."), ["https://a.example/x?y=1#z", "http://b.example/w_(x)"]);
  assert.deepEqual(hrefs("mail me@a.example!"), ["mailto:me@a.example"]);
  assert.deepEqual(hrefs("javascript:alert(1) data:text/html,x ftp://a.example file:///etc"), []);
  assert.deepEqual(hrefs("https://user:secret@a.example/ https:// http://"), []);
  // Characters that turn the direction of a text round are no part of an address.
  assert.deepEqual(hrefs("https://a.example/\u202egpj.exe"), ["https://a.example/"]);
  for (const text of ["", "plain", "a https://a.example b https://b.example", "https://a.example"]) {
    assert.equal(linkify(text).map((piece) => (typeof piece === "string" ? piece : piece.text)).join(""), text);
  }
});

/** Writes nodes as HTML, to compare them. */
function write(nodes: ComponentChildren): string {
  if (Array.isArray(nodes)) return nodes.map(write).join("");
  if (nodes === null || nodes === undefined || typeof nodes === "boolean") return "";
  if (typeof nodes !== "object") return String(nodes).replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  const { type, props } = nodes as VNode<Record<string, unknown> & { children?: ComponentChildren }>;
  const { children, ...attributes } = props;
  const text = Object.entries(attributes).filter(([, value]) => value !== undefined).map(([name, value]) => ` ${name}="${value}"`).join("");
  return `<${String(type)}${text}>${write(children ?? "")}</${String(type)}>`;
}

const html = (text: string) => write(renderHtml(text, { origin: "https://chat.example", tabIndex: -1 }));
const LINK = 'target="_blank" rel="noopener noreferrer nofollow" tabIndex="-1"';

test("sanitised HTML is shown as it is", () => {
  assert.equal(html("<p>Fish &amp; <b>chips</b></p>"), "<p>Fish &#38; <b>chips</b></p>");
  assert.equal(html('<a href="https://a.example/?x=1&amp;y=2" rel="noopener">a</a>'), `<a href="https://a.example/?x=1&y=2" ${LINK}>a</a>`);
  assert.equal(html("<ol start=3><li>x<li>y</ol>"), '<ol start="3"><li>x<li>y</li></li></ol>');
  assert.equal(html("a<br>b<hr/>c"), "a<br></br>b<hr></hr>c");
  assert.equal(html('<img src="/media/1.png" alt="x" width="20">'), '<img src="https://chat.example/media/1.png" alt="x" width="20" loading="lazy"></img>');
  assert.equal(html("<h2>Hi</h2>"), '<p class="heading">Hi</p>');
});

test("nothing of hostile HTML acts", () => {
  assert.equal(html('<a href="javascript:alert(1)">x</a>'), "<a>x</a>");
  assert.equal(html('<a href=" java\nscript:alert(1)">x</a>'), "<a>x</a>");
  assert.equal(html('<a href="//evil.example/x">x</a>'), "<a>x</a>");
  assert.equal(html('<a href="\\\\evil.example/x">x</a>'), "<a>x</a>");
  assert.equal(html('<b onclick="x()" style="color:red" class="y" id="z">x</b>'), "<b>x</b>");
  assert.equal(html("<script>alert(1)</script><style>*{}</style>x"), "x");
  assert.equal(html("<svg><script>1</script></svg>x"), "x");
  assert.equal(html('<img src=x onerror=alert(1)>'), '<img src="https://chat.example/x" alt="" loading="lazy"></img>');
  assert.equal(html('<img src="https://evil.example/p" alt="pixel">'), `<a href="https://evil.example/p" ${LINK}>pixel</a>`);
  assert.equal(html('<img src="data:image/png,x" alt="pixel">'), "pixel");
  assert.equal(html("<p>unclosed <b>tags"), "<p>unclosed <b>tags</b></p>");
  assert.equal(html("</p></div>text</b>"), "text");
  assert.equal(html("<constructor><__proto__>x"), "&#60;__proto__&#62;x");
  assert.equal(html("1 < 2 <3"), "1 &#60; 2 &#60;3");
});

test("any bytes are shown as something, in a time that grows with them", () => {
  const pieces = ["<", ">", "</", "<b>", "</b>", '"', "'", "&", "&#", "&lt;", "<a href=", "<!--", "-->", "<p ", "=", "x", " ", "<img src=", "\u0000", "😀"];
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: 40 }, () => pieces[Math.floor(random() * pieces.length)]).join("");
    assert.doesNotMatch(html(text), /<(script|iframe|style)|javascript:|on\w+="/i);
  }
  const began = performance.now();
  for (const piece of ["<", "<a ", '<a "', "<b>", "&#", "<!--", "<a href='", "</b", "<a x="]) html(piece.repeat(65_536 / piece.length));
  for (const piece of ["a.", "a@", "a", "https://", ")", "https://a)", "@a.a"]) linkify(piece.repeat(16_384 / piece.length));
  linkify(`https://a/${")".repeat(16_000)}`);
  assert.ok(performance.now() - began < 5000, `${performance.now() - began} ms`);
});

test("character references are read once", () => {
  assert.equal(decode("&amp;lt; &#x41;&#65; &nbsp;| &#0; &#xd800; &unknown; &#9999999;"), "&lt; AA \u00a0| &#0; &#xd800; &unknown; &#9999999;");
  assert.deepEqual(tokenize("<b>x</b>").map(({ kind }) => kind), ["open", "text", "close"]);
});

test("days are those of the reader's zone, also when clocks change", () => {
  const zone = process.env["TZ"];
  try {
    for (const [name, at, now, days] of [
      ["Europe/Berlin", "2026-10-24T21:59:00Z", "2026-10-24T22:01:00Z", 1],
      ["Europe/Berlin", "2026-10-24T22:30:00Z", "2026-10-25T22:59:00Z", 0],
      ["America/New_York", "2026-03-08T04:59:00Z", "2026-03-08T05:01:00Z", 1],
      ["Asia/Kathmandu", "2026-11-29T18:14:00Z", "2026-11-29T18:16:00Z", 1],
      ["Pacific/Kiritimati", "2026-11-29T09:59:00Z", "2026-11-29T10:01:00Z", 1],
      ["America/St_Johns", "2026-11-01T02:31:00Z", "2026-11-02T03:29:00Z", 0],
    ] as const) {
      process.env["TZ"] = name;
      assert.equal(daysBetween(new Date(at), new Date(now)), days, `${name} ${at}`);
    }
  } finally {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  }
});

test("texts are whole in each language", () => {
  const de = new Texts("de", german);
  const now = new Date(2026, 10, 29, 12);
  const ago = (days: number) => new Date(2026, 10, 29 - days, 9, 5);
  assert.deepEqual([0, 1, 3, 40].map((days) => ENGLISH.day(ago(days), now)), ["Today", "Yesterday", "Thursday, November 26", "October 20, 2026"]);
  assert.deepEqual([0, 1, 3, 40].map((days) => de.day(ago(days), now)), ["Heute", "Gestern", "Donnerstag, 26. November", "20. Oktober 2026"]);
  assert.equal(ENGLISH.count("jump", 1), "1 new message");
  assert.equal(de.count("jump", 12), "12 neue Nachrichten");
  assert.equal(ENGLISH.count("typing", 2, { names: ENGLISH.list(["Ann", "Bo"]) }), "Ann and Bo are typing");
  assert.equal(ENGLISH.t("says", { author: "A {text}", text: "{author}" }), "A {text} says: {author}");
});

test("languages are found by tag, then by language", () => {
  const available = ["en", "de", "pt-BR", "zh-Hans"];
  assert.equal(pickLanguage(["de-AT"], available), "de");
  assert.equal(pickLanguage(["pt"], available), "pt-BR");
  assert.equal(pickLanguage([null, "xx", "zh-CN"], available), "zh-Hans");
  assert.equal(pickLanguage(["xx"], available), "en");
});

test("times are written as in the reader's region", () => {
  assert.equal(localeOf("en", ["en", "de-AT", "en-GB", "en-US"]), "en-GB");
  assert.equal(localeOf("de", [null, "de", "en-GB"]), "de");
  assert.equal(localeOf("en", ["en-NOT-A-REGION-AT-ALL-"]), "en");
  const at = new Date(2026, 10, 29, 15, 5);
  assert.deepEqual(["en-GB", "en-US", "de-AT"].map((locale) => new Texts("en", english, locale).time(at).replace("\u202f", " ")), ["15:05", "3:05 PM", "15:05"]);
});

test("text can be read on and in 200 colors", () => {
  let seed = 3;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) % 256;
  for (let round = 0; round < 200; round++) {
    const color = [random(), random(), random()] as const;
    assert.ok(contrast(color, textOn(color)) >= 4.5, `on ${color}`);
    for (const [ground, ink] of [[[255, 255, 255], [20, 23, 31]], [[20, 22, 28], [242, 244, 248]]] as const) {
      assert.ok(contrast(readable(color, [ground], ink), ground) >= 4.5, `${color} on ${ground}`);
    }
  }
  assert.deepEqual(parseColor("rgba(1, 2, 3, 0.5)"), [1, 2, 3]);
  assert.equal(parseColor("none"), undefined);
});

test("names have initials in any script", () => {
  assert.deepEqual(["Ann", "Bicycle shop", "  ", "😀 x", "Ärzte ohne Grenzen", "李小龙"].map(initials), ["AN", "BS", "", "😀X", "ÄG", "李小"]);
});
