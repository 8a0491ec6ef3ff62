import IconFilter from "@tabler/icons-react/icons/IconFilter";
import { useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";

/** Narrows a list while one writes. */
export function FilterField(props: { value: string; label: string; hint?: string; onChange: (text: string) => void }) {
  const { alerts } = useMessages();
  return (
    <span className="filter">
      <Icon of={IconFilter} size={14} />
      <input
        type="text"
        value={props.value}
        placeholder={alerts.filter}
        aria-label={props.label}
        title={props.hint ?? props.label}
        spellCheck={false}
        autoCapitalize="off"
        onChange={(event) => props.onChange(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && props.onChange("")}
      />
    </span>
  );
}
