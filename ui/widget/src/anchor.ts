import { type RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Closer to the end than this, in pixels, the reader is at the end. */
const NEAR = 24;

/** Scrolls a list of messages. */
export interface Anchor {
  /** Whether the reader is at the end. */
  isAtEnd(): boolean;
  toEnd(isSmooth: boolean): void;
  /** Notes what the reader sees, to keep it in place when the list changes. */
  note(): void;
}

/**
 * Keeps what the reader sees in place. The scroller is a reversed column, so that its end stays where it is whatever
 * grows before it. Away from the end, the first visible line is where it was before the list has changed.
 */
export function useAnchor(scroller: RefObject<HTMLElement | null>, list: RefObject<HTMLElement | null>): Anchor {
  const seen = useRef<{ key: string; top: number } | undefined>(undefined);
  const isJumping = useRef(false);
  const anchor = useRef<Anchor | undefined>(undefined);

  anchor.current ??= {
    // The scroll position of a reversed column is 0 at the end, and negative before.
    isAtEnd: () => Math.abs(scroller.current?.scrollTop ?? 0) < NEAR,
    toEnd(isSmooth) {
      const view = scroller.current;
      seen.current = undefined;
      // A long way is not shown.
      const way = Math.abs(view?.scrollTop ?? 0);
      isJumping.current = isSmooth && way > 0 && way < 2 * (view?.clientHeight ?? 0);
      view?.scrollTo({ top: 0, behavior: isJumping.current ? "smooth" : "instant" });
      if (!isJumping.current) return;
      const land = () => {
        isJumping.current = false;
        view?.removeEventListener("scrollend", land);
        this.note();
      };
      view?.addEventListener("scrollend", land);
      // Not all browsers say when scrolling ends.
      setTimeout(land, 1000);
    },
    note() {
      const view = scroller.current?.getBoundingClientRect();
      seen.current = undefined;
      if (!view || !list.current || isJumping.current || this.isAtEnd()) return;
      for (const line of list.current.children) {
        const { top, bottom } = line.getBoundingClientRect();
        const key = (line as HTMLElement).dataset["key"];
        if (key === undefined || bottom <= view.top + 1) continue;
        seen.current = { key, top: top - view.top };
        return;
      }
    },
  };

  const restore = () => {
    const view = scroller.current;
    const { current } = seen;
    if (!view || !current || !list.current) return;
    const line = [...list.current.children].find((child) => (child as HTMLElement).dataset["key"] === current.key);
    if (!line) return;
    const moved = line.getBoundingClientRect().top - view.getBoundingClientRect().top - current.top;
    if (Math.abs(moved) >= 0.5) view.scrollBy({ top: moved, behavior: "instant" });
  };

  useLayoutEffect(restore);
  useLayoutEffect(() => {
    if (!list.current || !scroller.current) return;
    // Images that load, texts that grow.
    const observer = new ResizeObserver(restore);
    observer.observe(list.current);
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  return anchor.current;
}
