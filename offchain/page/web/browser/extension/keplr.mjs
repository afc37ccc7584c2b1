// Keplr's own rules for the chains that pages suggest, as they are on the package registry.
export { checkRestConnectivity, validateBasicChainInfoType } from "@keplr-wallet/chain-validator";
