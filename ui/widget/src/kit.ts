// What the lazy parts of the panel share with it: they import it from here, and find it in the panel when they are loaded.
export { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { useAnnouncer } from "./announcer.tsx";
export { problemOf } from "./devices.ts";
export { Avatar } from "./parts/avatar.tsx";
export { useFileAddress } from "./parts/attachment.tsx";
export { Icon, type IconName } from "./parts/icon.tsx";
export { IconButton } from "./parts/icon-button.tsx";
export { spoken } from "./spoken.ts";
export { type Store, useCell, useClient, useStore } from "./store.ts";
export { useTexts } from "./texts.ts";
