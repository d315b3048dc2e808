import type { Message } from "@unicom/sdk";
import type { IconName } from "./parts/icon.tsx";

/** A file as it is shown. */
export interface Shown {
  kind: "image" | "audio" | "video" | "file";
  name: string;
  /** A path on the server, or an address that the browser made for a file that is not sent yet. */
  address: string;
  size?: number | undefined;
  width?: number | null | undefined;
  height?: number | null | undefined;
}

/** Returns the kind of a file from its media type, or from the part of it before the slash. */
export function kindOf(type: string): Shown["kind"] {
  const kind = type.split("/")[0];
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "file";
}

/** Returns the name at the end of a path. */
function nameOf(path: string): string {
  const last = path.replace(/\?.*/, "").split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Returns the files of a message. */
export function filesOf(message: Message): Shown[] {
  const files: Shown[] = [];
  if (message.media_url) {
    const name = message.media?.name ?? nameOf(message.media_url);
    const { media_type: type, media } = message;
    files.push({
      kind: kindOf(type),
      name,
      address: message.media_url,
      size: media?.size,
      width: media?.width,
      height: media?.height,
    });
  }
  for (const file of message.files) {
    const { media_type: type, media_url, media_size, name } = file;
    files.push({ kind: kindOf(type), name, address: media_url, size: media_size });
  }
  return files;
}

/** Returns the ending of a name in lowercase. */
export function endingOf(name: string): string | undefined {
  return /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase();
}

/** Returns the picture for the kind of a file. */
export function iconOf({ kind, name }: Pick<Shown, "kind" | "name">): IconName {
  if (kind === "video") return "film";
  if (kind === "audio") return "sound";
  const ending = endingOf(name) ?? "";
  if (/^(zip|gz|tar|7z|rar)$/.test(ending)) return "zip";
  return /^(csv|xlsx?|ods)$/.test(ending) ? "table" : "doc";
}
