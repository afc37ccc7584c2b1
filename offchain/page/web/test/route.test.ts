import assert from "node:assert/strict";
import { test } from "node:test";

import { linkTo, readRoute, type Route } from "../src/lib/route";

test("every place is read back from its link", () => {
  const places: Exclude<Route, { page: "unknown" }>[] = [
    { page: "network" }, { page: "jobs" }, { page: "jobs", before: 41n }, { page: "job", id: (1n << 64n) - 1n },
    { page: "proof", chain: "hive-1/ä?#", jobs: "bithive1abc", id: 9007199254740993n }, { page: "account" },
    { page: "account", address: "bithive1abc" }, { page: "stake", node: "bithive1abc" }, { page: "node" }, { page: "patient" }, { page: "request" },
    { page: "sell" }, { page: "agree" }, { page: "offer", id: 7n },
  ];
  for (const place of places) {
    assert.deepEqual(readRoute(linkTo(place)), place);
  }
});

test("what is no place is none, and no error", () => {
  for (const text of ["#/job/0", "#/job/-1", "#/job/1.5", "#/job/18446744073709551616", "#/job/1/2", "#/job", "#/%E0%A4%A", "#/account/<script>", "#/nothing", "#/network/1", "#/offer", "#/offer/0", "#/sell/1", "#/agree/1", "#/proof/a/b", "#/__proto__"]) {
    assert.deepEqual(readRoute(text), { page: "unknown" }, text);
  }
  assert.deepEqual(readRoute(""), { page: "network" });
});
