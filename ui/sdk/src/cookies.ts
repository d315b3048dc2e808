import { type Credentials, type CredentialsListener, type Proof, type Visitor, anonymous } from "./credentials.ts";
import { UnicomError } from "./errors.ts";
import { Http } from "./http.ts";
import type { Session } from "./types.ts";

/** How long the session may take to be read, in milliseconds. */
const TIMEOUT = 20_000;

/** The session cookie of pages on the server's own origin, with the CSRF token that writes repeat. */
export class CookieCredentials implements Credentials {
  readonly mode = "same-origin";
  readonly namesHeirs = false;
  listener: CredentialsListener | undefined;
  #http: Http;
  #token: string | undefined;
  #asking: Promise<Session> | undefined;

  constructor(
    private readonly base: string,
    private readonly fetch: typeof globalThis.fetch,
  ) {
    this.#http = new Http(base, anonymous(this.mode), fetch);
  }

  async prove(isWrite: boolean): Promise<Proof> {
    if (!isWrite) return { headers: {} };
    this.#token ??= (await this.#ask()).csrf_token ?? "";
    return { headers: { "X-CSRFToken": this.#token } };
  }

  async renew(error: UnicomError): Promise<boolean> {
    if (error.code !== "csrf_failed") return false;
    // Another tab has logged in or out since.
    const before = this.#token;
    this.#token = (await this.#ask()).csrf_token ?? "";
    return this.#token !== before;
  }

  async socketProtocols(): Promise<string[]> {
    return [];
  }

  async session(): Promise<Visitor> {
    const session = await this.#ask();
    this.#token = session.csrf_token ?? "";
    return { account: session.account_id, isIdentified: session.authenticated };
  }

  identify(): void {
    throw new TypeError("visitors with cookies log in; to identify them, give the client the key of a channel");
  }

  async end(): Promise<void> {
    await new Http(this.base, this, this.fetch).post("auth/logout/");
    this.forget();
  }

  forget(): void {
    this.#token = undefined;
  }

  close(): void {}

  #ask(): Promise<Session> {
    this.#asking ??= this.#http
      .get<Session>("auth/session/", { timeout: TIMEOUT })
      .finally(() => (this.#asking = undefined));
    return this.#asking;
  }
}
