/** Label name to value. */
export type Labels = Readonly<Record<string, string>>;

/** One element of an instant vector. */
export interface VectorSample {
  readonly metric: Labels;
  /** Unix seconds of the evaluation. */
  readonly time: number;
  readonly value: number;
  /** The number exactly as the server wrote it. */
  readonly raw: string;
}

/** One series of a range query: `times[i]` (unix seconds) belongs to `values[i]`. */
export interface MatrixSeries {
  readonly metric: Labels;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

export type QueryData =
  | { readonly type: "vector"; readonly samples: readonly VectorSample[] }
  | { readonly type: "scalar"; readonly sample: VectorSample }
  | { readonly type: "matrix"; readonly series: readonly MatrixSeries[] };

/** What can go wrong between asking and having an answer. */
export type ApiErrorKind =
  /** Nothing answered: the server is down or the network is. */
  | "unreachable"
  /** The server refused or failed the query and said why. */
  | "query"
  /** An answer came, but not one of this API. */
  | "malformed"
  /** We gave the request up ourselves. */
  | "aborted";

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly kind: ApiErrorKind;
  /** The server's own error type such as `bad_data`; empty when it gave none. */
  readonly errorType: string;

  constructor(kind: ApiErrorKind, message: string, errorType = "") {
    super(message);
    this.kind = kind;
    this.errorType = errorType;
  }
}

/** Any thrown value as an `ApiError`. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const name = thrown instanceof Error ? thrown.name : "";
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiError(name === "AbortError" ? "aborted" : "unreachable", message);
}

/** What was thrown, where it is an answer that says no. Where there was no answer at all it is thrown on, for all of the page to tell. */
export function refusalOf(thrown: unknown): ApiError {
  const error = toApiError(thrown);
  if (error.kind === "unreachable" || error.kind === "aborted") throw error;
  return error;
}

/** An answer, or why it was refused. */
export type Attempt<T> = { readonly value: T; readonly error: undefined } | { readonly value: undefined; readonly error: ApiError };

/** Asks, and keeps a refusal beside other answers. Throws where there is no answer. */
export async function attempt<T>(ask: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await ask(), error: undefined };
  } catch (thrown) {
    return { value: undefined, error: refusalOf(thrown) };
  }
}
