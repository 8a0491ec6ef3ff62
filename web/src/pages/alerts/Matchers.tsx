import IconPlus from "@tabler/icons-react/icons/IconPlus";
import IconX from "@tabler/icons-react/icons/IconX";
import { type KeyboardEvent, useId, useState } from "react";
import { type Matcher, matcherText, parseMatchers } from "../../core/alerts/matcher";
import { useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";

/** The conditions of a silence: each can be taken out or changed, and more can be written. */
export function Matchers({ matchers, onChange }: { matchers: readonly Matcher[]; onChange: (matchers: readonly Matcher[]) => void }) {
  const { silence } = useMessages();
  const label = useId();
  /** What is being written, and in the place of which condition; undefined while nothing is. */
  const [draft, setDraft] = useState<{ readonly text: string; readonly at: number } | undefined>(matchers.length === 0 ? { text: "", at: 0 } : undefined);
  const [isRefused, setRefused] = useState(false);
  const take = () => {
    if (draft === undefined) return;
    const parsed = parseMatchers(draft.text);
    if (draft.text.trim() !== "" && parsed === undefined) {
      setRefused(true);
      return;
    }
    // Emptied is taken out.
    onChange([...matchers.slice(0, draft.at), ...(parsed ?? []), ...matchers.slice(draft.at + 1)]);
    setDraft(undefined);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      take();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      setDraft(undefined);
      setRefused(false);
    }
  };
  const field = draft !== undefined && (
    <input
      key="draft"
      className={isRefused ? "chip-input mono refused" : "chip-input mono"}
      value={draft.text}
      autoFocus
      data-autofocus
      spellCheck={false}
      autoCapitalize="off"
      placeholder={silence.example}
      aria-label={silence.addHint}
      aria-invalid={isRefused}
      onChange={(event) => {
        setDraft({ ...draft, text: event.target.value });
        setRefused(false);
      }}
      onKeyDown={onKey}
      onBlur={take}
    />
  );
  return (
    <div className="field">
      <span id={label} className="field-label">
        {silence.what}
      </span>
      <span className="chips" role="group" aria-labelledby={label}>
        {matchers.map((matcher, i) => (draft?.at === i ? field : <Chip key={i} matcher={matcher} onEdit={() => setDraft({ text: matcherText(matcher), at: i })} onRemove={() => onChange(matchers.filter((_, at) => at !== i))} />))}
        {draft?.at === matchers.length ? (
          field
        ) : (
          <button type="button" className="chip add mono" title={silence.addHint} onClick={() => setDraft({ text: "", at: matchers.length })}>
            <Icon of={IconPlus} size={12} />
            {silence.add}
          </button>
        )}
      </span>
      {isRefused && <p className="text-crit">{silence.notAMatcher}</p>}
    </div>
  );
}

function Chip({ matcher, onEdit, onRemove }: { matcher: Matcher; onEdit: () => void; onRemove: () => void }) {
  const { silence } = useMessages();
  const { name, op, value } = matcher;
  const text = matcherText(matcher);
  return (
    <span className="chip mono" data-matcher={text}>
      <button type="button" className="chip-text" aria-label={silence.edit(text)} title={text} onClick={onEdit}>
        <span className="t2">
          {name}
          {op}
        </span>
        <span className="cut chip-value">{value === "" ? '""' : value}</span>
      </button>
      <button type="button" className="chip-remove" aria-label={silence.remove(text)} onClick={onRemove}>
        <Icon of={IconX} size={12} />
      </button>
    </span>
  );
}
