/** Addresses of scripts for browsers that demand trusted types. */

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string };
}

/** The address in the form that workers are started by: such browsers take it from a policy only. This one knows a single address. */
export function scriptUrl(script: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) {
    return script;
  }
  const policy = trustedTypes.createPolicy("bithive-worker", {
    createScriptURL(url) {
      if (url !== script) {
        throw new TypeError("no worker of this page");
      }
      return url;
    },
  });
  return policy.createScriptURL(script);
}
