import { Tooltip } from "@mantine/core";
import type { TablerIcon } from "@tabler/icons-react";
import type { ComponentPropsWithRef } from "react";
import { Icon } from "./Icon";

interface IconButtonProps extends ComponentPropsWithRef<"button"> {
  readonly icon: TablerIcon;
  readonly label: string;
  readonly iconSize?: 14 | 16 | 20;
}

/** A button with an icon only; its name shows on hover and focus. */
export function IconButton({ icon, label, iconSize = 16, className = "", ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} classNames={{ tooltip: "hint" }} openDelay={400} events={{ hover: true, focus: true, touch: false }} transitionProps={{ duration: 0 }}>
      <button type="button" aria-label={label} className={`btn icon-only ${className}`} {...rest}>
        <Icon of={icon} size={iconSize} />
      </button>
    </Tooltip>
  );
}
