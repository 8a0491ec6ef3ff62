import type { TablerIcon } from "@tabler/icons-react";

/** An icon at one of the sizes of the design. Decorative: the word beside it, or a label, tells what it means. */
export function Icon({ of: Glyph, size = 16, className }: { of: TablerIcon; size?: 12 | 14 | 16 | 20 | 24; className?: string }) {
  const stroke = size === 12 ? 2 : size >= 20 ? 1.6 : 1.75;
  return <Glyph size={size} stroke={stroke} className={className === undefined ? "icon" : `icon ${className}`} aria-hidden />;
}
