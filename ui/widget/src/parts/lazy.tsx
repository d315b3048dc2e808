import type { FunctionComponent, VNode } from "preact";
import { useEffect, useErrorBoundary, useReducer, useState } from "preact/hooks";
import type { LazyParts } from "../lazy-parts.ts";
import { useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { Notice } from "./notice.tsx";

type PropsOf<Name extends keyof LazyParts> = LazyParts[Name] extends { View: (props: infer Props) => unknown } ? Props : never;

interface Props<Name extends keyof LazyParts> {
  part: Name;
  with: PropsOf<Name>;
  /** What is shown until it is loaded, and if it cannot be. */
  meanwhile?: VNode;
}

/** A part of the panel that is loaded when it is shown. */
export function Lazy<Name extends keyof LazyParts>({ part, with: props, meanwhile }: Props<Name>) {
  const texts = useTexts();
  const { parts } = useStore();
  const [, render] = useReducer((count: number) => count + 1, 0);
  const [hasFailed, setFailed] = useState(false);
  // After an upgrade of the server, a part may be newer than the panel.
  const [error, forget] = useErrorBoundary();
  const loaded = parts.get(part);
  useEffect(() => {
    if (!loaded && !hasFailed) parts.load(part).then(() => render(undefined), () => setFailed(true));
  }, [part, loaded, hasFailed]);
  if (error || hasFailed) {
    const retry = () => {
      forget();
      setFailed(false);
    };
    return meanwhile ?? <Notice text={texts.t("actionFailed")} onRetry={retry} />;
  }
  if (!loaded) return meanwhile ?? null;
  const { View } = loaded as { View: FunctionComponent<object> };
  return <View {...(props as object)} />;
}
