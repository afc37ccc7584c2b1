/** The worker that has packages/web: secrets stay in it, as handles. The page asks by messages. */

import init, { verifyAttestation } from "../../wasm/bithive_web.js";
import module from "../../wasm/bithive_web_bg.wasm?url";

import { serve } from "./requests";
import { requester } from "./requester";

const ready = init({ module_or_path: module });

serve({
  /** Throws, or gives nothing. */
  async verify(statements: Parameters<typeof verifyAttestation>[0], signature: Uint8Array): Promise<void> {
    await ready;
    verifyAttestation(statements, signature);
  },
  ...requester(ready),
});
