const PATHS = {
  close: "m5 5 10 10M15 5 5 15",
  menu: "M4 6h12M4 10h12M4 14h12",
  back: "m12 4.5-5.5 5.5 5.5 5.5",
  clip: "m17 9.4-6.9 6.9a4.5 4.5 0 0 1-6.4-6.4l6.9-6.9a3 3 0 0 1 4.3 4.3l-6.9 6.9a1.5 1.5 0 0 1-2.1-2.1l6.3-6.4",
  up: "M10 16V4m-5 5 5-5 5 5",
  down: "M10 4v12m-5-5 5 5 5-5",
  chat: "M17 9.5c0 3.6-3.1 6-7 6-.9 0-1.8-.1-2.6-.4L3.5 16.5l1-3A5.5 5.5 0 0 1 3 9.5c0-3.6 3.1-6 7-6s7 2.4 7 6Z",
  doc: "M6 3h5l4 4v10H6zM11 3v4h4",
  plus: "M10 4v12M4 10h12",
  edit: "M4 16h3l8.5-8.5a2.1 2.1 0 0 0-3-3L4 13zM11 6l3 3",
  trash: "M4 6h12M8 6V4h4v2m-6.5 0 .7 10h7.6l.7-10M8.5 9v4.5m3-4.5v4.5",
  archive: "M4 5h12v3H4zM5 8v8h10V8m-7 3h4",
  stop: "M6 6h8v8H6z",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  alert: "M10 6.5v4m0 2.8v.2M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z",
  offline: "m3 3 14 14M8.5 15.5 10 17l1.5-1.5a2.1 2.1 0 0 0-3 0Zm-3-3.3a6.5 6.5 0 0 1 3.5-1.8m3.5.7 2 1.1M3 9.2a10 10 0 0 1 3-2m3.2-.9A10 10 0 0 1 17 9.2",
  clock: "M10 6v4l2.7 2M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z",
  more: "M5 9.7v.6M10 9.7v.6M15 9.7v.6",
  bell: "M5.5 13.5V9a4.5 4.5 0 0 1 9 0v4.5l1 1h-11zM8.5 16.5h3",
  sound: "M4 8v4h2.5L10 15V5L6.5 8zM12.5 7.5a3.5 3.5 0 0 1 0 5m2-7a6.3 6.3 0 0 1 0 9",
  end: "M8 4H4v12h4M12 6.5l3.5 3.5-3.5 3.5M15 10H8",
  save: "M10 4v8m-3.5-3 3.5 3.5L13.5 9M4 16h12",
  star: "m10 3.2 2.1 4.3 4.7.7-3.4 3.3.8 4.7-4.2-2.2-4.2 2.2.8-4.7-3.4-3.3 4.7-.7z",
  mic: "M10 3a2 2 0 0 1 2 2v5a2 2 0 0 1-4 0V5a2 2 0 0 1 2-2Zm-5 7a5 5 0 0 0 10 0M10 15v2.5",
  camera: "M3.5 6.5h3L8 4.5h4l1.5 2h3v9h-13zM10 8a2.7 2.7 0 1 0 0 5.4A2.7 2.7 0 0 0 10 8Z",
  film: "M3.5 5h13v10h-13zM7 5v10m6-10v10M3.5 10h13",
  table: "M4 4h12v12H4zM4 8h12M4 12h12M8.5 8v8",
  zip: "M4 4h12v3H4zM5 7v9h10V7M9 10h2v3H9z",
  before: "m12 5-5 5 5 5",
  after: "m8 5 5 5-5 5",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture that is described by the text around it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
