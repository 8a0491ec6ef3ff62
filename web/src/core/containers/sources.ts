import type { ContainersReport, RuntimeSource } from "./report";

/** What the runtimes let us see. */
export type Sight =
  /** A runtime answers; or nobody needs to, since containers are seen anyway. */
  | { readonly kind: "clear" }
  /** Read from a runtime's files: all is there, a little later. */
  | { readonly kind: "files"; readonly source: RuntimeSource }
  | { readonly kind: "denied"; readonly source: RuntimeSource }
  | { readonly kind: "failed"; readonly source: RuntimeSource }
  /** No runtime was found at any of these places. */
  | { readonly kind: "absent"; readonly places: readonly string[] };

/** The gravest thing to say about the runtimes: what is kept from us first, then what is missing. */
export function sightOf({ sources, containers }: ContainersReport): Sight {
  const first = (state: RuntimeSource["state"]) => sources.find((source) => source.state === state);
  const denied = first("denied");
  if (denied !== undefined) return { kind: "denied", source: denied };
  const failed = first("failed");
  if (failed !== undefined) return { kind: "failed", source: failed };
  const files = first("files");
  if (files !== undefined) return { kind: "files", source: files };
  if (first("connected") === undefined && containers.length === 0) return { kind: "absent", places: sources.map((source) => source.place) };
  return { kind: "clear" };
}
