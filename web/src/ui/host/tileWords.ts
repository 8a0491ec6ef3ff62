import type { Locale } from "../../core/format/locale";
import { formatNumber } from "../../core/format/number";
import { byteRate, bytesPair, celsius, joinQuantity } from "../../core/format/quantity";
import type { Readings } from "../../core/home/state";
import type { TileId } from "../../core/home/tiles";
import type { Messages } from "../../core/messages";

interface Words {
  readonly messages: Messages;
  readonly locale: Locale;
  readonly readings: Readings;
  readonly isCollecting: boolean;
}

/** A tile's name; the disk's says which one is the fullest. */
export function tileLabel(id: TileId, { messages, readings }: Words): string {
  const mountpoint = readings.tiles.get(id)?.metric["mountpoint"];
  if (id === "disk") return mountpoint === undefined ? messages.tile.disk : messages.tile.diskAt(mountpoint);
  return messages.tile[id];
}

/** The line below a tile's number: of what, or until when. */
export function tileContext(id: TileId, words: Words): string {
  const { tile } = words.messages;
  if (!words.readings.tiles.has(id)) {
    if (words.isCollecting) return tile.collecting;
    return id === "disk" ? tile.noDisk : tile.noNumber;
  }
  switch (id) {
    case "cpu":
      return words.readings.threads === undefined ? "" : tile.ofThreads(words.readings.threads);
    case "memory":
      return memoryContext(words);
    case "load":
      return loadContext(words);
    case "disk":
      return diskContext(words);
    case "network":
      return words.readings.networkOut === undefined ? "" : tile.out(joinQuantity(byteRate(words.readings.networkOut, words.locale)));
    case "temperature":
      return temperatureContext(words);
    case "disk_busy":
      return tile.busiest(words.readings.tiles.get(id)?.metric["device"] ?? "");
  }
}

function memoryContext({ messages, locale, readings }: Words): string {
  const total = readings.snapshot.value("node_memory_MemTotal_bytes");
  const available = readings.snapshot.value("node_memory_MemAvailable_bytes");
  if (total === undefined || available === undefined) return "";
  const pair = bytesPair(total - available, total, locale);
  return messages.tile.partOf(pair.part, `${pair.whole} ${pair.unit}`);
}

function loadContext({ locale, readings }: Words): string {
  const loads = (["node_load1", "node_load5", "node_load15"] as const).map((name) => readings.snapshot.value(name));
  return loads.map((load) => formatNumber(load ?? Number.NaN, 2, locale)).join(" · ");
}

function diskContext({ messages, locale, readings }: Words): string {
  const metric = readings.tiles.get("disk")?.metric;
  const find = (name: "node_filesystem_size_bytes" | "node_filesystem_avail_bytes") =>
    readings.snapshot
      .all(name)
      .find((sample) => sample.metric["mountpoint"] === metric?.["mountpoint"] && sample.metric["device"] === metric?.["device"])?.value;
  const size = find("node_filesystem_size_bytes");
  const available = find("node_filesystem_avail_bytes");
  if (size === undefined || available === undefined) return "";
  const pair = bytesPair(size - available, size, locale);
  return messages.tile.partOf(pair.part, `${pair.whole} ${pair.unit}`);
}

/** The sensor's own critical temperature where it has one, else which sensor it is. */
function temperatureContext({ messages, locale, readings }: Words): string {
  const metric = readings.tiles.get("temperature")?.metric ?? {};
  const limit = readings.snapshot
    .all("node_hwmon_temp_crit_celsius")
    .find((sample) => sample.metric["chip"] === metric["chip"] && sample.metric["sensor"] === metric["sensor"])?.value;
  if (limit !== undefined && limit > 0) return messages.tile.limit(joinQuantity(celsius(limit, locale)));
  return metric["chip"] ?? metric["type"] ?? "";
}
