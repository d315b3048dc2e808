import type { Panel, Place } from "./contract.ts";

declare const LOCALES: Record<string, string>;

export function mount(place: Place): Panel {
  const box = document.createElement("div");
  box.hidden = true;
  box.dataset["locales"] = Object.keys(LOCALES).join();
  place.root.prepend(box);
  const show = (isOpen: boolean) => {
    box.hidden = !isOpen;
    place.onToggle(isOpen);
  };
  return {
    open: () => show(true),
    close: () => show(false),
    focusComposer: () => {},
    send: async () => {},
    showChat: () => {},
    startChat: () => {},
    logout: async () => {},
    update: () => {},
    destroy: () => box.remove(),
  };
}
