import { useTexts } from "../texts.ts";
import { Icon } from "./icon.tsx";

/** Says why there is nothing, and what can be done. */
export function Notice({ text, onRetry }: { text: string; onRetry?: () => void }) {
  const texts = useTexts();
  return (
    <div class="empty" role="status" part="notice">
      <span class="welcome">
        <Icon name="alert" />
      </span>
      <p>{text}</p>
      {onRetry && (
        <button type="button" class="choice" onClick={onRetry}>
          {texts.t("tryAgain")}
        </button>
      )}
    </div>
  );
}
