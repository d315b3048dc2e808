// What people need who use a keyboard, a screen reader or another language.
import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./axe.ts";
import { becomes, fixture, until } from "./fixture.ts";
import { page } from "./site.ts";

const shared = fixture();
test("with the keyboard alone: open, write, walk through the messages, edit, go to another chat, close", async () => {
  const visitor = await (await shared.visitor()).visit();
  const { keyboard } = visitor.page;
  const focused = () =>
    visitor.page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return `${element?.tagName.toLowerCase()} ${element?.getAttribute("aria-label") ?? (element?.textContent ?? "").slice(0, 60)}`.trim();
    });
  const tabTo = async (wanted: RegExp, key = "Tab") => {
    const seen: string[] = [];
    for (let press = 0; press < 12; press++) {
      await keyboard.press(key);
      seen.push(await focused());
      if (wanted.test(seen.at(-1) ?? "")) return;
    }
    assert.fail(`${wanted} is not reached: ${seen.join(" | ")}`);
  };
  await visitor.launcher.waitFor();
  await tabTo(/^button Chat/);
  await keyboard.press("Enter");
  await until(async () => (await focused()) === "textarea Write a message", "the composer has the focus");
  await keyboard.type("first");
  await keyboard.press("Enter");
  await visitor.sees("Echo: first");
  await becomes(focused, "textarea Write a message");

  // The list is one stop: its newest message.
  await tabTo(/^li .*Echo: first/, "Shift+Tab");
  await keyboard.press("ArrowUp");
  assert.match(await focused(), /^li You.*first/);
  await keyboard.press("End");
  assert.match(await focused(), /^li .*Echo: first/);
  await keyboard.press("Home");
  await keyboard.press("Enter");
  assert.match(await focused(), /^button Edit/);
  await keyboard.press("Escape");
  assert.match(await focused(), /^li You.*first/);
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  await until(async () => (await focused()).startsWith("textarea"), "the text is being edited");
  await keyboard.press("End");
  await keyboard.type(" edited");
  await keyboard.press("Enter");
  await visitor.list.getByText("first edited Edited").waitFor();

  await tabTo(/^button All chats/, "Shift+Tab");
  await keyboard.press("Enter");
  await until(async () => /^button\s*New chat/.test(await focused()), "the list has the focus");
  await tabTo(/^button .*first/i);
  await keyboard.press("Enter");
  await until(async () => (await focused()).startsWith("textarea"), "the chat is shown");
  await keyboard.press("Escape");
  await visitor.dialog.waitFor({ state: "hidden" });
  assert.match(await focused(), /^button Chat/);
});

test("Enter that ends the composition of a word does not send, Shift+Enter breaks the line", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  const press = (init: object) =>
    visitor.composer.evaluate((field, init) => {
      const event = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, composed: true, ...init });
      field.dispatchEvent(event);
      return event.defaultPrevented;
    }, init);
  await visitor.composer.fill("にほん");
  assert.equal(await press({ isComposing: true }), false);
  assert.equal(await press({ keyCode: 229 }), false);
  await becomes(() => visitor.composer.inputValue(), "にほん");
  await visitor.composer.press("Shift+Enter");
  await visitor.composer.pressSequentially("go");
  await becomes(() => visitor.composer.inputValue(), "にほん\ngo");
  await visitor.composer.press("Enter");
  await visitor.list.getByText("にほん\ngo", { exact: false }).first().waitFor();
  await becomes(() => visitor.composer.inputValue(), "");
});

test("a new message is announced once, history and own messages are not", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  const record = () =>
    visitor.page.evaluate(() => {
      const log = document.querySelector("unicom-webchat")?.shadowRoot?.querySelector('[role="log"]') as Element;
      const said: string[] = [];
      Object.assign(window, { said });
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) for (const node of addedNodes) said.push(node.textContent ?? "");
      }).observe(log, { childList: true });
    });
  const said = () => visitor.page.evaluate(() => (window as unknown as { said: string[] }).said);
  await record();
  await visitor.send("hello");
  await visitor.sees("Echo: hello");
  // The first answer may be part of the history that is read when the chat begins.
  await visitor.send("and again");
  await visitor.sees("Echo: and again");
  await until(async () => (await said()).some((text) => text.endsWith("says: Echo: and again")), "the answer is announced");
  assert.equal((await said()).filter((text) => text.includes("and again")).length, 1, (await said()).join(" | "));
  await until(async () => (await visitor.page.getByRole("log").innerText()) === "", "what was said is removed");
  await visitor.page.reload();
  await visitor.launcher.waitFor();
  await visitor.launcher.hover();
  await visitor.open();
  await record();
  await visitor.sees("Echo: and again");
  await visitor.page.waitForTimeout(500);
  assert.deepEqual(await said(), []);
});

test("on a phone the panel fills the screen, and the page behind it rests", async () => {
  const visitor = await (await shared.visitor({ viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" })).visit();
  await visitor.open();
  const box = await visitor.dialog.boundingBox();
  assert.deepEqual(box, { x: 0, y: 0, width: 375, height: 667 });
  await becomes(() => visitor.dialog.getAttribute("aria-modal"), "true");
  const rests = () => visitor.page.evaluate(() => [document.querySelector("main")?.inert, document.documentElement.style.overflow]);
  await becomes(rests, [true, "hidden"]);
  const size = await visitor.composer.evaluate((field) => parseFloat(getComputedStyle(field).fontSize));
  assert.ok(size >= 16, `${size} px`);
  await visitor.composer.fill("one");
  await visitor.composer.press("Enter");
  await becomes(() => visitor.composer.inputValue(), "one\n", "Enter breaks the line where fingers write");
  await visitor.page.getByRole("button", { name: "Send" }).click();
  await visitor.sees("Echo: one");
  for (const name of ["Send", "Close chat", "Attach a file"]) {
    const target = await visitor.page.getByRole("button", { name }).boundingBox();
    assert.ok(target && target.width >= 44 && target.height >= 44, `${name} is large enough for a finger`);
  }
  await visitor.page.getByRole("button", { name: "Close chat" }).click();
  await visitor.dialog.waitFor({ state: "hidden" });
  await becomes(rests, [false, ""]);
});

test("the texts are those of the page's language", async () => {
  shared.site.pages.set("/de", page({ lang: "de-AT" }));
  const visitor = await (await shared.visitor()).visit("/de");
  await visitor.launcher.click();
  await visitor.page.getByRole("textbox", { name: "Nachricht schreiben" }).waitFor();
  await visitor.page.getByRole("button", { name: "Chat schließen" }).waitFor();
});

test("a language that is written from right to left turns the panel round", async () => {
  shared.site.pages.set("/ar", page({ lang: "ar", dir: "rtl" }));
  const visitor = await (await shared.visitor({ reducedMotion: "reduce" })).visit("/ar");
  await visitor.page.getByRole("button", { name: "محادثة" }).click();
  const composer = visitor.page.getByRole("textbox", { name: "اكتب رسالة" });
  await composer.fill("أين طلبي؟");
  await composer.press("Enter");
  await visitor.page.getByText("Echo: أين طلبي؟").waitFor();
  const left = async (name: string) => (await visitor.page.getByRole("button", { name }).boundingBox())?.x ?? NaN;
  const panel = await visitor.dialog.boundingBox();
  assert.ok(panel && panel.x < 100, "the panel is in the corner where lines end");
  assert.ok((await left("إرسال")) < (await left("إرفاق ملف")), "the composer runs from right to left");
  const own = await visitor.page.locator("[part=bubble]").first().boundingBox();
  assert.ok(own && own.x - panel.x < 40, "the visitor's messages are at the end of the line");
  assert.deepEqual(await violations(visitor.page), []);
});

test("an accent of the page is readable, whatever it is", async () => {
  for (const theme of ["light", "dark"]) {
    shared.site.pages.set("/accent", page({ data: { theme } }));
    const visitor = await (await shared.visitor({ reducedMotion: "reduce" })).visit("/accent");
    await visitor.open();
    await visitor.send("https://example.org");
    await visitor.sees("Echo: https://example.org");
    for (const accent of ["#ffee00", "#00ff88", "#777777", "#ff0000", "#101010", "#f5f5f5", "rebeccapurple", "hsl(200 90% 50%)"]) {
      await visitor.page.locator("unicom-webchat").evaluate((element, accent) => element.setAttribute("accent", accent), accent);
      const found = (await violations(visitor.page)).filter((problem) => problem.startsWith("color-contrast"));
      assert.deepEqual(found, [], `${accent} on ${theme}`);
    }
  }
});

test("the page's styles change nothing inside, and ours nothing outside", async () => {
  const hostile = "* { font-size: 31px; color: red; margin: 9px; box-sizing: content-box; letter-spacing: 4px } html { font-size: 62.5% } button { transform: rotate(9deg) }";
  // The test's page may have a style, the policy of the others forbids them.
  shared.site.headers = {};
  shared.site.pages.set("/hostile", page({ head: `<style>${hostile}</style>` }));
  const look = async (path: string) => {
    const visitor = await (await shared.visitor({ reducedMotion: "reduce" })).visit(path);
    const before = await visitor.page.locator("h1").boundingBox();
    await visitor.open();
    await visitor.page.locator("[part=panel]").evaluate((panel) => Promise.all(panel.getAnimations().map(({ finished }) => finished)));
    assert.deepEqual(await visitor.page.locator("h1").boundingBox(), before);
    return (await visitor.page.locator("[part=panel]").screenshot({ caret: "hide" })).toString("base64");
  };
  assert.equal(await look("/hostile"), await look("/"));
});

test("what a screen reader finds", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  await visitor.send("hello");
  await visitor.sees("Echo: hello");
  await visitor.page.getByRole("button", { name: "All chats" }).waitFor();
  const tree = (await visitor.dialog.ariaSnapshot()).replace(/\d+:\d\d/g, "TIME");
  assert.equal(
    tree,
    `- dialog "Chat":
  - heading "Chat" [level=2]
  - button "All chats"
  - button "More options"
  - button "Close chat"
  - list "Messages":
    - listitem:
      - heading "Today" [level=3]
    - listitem:
      - text: You, TIME hello
      - button "Edit"
      - button "Delete"
      - time: TIME
    - listitem:
      - text: "Web chat, TIME Echo: hello Web chat ·"
      - time: TIME
  - button "Attach a file"
  - textbox "Write a message"
  - button "Take a photo"
  - button "Record a voice message"
  - button "Send" [disabled]
  - text: Powered by unicom
  - log`,
  );
});
