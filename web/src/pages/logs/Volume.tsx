import { useMemo } from "react";
import { formatNumber } from "../../core/format/number";
import { withFilter } from "../../core/logs/edit";
import { type Band, BANDS, LEVEL_FIELD, levelsOf } from "../../core/logs/levels";
import { bandColour, type Volume as VolumeData } from "../../core/logs/volume";
import { ChartCanvas } from "../../ui/ChartCanvas";
import { useLocale, useMessages } from "../../ui/context";
import { volumeSummary, volumeView } from "../../ui/logs/volumeView";
import { ChartSkeleton } from "../../ui/States";
import { useLogs, useLogsPage } from "./state";

/** How many lines of which level, over time and in total. */
export function Volume() {
  const { logs } = useMessages();
  const { volume, answer } = useLogs();
  if (answer.status === "failed" || answer.status === "numbers") return null;
  return (
    <div className="volume" data-testid="volume">
      <div className="volume-chart">
        {volume.status === "loading" && <ChartSkeleton />}
        {volume.status === "failed" && (
          <p className="volume-failed t2" title={volume.error.message}>
            {logs.volume}: {volume.error.message}
          </p>
        )}
        {volume.status === "ready" && <Bars volume={volume.volume} />}
      </div>
      <Totals totals={volume.status === "ready" ? volume.volume.totals : undefined} />
    </div>
  );
}

function Bars({ volume }: { volume: VolumeData }) {
  const messages = useMessages();
  const locale = useLocale();
  const view = useMemo(() => volumeView(volume, messages, locale), [volume, messages, locale]);
  return <ChartCanvas view={view} label={volumeSummary(volume, messages, locale)} />;
}

/** The levels with their sums; a click keeps only one. */
function Totals({ totals }: { totals: Readonly<Record<Band, number>> | undefined }) {
  const { logs } = useMessages();
  const locale = useLocale();
  const { ask } = useLogsPage();
  const { query } = useLogs();
  const keep = (band: Band) => ask(withFilter(query, LEVEL_FIELD, levelsOf(band).includes("|") ? "=~" : "=", levelsOf(band)));
  return (
    <div className="totals">
      {BANDS.map((band) => (
        <button key={band} type="button" title={logs.keepBand(logs.band[band])} data-testid={`total-${band}`} onClick={() => keep(band)}>
          <i className="swatch" style={{ ["--k" as string]: `var(--${bandColour(band)})` }} />
          <span className="cut">{logs.band[band]}</span>
          <b className="num">{totals === undefined ? "" : formatNumber(totals[band], 0, locale)}</b>
        </button>
      ))}
    </div>
  );
}
