import { type AlertsClient, NOT_CONFIGURED } from "../api/alerts";
import { ApiError, type Attempt, attempt } from "../api/types";
import { Cell } from "../cell";
import type { RefreshContext, Refresher, RefreshTask } from "../refresh";
import type { Timers } from "../time/clock";
import type { Alert, AlertGroup } from "./alert";
import { boardOf, type Section } from "./board";
import type { RuleGroup } from "./rule";
import type { Draft, Silence } from "./silence";

/** Where nothing can answer, it is asked again only this often, in seconds. */
const ABSENT_FOR_SECONDS = 60;

/** Each part is undefined until its first answer, and kept while later ones fail. */
export interface AlertsState {
  readonly groups: readonly AlertGroup[] | undefined;
  readonly groupsError: ApiError | undefined;
  readonly rules: readonly RuleGroup[] | undefined;
  readonly rulesError: ApiError | undefined;
  readonly silences: readonly Silence[] | undefined;
  readonly silencesError: ApiError | undefined;
  /** When all was answered last: unix seconds of this device. */
  readonly answeredAt: number | undefined;
  /** What stands on the board, worst first; undefined until something is known. */
  readonly board: readonly Section[] | undefined;
}

const NOTHING: AlertsState = {
  groups: undefined,
  groupsError: undefined,
  rules: undefined,
  rulesError: undefined,
  silences: undefined,
  silencesError: undefined,
  answeredAt: undefined,
  board: undefined,
};

/** Whether no alert manager is set up, or the server does not know of any. */
export function isAbsent(error: ApiError | undefined): boolean {
  return error !== undefined && (error.errorType === NOT_CONFIGURED || error.errorType === "404");
}

/** Keeps what every page may tell of alerts. Silences are asked for as long as a page wants them. */
export class AlertsTask implements RefreshTask {
  readonly state = new Cell<AlertsState>(NOTHING);
  /** For what only the page Alerts asks. */
  readonly client: AlertsClient;
  readonly #refresher: Refresher;
  readonly #timers: Timers;
  /** When each part may be asked for again, where there is no such part: seconds of this device. */
  readonly #absentUntil = new Map<string, number>();
  #watchers = 0;

  constructor(app: { readonly alerts: AlertsClient; readonly refresher: Refresher; readonly timers: Timers }) {
    this.client = app.alerts;
    this.#refresher = app.refresher;
    this.#timers = app.timers;
  }

  /** Asks for silences too, until the result is called. */
  watchSilences(): () => void {
    this.#watchers += 1;
    this.#refresher.refreshNow();
    return () => {
      this.#watchers -= 1;
    };
  }

  async refresh({ signal }: RefreshContext): Promise<void> {
    const [groups, rules, silences] = await Promise.all([
      this.#ask("alerts", () => this.client.groups(signal)),
      this.#ask("rules", () => this.client.rules(signal)),
      this.#watchers > 0 ? this.#ask("silences", () => this.client.silences(signal)) : Promise.resolve(undefined),
    ]);
    if (signal.aborted) return;
    this.state.update((before) => {
      const next = {
        groups: groups?.value ?? (isAbsent(groups?.error) ? undefined : before.groups),
        groupsError: groups === undefined ? before.groupsError : groups.error,
        rules: rules?.value ?? (isAbsent(rules?.error) ? undefined : before.rules),
        rulesError: rules === undefined ? before.rulesError : rules.error,
        silences: silences?.value ?? before.silences,
        silencesError: silences === undefined ? before.silencesError : silences.error,
      };
      const failed = [next.groupsError, next.rulesError].some((error) => error !== undefined && !isAbsent(error));
      const isKnown = next.groups !== undefined || next.rules !== undefined;
      return {
        ...next,
        answeredAt: failed ? before.answeredAt : this.#timers.now(),
        board: isKnown ? boardOf(next.groups, next.rules ?? []) : undefined,
      };
    });
  }

  isInHurry(): boolean {
    return false;
  }

  /** Begins or changes a silence and looks at once what it did. Throws an `ApiError`. */
  async silence(draft: Draft): Promise<void> {
    await this.client.silence(draft);
    this.#refresher.refreshNow();
  }

  /** Ends a silence and looks at once what it did. Throws an `ApiError`. */
  async expire(id: string): Promise<void> {
    await this.client.expire(id);
    this.#refresher.refreshNow();
  }

  async #ask<T>(part: string, ask: () => Promise<T>): Promise<Attempt<T> | undefined> {
    if (this.#timers.now() < (this.#absentUntil.get(part) ?? Number.NEGATIVE_INFINITY)) return undefined;
    const answer = await attempt(ask);
    if (answer.error !== undefined && isAbsent(answer.error)) this.#absentUntil.set(part, this.#timers.now() + ABSENT_FOR_SECONDS);
    return answer;
  }
}

/** Each alert of the alert manager once. What one group mutes may be told by another. */
export function alertsOf(groups: readonly AlertGroup[] | undefined): readonly Alert[] {
  const byId = new Map<string, Alert>();
  for (const alert of (groups ?? []).flatMap(({ alerts }) => alerts)) {
    const before = byId.get(alert.id);
    if (before === undefined || before.mutedBy.length > alert.mutedBy.length) byId.set(alert.id, alert);
  }
  return [...byId.values()];
}
