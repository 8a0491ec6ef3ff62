import { promDuration } from "../time/step";
import { quote } from "./node";

/** Queries over the containers' series of one host, under cAdvisor's names. `instance` is the host's name. */

/** Everything but the host as a whole, whose cgroup is `/`. */
function of(instance: string): string {
  return `{job="cadvisor",instance=${quote(instance)},id!="/"}`;
}

/** Cores in use by each container, over `window` seconds. */
export function containerCpuOverTime(instance: string, window: number): string {
  return `sum by (id) (rate(container_cpu_usage_seconds_total${of(instance)}[${promDuration(window)}]))`;
}

/** What the label `what` of the answer to `containerNumbers` can be. */
export type NumberKind = "cpu" | "memory" | "limit" | "restarts" | "ooms";

/**
 * Every number of every container in one answer, told apart by the label `what`. Cores are taken from the last two
 * readings: a container that has just started has no minute to take the mean of. Memory and limit are those of the last
 * minute, so that one which is restarted again and again does not lose them in between. Restarts and ends for want of
 * memory are those of the last hour.
 */
export function containerNumbers(instance: string): string {
  const host = of(instance);
  const last = (metric: string) => `last_over_time(${metric}${host}[1m])`;
  const lately = (metric: string) => `max_over_time(${metric}${host}[1h]) - min_over_time(${metric}${host}[1h]) > 0`;
  const parts: Record<NumberKind, string> = {
    cpu: `sum by (id) (irate(container_cpu_usage_seconds_total${host}[1m]))`,
    memory: `max by (id) (${last("container_memory_working_set_bytes")})`,
    limit: `max by (id) (${last("container_spec_memory_limit_bytes")})`,
    restarts: `max by (id) (${lately("container_restarts_total")})`,
    ooms: `max by (id) (${lately("container_oom_events_total")})`,
  };
  return Object.entries(parts)
    .map(([what, part]) => `label_replace(${part}, "what", "${what}", "id", ".*")`)
    .join(" or ");
}
