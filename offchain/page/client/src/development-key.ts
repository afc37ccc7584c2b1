/** A key in this program's memory, for development and tests: whoever reads the memory has it. */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { getPublicKey, hashes, sign, utils } from "@noble/secp256k1";

import { addressOf } from "./address.js";
import { sameBytes } from "./bytes.js";
import { ClientError, invalid } from "./errors.js";
import { signBytes, type Document, type Signed } from "./tx.js";
import type { Signer, SignerAccount } from "./wallet.js";

// The browser's own hashes are there on secure origins only, and a page is also served on a home's network.
hashes.sha256 = sha256;
hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

/** A fresh secret: a scalar, 32 bytes, big-endian. */
export function freshSecret(): Uint8Array {
  return utils.randomSecretKey();
}

/** A secp256k1 key that signs without asking anybody. Shows its address, never its secret. */
export class DevelopmentKey implements Signer {
  readonly #secret: Uint8Array;
  readonly #publicKey: Uint8Array;
  readonly address: string;

  private constructor(secret: Uint8Array) {
    this.#secret = secret;
    this.#publicKey = getPublicKey(secret, true);
    this.address = addressOf(this.#publicKey);
  }

  /** A fresh key. */
  static generate(): DevelopmentKey {
    return new DevelopmentKey(freshSecret());
  }

  /**
   * The key of a scalar, 32 bytes, big-endian. It is copied: erase yours.
   *
   * @throws ClientError `invalid_input`.
   */
  static fromBytes(bytes: Uint8Array): DevelopmentKey {
    if (!utils.isValidSecretKey(bytes)) {
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
    const { bodyBytes, authInfoBytes } = document;
    return { bodyBytes, authInfoBytes, signature: this.signBytes(signBytes(document)) };
  }

  /**
   * Signs bytes that are no transaction: ECDSA over SHA-256, deterministic (RFC 6979), s in the lower half, since chains refuse the
   * other half; r and s, 64 bytes.
   *
   * @throws ClientError `wallet_failed` of a key that was erased.
   */
  signBytes(bytes: Uint8Array): Uint8Array {
    if (sameBytes(this.#secret, new Uint8Array(32))) {
      throw new ClientError({ kind: "wallet_failed", wallet: "the development key", reason: "it was erased" });
    }
    return sign(bytes, this.#secret);
  }

  /** Overwrites the secret; the key signs nothing any more. */
  erase(): void {
    this.#secret.fill(0);
  }
}
