import { useMemo } from "react";
import type { ChartView } from "../../charts/view";
import type { SeriesColour } from "../../core/series/frame";
import type { VolumeState } from "../../core/logs/state";
import type { Volume } from "../../core/logs/volume";
import { ChartCanvas } from "../ChartCanvas";
import { useLocale, useMessages } from "../context";
import { volumeSummary, volumeView } from "./volumeView";

/** How many lines there were when; only trouble has colour. */
export function ColumnVolume({ state }: { state: VolumeState }) {
  const { logs } = useMessages();
  return (
    <div className="column-volume" data-testid="column-volume">
      {state.status === "ready" && <Bars volume={state.volume} />}
      {state.status === "failed" && (
        <p className="volume-failed t2 cut" title={state.error.message}>
          {logs.volume}: {state.error.message}
        </p>
      )}
    </div>
  );
}

const QUIET: ReadonlyMap<string, SeriesColour> = new Map([
  ["info", "mute-g"],
  ["debug", "mute-g"],
  ["unknown", "mute-g"],
]);

function Bars({ volume }: { volume: Volume }) {
  const messages = useMessages();
  const locale = useLocale();
  const view = useMemo<ChartView>(() => {
    const full = volumeView(volume, messages, locale);
    const series = full.frame.series.map((line) => ({ ...line, colour: QUIET.get(line.key) ?? line.colour }));
    return { ...full, hasNoValueAxis: true, frame: { times: full.frame.times, series } };
  }, [volume, messages, locale]);
  return <ChartCanvas view={view} label={volumeSummary(volume, messages, locale)} />;
}
