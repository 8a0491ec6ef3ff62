/** A watchtower with its lamp lit: the only place for the lamp's colour. */
export function Logo({ size = 30 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" role="img" aria-label="Menara">
      <path
        d="M9.5 8.4 4.4 6.6M9.5 11.6 4.4 13.4M22.5 8.4l5.1-1.8M22.5 11.6l5.1 1.8"
        fill="none"
        stroke="var(--lamp)"
        strokeWidth="1.9"
        strokeLinecap="round"
      />
      <path d="M12.6 12V8.2L16 5.6l3.4 2.6V12z" fill="var(--lamp)" />
      <path d="M10.8 14.4h10.4" stroke="var(--text)" strokeWidth="2.2" strokeLinecap="round" />
      <path d="M13 17h6l1.8 10.6a.8.8 0 0 1-.8.9h-8a.8.8 0 0 1-.8-.9z" fill="var(--text)" />
      <path d="M16 20.6v3" stroke="var(--bg)" strokeWidth="2.2" strokeLinecap="round" />
    </svg>
  );
}
