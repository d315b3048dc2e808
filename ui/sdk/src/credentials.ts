import type { UnicomError } from "./errors.ts";
import type { Identity } from "./identity.ts";

/** What a request is sent with. */
export interface Proof {
  readonly headers: Record<string, string>;
}

/** What requests need to know of their sender. */
export interface Prover {
  /** The `credentials` of `fetch`. */
  readonly mode: RequestCredentials;
  /** Returns the proof for a request. Fails if it is for this account only, and the visitor is another. */
  prove(isWrite: boolean, owner?: string | null): Promise<Proof>;
  /** Tries to mend what made a request with this proof fail. Returns whether to send it again. */
  renew(error: UnicomError, proof: Proof): Promise<boolean>;
}

/** Who the visitor is. */
export interface Visitor {
  /** Null until the visitor has written. */
  readonly account: string | null;
  /** The guest whose chats and messages are this visitor's now. */
  readonly heirOf?: string | undefined;
  /** Whether the visitor is a user who has logged in. */
  readonly isIdentified?: boolean;
}

/** What credentials report. */
export interface CredentialsListener {
  /** The visitor is someone else, or no one any more. */
  changed(): void;
  /** The visitor has another token. */
  renewed(token: string): void;
}

/** How requests prove who sends them. Only its implementations know about cookies and tokens. */
export interface Credentials extends Prover {
  /** Whether `session` names heirs. Otherwise what any guest has not sent yet goes with the visitor. */
  readonly namesHeirs: boolean;
  listener?: CredentialsListener | undefined;
  /** Returns the subprotocols that a WebSocket offers besides `unicom.v1`. */
  socketProtocols(): Promise<string[]>;
  session(): Promise<Visitor>;
  /** Notes by what the page says who the visitor is. `session` asks. */
  identify(identity: Identity): void;
  /** Forgets the visitor, also on the server. */
  end(): Promise<void>;
  /** Forgets the visitor: another tab has ended the session. */
  forget(): void;
  close(): void;
}

/** For what visitors read and write before they are known. */
export function anonymous(mode: RequestCredentials): Prover {
  return { mode, prove: async () => ({ headers: {} }), renew: async () => false };
}
