import { Client, scopeOf } from "@unicom/sdk";
import { render } from "preact";
import { Announcer, AnnouncerContext } from "./announcer.tsx";
import type { Panel as PanelHandle, Place } from "./contract.ts";
import { isTouch } from "./devices.ts";
import { fullScreen } from "./full-screen.ts";
import { PartLoader } from "./lazy-parts.ts";
import { Panel } from "./parts/panel.tsx";
import { Settings } from "./settings.ts";
import { Store, StoreContext } from "./store.ts";
import { SHEET } from "./styles/index.ts";
import { ENGLISH, TextsContext, type Texts, loadTexts } from "./texts.ts";
import { applyAccent } from "./theme.ts";

/** Puts the panel into the element. */
export function mount(place: Place): PanelHandle {
  const { element, root, shadow, base, identity } = place;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SHEET);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];

  // Pages of other sites name the channel by its key.
  const key = element.getAttribute("channel") || undefined;
  const id = Number(element.getAttribute("channel-id"));
  const channel = key ?? (id > 0 ? id : undefined);
  const climbEvery = Number(element.getAttribute("climb-every"));
  const settings: Settings = new Settings(scopeOf(base, key), () => sdk.state.account);
  const claims = settings.claims();
  const sdk: Client = new Client({
    base,
    ...(claims && Object.keys(claims).length > 0 && { claims }),
    ...(channel !== undefined && { channel }),
    ...(identity !== undefined && { identity }),
    ...(climbEvery > 0 && { climbEvery }),
  });
  const store = new Store(sdk, settings, new PartLoader(shadow, () => texts), {
    wantedChat: () => element.getAttribute("chat-id"),
    heading: () => element.getAttribute("heading") || texts.t("panel"),
    texts: () => texts,
    open: () => open(),
  });
  const announcer = new Announcer();
  const box = document.createElement("div");
  box.className = "box";
  root.prepend(box);
  let texts: Texts = ENGLISH;
  let isDestroyed = false;

  const screen = fullScreen(element, root, () => arrange());
  const arrange = () => {
    const isFull = !place.isInline && screen.isSmall;
    screen.set(isFull && store.value.isOpen);
    root.classList.toggle("full", isFull && store.value.isOpen);
    if (store.value.isFull !== isFull) store.update({ isFull });
  };

  const show = () => {
    if (isDestroyed) return;
    const attribute = (name: string) => element.getAttribute(name) ?? "";
    render(
      <StoreContext.Provider value={store}>
        <TextsContext.Provider value={texts}>
          <AnnouncerContext.Provider value={announcer}>
            <Panel
              heading={store.host.heading()}
              subtitle={attribute("subtitle")}
              greeting={attribute("greeting")}
              isInline={place.isInline}
              onClose={close}
            />
          </AnnouncerContext.Provider>
        </TextsContext.Provider>
      </StoreContext.Provider>,
      box,
    );
  };

  const update = () => {
    // The launcher has set its own classes.
    arrange();
    applyAccent(root, element.getAttribute("accent"));
    const wanted = [element.getAttribute("lang"), document.documentElement.lang, ...navigator.languages];
    void loadTexts(wanted)
      .catch(() => ENGLISH)
      .then(async (loaded) => {
        if (store.parts.isUsed) await loaded.loadParts().catch(() => {});
        texts = loaded;
        box.lang = texts.language;
        box.dir = texts.direction;
        show();
      });
  };

  // If it fails, the client tries again by itself.
  const connect = () => sdk.connect().catch(() => {});

  const isByPress = () => navigator.userActivation?.isActive ?? true;
  const open = () => {
    if (store.value.isOpen) return;
    store.update({ isOpen: true });
    arrange();
    place.onToggle(true);
    void connect();
    // Where a keyboard would cover half of the screen, the visitor opens it.
    if (!isByPress()) return;
    if (isTouch()) box.querySelector<HTMLElement>(".panel")?.focus({ preventScroll: true });
    else store.focusComposer();
  };
  const close = () => {
    if (!store.value.isOpen || place.isInline) return;
    const hadFocus = shadow.activeElement !== null;
    store.update({ isOpen: false, screen: "chat" });
    arrange();
    place.onToggle(false);
    if (hadFocus) place.launcher?.focus({ preventScroll: true });
  };

  const emit = (name: string, detail: object) =>
    element.dispatchEvent(new CustomEvent(`unicom:${name}`, { bubbles: true, composed: true, detail }));
  sdk.on("message", ({ id, chat_id }) => emit("message", { id, chat: chat_id }));
  sdk.on("sent", ({ id, chat_id }) => emit("sent", { id, chat: chat_id }));
  sdk.on("failed", ({ id, chat, error }) => emit("failed", { id, chat, code: error?.code }));
  sdk.on("error", ({ code }) => emit("error", { code }));
  sdk.on("identity", ({ code }) => emit("identity-needed", { code }));
  sdk.subscribe(() => {
    const { isReady, account, unread } = sdk.state;
    if (!isReady) return;
    settings.markKnown(account !== null);
    place.onUnread(unread);
  });

  // Other tabs may switch them on.
  const alert = () => {
    if (!settings.isOn("sound") && !settings.isOn("notes")) return;
    void store.parts.load("alerts").then(({ speakerOf }) => !isDestroyed && speakerOf(store), () => {});
  };
  addEventListener("storage", alert);
  store.onDestroy(() => removeEventListener("storage", alert));
  alert();
  show();
  update();
  return {
    open,
    close,
    update,
    focusComposer: () => store.focusComposer(),
    async send(text) {
      await connect();
      await sdk.send({ chat: store.value.chat, text });
    },
    showChat(chat) {
      open();
      void connect().then(() => chat && store.showChat(chat));
    },
    startChat() {
      open();
      void connect().then(() => store.showChat(sdk.startChat()));
    },
    identify: (said) => sdk.identify(said),
    async logout() {
      await sdk.logout().finally(() => settings.clear());
      store.update({ hasAnswered: false, resumed: undefined });
    },
    destroy() {
      isDestroyed = true;
      screen.destroy();
      store.destroy();
      sdk.close();
      render(null, box);
      box.remove();
    },
  };
}
