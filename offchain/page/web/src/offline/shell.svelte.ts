/** In the page: the service worker that keeps the page's files, and whether a newer version of the page is there. */

import { scriptUrl } from "../lib/script-url";

/** Milliseconds between two looks for a newer version, while the page is looked at. */
const EVERY = 600_000;

class Shell {
  /** Whether the server has a newer version, which the next load shows. */
  newer = $state(false);
  /** Nothing where a browser has none. */
  readonly #workers = import.meta.env.PROD ? (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker : undefined;

  constructor() {
    // From the beginning: on a slow machine one takes over before the page is loaded.
    this.#workers?.addEventListener("controllerchange", () => this.#compare());
  }

  /** Registers the worker. Where a browser has none, or refuses it, the page works as before, with its server only. */
  async keep(): Promise<void> {
    try {
      const registration = await this.#workers?.register(scriptUrl("./sw.js"), { updateViaCache: "none" });
      let looked = Date.now();
      document.addEventListener("visibilitychange", () => {
        if (!document.hidden && Date.now() - looked > EVERY) {
          looked = Date.now();
          registration?.update().catch(() => undefined);
        }
      });
    } catch {
      // A private window, or storage that is full.
    }
  }

  /**
   * A worker took over: is it of the version that this page is of? The one that is there when the page is loaded is not asked: a page that
   * has just come from its server may be newer than it.
   */
  #compare(): void {
    const files = document.querySelectorAll<HTMLScriptElement | HTMLLinkElement>("script[src], link[rel=stylesheet], link[rel=modulepreload]");
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      this.newer = data === false;
    };
    this.#workers?.controller?.postMessage([...files].map((one) => ("src" in one ? one.src : one.href)), [port2]);
  }
}

export const shell = new Shell();
