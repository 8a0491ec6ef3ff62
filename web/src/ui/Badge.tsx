import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Icon } from "./Icon";

/** A state in words on a tint. Never for plain facts. */
export function Badge({ tone, icon, children }: { tone: "ok" | "warn" | "crit" | "mute"; icon: TablerIcon; children: ReactNode }) {
  return (
    <span className={`badge ${tone}`}>
      <Icon of={icon} size={12} />
      {children}
    </span>
  );
}
