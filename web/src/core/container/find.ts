import type { Container, ContainersReport } from "../containers/report";

/** The container of an address: by its name or, where it has none, by the first digits of its id. Of two, the one that lives. */
export function findContainer(report: ContainersReport, host: string, label: string): Container | undefined {
  if (report.host !== host) return undefined;
  const named = report.containers.filter((one) => one.name === label);
  const found = named.length > 0 ? named : report.containers.filter((one) => /^[0-9a-f]{12}$/.test(label) && one.id.startsWith(label));
  return found.find((one) => one.state === "running" || one.state === "restarting" || one.state === "paused") ?? found[0];
}
