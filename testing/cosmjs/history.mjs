// Transactions in blocks: by their hash, and by what they did.

import { fromHex } from "@cosmjs/encoding";

import { holds, refused, same } from "./check.mjs";

export async function history({ client, comet, rpc, address, sent, done, two }) {
  const { transactionHash: hash, height } = sent;
  const found = await client.getTx(hash);
  same("a transaction by its hash", [found.hash, found.height, found.code], [hash, height, 0]);
  same("with what came of it", [found.gasUsed, found.events.length], [sent.gasUsed, sent.events.length]);
  same("and its messages' answers", found.msgResponses.map(({ typeUrl }) => typeUrl),
    ["/cosmos.bank.v1beta1.MsgSendResponse"]);
  const one = await comet.tx({ hash: fromHex(hash) });
  same("the same by `tx`", [one.height, one.index, one.result.code], [height, found.txIndex, 0]);
  const own = (tx) => tx.map(({ hash }) => hash);
  same("by its height", own(await client.searchTx(`tx.height=${height} AND message.sender='${address}'`)), [hash]);
  same("of others there is none", await client.searchTx(`tx.height=${height} AND message.sender='nobody'`), []);
  same("by pairs", own(await client.searchTx([{ key: "tx.height", value: two.height }])).includes(two.transactionHash),
    true);
  const call = await client.getTx(done.transactionHash);
  same("a call's answer", call.msgResponses[0].typeUrl, "/cosmwasm.wasm.v1.MsgExecuteContractResponse");
  const block = await client.getBlock(height);
  holds("its block has its bytes", block.txs.some((tx) => Buffer.compare(tx, found.tx) === 0), block.txs.length);
  const results = await comet.blockResults(height);
  holds("and its result", results.results.some(({ gasUsed }) => gasUsed === sent.gasUsed), results.results.length);
  same("a hash of nothing", await client.getTx("00".repeat(32)), null);
  await refused("nor by `tx`", comet.tx({ hash: new Uint8Array(32) }), /not found|Bad status/);
  const answer = await fetch(`${rpc}/tx?hash=0x${hash}&prove=false`);
  same("by the form of a URI", [answer.status, (await answer.json()).result.hash], [200, hash]);
}
