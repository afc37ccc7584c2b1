// In the page's own world: the provider that Keplr puts there, as it is on the package registry.
import { InjectedKeplr, injectKeplrToWindow } from "@keplr-wallet/provider";

// Of another wallet's messages in the same tab it is told apart by its name.
const starknet = { id: "__WALLET__", name: "__WALLET__", icon: "" };
const [nothing, asUsual] = [() => undefined, undefined];
const provider = new InjectedKeplr("__WALLET__", "0.12.313", "extension", nothing, nothing, asUsual, asUsual, asUsual, starknet);
if ("__WALLET__" === "keplr") {
  injectKeplrToWindow(provider);
} else {
  Object.defineProperty(window, "__WALLET__", { value: provider, writable: false });
}
