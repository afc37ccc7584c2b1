import { mount } from "svelte";

import App from "./App.svelte";
import "./page.css";
import { network } from "./lib/chain.svelte";
import { firstLanguage, speak } from "./lib/language.svelte";
import { session } from "./lib/server";
import { takeToken } from "./lib/session";

session.token = takeToken(location, history);
// Words first: a page that changes its language under the reader's eyes is worse than one a moment later.
await speak(firstLanguage()).catch(() => undefined);
network.start();
mount(App, { target: document.getElementById("page") ?? document.body });
