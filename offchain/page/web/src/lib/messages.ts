/**
 * Messages to contracts, with the types of their schemas. The client's classes check them when the program runs, too; here they
 * are made of values that were read or checked before, and each is simulated before it is signed.
 */

import { executeContract, writeJson, type Message } from "@bithive/client";
import type { ExecuteMsg as CheckoutMsg } from "@bithive/client/contracts/checkout";
import type { ExecuteMsg as EmissionsMsg } from "@bithive/client/contracts/emissions";
import type { ExecuteMsg as EscrowMsg } from "@bithive/client/contracts/escrow";
import type { ExecuteMsg as FlowsMsg } from "@bithive/client/contracts/flows";
import type { ExecuteMsg as GrantsMsg } from "@bithive/client/contracts/grants";
import type { ExecuteMsg as JobsMsg } from "@bithive/client/contracts/jobs";
import type { ExecuteMsg as ModelsMsg } from "@bithive/client/contracts/models";
import type { ExecuteMsg as RegistryMsg } from "@bithive/client/contracts/registry";
import type { ExecuteMsg as RewardsMsg } from "@bithive/client/contracts/rewards";
import type { ExecuteMsg as StakingMsg } from "@bithive/client/contracts/staking";
import type { ExecuteMsg as TokenMsg } from "@bithive/client/contracts/token";
import type { ExecuteMsg as VestingMsg } from "@bithive/client/contracts/vesting";

/** @throws ClientError `invalid_address`. */
function to<Msg>(): (sender: string, contract: string, message: Msg) => Message {
  return (sender, contract, message) => executeContract(sender, contract, writeJson(message));
}

export const toCheckout = /* @__PURE__ */ to<CheckoutMsg>();
export const toEmissions = /* @__PURE__ */ to<EmissionsMsg>();
export const toEscrow = /* @__PURE__ */ to<EscrowMsg>();
export const toFlows = /* @__PURE__ */ to<FlowsMsg>();
export const toGrants = /* @__PURE__ */ to<GrantsMsg>();
export const toJobs = /* @__PURE__ */ to<JobsMsg>();
export const toModels = /* @__PURE__ */ to<ModelsMsg>();
export const toRegistry = /* @__PURE__ */ to<RegistryMsg>();
export const toRewards = /* @__PURE__ */ to<RewardsMsg>();
export const toStaking = /* @__PURE__ */ to<StakingMsg>();
export const toToken = /* @__PURE__ */ to<TokenMsg>();
export const toVesting = /* @__PURE__ */ to<VestingMsg>();
