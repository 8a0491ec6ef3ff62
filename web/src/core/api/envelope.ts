import { ApiError, type Labels, type MatrixSeries, type QueryData, type VectorSample } from "./types";

/** Opens a Prometheus JSON envelope: the `data` of a success, or an `ApiError` with the server's words. */
export function openEnvelope(body: unknown): unknown {
  if (!isRecord(body)) throw new ApiError("malformed", "the answer is not a JSON object");
  if (body["status"] === "success") return body["data"];
  if (body["status"] === "error") {
    throw new ApiError("query", asText(body["error"], "no reason given"), asText(body["errorType"], ""));
  }
  throw new ApiError("malformed", "the answer has no status");
}

/** Reads `data` of `query` and `query_range`. */
export function readQueryData(data: unknown): QueryData {
  if (!isRecord(data)) throw new ApiError("malformed", "the answer holds no data");
  const result = data["result"];
  switch (data["resultType"]) {
    case "vector":
      return { type: "vector", samples: asArray(result).map(readVectorSample) };
    case "matrix":
      return { type: "matrix", series: asArray(result).map(readMatrixSeries) };
    case "scalar":
      return { type: "scalar", sample: readPoint(result, {}) };
    default:
      throw new ApiError("malformed", `unexpected result type ${String(data["resultType"])}`);
  }
}

function readVectorSample(item: unknown): VectorSample {
  if (!isRecord(item)) throw new ApiError("malformed", "a vector element is not an object");
  return readPoint(item["value"], readLabels(item["metric"]));
}

function readMatrixSeries(item: unknown): MatrixSeries {
  if (!isRecord(item)) throw new ApiError("malformed", "a series is not an object");
  const times: number[] = [];
  const values: number[] = [];
  for (const pair of asArray(item["values"])) {
    const point = readPoint(pair, {});
    times.push(point.time);
    values.push(point.value);
  }
  return { metric: readLabels(item["metric"]), times, values };
}

function readPoint(pair: unknown, metric: Labels): VectorSample {
  if (!Array.isArray(pair) || typeof pair[0] !== "number" || typeof pair[1] !== "string") {
    throw new ApiError("malformed", "a sample is not a pair of time and value");
  }
  return { metric, time: pair[0], value: parseSampleValue(pair[1]), raw: pair[1] };
}

/** Sample values travel as text so that NaN and the infinities survive JSON. */
export function parseSampleValue(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  return text.trim() === "" ? Number.NaN : Number(text);
}

function readLabels(value: unknown): Labels {
  if (!isRecord(value)) return {};
  const labels: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (typeof text === "string") labels[name] = text;
  }
  return labels;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asArray(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new ApiError("malformed", "the result is not a list");
  return value;
}

function asText(value: unknown, fallback: string): string {
  return typeof value === "string" ? value : fallback;
}
