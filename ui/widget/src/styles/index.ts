import composer from "./composer.css";
import controls from "./controls.css";
import empty from "./empty.css";
import messages from "./messages.css";
import panel from "./panel.css";

/** The styles of the panel, without those of its lazy parts. */
export const SHEET = [panel, controls, messages, composer, empty].join("");
