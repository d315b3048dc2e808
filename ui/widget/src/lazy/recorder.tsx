import { Icon, IconButton, problemOf, useAnnouncer, useCell, useEffect, useFileAddress, useRef, useState, useStore, useTexts } from "../kit.ts";
import { Recording } from "./recorder/recording.ts";
import sheet from "./recorder.css";

export { sheet };

/** How many levels are shown, and how high the highest one is. */
const BARS = 32;
const HIGHEST = 24;

interface Props {
  onSend: (file: File, text: string) => void;
  onClose: () => void;
}

/** Records a voice message, and sends it once the visitor has heard it. */
export function View({ onSend, onClose }: Props) {
  const texts = useTexts();
  const announcer = useAnnouncer();
  const { isOpen } = useCell(useStore());
  const [levels, setLevels] = useState<readonly number[]>([]);
  const [time, setTime] = useState(0);
  const [file, setFile] = useState<File>();
  const [problem, setProblem] = useState<string>();
  const recording = useRef<Recording | undefined>(undefined);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const made = new Recording({
      onLevel(level, now) {
        setLevels((known) => [...known, level].slice(-BARS));
        setTime(now);
      },
      onEnd: setFile,
    });
    recording.current = made;
    made.start().catch((error: Error) => {
      const text = texts.t(problemOf(error, "noMicrophone"));
      setProblem(text);
      announcer.say(text);
    });
    return () => made.cancel();
  }, []);
  // Nothing is recorded behind the visitor's back.
  useEffect(() => {
    if (!isOpen) recording.current?.stop();
  }, [isOpen]);
  useEffect(() => box.current?.querySelector<HTMLElement>(".send")?.focus(), [file === undefined]);

  const clock = `${texts.number(Math.floor(time / 60_000))}:${String(Math.floor(time / 1000) % 60).padStart(2, "0")}`;
  return (
    <div
      ref={box}
      class="recorder"
      role="group"
      aria-label={texts.t("voice")}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      {problem ? (
        <div class="recorder-line">
          <p class="fail">{problem}</p>
          <IconButton icon="close" label={texts.t("cancel")} onClick={onClose} />
        </div>
      ) : file ? (
        <Heard file={file} onSend={onSend} onClose={onClose} />
      ) : (
        <div class="recorder-line">
          <IconButton icon="trash" label={texts.t("discard")} onClick={onClose} />
          <span class="recording">
            <i />
            <span class="hidden">{texts.t("recording", { time: clock })}</span>
            <span aria-hidden="true">{clock}</span>
          </span>
          <Levels levels={levels} />
          <button type="button" class="send" aria-label={texts.t("stopRecording")} title={texts.t("stopRecording")} onClick={() => recording.current?.stop()}>
            <Icon name="stop" />
          </button>
        </div>
      )}
    </div>
  );
}

function Levels({ levels }: { levels: readonly number[] }) {
  const texts = useTexts();
  const now = Math.round((levels.at(-1) ?? 0) * 100);
  return (
    <svg class="levels" viewBox={`0 0 ${BARS * 4} ${HIGHEST}`} preserveAspectRatio="none" role="meter" aria-label={texts.t("level")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={now}>
      {Array.from({ length: BARS }, (_, index) => {
        const height = Math.max(2, (levels[index - BARS + levels.length] ?? 0) * HIGHEST);
        return <rect key={index} x={index * 4 + 1} y={(HIGHEST - height) / 2} width={2} height={height} rx={1} />;
      })}
    </svg>
  );
}

/** What was recorded, to be heard before it is sent. */
function Heard({ file, onSend, onClose }: { file: File } & Props) {
  const texts = useTexts();
  const [text, setText] = useState("");
  const address = useFileAddress(file);
  return (
    <>
      {address && <audio class="sound" controls src={address} aria-label={texts.t("voice")} />}
      <div class="field">
        <label for="in-words">{texts.t("inWords")}</label>
        <input id="in-words" maxLength={2000} dir="auto" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </div>
      <div class="recorder-line">
        <button type="button" class="choice" onClick={onClose}>
          {texts.t("discard")}
        </button>
        <button type="button" class="send" aria-label={texts.t("send")} title={texts.t("send")} onClick={() => onSend(file, text.trim())}>
          <Icon name="up" />
        </button>
      </div>
    </>
  );
}
