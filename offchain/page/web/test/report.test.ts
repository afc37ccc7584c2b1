import assert from "node:assert/strict";
import { test } from "node:test";

import { parseJson } from "@bithive/client";

import { readReport, type Measured } from "../src/lib/report";

const NAME = "hive-1/bithive1jobs/7";
const identifier = [
  { system: "https://github.com/bithive/bithive/fhir/model-blake3", value: NAME },
  { system: "https://github.com/bithive/bithive/fhir/job", value: NAME },
];
const report = { resourceType: "DiagnosticReport", identifier, conclusion: "Not for clinical use. <b>x</b>" };
const area = {
  resourceType: "Observation", code: { text: "Area of lesion" }, valueQuantity: { value: 312.4, unit: "mm²", code: "mm2" },
  component: [{ code: { text: "Pixels" }, valueQuantity: { value: 78 } }],
};
const digit = {
  resourceType: "Observation", code: { text: "Class of the image" }, valueCodeableConcept: { text: "7" },
  component: [{ code: { text: "Chance of 7" }, valueQuantity: { value: 0.973, unit: "1" } }],
};
const bundle = (...resources: unknown[]) => parseJson(JSON.stringify({ resourceType: "Bundle", entry: resources.map((resource) => ({ resource })) }));

test("a report gives its conclusion, and each result with what belongs to it", () => {
  const { conclusion, results } = readReport(bundle(report, area, digit, { resourceType: "Provenance" }), NAME);
  assert.equal(conclusion, report.conclusion);
  const said = ({ code, valueQuantity: { value, unit }, valueCodeableConcept: { text } }: Measured) => [code.text, value, unit, text];
  assert.deepEqual(results.map((one) => [said(one), one.component.map(said)]), [
    [["Area of lesion", 312.4, "mm²", ""], [["Pixels", 78, "", ""]]],
    [["Class of the image", NaN, "", "7"], [["Chance of 7", 0.973, "1", ""]]],
  ]);
});

test("the report of another job, or of none, is not shown", () => {
  for (const [resources, name] of [
    [[report, area], "hive-1/bithive1jobs/8"], [[report, area], "hive-2/bithive1jobs/7"], [[area], NAME],
    [[{ ...report, identifier: identifier.slice(0, 1) }, area], NAME], [[{ ...report, identifier: [] }], NAME],
  ] as const) {
    assert.throws(() => readReport(bundle(...resources), name), /no report of this job/, name);
  }
});

test("what is no text, no number, no object or no list is refused", () => {
  for (const change of [
    { code: { text: 7 } }, { code: "x" }, { code: ["x"] }, { valueQuantity: { value: "9" } }, { valueQuantity: { value: 1, unit: {} } }, { valueQuantity: [] },
    { component: {} }, { component: ["x"] },
  ]) {
    assert.throws(() => readReport(bundle(report, { ...area, ...change }), NAME), /no report of this job/, JSON.stringify(change));
  }
  assert.throws(() => readReport(bundle({ ...report, conclusion: ["x"] }), NAME), /no report/);
  assert.throws(() => readReport(bundle({ ...report, identifier: {} }), NAME), /no report/);
  for (const bad of ["[]", '"x"', '{"entry":7}', '{"entry":[7]}', '{"entry":[{"resource":[]}]}', "{}"]) {
    assert.throws(() => readReport(parseJson(bad), NAME), /no report/, bad);
  }
});
