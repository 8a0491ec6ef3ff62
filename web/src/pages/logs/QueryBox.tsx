import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import IconPlayerPlay from "@tabler/icons-react/icons/IconPlayerPlay";
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from "react";
import { EVERYTHING } from "../../core/logs/address";
import { indexOfPlace, type QueryProblem, readProblem } from "../../core/logs/problem";
import { tokenise } from "../../core/logs/tokens";
import { useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { useLogs, useLogsPage } from "./state";

/** Where the query is written, and below it what the server refuses about it. */
export function QueryBox() {
  const { logs } = useMessages();
  const { ask } = useLogsPage();
  const { query, answer } = useLogs();
  const [draft, setDraft] = useState(query);
  const hintId = useId();
  const problemId = useId();
  useEffect(() => setDraft(query), [query]);
  const error = answer.status === "failed" && answer.error.kind === "query" ? answer.error.message : undefined;
  const problem = useMemo(() => (error === undefined ? undefined : readProblem(error)), [error]);
  const isShown = problem !== undefined && draft === query;
  const run = () => ask(draft.trim() === "" ? EVERYTHING : draft.trim());
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    run();
  };
  return (
    <div className="query">
      <div className="query-row">
        <div className={isShown ? "editor refused" : "editor"}>
          <Coloured query={draft} badAt={isShown && problem.place !== undefined ? indexOfPlace(query, problem.place) : undefined} />
          <textarea
            value={draft}
            rows={1}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            aria-label={logs.query}
            aria-describedby={`${hintId} ${problemId}`}
            aria-invalid={isShown}
            title={logs.runHint}
            data-testid="query"
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={onKey}
          />
        </div>
        <button type="button" className="btn primary" onClick={run}>
          <Icon of={IconPlayerPlay} size={14} />
          {logs.run}
        </button>
      </div>
      <span id={hintId} className="visually-hidden">
        {logs.runHint}
      </span>
      <div id={problemId} role="alert">
        {problem !== undefined && <Problem problem={problem} />}
      </div>
    </div>
  );
}

/** The query in colours, in the place of the text that is typed. `badAt` marks where the server stumbled. */
function Coloured({ query, badAt }: { query: string; badAt: number | undefined }) {
  return (
    <pre aria-hidden>
      {tokenise(query).map((token) => {
        const isBad = badAt !== undefined && badAt >= token.at && badAt < token.at + token.text.length;
        return (
          <span key={token.at} className={isBad ? `x-${token.kind} x-bad` : `x-${token.kind}`}>
            {token.text}
          </span>
        );
      })}
      {badAt !== undefined && badAt >= query.length && <span className="x-bad"> </span>}
      {/* A line that has only begun must have its height too. */}
      {"\u200b"}
    </pre>
  );
}

function Problem({ problem }: { problem: QueryProblem }) {
  const { logs } = useMessages();
  const { place, remedy, text } = problem;
  return (
    <div className="problem" data-testid="problem">
      <span className="graphic-crit">
        <Icon of={IconAlertOctagonFilled} size={16} />
      </span>
      <p className="grow">
        {place !== undefined && <b className="medium">{logs.place(place.line, place.column)} </b>}
        <span className="mono">{text}</span>
        {remedy !== undefined && <span className="problem-remedy">{logs.remedy[remedy]}</span>}
      </p>
    </div>
  );
}
