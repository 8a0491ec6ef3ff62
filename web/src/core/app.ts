import { AlertsTask } from "./alerts/task";
import { AlertsClient } from "./api/alerts";
import { type Fetch, MetricsClient } from "./api/client";
import { LogsClient } from "./api/loki";
import { SensorsClient } from "./api/sensors";
import { ApiError } from "./api/types";
import { Cell } from "./cell";
import { ContainersTask } from "./containers/task";
import type { OpenSocket } from "./logs/tail";
import { SERVER_TIME } from "./queries/node";
import { Refresher } from "./refresh";
import { SelfTask } from "./self";
import { ServerClock, type Timers } from "./time/clock";
import { DEFAULT_RANGE, type TimeRange } from "./time/range";

/** What every page shares: the API, the clock, the time range and the refreshing. */
export class App {
  readonly client: MetricsClient;
  readonly logs: LogsClient;
  readonly sensors: SensorsClient;
  readonly timers: Timers;
  readonly openSocket: OpenSocket;
  readonly clock: ServerClock;
  readonly range: Cell<TimeRange>;
  readonly refresher: Refresher;
  readonly self: SelfTask;
  /** Every page tells how many there are. */
  readonly alerts: AlertsTask;
  /** Shared, so that a page finds what the one before it knew. */
  readonly containers: ContainersTask;

  constructor(options: { fetch: Fetch; openSocket: OpenSocket; timers: Timers; range?: TimeRange; interval?: number }) {
    this.client = new MetricsClient(options.fetch);
    this.logs = new LogsClient(options.fetch);
    this.sensors = new SensorsClient(options.fetch);
    this.timers = options.timers;
    this.openSocket = options.openSocket;
    this.clock = new ServerClock(options.timers);
    this.range = new Cell(options.range ?? DEFAULT_RANGE);
    this.refresher = new Refresher({
      timers: options.timers,
      clock: this.clock,
      askServerTime: (signal) => this.#askServerTime(signal),
      ...(options.interval === undefined ? {} : { interval: options.interval }),
    });
    this.self = new SelfTask(this.client);
    this.alerts = new AlertsTask({ alerts: new AlertsClient(options.fetch), refresher: this.refresher, timers: options.timers });
    this.containers = new ContainersTask(this);
    this.range.subscribe(() => this.refresher.refreshNow());
  }

  async #askServerTime(signal: AbortSignal): Promise<number> {
    const [sample] = await this.client.instant(SERVER_TIME, undefined, signal);
    if (sample === undefined) throw new ApiError("malformed", "the server did not tell its time");
    return sample.value;
  }
}
