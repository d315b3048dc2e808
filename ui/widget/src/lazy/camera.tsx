import { Icon, IconButton, problemOf, useAnnouncer, useCell, useEffect, useRef, useState, useStore, useTexts } from "../kit.ts";
import sheet from "./camera.css";

export { sheet };

/** The part of the quality of a photo that is kept. */
const QUALITY = 0.9;

interface Props {
  onPhoto: (file: File) => void;
  onClose: () => void;
}

/** Takes a photo. */
export function View({ onPhoto, onClose }: Props) {
  const texts = useTexts();
  const announcer = useAnnouncer();
  const { isOpen } = useCell(useStore());
  const [isReady, setReady] = useState(false);
  const [problem, setProblem] = useState<string>();
  const video = useRef<HTMLVideoElement>(null);
  const shutter = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let isGone = false;
    const end = () => stream?.getTracks().forEach((track) => track.stop());
    void navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1920 }, facingMode: "environment" } }).then(
      (found) => {
        stream = found;
        if (isGone) return end();
        if (video.current) video.current.srcObject = found;
        shutter.current?.focus();
      },
      (error: Error) => {
        const text = texts.t(problemOf(error, "noCamera"));
        setProblem(text);
        announcer.say(text);
      },
    );
    return () => {
      isGone = true;
      end();
    };
  }, []);
  // Nothing is filmed behind the visitor's back.
  useEffect(() => {
    if (!isOpen) onClose();
  }, [isOpen]);

  const shoot = () => {
    const { current: view } = video;
    if (!view || !isReady) return;
    const canvas = document.createElement("canvas");
    canvas.width = view.videoWidth;
    canvas.height = view.videoHeight;
    canvas.getContext("2d")?.drawImage(view, 0, 0);
    const name = `photo-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.jpg`;
    canvas.toBlob((blob) => blob && onPhoto(new File([blob], name, { type: blob.type })), "image/jpeg", QUALITY);
  };
  return (
    <div
      class="camera"
      role="group"
      aria-label={texts.t("camera")}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      {problem ? <p class="fail">{problem}</p> : <video ref={video} autoPlay muted playsInline aria-label={texts.t("photo")} onLoadedData={() => setReady(true)} />}
      <div class="camera-line">
        <IconButton icon="close" label={texts.t("cancel")} onClick={onClose} />
        {!problem && (
          <button ref={shutter} type="button" class="send" aria-label={texts.t("camera")} title={texts.t("camera")} aria-disabled={!isReady} onClick={shoot}>
            <Icon name="camera" />
          </button>
        )}
      </div>
    </div>
  );
}
