import { useEffect, useRef, useState } from "preact/hooks";
import { useTexts } from "../texts.ts";
import { IconButton } from "./icon-button.tsx";
import { Lazy } from "./lazy.tsx";

/** The button for what is done less often. */
export function MenuButton() {
  const texts = useTexts();
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(false);
    box.current?.querySelector("button")?.focus();
  };
  // A press elsewhere need not move the focus.
  useEffect(() => {
    if (!isOpen) return;
    const listener = (event: Event) => box.current && !event.composedPath().includes(box.current) && setOpen(false);
    addEventListener("pointerdown", listener);
    return () => removeEventListener("pointerdown", listener);
  }, [isOpen]);
  return (
    <div
      ref={box}
      class="menu-box"
      onFocusOut={({ relatedTarget }) => relatedTarget && !box.current?.contains(relatedTarget as Node) && setOpen(false)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        close();
      }}
    >
      <IconButton icon="more" label={texts.t("menu")} isExpanded={isOpen} onClick={() => setOpen(!isOpen)} />
      {isOpen && <Lazy part="menu" with={{ onClose: close }} />}
    </div>
  );
}
