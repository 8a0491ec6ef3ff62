import type { TablerIcon } from "@tabler/icons-react";
import IconAlertTriangleFilled from "@tabler/icons-react/icons/IconAlertTriangleFilled";
import IconBoxOff from "@tabler/icons-react/icons/IconBoxOff";
import IconFileText from "@tabler/icons-react/icons/IconFileText";
import IconLock from "@tabler/icons-react/icons/IconLock";
import IconPackage from "@tabler/icons-react/icons/IconPackage";
import type { ContainersReport, RuntimeSource } from "../../core/containers/report";
import { type Sight, sightOf } from "../../core/containers/sources";
import type { Messages } from "../../core/messages";
import { useMessages } from "../context";
import { Icon } from "../Icon";
import { Notice } from "../States";

const GLYPHS: Record<Sight["kind"], TablerIcon> = { clear: IconPackage, absent: IconBoxOff, files: IconFileText, denied: IconLock, failed: IconAlertTriangleFilled };

const isTrouble = (sight: Sight): boolean => sight.kind === "denied" || sight.kind === "failed";

/** Why there is no container to show: none was started, none can be, or they are kept from us. */
export function NoContainers({ report }: { report: ContainersReport }) {
  const { containers } = useMessages();
  const sight = sightOf(report);
  const names = report.sources.filter(({ state }) => state === "connected" || state === "files").map(({ runtime }) => runtimeName(runtime));
  const words =
    sight.kind === "clear" || sight.kind === "files"
      ? { title: containers.none, detail: containers.noneDetail(joined(names, containers)) }
      : sightWords(sight, containers);
  return <Notice icon={GLYPHS[sight.kind === "files" ? "clear" : sight.kind]} tone={isTrouble(sight) ? "graphic-warn" : "t3"} {...words} />;
}

/** One line above the table where there are containers, but a runtime keeps something from us. */
export function SightLine({ report }: { report: ContainersReport }) {
  const { containers } = useMessages();
  const sight = sightOf(report);
  if (sight.kind === "clear" || sight.kind === "absent") return null;
  const words = sight.kind === "files" ? undefined : sightWords(sight, containers);
  return (
    <p className="sight-line" data-testid="sight">
      <span className={isTrouble(sight) ? "graphic-warn" : "t3"}>
        <Icon of={GLYPHS[sight.kind]} size={14} />
      </span>
      {words === undefined ? (
        <span className="t3">{containers.files(runtimeName(sight.source.runtime), sight.source.place)}</span>
      ) : (
        <span>
          <span className="medium">{words.title}.</span> <span className="t2">{words.detail}</span>
        </span>
      )}
    </p>
  );
}

function sightWords(sight: Exclude<Sight, { kind: "clear" | "files" }>, containers: Messages["containers"]): { title: string; detail: string } {
  switch (sight.kind) {
    case "absent":
      return { title: containers.absent, detail: containers.absentDetail(joined([...new Set(sight.places)], containers)) };
    case "denied":
      return { title: containers.denied(runtimeName(sight.source.runtime)), detail: deniedWords(sight.source, containers) };
    case "failed":
      return { title: containers.failed(runtimeName(sight.source.runtime)), detail: containers.failedDetail(sight.source.place, sight.source.message) };
  }
}

/** Docker's socket has a group of its own; Podman's belongs to who runs it. */
function deniedWords({ runtime, place }: RuntimeSource, containers: Messages["containers"]): string {
  return runtime === "docker" ? containers.deniedGroup(place, "docker") : containers.deniedUser(place);
}

/** A runtime as its makers write it. */
function runtimeName(runtime: string): string {
  return runtime === "" ? "–" : runtime.charAt(0).toUpperCase() + runtime.slice(1);
}

function joined(names: readonly string[], { and }: Messages["containers"]): string {
  if (names.length < 2) return names[0] ?? "–";
  return and(names.slice(0, -1).join(", "), names.at(-1) ?? "");
}
