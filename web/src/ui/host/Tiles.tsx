import { useCallback } from "react";
import { sparkValues } from "../../core/home/spark";
import type { Readings } from "../../core/home/state";
import { type TileId, TILES } from "../../core/home/tiles";
import { levelOf } from "../../core/thresholds";
import { useLocale, useMessages } from "../context";
import { Sparkline } from "../Sparkline";
import { Stat, StatSkeleton, StatWithoutHost } from "../Stat";
import { useInView } from "../useInView";
import { useHome, useHomeTask, useIsCollecting, useIsStale } from "./state";
import { tileContext, tileLabel } from "./tileWords";

const USUAL_TILES: readonly TileId[] = ["cpu", "memory", "load", "disk", "network", "temperature"];

/** The row of six numbers. `diskContext` stands below that of the disk in place of its size. */
export function Tiles({ diskContext }: { diskContext?: string }) {
  const { host, readings } = useHome();
  const { tile } = useMessages();
  if (readings === undefined || host === null) {
    const places = USUAL_TILES.map((id) => (host === null ? <StatWithoutHost key={id} label={tile[id]} /> : <StatSkeleton key={id} />));
    return <div className="tiles">{places}</div>;
  }
  return (
    <div className="tiles">
      {[...readings.queries.keys()].map((id) => <Tile key={id} id={id} readings={readings} {...(id === "disk" && diskContext !== undefined ? { context: diskContext } : {})} />)}
    </div>
  );
}

function Tile({ id, readings, context }: { id: TileId; readings: Readings; context?: string }) {
  const messages = useMessages();
  const locale = useLocale();
  const task = useHomeTask();
  const isStale = useIsStale();
  const { charts } = useHome();
  const spec = TILES[id];
  const ref = useInView<HTMLDivElement>(useCallback(() => task.watch(spec.sparkOf), [task, spec]));
  const reading = readings.tiles.get(id);
  const isKnown = reading !== undefined && Number.isFinite(reading.value);
  const level = isKnown && spec.thresholds !== undefined ? levelOf(reading.value, spec.thresholds) : "ok";
  const source = charts[spec.sparkOf];
  const values = source.status === "ready" ? sparkValues(id, source.frame, readings) : [];
  const words = { messages, locale, readings, isCollecting: useIsCollecting() };
  return (
    <Stat
      ref={ref}
      id={id}
      label={tileLabel(id, words)}
      value={isKnown ? spec.format(reading.value, locale) : undefined}
      level={level}
      context={context ?? tileContext(id, words)}
      query={readings.queries.get(id) ?? ""}
      time={readings.at}
      raw={reading?.raw ?? ""}
      isStale={isStale}
      spark={<Sparkline values={values} level={level} {...(id === "temperature" || id === "memory" || id === "disk" ? {} : { floor: 0 })} />}
    />
  );
}
