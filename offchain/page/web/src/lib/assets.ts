/** Amounts of any asset: coins of the chain and tokens. */

import { tickers } from "./claims";
import { network } from "./chain.svelte";
import { shorten } from "./format";
import { amount, coins } from "./language.svelte";
import { TOKENS } from "./read";

/** A coin of the chain, or a token by its contract. */
export type Asset = { native: string } | { cw20: string };

/** The ticker of an asset whose decimals the page knows. */
export function tickerOf(asset: Asset): string | undefined {
  return "native" in asset
    ? (asset.native === network.config?.chain.feeDenom ? "BEE" : undefined)
    : tickers(network.config?.contracts ?? {}).get(asset.cw20);
}

/** What a ticker of the network stands for; the chain's coin where no token has it. */
export function assetOf(ticker: string): Asset {
  const name = TOKENS.find(([, symbol]) => symbol === ticker)?.[0];
  return name === undefined ? { native: network.config?.chain.feeDenom ?? "" } : { cw20: network.at(name) ?? "" };
}

/** Base units as an amount; with the chain's own name where the page knows no ticker. */
export function worth(asset: Asset, units: bigint | string): string {
  const ticker = tickerOf(asset);
  return ticker === undefined ? coins([{ denom: shorten("native" in asset ? asset.native : asset.cw20), amount: units.toString() }]) : amount(units, ticker);
}
