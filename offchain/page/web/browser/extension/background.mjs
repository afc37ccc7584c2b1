// The wallet's own process: its keys, what its user says, and signing. The test is the user, and sets `wallet` over the debugging
// protocol, which also keeps this worker alive.
import { JSONUint8Array } from "@keplr-wallet/router";
import { bytesToHex } from "@noble/hashes/utils.js";

import { account, signArbitrary, signDirect } from "./signer.mjs";

const wallet = (globalThis.wallet = {
  /** Private keys, 64 hex digits each; `chosen` is the one that is in use. */
  keys: [],
  chosen: 0,
  /** What the user says to the next windows: "accept", or "reject". */
  answer: "accept",
  /** Whether the chosen key is on a Ledger, which signs the old form only. */
  ledger: false,
  /** Whether the user refuses to add chains, and so the wallet knows none but those that it had. */
  addsChains: true,
  /** What the user sets in the window: a factor for the fee's amount, and a memo. */
  edits: undefined,
  /** What a wallet that does not tell the truth does: signs for another chain, and says so or not; signs another message. */
  lie: undefined,
  /** Chains that it knows, by id, in the form in which they were suggested. */
  chains: {},
  /** Name of each call. */
  seen: [],
  /** What it gave back for the last transaction that it signed, in hex and base64. */
  signed: undefined,
});

/** The user looks at a window. */
function ask() {
  if (wallet.answer !== "accept") {
    throw new Error("Request rejected");
  }
}

function chainOf(chainId) {
  const chain = wallet.chains[chainId];
  if (chain === undefined) {
    throw new Error(`There is no chain info for ${chainId}`);
  }
  return chain;
}

function chosen(chainId) {
  return account(wallet.keys[wallet.chosen], chainOf(chainId).bech32Config.bech32PrefixAccAddr);
}

/** The wallet refuses to sign for an account that is not in use. */
function own(chainId, signer) {
  const known = chosen(chainId);
  if (known.address !== signer) {
    throw new Error("Signer mismatched");
  }
  return known;
}

const METHODS = {
  experimentalSuggestChain(chain) {
    if (wallet.chains[chain.chainId] === undefined) {
      if (!wallet.addsChains) {
        throw new Error("Request rejected");
      }
      ask();
    }
    wallet.chains[chain.chainId] = chain;
  },
  enable(chainIds) {
    [chainIds].flat().forEach(chainOf);
    ask();
  },
  getKey(chainId) {
    const { address, publicKey } = chosen(chainId);
    return {
      name: `key ${wallet.chosen}`, algo: "secp256k1", pubKey: publicKey, bech32Address: address, isNanoLedger: wallet.ledger, isKeystone: false,
    };
  },
  signDirect(chainId, signer, document) {
    const known = own(chainId, signer);
    if (document.chainId !== chainId) {
      throw new Error("Chain id in the message is not matched with the requested chain id");
    }
    if (wallet.ledger) {
      throw new Error("SIGN_MODE_DIRECT can't be signed on Ledger. Contact the web app provider to fix this issue.");
    }
    ask();
    const given = signDirect(known, document, wallet.edits, wallet.lie);
    const { bodyBytes, authInfoBytes } = given.signed;
    wallet.signed = { body: bytesToHex(bodyBytes), auth: bytesToHex(authInfoBytes), signature: given.signature.signature };
    return given;
  },
  signArbitrary(chainId, signer, data) {
    const known = own(chainId, signer);
    ask();
    return signArbitrary(known, data);
  },
};

async function answered({ method, args }) {
  try {
    wallet.seen.push(method);
    return { result: JSONUint8Array.wrap(await METHODS[method](...JSONUint8Array.unwrap(args))) };
  } catch (error) {
    return { error: error.message };
  }
}

chrome.runtime.onMessage.addListener((asked, _sender, answer) => {
  void answered(asked).then(answer);
  // The answer comes later.
  return true;
});

/** Tells all pages that another key is in use. */
globalThis.tellChange = async () => {
  for (const { id } of await chrome.tabs.query({})) {
    // Of tabs that have no page of a network, nobody hears it.
    await chrome.tabs.sendMessage(id, {}).catch(() => undefined);
  }
};

/** What the wallet's own window shows of the chosen account: it asks the servers that the page has named. */
globalThis.look = async (chainId) => {
  const { rest, rpc } = chainOf(chainId);
  const get = async (url) => (await fetch(url, { headers: { accept: "application/json" } })).json();
  const { address } = chosen(chainId);
  const { balances } = await get(`${rest}/cosmos/bank/v1beta1/balances/${address}?pagination.limit=1000`);
  const { account: known } = await get(`${rest}/cosmos/auth/v1beta1/accounts/${address}`);
  const { default_node_info: node } = await get(`${rest}/cosmos/base/tendermint/v1beta1/node_info`);
  const { result: status } = await get(`${rpc}/status`);
  return { address, balances, sequence: known?.sequence, networks: [node?.network, status?.node_info?.network] };
};
