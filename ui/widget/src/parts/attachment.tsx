import { useEffect, useState } from "preact/hooks";
import { type Shown, endingOf, iconOf } from "../files.ts";
import { useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { Icon } from "./icon.tsx";

/** The largest size of an image in a message, in pixels. */
const WIDEST = 240;
const HIGHEST = 280;

/** Returns the box that an image is shown in: reserved before it is loaded, so that nothing moves then. */
export function imageBox(width: number | null | undefined, height: number | null | undefined): { width: number; height: number } {
  if (!width || !height) return { width: WIDEST, height: 160 };
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}

/** A file in a message. */
export function Attachment({ file, tabIndex, onStale }: { file: Shown; tabIndex: number; onStale?: () => void }) {
  const texts = useTexts();
  const { sdk } = useStore();
  const [broken, setBroken] = useState<string>();
  const address = sdk.addressOf(file.address);
  // A signed address is valid for some time only. Its message is read again for another one: once if it has failed, and
  // before it is followed.
  const expires = Number(new URL(address).searchParams.get("expires")) * 1000;
  const onError = () => {
    if (broken === undefined && expires) onStale?.();
    setBroken(address);
  };
  const onPoint = () => {
    if (expires && expires < Date.now()) onStale?.();
  };
  const isShown = broken !== address;
  if (file.kind === "image" && isShown) {
    const name = file.name || texts.t("image");
    return (
      <a class="photo" href={address} target="_blank" rel="noopener" tabIndex={tabIndex} aria-label={texts.t("opens", { name })} onPointerEnter={onPoint} onFocus={onPoint}>
        <img src={address} alt={name} {...imageBox(file.width, file.height)} onError={onError} />
      </a>
    );
  }
  if (file.kind === "video" && isShown) {
    const label = file.name || texts.t("video");
    return (
      <video class="photo" controls preload="metadata" playsInline src={address} tabIndex={tabIndex} aria-label={label} {...imageBox(file.width, file.height)} onError={onError} />
    );
  }
  if (file.kind === "audio" && isShown) {
    return (
      <audio class="sound" controls preload="metadata" src={address} tabIndex={tabIndex} aria-label={file.name || texts.t("sound")} onError={onError} />
    );
  }
  const ending = endingOf(file.name)?.toUpperCase();
  const details = [ending, file.size ? texts.bytes(file.size) : undefined].filter(Boolean).join(" · ");
  return (
    <a class="file" href={address} target="_blank" rel="noopener" download={file.name} tabIndex={tabIndex} onPointerEnter={onPoint} onFocus={onPoint}>
      <span class="file-icon">
        <Icon name={iconOf(file)} />
      </span>
      <span class="file-name">
        <bdi>{file.name || texts.t("file")}</bdi>
        {details && <small>{details}</small>}
      </span>
    </a>
  );
}

/** Returns the address of a file that is in the browser, as long as the component is shown. */
export function useFileAddress(file: Blob | undefined): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!file) return setAddress(undefined);
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address;
}
