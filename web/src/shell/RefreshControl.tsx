import IconChevronDown from "@tabler/icons-react/icons/IconChevronDown";
import IconRefresh from "@tabler/icons-react/icons/IconRefresh";
import { duration } from "../core/format/time";
import { INTERVALS } from "../core/refresh";
import { useApp, useLocale, useMessages } from "../ui/context";
import { Icon } from "../ui/Icon";
import { IconButton } from "../ui/IconButton";
import { RadioMenu, type RadioSection } from "../ui/RadioMenu";
import { useCell } from "../ui/useCell";

/** Refresh now, and how often by itself. */
export function RefreshControl() {
  const { refresh } = useMessages();
  const { refresher } = useApp();
  const section = useIntervalSection();
  const label = section.options.find((option) => option.value === section.value)?.label ?? "";
  return (
    <span className="btn-group no-phone">
      <IconButton icon={IconRefresh} label={refresh.now} onClick={() => refresher.refreshNow()} />
      <RadioMenu target={<IntervalButton label={label} />} sections={[section]} />
    </span>
  );
}

function IntervalButton({ label, ...rest }: { label: string }) {
  const { refresh } = useMessages();
  return (
    <button {...rest} type="button" className="btn" aria-label={refresh.open(label)} data-testid="interval">
      <span className="num">{label}</span>
      <Icon of={IconChevronDown} size={14} />
    </button>
  );
}

/** The choice of the interval as a part of a menu. */
export function useIntervalSection(): RadioSection {
  const { refresh } = useMessages();
  const locale = useLocale();
  const { interval } = useApp().refresher;
  const value = useCell(interval);
  return {
    title: refresh.title,
    value: String(value),
    options: INTERVALS.map((seconds) => ({
      value: String(seconds),
      label: seconds === 0 ? refresh.off : duration(seconds, locale),
    })),
    choose: (chosen) => interval.set(Number(chosen)),
  };
}
