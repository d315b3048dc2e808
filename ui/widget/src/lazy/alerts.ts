import type { Message } from "@unicom/sdk";
import { spoken, type Store } from "../kit.ts";

type Kind = "sound" | "notes";

/** The two tones of the sound, in hertz, and how loud they are. */
const TONES = [660, 880];
const VOLUME = 0.08;
/** The most letters of a message in a notification. */
const LONGEST = 140;

const speakers = new WeakMap<Store, Speaker>();

/** Returns what tells the visitor of new messages. */
export function speakerOf(store: Store): Speaker {
  const known = speakers.get(store) ?? new Speaker(store);
  speakers.set(store, known);
  return known;
}

/**
 * Tells the visitor of new messages by a sound or a notification. Of all tabs with the chat, one does, the one that has a
 * lock; none does while one of them shows the chat.
 */
class Speaker {
  #audio: AudioContext | undefined;
  #isLeader = typeof navigator.locks === "undefined";
  #end = new AbortController();
  #look: (() => void) | undefined;

  constructor(private readonly store: Store) {
    const { sdk } = store;
    const undo = sdk.on("message", (message) => void this.#arrived(message));
    store.onDestroy(() => {
      undo();
      this.#end.abort();
      this.#look?.();
      void this.#audio?.close();
    });
    const { signal } = this.#end;
    const lead = () => {
      if (!this.#isLeader) void this.#hold("speaker", "exclusive", () => (this.#isLeader = true));
    };
    // Browsers let only pages speak that the visitor has used.
    if (navigator.userActivation?.hasBeenActive ?? true) lead();
    else addEventListener("pointerdown", lead, { once: true, signal });
    const look = () => this.#noteLook();
    store.subscribe(look);
    for (const name of ["focus", "blur", "visibilitychange"]) addEventListener(name, look, { signal });
    document.addEventListener("visibilitychange", look, { signal });
    look();
  }

  /** Switches sounds or notifications on or off. Returns whether the browser allows it. */
  async set(kind: Kind, isOn: boolean): Promise<boolean> {
    if (isOn && kind === "notes" && (await Notification.requestPermission()) !== "granted") return false;
    this.store.settings.setOn(kind, isOn);
    if (isOn && kind === "sound") this.#play();
    return true;
  }

  get #isLooking(): boolean {
    return this.store.value.isOpen && document.visibilityState === "visible" && document.hasFocus();
  }

  /** While the chat is looked at, other tabs know it. */
  #noteLook(): void {
    if (this.#isLooking === (this.#look !== undefined)) return;
    this.#look?.();
    this.#look = undefined;
    if (!this.#isLooking) return;
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#look = release;
    void this.#hold("looking", "shared", () => {}, released);
  }

  async #hold(name: string, mode: LockMode, onHeld: () => void, until: Promise<void> = new Promise(() => {})): Promise<void> {
    const work = () => {
      onHeld();
      return Promise.race([until, new Promise<void>((resolve) => this.#end.signal.addEventListener("abort", () => resolve()))]);
    };
    await navigator.locks?.request(this.#nameOf(name), { mode, signal: this.#end.signal }, work).catch(() => {});
  }

  #nameOf(lock: string): string {
    return `unicom:${lock}:${this.store.settings.scope}`;
  }

  async #arrived(message: Message): Promise<void> {
    if (!this.#isLeader || this.#isLooking) return;
    const held = (await navigator.locks?.query())?.held ?? [];
    if (held.some(({ name }) => name === this.#nameOf("looking"))) return;
    const { settings } = this.store;
    if (settings.isOn("sound")) this.#play();
    if (settings.isOn("notes")) this.#notify(message, await spoken(message, this.store.host.texts().t("file"), this.store.parts));
  }

  #play(): void {
    this.#audio ??= new AudioContext();
    const audio = this.#audio;
    void audio.resume();
    TONES.forEach((frequency, index) => {
      const start = audio.currentTime + index * 0.12;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(VOLUME, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.3);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.3);
    });
  }

  #notify(message: Message, text: string): void {
    const { host, sdk } = this.store;
    try {
      const note = new Notification(message.sender_name || host.heading(), { body: text.slice(0, LONGEST), tag: `unicom ${message.chat_id}` });
      note.onclick = () => {
        window.focus();
        host.open();
        this.store.showChat(sdk.resolve(message.chat_id));
        note.close();
      };
    } catch {
      // Some phones show notifications of installed pages only.
    }
  }
}
