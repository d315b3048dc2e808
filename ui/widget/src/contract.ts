// What the launcher and the panel, which are built apart, agree on.

/** What says who the visitor is: a JSON Web Token of the page's, or a function that gets one, or null for a guest. */
export type Identity = string | ((why: "start" | "expired") => Promise<string | null>);

/** The panel, as the launcher uses it. */
export interface Panel {
  open(): void;
  close(): void;
  focusComposer(): void;
  send(text: string): Promise<void>;
  showChat(id: string | null): void;
  startChat(): void;
  identify(identity: Identity): Promise<void>;
  logout(): Promise<void>;
  /** Applies attributes of the element that have changed. */
  update(): void;
  destroy(): void;
}

/** What the panel needs to know of the element that it is in. */
export interface Place {
  element: HTMLElement;
  /** The launcher's box in the shadow root; the panel is put into it. */
  root: HTMLElement;
  shadow: ShadowRoot;
  /** The address of the API, without a slash at the end. */
  base: string;
  identity: Identity | undefined;
  isInline: boolean;
  launcher: HTMLElement | null;
  onToggle(isOpen: boolean): void;
  onUnread(count: number): void;
}

/** The module of the panel. */
export interface PanelModule {
  mount(place: Place): Panel;
}
