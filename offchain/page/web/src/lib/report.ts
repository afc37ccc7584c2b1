/** The report of a job, which the server has and the chain has not: a Bundle of FHIR R4, of which texts and numbers are taken and nothing else. */

import { ClientError, type Json } from "@bithive/client";

import { callJson, ServerError, session } from "./server";

/** System of the identifiers of jobs: `JOB` of packages/fhir. */
const JOB = "https://github.com/bithive/bithive/fhir/job";

/** What is read of an Observation, and of its components, with what stands for that which is left out. */
const MEASURED = { code: { text: "" }, valueQuantity: { value: NaN, unit: "" }, valueCodeableConcept: { text: "" } };
const BUNDLE = {
  entry: [{ resource: { ...MEASURED, resourceType: "", conclusion: "", identifier: [{ system: "", value: "" }], component: [MEASURED] } }],
};

export type Measured = typeof MEASURED;

export interface Report {
  conclusion: string;
  /** Of each row or image, in their order. */
  results: (Measured & { component: Measured[] })[];
}

function wrong(): ClientError {
  return new ClientError({ kind: "unreadable", what: "/x/reports", reason: "it is no report of this job" });
}

/** What `value` has of the fields of a pattern, each of its type; lists have any number of the pattern's one. */
function take<P>(pattern: P, value: Json | undefined): P;
function take(pattern: unknown, value: unknown): unknown {
  const isList = Array.isArray(pattern);
  const given = value ?? (isList ? [] : pattern);
  const found = typeof given === "bigint" ? Number(given) : given;
  if (typeof found !== typeof pattern || Array.isArray(found) !== isList) {
    throw wrong();
  }
  return isList ? (found as Json[]).map((one) => take(pattern[0], one))
    : typeof pattern === "object" ? Object.fromEntries(Object.entries(pattern ?? {}).map(([name, one]) => [name, take(one, (found as { [name: string]: Json })[name])]))
    : found;
}

/** The report of the job that is called `name`: chain, contract and number. @throws ClientError `unreadable`. */
export function readReport(bundle: Json, name: string): Report {
  const resources = take(BUNDLE, bundle).entry.map(({ resource }) => resource);
  const report = resources.find(({ resourceType, identifier }) =>
    resourceType === "DiagnosticReport" && identifier.some(({ system, value }) => system === JOB && value === name));
  if (report === undefined) {
    throw wrong();
  }
  return { conclusion: report.conclusion, results: resources.filter(({ resourceType }) => resourceType === "Observation") };
}

/** The report of a job; nothing where the server has none, and for readers without a token. @throws ServerError, and as {@link readReport}. */
export async function reportOf(id: bigint, name: string): Promise<Report | undefined> {
  const bundle = session.token === undefined ? undefined : await callJson(`/x/reports/${id}`).catch((error: unknown) => {
    if (!(error instanceof ServerError) || error.kind !== "not_found") {
      throw error;
    }
  });
  return bundle === undefined ? undefined : readReport(bundle, name);
}
