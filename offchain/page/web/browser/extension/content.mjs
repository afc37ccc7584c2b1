// Between the page and the wallet: Keplr's own proxy takes what the page posts, and the wallet answers.
import { InjectedKeplr } from "@keplr-wallet/provider";
import { JSONUint8Array } from "@keplr-wallet/router";

const METHODS = ["enable", "experimentalSuggestChain", "getKey", "signArbitrary", "signDirect"];

async function ask(method, args) {
  const { error, result } = await chrome.runtime.sendMessage({ method, args: JSONUint8Array.wrap(args) });
  if (error !== undefined) {
    throw new Error(error);
  }
  return JSONUint8Array.unwrap(result);
}

// The provider asks once, unasked, what its user has connected on chains of other kinds: nothing.
const others = {
  bitcoin: { getAccounts: async () => [] }, ethereum: { request: async () => null }, starknet: { request: async () => ({}) },
};
const own = Object.fromEntries(METHODS.map((method) => [method, (...args) => ask(method, args)]));
/** The proxy makes an object of a class of an account's number, which no message carries. */
own.signDirect = (chainId, signer, document, options) =>
  ask("signDirect", [chainId, signer, { ...document, accountNumber: document.accountNumber.toString() }, options]);
InjectedKeplr.startProxy({ ...own, ...others }, "__WALLET__");
// As Keplr says that its user has chosen another account.
chrome.runtime.onMessage.addListener(() => {
  window.dispatchEvent(new Event("__WALLET___keystorechange"));
});
