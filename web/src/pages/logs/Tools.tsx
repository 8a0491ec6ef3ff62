import IconChevronDown from "@tabler/icons-react/icons/IconChevronDown";
import IconChevronUp from "@tabler/icons-react/icons/IconChevronUp";
import IconDownload from "@tabler/icons-react/icons/IconDownload";
import IconSearch from "@tabler/icons-react/icons/IconSearch";
import IconTextWrap from "@tabler/icons-react/icons/IconTextWrap";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { formatNumber } from "../../core/format/number";
import { fileName, toText } from "../../core/logs/download";
import type { LogLine } from "../../core/logs/line";
import { useLocale, useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { IconButton } from "../../ui/IconButton";
import type { Find } from "../../ui/logs/useFind";

/** What can be done with the lines as a whole. */
export function Tools(props: { lines: readonly LogLine[]; isWrapped: boolean; onWrap: (isWrapped: boolean) => void; find: Find }) {
  const { logs } = useMessages();
  const locale = useLocale();
  const { lines, isWrapped } = props;
  return (
    <div className="logs-tools">
      <button type="button" className="btn small quiet" aria-pressed={isWrapped} onClick={() => props.onWrap(!isWrapped)}>
        <Icon of={IconTextWrap} size={14} />
        <span>{logs.wrap}</span>
      </button>
      <span className="grow" />
      <FindBox find={props.find} />
      <button
        type="button"
        className="btn small quiet"
        disabled={lines.length === 0}
        aria-label={logs.download}
        title={logs.downloadHint(formatNumber(lines.length, 0, locale))}
        onClick={() => download(lines)}
      >
        <Icon of={IconDownload} size={14} />
        <span className="no-phone">{logs.download}</span>
      </button>
    </div>
  );
}

function FindBox({ find }: { find: Find }) {
  const { logs } = useMessages();
  const locale = useLocale();
  const input = useRef<HTMLInputElement>(null);
  useSlash(() => input.current?.focus());
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") find.go(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") {
      find.write("");
      input.current?.blur();
    }
  };
  const count = formatNumber(find.found.length, 0, locale);
  return (
    <span className="find">
      <Icon of={IconSearch} size={14} />
      <input
        ref={input}
        type="text"
        value={find.text}
        placeholder={logs.find}
        aria-label={logs.findHint}
        title={logs.findHint}
        onChange={(event) => find.write(event.target.value)}
        onKeyDown={onKey}
      />
      {find.text === "" ? (
        <kbd className="no-phone">/</kbd>
      ) : (
        <>
          <span className="t3 num" role="status" data-testid="found">
            {find.found.length === 0 ? logs.notFound : find.at === -1 ? count : logs.found(formatNumber(find.at + 1, 0, locale), count)}
          </span>
          <IconButton icon={IconChevronUp} iconSize={14} label={logs.previous} className="quiet tiny" onClick={() => find.go(-1)} />
          <IconButton icon={IconChevronDown} iconSize={14} label={logs.next} className="quiet tiny" onClick={() => find.go(1)} />
        </>
      )}
    </span>
  );
}

/** The key `/` calls back, except where it is typed as text. */
function useSlash(callback: () => void): void {
  const latest = useRef(callback);
  latest.current = callback;
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const isTyped = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (event.key !== "/" || isTyped || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

function download(lines: readonly LogLine[]): void {
  const address = URL.createObjectURL(new Blob([toText(lines)], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName(lines);
  link.click();
  // The browser has taken the text by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
