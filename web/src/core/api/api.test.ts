import { describe, expect, it } from "vitest";
import { type Fetch, MetricsClient } from "./client";
import { parseSampleValue } from "./envelope";
import { ApiError } from "./types";

interface Call {
  url: string;
  init: RequestInit;
}

function clientAnswering(body: unknown, status = 200): { client: MetricsClient; calls: Call[] } {
  const calls: Call[] = [];
  const fetch: Fetch = (url, init) => {
    calls.push({ url, init });
    return Promise.resolve(new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
  };
  return { client: new MetricsClient(fetch), calls };
}

const success = (data: unknown) => ({ status: "success", data });

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  return promise.then(
    () => Promise.reject(new Error("the call should have failed")),
    (thrown: unknown) => {
      expect(thrown).toBeInstanceOf(ApiError);
      return thrown as ApiError;
    },
  );
}

describe("instant queries", () => {
  it("ask by GET with query and time, and keep the number as it was written", async () => {
    const { client, calls } = clientAnswering(
      success({ resultType: "vector", result: [{ metric: { mode: "user" }, value: [1700000000.5, "0.30000000000000004"] }] }),
    );
    const samples = await client.instant('rate(x{a="b"}[1m])', 1700000000.5);
    expect(samples).toEqual([{ metric: { mode: "user" }, time: 1700000000.5, value: 0.30000000000000004, raw: "0.30000000000000004" }]);
    const url = new URL(calls[0]?.url ?? "", "http://host/");
    expect(url.pathname).toBe("/api/v1/query");
    expect(url.searchParams.get("query")).toBe('rate(x{a="b"}[1m])');
    expect(url.searchParams.get("time")).toBe("1700000000.5");
  });

  it("take a scalar as one sample and leave out the time when none is given", async () => {
    const { client, calls } = clientAnswering(success({ resultType: "scalar", result: [7, "42"] }));
    expect(await client.instant("time()")).toMatchObject([{ value: 42, raw: "42" }]);
    expect(calls[0]?.url).not.toContain("time=");
  });
});

describe("range queries", () => {
  it("ask by POST form and return columns", async () => {
    const { client, calls } = clientAnswering(
      success({ resultType: "matrix", result: [{ metric: { d: "sda" }, values: [[10, "1"], [20, "NaN"], [30, "+Inf"]] }] }),
    );
    const series = await client.range({ query: "x", start: 10, end: 30, step: 10 });
    expect(series).toEqual([{ metric: { d: "sda" }, times: [10, 20, 30], values: [1, Number.NaN, Number.POSITIVE_INFINITY] }]);
    expect(calls[0]?.init.method).toBe("POST");
    expect(String(calls[0]?.init.body)).toBe("query=x&start=10&end=30&step=10");
  });
});

describe("failures", () => {
  it("keep the server's words", async () => {
    const { client } = clientAnswering({ status: "error", errorType: "bad_data", error: "1:5: parse error" }, 400);
    expect(await failureOf(client.instant("x("))).toMatchObject({ kind: "query", errorType: "bad_data", message: "1:5: parse error" });
  });

  it.each([
    ["<html>", 200, "malformed"],
    ["<html>bad gateway", 502, "unreachable"],
    ["[]", 200, "malformed"],
    [JSON.stringify({ status: "success" }), 200, "malformed"],
    [JSON.stringify(success({ resultType: "streams", result: [] })), 200, "malformed"],
    [JSON.stringify(success({ resultType: "vector", result: [{ metric: {}, value: [1, 2] }] })), 200, "malformed"],
    [JSON.stringify(success({ resultType: "vector", result: {} })), 200, "malformed"],
    [JSON.stringify(success({ resultType: "matrix", result: [] })), 200, "malformed"],
  ] as const)("%s with %d is %s", async (body, status, kind) => {
    expect((await failureOf(clientAnswering(body, status).client.instant("x"))).kind).toBe(kind);
  });

  it("tell a server that is gone from a request we gave up", async () => {
    const gone = new MetricsClient(() => Promise.reject(new TypeError("Failed to fetch")));
    expect((await failureOf(gone.instant("x"))).kind).toBe("unreachable");
    const given = new MetricsClient(() => Promise.reject(new DOMException("aborted", "AbortError")));
    expect((await failureOf(given.instant("x"))).kind).toBe("aborted");
  });
});

it("reads the version", async () => {
  expect(await clientAnswering(success({ version: "0.1.0" })).client.version()).toBe("0.1.0");
  expect(await clientAnswering(success({ version: "3.14.0+menara.0.1.0" })).client.version()).toBe("0.1.0");
  expect(await clientAnswering(success({})).client.version()).toBe("");
});

it("reads every number the API can write", () => {
  expect(parseSampleValue("-Inf")).toBe(Number.NEGATIVE_INFINITY);
  expect(parseSampleValue("1e-07")).toBe(1e-7);
  expect(parseSampleValue("")).toBeNaN();
});
