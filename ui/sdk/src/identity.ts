import { UnicomError } from "./errors.ts";

/**
 * What says who the visitor is: a JSON Web Token that the site has signed, or a function that gets one, or null for a
 * guest. The function is asked again before a token ends.
 */
export type Identity = string | ((why: "start" | "expired") => Promise<string | null>);

/** How long the page may take to answer, in milliseconds. */
const ANSWER_WITHIN = 30_000;

/** Asks the page who the visitor is. */
export async function ask(identity: Identity, why: "start" | "expired"): Promise<string | null> {
  if (typeof identity === "string") return identity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UnicomError("timeout", "the page did not say who the visitor is")), ANSWER_WITHIN);
  });
  try {
    return await Promise.race([identity(why), late]);
  } catch (cause) {
    if (cause instanceof UnicomError) throw cause;
    throw new UnicomError("network", "the page could not say who the visitor is", { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** The codes of errors that only the page can mend, by saying who the visitor is. */
const NEEDED = new Set(["identity_required", "identity_invalid", "identity_expired"]);

/** Whether the page has to say who the visitor is. */
export function needsIdentity(error: UnicomError): boolean {
  return NEEDED.has(error.code);
}

export function identityRequired(): UnicomError {
  return new UnicomError("identity_required", "the page has to say who the visitor is", { status: 403 });
}

export function identityExpired(): UnicomError {
  return new UnicomError("identity_expired", "the page has to say again who the visitor is", { status: 401 });
}
