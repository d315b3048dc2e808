/** Whether the visitor points with a finger. */
export const isTouch = (): boolean => matchMedia("(pointer: coarse)").matches;

/** Whether the page may ask for the microphone, and record it. */
export const canRecord = (): boolean => "mediaDevices" in navigator && "MediaRecorder" in globalThis;

/** Whether the page may ask for the camera. */
export const canFilm = (): boolean => "mediaDevices" in navigator;

/** Returns the name of the sentence for why a device cannot be used. */
export function problemOf<Missing extends string>({ name }: Error, missing: Missing): Missing | "notAllowedHere" | "actionFailed" {
  if (name === "NotFoundError") return missing;
  return name === "NotAllowedError" || name === "SecurityError" ? "notAllowedHere" : "actionFailed";
}
