// What the chain behind a page says, asked beside the page: whether something was spent, and which bytes are in a block.
import { createRequire } from "node:module";

// A package of the wallet's extension: the page has none that reads transactions.
const { AuthInfo, TxBody, TxRaw } = createRequire(new URL("extension/", import.meta.url))("cosmjs-types/cosmos/tx/v1beta1/tx");

export class Facts {
  constructor(origin) {
    this.origin = origin;
  }

  async get(path) {
    return (await fetch(`${this.origin}${path}`)).json();
  }

  async config() {
    return (this.known ??= await this.get("/config.json"));
  }

  /** How often an account has signed, and the coins that it has for fees: both change with every transaction. */
  async account(address) {
    const { fee_denom: denom } = (await this.config()).chain;
    const { account } = await this.get(`/rest/cosmos/auth/v1beta1/accounts/${address}`);
    const { balance } = await this.get(`/rest/cosmos/bank/v1beta1/balances/${address}/by_denom?denom=${denom}`);
    return { sequence: BigInt(account.sequence), coins: BigInt(balance.amount) };
  }

  /** What a contract answers. */
  async query(contract, query) {
    const at = (await this.config()).contracts[contract];
    const answer = await fetch(`${this.origin}/x/batch`, { method: "POST", body: JSON.stringify([{ contract: at, query }]) });
    const { results: [{ value, error }] } = await answer.json();
    if (error !== undefined) {
      throw new Error(`${contract}: ${error}`);
    }
    return value;
  }

  async tokens(contract, address) {
    return BigInt((await this.query(contract, { balance: { address } })).balance);
  }

  /** The transaction of a block, by its hash in hex: its bytes and what it paid. */
  async tx(hash) {
    const call = { jsonrpc: "2.0", id: 1, method: "tx", params: { hash: Buffer.from(hash, "hex").toString("base64"), prove: false } };
    const answer = await fetch(`${this.origin}/rpc`, { method: "POST", body: JSON.stringify(call) });
    const { result } = await answer.json();
    const raw = TxRaw.decode(Buffer.from(result.tx, "base64"));
    const hex = (bytes) => Buffer.from(bytes).toString("hex");
    return {
      code: result.tx_result.code,
      body: hex(raw.bodyBytes),
      auth: hex(raw.authInfoBytes),
      signature: Buffer.from(raw.signatures[0]).toString("base64"),
      memo: TxBody.decode(raw.bodyBytes).memo,
      fee: AuthInfo.decode(raw.authInfoBytes).fee.amount,
    };
  }
}
