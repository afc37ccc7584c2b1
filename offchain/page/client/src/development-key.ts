/** A key in this program's memory, for development and tests: whoever reads the memory has it. */

import { secp256k1 } from "@noble/curves/secp256k1.js";

import { addressOf } from "./address.js";
import { sameBytes } from "./bytes.js";
import { ClientError, invalid } from "./errors.js";
import { signBytes, type Document, type Signed } from "./tx.js";
import type { Signer, SignerAccount } from "./wallet.js";

/** A secp256k1 key that signs without asking anybody. Shows its address, never its secret. */
export class DevelopmentKey implements Signer {
  readonly #secret: Uint8Array;
  readonly #publicKey: Uint8Array;
  readonly address: string;

  private constructor(secret: Uint8Array) {
    this.#secret = secret;
    this.#publicKey = secp256k1.getPublicKey(secret, true);
    this.address = addressOf(this.#publicKey);
  }

  /** A fresh key. */
  static generate(): DevelopmentKey {
    return new DevelopmentKey(secp256k1.utils.randomSecretKey());
  }

  /**
   * The key of a scalar, 32 bytes, big-endian. It is copied: erase yours.
   *
   * @throws ClientError `invalid_input`.
   */
  static fromBytes(bytes: Uint8Array): DevelopmentKey {
    if (!secp256k1.utils.isValidSecretKey(bytes)) {
      throw invalid("key", "expected 32 bytes: a secp256k1 scalar between 1 and the order of the curve");
    }
    return new DevelopmentKey(Uint8Array.from(bytes));
  }

  async getAccount(): Promise<SignerAccount> {
    return { address: this.address, publicKey: Uint8Array.from(this.#publicKey) };
  }

  async signDirect(address: string, document: Document): Promise<Signed> {
    if (address !== this.address) {
      throw new ClientError({ kind: "wallet_key_changed", expected: address, got: this.address });
    }
    if (sameBytes(this.#secret, new Uint8Array(32))) {
      throw new ClientError({ kind: "wallet_failed", wallet: "the development key", reason: "it was erased" });
    }
    const { bodyBytes, authInfoBytes } = document;
    // ECDSA over SHA-256, deterministic (RFC 6979), s in the lower half: chains refuse the other half.
    return { bodyBytes, authInfoBytes, signature: secp256k1.sign(signBytes(document), this.#secret) };
  }

  /** Overwrites the secret; the key signs nothing any more. */
  erase(): void {
    this.#secret.fill(0);
  }
}
