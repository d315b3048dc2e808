import type { JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

interface Props {
  icon: IconName;
  label: string;
  onClick: () => void;
  class?: string;
  part?: string;
  tabIndex?: number;
  isDisabled?: boolean;
  /** Whether the menu of the button is open. */
  isExpanded?: boolean;
}

/** A button that is a picture. One that is disabled keeps the focus. */
export function IconButton({ icon, label, onClick, isDisabled, isExpanded, ...rest }: Props): JSX.Element {
  return (
    <button
      {...rest}
      type="button"
      class={`icon-button ${rest.class ?? ""}`}
      aria-label={label}
      title={label}
      aria-disabled={isDisabled}
      aria-haspopup={isExpanded === undefined ? undefined : "menu"}
      aria-expanded={isExpanded}
      onClick={() => !isDisabled && onClick()}
    >
      <Icon name={icon} />
    </button>
  );
}
