// What a node says of itself and of its blocks: by CosmJS, in arrays, and in the form of a URI.

import { Comet38Client, HttpBatchClient } from "@cosmjs/tendermint-rpc";

import { holds, same } from "./check.mjs";

export async function node({ client, comet, rpc, chainId }) {
  holds("the dialect is that of CometBFT 0.38", comet instanceof Comet38Client, comet.constructor.name);
  same("the chain's id", await client.getChainId(), chainId);
  const status = await comet.status();
  holds("the node is in step", !status.syncInfo.catchingUp, status.syncInfo.catchingUp);
  const height = await client.getHeight();
  holds("the chain has blocks", height > 1, height);
  const [first, last] = [await client.getBlock(1), await client.getBlock(height)];
  same("the first block", [first.header.height, first.header.chainId], [1, chainId]);
  same("the last block", last.header.height, height);
  // A node may have a block a moment before its results.
  const results = await comet.blockResults(height - 1);
  same("the results of the one before", results.height, height - 1);
  const validators = await comet.validators({ height, per_page: 50 });
  same("all validators", validators.validators.length, validators.total);
  const { lastBlockHeight } = await comet.abciInfo();
  holds("the application's last block", lastBlockHeight >= height - 1, lastBlockHeight);
  await arrays(rpc);
  await uris(rpc, height);
}

async function arrays(rpc) {
  // CometBFT's default is to take 10 calls in an array.
  const batch = new HttpBatchClient(rpc, { dispatchInterval: 20, batchSizeLimit: 10 });
  try {
    const comet = Comet38Client.create(batch);
    const asked = Array.from({ length: 20 }, (_, index) => (index % 2 ? comet.status() : comet.block(1)));
    const answers = await Promise.all(asked);
    const right = answers.filter((answer, index) => (index % 2 ? answer.nodeInfo : answer.block)).length;
    same("20 calls in two arrays", right, 20);
  } finally {
    batch.disconnect();
  }
}

async function uris(rpc, height) {
  const get = async (path) => {
    const answer = await fetch(`${rpc}${path}`);
    return [answer.status, await answer.json()];
  };
  const [status, block] = await get(`/block?height=${height}`);
  same("GET of a block", [status, block.result.block.header.height], [200, String(height)]);
  const path = encodeURIComponent('"/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo"');
  const [code, info] = await get(`/abci_query?path=${path}&data=0x`);
  same("GET of a query", [code, info.result.response.code], [200, 0]);
  const [failed, error] = await get(`/block?height=${height + 1_000_000}`);
  same("GET of a block to come", [failed, error.error.code], [500, -32603]);
}
