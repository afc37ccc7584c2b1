/** Rewards of patients: what they are for, and who approves them. */

import type { Activity, Role } from "@bithive/client/contracts/rewards";

import type { Key } from "./i18n";

export const ACTIVITIES: Readonly<Record<Activity, Key>> = {
  check_up: "activity.check_up", chronic_care: "activity.chronic_care", treatment_cycle: "activity.treatment_cycle",
  education: "activity.education", data_sharing: "activity.data_sharing", compute: "activity.compute",
};

export const ROLES: Readonly<Record<Role, Key>> = {
  clinician: "role.clinician", institution: "role.institution", insurer: "role.insurer", auditor: "role.auditor",
};
