import { thinOut } from "../../core/home/spark";
import type { ContainerReadings } from "../../core/container/state";
import { CONTAINER_TILE_IDS, CONTAINER_TILES, type ContainerTileId } from "../../core/container/tiles";
import type { Locale } from "../../core/format/locale";
import { formatNumber } from "../../core/format/number";
import { byteRate, joinQuantity, limitBytes, percent } from "../../core/format/quantity";
import type { Messages } from "../../core/messages";
import { type Frame, sumColumns } from "../../core/series/frame";
import { type Level, levelOf, MEMORY_THRESHOLDS } from "../../core/thresholds";
import { useLocale, useMessages } from "../../ui/context";
import { Sparkline } from "../../ui/Sparkline";
import { Stat, StatSkeleton } from "../../ui/Stat";
import { useContainerPage, useContainerState } from "./state";

/** The row of six numbers. */
export function ContainerTiles() {
  const { readings } = useContainerState();
  return (
    <div className="tiles">
      {CONTAINER_TILE_IDS.map((id) => (readings === undefined ? <StatSkeleton key={id} /> : <Tile key={id} id={id} readings={readings} />))}
    </div>
  );
}

/** Points of a sparkline: it is some 90 pixels wide. */
const SPARK_POINTS = 48;

function Tile({ id, readings }: { id: ContainerTileId; readings: ContainerReadings }) {
  const messages = useMessages();
  const locale = useLocale();
  const { charts } = useContainerState();
  const { container } = useContainerPage();
  const spec = CONTAINER_TILES[id];
  const reading = readings.tiles.get(id);
  const isKnown = reading !== undefined && Number.isFinite(reading.value);
  const level = isKnown ? levelOfTile(id, reading.value, readings) : "ok";
  const source = spec.sparkOf === undefined ? undefined : charts[spec.sparkOf];
  const isUp = container === undefined || container === null || container.state === "running" || container.state === "paused" || container.state === "restarting";
  return (
    <Stat
      id={id}
      label={messages.containerPage.tile[id]}
      value={isKnown ? spec.format(reading.value, locale) : undefined}
      level={level}
      context={isKnown ? contextOf(id, reading.value, readings, messages, locale) : missingWords(id, isUp, messages)}
      query={readings.queries.get(id) ?? ""}
      time={readings.at}
      raw={reading?.raw ?? ""}
      isStale={false}
      spark={source?.status === "ready" ? <Sparkline values={thinOut(columnOf(id, source.frame), SPARK_POINTS)} level={level} {...(id === "memory" ? {} : { floor: 0 })} /> : null}
    />
  );
}

function levelOfTile(id: ContainerTileId, value: number, { memoryLimit }: ContainerReadings): Level {
  if (id === "memory") return memoryLimit === undefined ? "ok" : levelOf((100 * value) / memoryLimit, MEMORY_THRESHOLDS);
  return id === "kills" && value > 0 ? "crit" : "ok";
}

function contextOf(id: ContainerTileId, value: number, readings: ContainerReadings, { containerPage, tile }: Messages, locale: Locale): string {
  switch (id) {
    case "cpu":
      return readings.cores === undefined ? containerPage.ofCore : containerPage.coresLimit(formatNumber(readings.cores, Number.isInteger(readings.cores) ? 0 : 1, locale));
    case "memory": {
      const limit = readings.memoryLimit;
      return limit === undefined ? containerPage.noLimit : containerPage.ofLimit(joinQuantity(percent((100 * value) / limit, locale)), joinQuantity(limitBytes(limit, locale)));
    }
    case "network":
      return readings.networkOut === undefined ? "" : tile.out(joinQuantity(byteRate(readings.networkOut, locale)));
    case "disk":
      return readings.diskWrite === undefined ? "" : containerPage.written(joinQuantity(byteRate(readings.diskWrite, locale)));
    case "restarts":
      return readings.restartsInAll === undefined || readings.restartsInAll === value ? containerPage.inRange : containerPage.inAll(formatNumber(readings.restartsInAll, 0, locale));
    case "kills":
      return containerPage.inRange;
  }
}

function missingWords(id: ContainerTileId, isUp: boolean, { containerPage, tile }: Messages): string {
  if (id === "network" && isUp) return containerPage.noNetwork;
  if (id === "disk" && isUp) return containerPage.noDisk;
  if (id === "restarts" || id === "kills" || isUp) return tile.noNumber;
  return containerPage.notRunning;
}

function columnOf(id: ContainerTileId, frame: Frame): readonly (number | null)[] {
  if (id === "cpu" || id === "memory") return frame.series[0]?.values ?? [];
  return sumColumns(frame.series.filter((series) => series.isBelow !== true).map((series) => series.values), frame.times.length);
}
