import { type ReactNode, useId } from "react";

/** A surface with a heading; `detail` is a fact in few words beside it. */
export function Card({ title, detail, className = "", children }: { title: string; detail?: string; className?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>{title}</h2>
        {detail !== undefined && <span className="t3 cut">{detail}</span>}
      </div>
      {children}
    </section>
  );
}
