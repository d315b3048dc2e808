/** What recorders of browsers make, and the ending of its name: the first one that the browser has. */
const TYPES = [
  ["audio/webm;codecs=opus", "webm"],
  ["audio/mp4", "m4a"],
  ["audio/ogg;codecs=opus", "ogg"],
] as const;
/** Bits per second: enough for speech. */
const BITRATE = 32_000;
/** How often the level is measured, and how long a recording may be, in milliseconds. */
const EVERY = 100;
const LONGEST = 10 * 60_000;

export interface RecordingHost {
  /** Called while it is recorded, with how loud it is, from 0 to 1, and for how many milliseconds it has gone on. */
  onLevel(level: number, time: number): void;
  onEnd(file: File): void;
}

/** A recording of the microphone. */
export class Recording {
  #undo: (() => void)[] = [];
  #recorder: MediaRecorder | undefined;
  #isCancelled = false;

  constructor(private readonly host: RecordingHost) {}

  /** Asks for the microphone and begins. */
  async start(): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    this.#undo.push(() => stream.getTracks().forEach((track) => track.stop()));
    if (this.#isCancelled) return this.#release();
    const [mimeType, ending] = TYPES.find(([type]) => MediaRecorder.isTypeSupported(type)) ?? ["", "webm"];
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITRATE, ...(mimeType && { mimeType }) });
    const pieces: Blob[] = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onstop = () => {
      this.#release();
      if (this.#isCancelled) return;
      const type = recorder.mimeType.split(";")[0] ?? "";
      this.host.onEnd(new File(pieces, `voice-${stamp(new Date())}.${ending}`, { type }));
    };
    this.#recorder = recorder;
    recorder.start();
    this.#measure(stream);
  }

  stop(): void {
    if (this.#recorder?.state === "recording") this.#recorder.stop();
  }

  cancel(): void {
    this.#isCancelled = true;
    this.stop();
    this.#release();
  }

  #measure(stream: MediaStream): void {
    const audio = new AudioContext();
    const analyser = audio.createAnalyser();
    const samples = new Float32Array(analyser.fftSize);
    audio.createMediaStreamSource(stream).connect(analyser);
    const start = Date.now();
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const time = Date.now() - start;
      // Speech has a small part of the full power.
      this.host.onLevel(Math.min(1, Math.sqrt(power) * 3), time);
      if (time > LONGEST) this.stop();
    }, EVERY);
    this.#undo.push(() => {
      clearInterval(timer);
      void audio.close();
    });
  }

  #release(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}

function stamp(at: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}-${two(at.getHours())}${two(at.getMinutes())}`;
}
