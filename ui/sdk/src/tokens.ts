import { type Credentials, type CredentialsListener, type Proof, type Visitor, anonymous } from "./credentials.ts";
import { UnicomError } from "./errors.ts";
import { Http } from "./http.ts";
import { type Identity, ask, identityExpired, identityRequired, needsIdentity } from "./identity.ts";
import type { TokenStore, VisitorToken } from "./token-store.ts";
import type { GuestToken, UserToken } from "./types.ts";

/** When to renew a token whose time is over already by the clock of this computer, which is wrong then. */
const BY_WRONG_CLOCK = 300_000;
/** When to try again to renew a token, in milliseconds. */
const RETRY_AFTER = 60_000;
const NEVER = Number.MAX_SAFE_INTEGER;
/** The longest time of a timer, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

interface TokenProof extends Proof {
  readonly token?: VisitorToken | undefined;
}

/**
 * The tokens of visitors on pages of other sites. A guest gets one with the first write; a user of the site gets one for
 * the token that the site has signed. A token is replaced by one tab at a time, and the others take the new one.
 */
export class TokenCredentials implements Credentials {
  readonly mode = "omit";
  readonly namesHeirs = true;
  listener: CredentialsListener | undefined;
  #http: Http;
  #token: VisitorToken | undefined;
  /** Whether `#identity` has been asked for the present visitor. */
  #isAsked = false;
  /** Why there is no visitor until the page says who it is. */
  #lapsed: UnicomError | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    base: string,
    private readonly channel: string,
    fetch: typeof globalThis.fetch,
    private readonly store: TokenStore,
    /** Runs `work` while no other tab does. */
    private readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>,
    private identity: Identity | undefined,
  ) {
    this.#http = new Http(base, anonymous(this.mode), fetch);
  }

  async prove(isWrite: boolean, owner?: string | null): Promise<TokenProof> {
    if (owner && owner !== this.#token?.account) {
      throw new UnicomError("token_invalid", "the visitor is another one now", { status: 401 });
    }
    if (!this.#token && isWrite) await this.#alone(() => this.#begin());
    const token = this.#token;
    if (token && Date.now() >= token.renewAt) this.#renewEarly(token);
    return { token, headers: token ? bearer(token) : {} };
  }

  async renew({ code }: UnicomError, { token }: TokenProof): Promise<boolean> {
    if (!token || (code !== "token_expired" && code !== "token_invalid")) return false;
    await this.#alone(() => this.#reporting(() => this.#replaceEnded(token, code === "token_expired")));
    return this.#token?.account === token.account;
  }

  async socketProtocols(): Promise<string[]> {
    const { token } = await this.prove(false);
    return token ? [`unicom.token.${token.value}`] : [];
  }

  async session(): Promise<Visitor> {
    await this.#alone(async () => {
      if (this.#lapsed) throw this.#lapsed;
      this.#load();
      if (this.identity !== undefined && (!this.#isAsked || !this.#token)) await this.#ask("start");
    });
    this.#schedule();
    const { account = null, heirOf, kind } = this.#token ?? {};
    return { account, heirOf, isIdentified: kind === "identified" };
  }

  identify(identity: Identity): void {
    this.identity = identity;
    this.#isAsked = false;
    this.#lapsed = undefined;
  }

  async end(): Promise<void> {
    this.identity = this.#lapsed = undefined;
    const first = this.#revoke(this.#take());
    // What was on the way, here or in another tab, may have brought another token.
    const late = this.#alone(async () => this.#take()).then((token) => this.#revoke(token));
    await Promise.all([first, late]);
  }

  forget(): void {
    this.#token = undefined;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.listener = undefined;
  }

  /** Gets a first token. */
  async #begin(): Promise<void> {
    this.#load();
    if (this.#token) return;
    if (this.#lapsed) throw this.#lapsed;
    if (this.identity !== undefined && (await this.#ask("start"))) return;
    const json = { channel: this.channel };
    const answer = await this.#http.post<GuestToken>("webchat/visitor/", { json }).catch((error: UnicomError) => {
      if (needsIdentity(error)) {
        // The channel has had guests until now.
        this.#lapsed = error;
        this.listener?.changed();
      }
      throw error;
    });
    this.#put(tokenOf(answer));
  }

  /** Asks the page who the visitor is. Returns whether it is not a guest. */
  async #ask(why: "start" | "expired"): Promise<boolean> {
    const { identity } = this;
    const before = this.#token;
    const jwt = identity === undefined ? null : await ask(identity, why);
    if (jwt !== null) {
      try {
        const token = await this.#identified(jwt);
        // A page that answers with what it has answered before cannot make the visitor's time longer.
        if (why === "expired" && before?.account === token.account && token.endsAt <= before.endsAt) throw identityExpired();
        this.#put(token);
      } catch (error) {
        const canAsk = why === "start" && typeof identity === "function";
        if (canAsk && (error as UnicomError).code === "identity_expired") return this.#ask("expired");
        throw error;
      }
    } else if (why === "expired") {
      throw identityRequired();
    } else if (before?.kind === "identified") {
      // The site has logged its visitor out.
      this.#put(undefined);
    }
    this.#isAsked = true;
    return jwt !== null;
  }

  async #identified(jwt: string): Promise<VisitorToken> {
    const guest = this.#token?.kind === "guest" ? this.#token : undefined;
    const json = { channel: this.channel, identity: jwt };
    const send = (headers: Record<string, string>) => this.#http.post<UserToken>("webchat/identify/", { json, headers });
    const answer = await send(guest ? bearer(guest) : {}).catch((error: UnicomError) => {
      // The guest's token has ended, or what the guest wrote is someone else's.
      if (guest && ["token_expired", "token_invalid", "guest_taken"].includes(error.code)) return send({});
      throw error;
    });
    return tokenOf(answer, answer.merged ? guest?.account : undefined);
  }

  /** Replaces a token that has ended. If that fails for good, there is no visitor any more. */
  async #replaceEnded(token: VisitorToken, canRefresh: boolean): Promise<void> {
    this.#load();
    if (this.#token?.value !== token.value) return;
    try {
      if (canRefresh || token.kind === "identified") await this.#replace(token);
      else this.#put(undefined);
    } catch (error) {
      const failure = error as UnicomError;
      if (needsIdentity(failure)) this.#lapsed = failure;
      else if (failure.status !== 401) throw error;
      this.#put(undefined);
    }
  }

  async #replace(token: VisitorToken): Promise<void> {
    if (token.kind === "identified") return void (await this.#ask("expired"));
    this.#put(tokenOf(await this.#http.post<GuestToken>("webchat/visitor/refresh/", { headers: bearer(token) })));
  }

  /** Replaces a token before it ends. Requests go on with it meanwhile. */
  #renewEarly(token: VisitorToken): void {
    // Once at a time, and not soon again if it fails.
    this.#token = { ...token, renewAt: Date.now() + RETRY_AFTER };
    const work = async () => {
      this.#load();
      if (this.#token?.value === token.value) await this.#replace(token);
    };
    void this.#alone(() => this.#reporting(work))
      .catch((error: UnicomError) => {
        // It is valid until it ends.
        if (!error.isTemporary && this.#token?.value === token.value) this.#token = { ...token, renewAt: NEVER };
      })
      .then(() => this.#schedule());
  }

  /** Reports what `work` has changed. */
  async #reporting(work: () => Promise<void>): Promise<void> {
    const before = this.#token;
    await work();
    const token = this.#token;
    if (token?.value === before?.value) return;
    this.#schedule();
    if (token && token.account === before?.account) this.listener?.renewed(token.value);
    else this.listener?.changed();
  }

  /** Takes what another tab has stored. */
  #load(): void {
    const stored = this.store.read();
    if (stored?.value !== this.#token?.value) this.#token = stored;
  }

  /** Removes the token. Returns it. */
  #take(): VisitorToken | undefined {
    this.#load();
    const token = this.#token;
    this.#put(undefined);
    return token;
  }

  async #revoke(token: VisitorToken | undefined): Promise<void> {
    if (!token) return;
    // The page may be left meanwhile.
    const options = { headers: bearer(token), keepalive: true };
    await this.#http.request("DELETE", "webchat/visitor/", options).catch((error: UnicomError) => {
      // It has ended before.
      if (error.status !== 401) throw error;
    });
  }

  #put(token: VisitorToken | undefined): void {
    this.#token = token;
    this.store.write(token);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const token = this.#token;
    if (!token || !this.listener) return;
    const wait = Math.min(Math.max(token.renewAt - Date.now(), 0), LONGEST_TIMER);
    this.#timer = setTimeout(() => {
      if (this.#token === token && Date.now() >= token.renewAt) this.#renewEarly(token);
      else this.#schedule();
    }, wait);
  }

  /** Runs `work` while nothing else changes the token, here or in another tab. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(() => this.exclusively(work));
    this.#queue = next.catch(() => {});
    return next;
  }
}

function bearer(token: VisitorToken): Record<string, string> {
  return { Authorization: `Bearer ${token.value}` };
}

function tokenOf(answer: GuestToken | UserToken, heirOf?: string): VisitorToken {
  const { token: value, kind, account_id: account } = answer;
  const now = Date.now();
  const endsAt = Date.parse(answer.expires_at);
  // The site is asked again when a quarter of the time is left.
  let renewAt = endsAt - (endsAt - now) / 4;
  // A guest's last token is not refreshed.
  if (answer.kind === "guest") renewAt = answer.refresh_after === null ? NEVER : Date.parse(answer.refresh_after);
  return { value, kind, account, endsAt, renewAt: renewAt > now ? renewAt : now + BY_WRONG_CLOCK, heirOf };
}
