import type { MetricsClient } from "./api/client";
import { refusalOf } from "./api/types";
import { Cell } from "./cell";
import { SELF_CPU, SELF_MEMORY } from "./queries/self";
import type { RefreshContext, RefreshTask } from "./refresh";

/** Menara's own use of the machine; a number is undefined while it is not known. */
export interface SelfUse {
  readonly memoryBytes: number | undefined;
  /** Cores in use. */
  readonly cpuCores: number | undefined;
  readonly version: string;
}

/** Keeps what the foot of the rail shows. */
export class SelfTask implements RefreshTask {
  readonly state = new Cell<SelfUse>({ memoryBytes: undefined, cpuCores: undefined, version: "" });
  readonly #client: MetricsClient;

  constructor(client: MetricsClient) {
    this.#client = client;
  }

  async refresh({ at, signal }: RefreshContext): Promise<void> {
    try {
      const known = this.state.get().version;
      const [memory, cpu, version] = await Promise.all([
        this.#client.instant(SELF_MEMORY, at, signal),
        this.#client.instant(SELF_CPU, at, signal),
        known === "" ? this.#client.version(signal) : Promise.resolve(known),
      ]);
      this.state.set({ memoryBytes: memory[0]?.value, cpuCores: cpu[0]?.value, version });
    } catch (thrown) {
      // The foot is a courtesy: a refused query here must not disturb the page.
      refusalOf(thrown);
    }
  }

  isInHurry(): boolean {
    return false;
  }
}
