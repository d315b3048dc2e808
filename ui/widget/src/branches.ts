import type { Entry } from "@unicom/sdk";

/** Where a message stands among its versions. */
export interface Version {
  /** From 1. */
  readonly number: number;
  readonly count: number;
  /** The message that the versions reply to, and the ids of those beside this one. */
  readonly of: string;
  readonly earlier: string | undefined;
  readonly later: string | undefined;
}

export interface Branch {
  /** The entries without other versions and what follows them. */
  readonly entries: readonly Entry[];
  readonly versions: ReadonlyMap<string, Version>;
}

const NONE: ReadonlyMap<string, Version> = new Map();

/**
 * Returns the branch that is shown. Messages of the visitor that reply to the same message are versions of each other, and
 * what replies to one belongs to it. The newest version is shown unless another one is `chosen`, by the message that it
 * replies to. Clicks on `buttons` are no versions.
 */
export function branchOf(entries: readonly Entry[], buttons: ReadonlySet<string>, chosen: ReadonlyMap<string, string>): Branch {
  const groups = new Map<string, string[]>();
  for (const { message } of entries) {
    const of = message && !message.is_outgoing ? message.reply_to_message_id : null;
    if (!message || of === null || buttons.has(message.client_message_id ?? "")) continue;
    groups.set(of, [...(groups.get(of) ?? []), message.id]);
  }
  for (const [of, ids] of groups) if (ids.length < 2) groups.delete(of);
  if (groups.size === 0) return { entries, versions: NONE };

  const versions = new Map<string, Version>();
  const hidden = new Set<string>();
  for (const [of, ids] of groups) {
    const shown = ids.includes(chosen.get(of) ?? "") ? chosen.get(of) : ids.at(-1);
    ids.forEach((id, index) => {
      versions.set(id, { number: index + 1, count: ids.length, of, earlier: ids[index - 1], later: ids[index + 1] });
      if (id !== shown) hidden.add(id);
    });
  }
  // A reply comes after what it replies to.
  const shown = entries.filter(({ message }) => {
    if (!message) return true;
    if (hidden.has(message.reply_to_message_id ?? "")) hidden.add(message.id);
    return !hidden.has(message.id);
  });
  return { entries: shown, versions };
}
