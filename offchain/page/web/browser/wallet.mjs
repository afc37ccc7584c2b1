// The wallet of the extension, and the test as its user.
/** What its user does where a flow says nothing else. */
const USUAL = { answer: "accept", ledger: false, addsChains: true, edits: undefined, lie: undefined };

export class Wallet {
  /** `name` is the wallet's as pages write it, `id` the name of its object in a window. */
  constructor(worker, id, name) {
    [this.worker, this.id, this.name] = [worker, id, name];
  }

  /** Private keys in hex; the first is chosen. A new user of the wallet: it knows no chain. */
  async hold(keys) {
    await this.set({ ...USUAL, keys, chosen: 0, chains: {}, seen: [] });
  }

  /** Over the debugging protocol: what is left out there stays, so nothing is written as null. */
  async set(state) {
    const given = Object.fromEntries(Object.entries(state).map(([field, value]) => [field, value ?? null]));
    await this.worker.evaluate((fields) => {
      for (const [field, value] of Object.entries(fields)) {
        globalThis.wallet[field] = value ?? undefined;
      }
    }, given);
  }

  /** Does what `work` does while the user, or the wallet, is not as usual. */
  async while(state, work) {
    await this.set(state);
    try {
      return await work();
    } finally {
      await this.set(Object.fromEntries(Object.keys(state).map((field) => [field, USUAL[field]])));
    }
  }

  /** The user chooses another key. Pages are told, unless they are not. */
  async choose(chosen, { told = true } = {}) {
    await this.set({ chosen });
    if (told) {
      await this.worker.evaluate(() => globalThis.tellChange());
    }
  }

  /** What it was asked since this was asked last. */
  seen() {
    return this.worker.evaluate(() => globalThis.wallet.seen.splice(0));
  }

  /** How often it was asked to sign: transactions, texts. */
  async signatures() {
    const seen = await this.seen();
    return ["signDirect", "signArbitrary"].map((method) => seen.filter((one) => one === method).length);
  }

  signed() {
    return this.worker.evaluate(() => globalThis.wallet.signed);
  }

  chains() {
    return this.worker.evaluate(() => globalThis.wallet.chains);
  }

  /** What its own window shows. */
  look(chainId) {
    return this.worker.evaluate((id) => globalThis.look(id), chainId);
  }
}
