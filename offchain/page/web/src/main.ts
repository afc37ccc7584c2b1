import { mount } from "svelte";

import App from "./App.svelte";
import "./page.css";
import { network } from "./lib/chain.svelte";
import { firstLanguage, speak } from "./lib/language.svelte";
import { session } from "./lib/server";
import { takeToken } from "./lib/session";
import { shell } from "./offline/shell.svelte";

session.token = takeToken(location, history);
// Words first: a page that changes its language under the reader's eyes is worse than one a moment later.
try {
  await speak(firstLanguage());
} catch {
  document.body.textContent = "The server does not give the words of this page. Look whether it still runs, then load the page again.";
  throw new Error("no words");
}
network.start();
mount(App, { target: document.getElementById("page") ?? document.body });
// The files that this load needs come first.
if (document.readyState === "complete") {
  void shell.keep();
} else {
  addEventListener("load", () => void shell.keep());
}
