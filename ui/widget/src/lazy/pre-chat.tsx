import type { Claims, PreChatField } from "@unicom/sdk";
import { useAnnouncer, useCell, useEffect, useRef, useState, useStore, useTexts } from "../kit.ts";
import sheet from "./pre-chat.css";

export { sheet };

type Values = Record<string, string>;
type Problem = "fieldRequired" | "fieldEmail" | "fieldPhone";
type Problems = Record<string, Problem>;

/** What browsers know already, by the names of fields. */
const KNOWN: Record<string, string> = { name: "name", email: "email", phone: "tel", company: "organization" };
const LONGEST: Record<string, number> = { name: 255, email: 255, phone: 32 };

/** What the channel asks before the first message. */
export function View({ fields, greeting }: { fields: readonly PreChatField[]; greeting: string }) {
  const texts = useTexts();
  const store = useStore();
  const announcer = useAnnouncer();
  const { focus } = useCell(store);
  const [values, setValues] = useState<Values>({});
  const [problems, setProblems] = useState<Problems>({});
  const [hasFailed, setFailed] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const focusOn = (name: string | undefined) => {
    if (name !== undefined) form.current?.querySelector<HTMLElement>(`#field-${name}`)?.focus();
  };
  useEffect(() => {
    if (focus > 0) focusOn(fields[0]?.name);
  }, [focus]);

  const refuse = (found: Problems) => {
    setProblems(found);
    focusOn(fields.find(({ name }) => name in found)?.name);
  };
  const submit = async () => {
    const found = problemsOf(fields, values);
    refuse(found);
    setFailed(false);
    if (isBusy || Object.keys(found).length) return;
    setBusy(true);
    try {
      const claims = claimsOf(fields, values);
      const isStored = await store.sdk.setVisitor(claims);
      store.settings.saveClaims(isStored ? {} : claims);
      store.update({ hasAnswered: true });
      store.focusComposer();
    } catch (error) {
      setBusy(false);
      // The server names the field that it refuses.
      const named = /`(email|phone)`/.exec((error as Error).message)?.[1];
      if (fields.some(({ name }) => name === named)) return refuse({ [String(named)]: named === "email" ? "fieldEmail" : "fieldPhone" });
      setFailed(true);
      announcer.say(texts.t("actionFailed"));
    }
  };

  return (
    <form
      ref={form}
      class="form"
      noValidate
      aria-labelledby="form-title"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h3 id="form-title">{greeting || texts.t("formTitle")}</h3>
      {fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={values[field.name] ?? ""}
          problem={problems[field.name]}
          onChange={(value) => {
            setValues((known) => ({ ...known, [field.name]: value }));
            setProblems(({ [field.name]: _, ...others }) => others);
          }}
        />
      ))}
      {hasFailed && <p class="fail">{texts.t("actionFailed")}</p>}
      <button type="submit" class="primary" aria-disabled={isBusy}>
        {texts.t("formStart")}
      </button>
    </form>
  );
}

interface FieldProps {
  field: PreChatField;
  value: string;
  problem: Problem | undefined;
  onChange: (value: string) => void;
}

function Field({ field, value, problem, onChange }: FieldProps) {
  const texts = useTexts();
  const { name, type, label, required, options } = field;
  const id = `field-${name}`;
  const known = KNOWN[name] ?? { email: "email", tel: "tel" }[type as string];
  const common = {
    id,
    name,
    value,
    required,
    ...(known && { autocomplete: known }),
    "aria-invalid": problem !== undefined,
    "aria-describedby": problem && `${id}-problem`,
    onInput: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  const maxLength = LONGEST[name] ?? 2000;
  return (
    <div class="field">
      <label for={id}>
        <bdi>{label}</bdi>
        {!required && ` ${texts.t("optional")}`}
      </label>
      {type === "textarea" ? (
        <textarea {...common} rows={3} maxLength={maxLength} dir="auto" />
      ) : type === "select" ? (
        <select {...common}>
          <option value="">{texts.t("choose")}</option>
          {options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : (
        <input {...common} type={type as "text"} maxLength={maxLength} dir={type === "text" ? "auto" : "ltr"} />
      )}
      {problem && (
        <p class="fail" id={`${id}-problem`}>
          {texts.t(problem)}
        </p>
      )}
    </div>
  );
}

function problemsOf(fields: readonly PreChatField[], values: Values): Problems {
  const found: Problems = {};
  for (const { name, type, required } of fields) {
    const value = (values[name] ?? "").trim();
    if (!value) {
      if (required) found[name] = "fieldRequired";
    } else if ((type === "email" || name === "email") && !/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value)) {
      found[name] = "fieldEmail";
    } else if ((type === "tel" || name === "phone") && !/^[\d +\-./()]*\d[\d +\-./()]*$/.test(value)) {
      found[name] = "fieldPhone";
    }
  }
  return found;
}

function claimsOf(fields: readonly PreChatField[], values: Values): Claims {
  const claims: Claims = {};
  for (const { name } of fields) {
    const value = (values[name] ?? "").trim();
    if (!value) continue;
    if (name === "name" || name === "email" || name === "phone") claims[name] = value;
    else claims.fields = { ...claims.fields, [name]: value };
  }
  return claims;
}
