/** Screens on which the panel has no room beside the page. */
const SMALL = "(max-width: 480px), (max-height: 480px)";

export interface FullScreen {
  readonly isSmall: boolean;
  /** Takes the screen, or gives it back. */
  set(isFull: boolean): void;
  destroy(): void;
}

/** Lets the panel fill a small screen: the page behind it can neither be scrolled nor reached meanwhile. */
export function fullScreen(element: HTMLElement, root: HTMLElement, onChange: () => void): FullScreen {
  const small = matchMedia(SMALL);
  const viewport = window.visualViewport;
  let inert: HTMLElement[] = [];
  let overflow: string | undefined;

  // A keyboard on the screen makes the visible part smaller, and may move it.
  const fit = () => {
    root.style.setProperty("--view-height", `${viewport?.height ?? innerHeight}px`);
    root.style.setProperty("--view-top", `${viewport?.offsetTop ?? 0}px`);
  };
  const set = (isFull: boolean) => {
    const isSet = overflow !== undefined;
    if (isFull === isSet) return;
    const { documentElement: html, body } = document;
    if (isFull) {
      overflow = html.style.overflow;
      html.style.overflow = "hidden";
      inert = [...body.children].filter((child): child is HTMLElement => child instanceof HTMLElement && !child.inert && !child.contains(element));
      for (const other of inert) other.inert = true;
      fit();
      viewport?.addEventListener("resize", fit);
      viewport?.addEventListener("scroll", fit);
    } else {
      html.style.overflow = overflow ?? "";
      overflow = undefined;
      for (const other of inert) other.inert = false;
      inert = [];
      viewport?.removeEventListener("resize", fit);
      viewport?.removeEventListener("scroll", fit);
    }
  };
  small.addEventListener("change", onChange);
  return {
    get isSmall() {
      return small.matches;
    },
    set,
    destroy() {
      set(false);
      small.removeEventListener("change", onChange);
    },
  };
}
