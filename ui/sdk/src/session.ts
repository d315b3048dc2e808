import { backoff } from "./backoff.ts";
import type { Chats } from "./chats.ts";
import type { Config } from "./config.ts";
import type { Credentials } from "./credentials.ts";
import type { Emitter } from "./emitter.ts";
import type { UnicomError } from "./errors.ts";
import type { Http } from "./http.ts";
import { type Identity, identityRequired, needsIdentity } from "./identity.ts";
import type { Connection } from "./live/connection.ts";
import type { Receiver } from "./live/receiver.ts";
import type { Sender } from "./sender.ts";
import type { ClientEvents, State } from "./state.ts";
import type { TabNotice, Tabs } from "./tabs.ts";

/** What a session works with. */
export interface SessionParts {
  http: Http<Credentials>;
  state: State;
  events: Emitter<ClientEvents>;
  chats: Chats;
  receiver: Receiver;
  sender: Sender;
  connection: Connection;
  tabs: Tabs;
  config: Config;
  /** Whether the channel has a key: then it says whether there are guests. */
  hasKey: boolean;
}

/** Who the visitor is, and what is read, followed and sent for that visitor. */
export class Session {
  #parts: SessionParts;
  #hasBegun = false;
  #reading: Promise<unknown> = Promise.resolve();
  #connecting: Promise<void> | undefined;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #undo: (() => void)[] = [];

  constructor(parts: SessionParts) {
    this.#parts = parts;
    parts.connection.state.subscribe(() => this.#connectionChanged());
  }

  close(): void {
    clearTimeout(this.#restart);
    for (const undo of this.#undo.splice(0)) undo();
  }

  /**
   * Reads account, chats and unsent messages, and connects. Repeated calls wait for the first. What fails for a
   * reason that passes is tried again by itself.
   */
  connect(): Promise<void> {
    clearTimeout(this.#restart);
    this.#connecting ??= this.#start().catch((error: UnicomError) => {
      this.#connecting = undefined;
      this.#refused(error);
      if (error.isTemporary) {
        const wait = Math.max(error.retryAfter ?? 0, backoff(this.#attempt++));
        this.#restart = setTimeout(() => void this.connect().catch(() => {}), wait);
      }
      throw error;
    });
    return this.#connecting;
  }

  /** Notes who the visitor is, and shows that visitor's chats. What a guest wrote goes with the visitor. */
  async identify(identity: Identity): Promise<void> {
    this.#parts.http.credentials.identify(identity);
    if (!this.#hasBegun) return;
    this.#parts.state.patch({ error: undefined });
    if (this.#connecting) await this.changed();
    await this.connect();
    if (this.#parts.state.value.error) throw this.#parts.state.value.error;
  }

  /** Ends the session, and forgets everything of the visitor in this browser. */
  async logout(): Promise<void> {
    // First, so that nothing is sent on the way.
    await (await this.#parts.sender.open()).clear();
    try {
      await this.#parts.http.credentials.end();
    } finally {
      this.#parts.sender.claims = undefined;
      this.#parts.tabs.tell({ type: "end" });
      this.#forgetVisitor();
      this.#beginAnew();
    }
  }

  /** Connects now, and sends what waits. */
  async retryNow(): Promise<void> {
    if (!this.#connecting) await this.connect().catch(() => {});
    this.#parts.connection.retry();
    (await this.#parts.sender.open()).kick();
  }

  async #start(): Promise<void> {
    if (!this.#undo.length) this.#listen();
    this.#hasBegun = true;
    this.#parts.state.patch({ error: undefined });
    const config = this.#parts.state.value.config ? undefined : this.#parts.config.read();
    // With a key, it says whether there are guests. Visitors with cookies may read their chats without it.
    if (this.#parts.hasKey) await config;
    const known = config?.catch((error: UnicomError) => {
      if (error.isTemporary) throw error;
    });
    known?.catch(() => {});
    const outbox = await this.#parts.sender.open();
    await outbox.reload();
    for (;;) {
      const account = await this.read();
      if (account === null) {
        if (this.#hasNoGuests) throw identityRequired();
        break;
      }
      try {
        await this.#parts.chats.read();
        break;
      } catch (error) {
        // The token has ended, and the visitor may be another one now.
        if ((error as UnicomError).status !== 401 || (await this.read()) === account) throw error;
      }
    }
    await known;
    this.#parts.state.patch({ isReady: true });
    if (this.#parts.state.value.account !== null) this.#parts.connection.start();
    void outbox.run();
  }

  get #hasNoGuests(): boolean {
    return this.#parts.hasKey && this.#parts.state.value.config?.guests === false;
  }

  /** Notes the account. Returns it. */
  read(): Promise<string | null> {
    // One after another: the first changes what the next compares with.
    const reading = this.#reading.then(() => this.#readNow());
    this.#reading = reading.catch(() => {});
    return reading;
  }

  async #readNow(): Promise<string | null> {
    const { account, heirOf, isIdentified = false } = await this.#parts.http.credentials.session().catch((error: UnicomError) => {
      if (needsIdentity(error)) this.#refused(error);
      throw error;
    });
    const before = this.#parts.state.value.account;
    if (isIdentified !== this.#parts.state.value.isIdentified) this.#parts.state.patch({ isIdentified });
    if (account !== before) {
      // A guest's own chat has the guest's id, and the heir's afterwards.
      if (before !== null && heirOf === before && account !== null) this.#parts.chats.bind(before, account);
      // Someone has logged in or out: the chats are those of another account.
      if (before !== null) this.#forgetChats();
      this.#parts.state.patch({ account });
      const outbox = await this.#parts.sender.open();
      if (heirOf !== undefined) await outbox.adopt(heirOf, account);
      // A guest without a session begins anew.
      else if (account === null && isGuest(before)) await outbox.adopt(before, null);
      await outbox.reload();
    }
    return account;
  }

  /** Returns whether there is a session. */
  async probe(): Promise<boolean> {
    try {
      if ((await this.read()) === null) return false;
      // Whether the server thinks so too.
      await this.#parts.http.get("webchat/unread/");
      return true;
    } catch (error) {
      if (!needsIdentity(error as UnicomError)) throw error;
      return this.#refused(error as UnicomError), false;
    }
  }

  /** Reads who the visitor is, and follows what there is. */
  async changed(isNews = true): Promise<void> {
    const before = this.#parts.state.value.account;
    try {
      const account = await this.read();
      if (account === before) return;
      // The connection is that of another account.
      if (before !== null) this.#parts.connection.stop();
      if (account === null) return this.#beginAnew();
      if (isNews) this.#parts.tabs.tell({ type: "session" });
      await this.#parts.chats.read();
    } catch (error) {
      this.#parts.events.emit("error", error as UnicomError);
      if (needsIdentity(error as UnicomError)) return this.#refused(error as UnicomError);
    }
    this.#parts.connection.start();
    void this.#parts.sender.opened?.then((outbox) => outbox.kick());
  }

  /** There is no visitor: the next message makes one, if the channel has guests. */
  #beginAnew(): void {
    if (this.#hasNoGuests) this.#refused(identityRequired());
    else void this.#parts.sender.opened?.then((outbox) => outbox.kick());
  }

  /** The chat cannot be shown. */
  #refused(error: UnicomError): void {
    if (this.#parts.state.value.error === error) return;
    if (needsIdentity(error)) {
      this.#forgetVisitor();
      this.#parts.events.emit("identity", error);
    }
    this.#parts.state.patch({ error });
  }

  #connectionChanged(): void {
    const connection = this.#parts.connection.state.value;
    const before = this.#parts.state.value.connection.status;
    this.#parts.state.patch({ connection });
    if (connection.status === "live") {
      void this.#parts.sender.opened?.then((outbox) => outbox.kick());
      this.#parts.chats.loadMissing();
    } else if (before === "live") {
      this.#parts.receiver.streams.clear();
    }
  }

  /** The session has ended: what it showed is not shown any more. */
  #forgetVisitor(): void {
    this.#parts.connection.stop();
    this.#forgetChats();
    this.#parts.state.patch({ account: null, isIdentified: false });
    void this.#parts.sender.opened?.then((outbox) => outbox.reload());
  }

  #forgetChats(): void {
    this.#parts.receiver.streams.clear();
    this.#parts.chats.clear();
  }

  noticed(notice: TabNotice): void {
    if (notice.type === "bound") this.#parts.chats.bind(notice.from, notice.to);
    if (notice.type === "session" && this.#connecting) void this.changed(false);
    if (notice.type === "end") {
      this.#parts.http.credentials.forget();
      this.#forgetVisitor();
      this.#beginAnew();
    }
    if (notice.type === "outbox") {
      void this.#parts.sender.opened?.then(async (outbox) => {
        await outbox.reload();
        // If the other tab is closed, this one goes on.
        void outbox.run();
      });
    }
  }

  #listen(): void {
    if (typeof window === "undefined") return;
    const listen = (target: EventTarget, name: string, listener: () => void) => {
      target.addEventListener(name, listener);
      this.#undo.push(() => target.removeEventListener(name, listener));
    };
    listen(window, "online", () => void this.retryNow());
    listen(window, "offline", () => this.#parts.connection.offline());
    listen(window, "pageshow", () => this.#parts.connection.wake());
    listen(document, "visibilitychange", () => document.visibilityState === "visible" && this.#parts.connection.wake());
  }
}

/** Whether an account is a guest's. */
export function isGuest(account: string | null): account is string {
  return account?.startsWith("webchat_guest_") ?? false;
}
