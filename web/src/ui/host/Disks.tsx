import IconDatabase from "@tabler/icons-react/icons/IconDatabase";
import type { Locale } from "../../core/format/locale";
import { formatNumber } from "../../core/format/number";
import { bytes, joinQuantity } from "../../core/format/quantity";
import { type DiskRow, diskRows } from "../../core/home/disks";
import type { Messages } from "../../core/messages";
import { Bar } from "../Bar";
import { Card } from "../Card";
import { useLocale, useMessages } from "../context";
import { LevelIcon } from "../LevelIcon";
import { Notice } from "../States";
import { useHome, useIsCollecting } from "./state";

const SKELETON_ROWS = [0, 1, 2];

/** The host's file systems and how full they are. */
export function Disks() {
  const messages = useMessages();
  const locale = useLocale();
  const { host, readings } = useHome();
  const isCollecting = useIsCollecting();
  const found = readings === undefined ? undefined : diskRows(readings.snapshot);
  const rows = host === null ? [] : found?.length === 0 && isCollecting ? undefined : found;
  const { disks } = messages;
  return (
    <Card title={disks.title} className="disks" {...(rows === undefined || rows.length === 0 ? {} : { detail: disks.count(rows.length) })}>
      {rows?.length === 0 ? (
        <Notice icon={IconDatabase} tone="t3" title={disks.none} {...(readings?.snapshot.value("up") === undefined ? {} : { detail: disks.noneDetail })} />
      ) : (
        <table className="table">
          <DiskHead messages={messages} />
          <tbody>
            {rows === undefined
              ? SKELETON_ROWS.map((i) => <SkeletonRow key={i} />)
              : rows.map((row) => <Disk key={`${row.device} ${row.mountpoint}`} row={row} messages={messages} locale={locale} />)}
          </tbody>
        </table>
      )}
    </Card>
  );
}

function DiskHead({ messages: { disks } }: { messages: Messages }) {
  return (
    <thead>
      <tr>
        <th className="disk-place">{disks.mountpoint}</th>
        <th className="disk-device">{disks.device}</th>
        <th className="disk-type">{disks.fstype}</th>
        <th className="disk-size num">{disks.size}</th>
        <th className="disk-size num">{disks.used}</th>
        <th className="disk-size num">{disks.free}</th>
        <th className="disk-usage">{disks.usage}</th>
      </tr>
    </thead>
  );
}

function Disk({ row, messages, locale }: { row: DiskRow; messages: Messages; locale: Locale }) {
  const size = (value: number) => joinQuantity(bytes(value, locale));
  const tone = row.level === "ok" ? "" : ` text-${row.level} medium`;
  return (
    <tr>
      <td className="disk-place medium" title={row.mountpoint}>
        {row.mountpoint}
        {row.isReadonly && <span className="t3"> {messages.disks.readonly}</span>}
      </td>
      <td className="disk-device t2" title={row.device}>
        <span className="mono">{row.device}</span>
      </td>
      <td className="disk-type t2">{row.fstype}</td>
      <td className="disk-size disk-total num">{size(row.sizeBytes)}</td>
      <td className="disk-size num">{size(row.usedBytes)}</td>
      <td className="disk-size num">{size(row.sizeBytes - row.usedBytes)}</td>
      <td className="disk-usage">
        <span className="row">
          <span className={`disk-percent num${tone}`}>{formatNumber(row.usedPercent, 0, locale)} %</span>
          <Bar percent={row.usedPercent} level={row.level} />
          {row.level !== "ok" && <LevelIcon level={row.level} />}
        </span>
      </td>
    </tr>
  );
}

function SkeletonRow() {
  return (
    <tr aria-hidden>
      <td colSpan={7}>
        <div className="skeleton after-150ms" style={{ height: 10 }} />
      </td>
    </tr>
  );
}
