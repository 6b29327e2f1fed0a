// A page that stays up to date while somebody looks at it, and says so when it cannot.
import { byId, el, replace } from "./dom.js";
import { clock, t } from "./words.js";

export class Live {
  constructor(load) {
    this.load = load;
    this.seconds = 30;
    this.since = null;
    this.asking = null;
  }

  start(seconds) {
    this.seconds = seconds;
    setInterval(() => document.hidden || this.refresh(), seconds * 1000);
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
  }

  // A newer question makes the one before it pointless.
  async refresh() {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    document.body.setAttribute("aria-busy", "true");
    try {
      await this.load(asking.signal);
      this.since = clock();
      const state = byId("live");
      if (state) state.textContent = t("live", { time: this.since });
      replace(byId("error"));
    } catch (error) {
      if (!asking.signal.aborted) showError(error, this.since, () => this.refresh());
    } finally {
      if (this.asking === asking) document.body.removeAttribute("aria-busy");
    }
  }
}

export function showError(error, since, again) {
  const known = { 401: "error.session", 403: "error.forbidden" }[error.status];
  const text = t(known ?? (since ? "error.stale" : "error.other"), { detail: error.message, time: since });
  const button = el("button", { type: "button", class: "button", on: { click: again } }, t("error.again"));
  replace(byId("error"), el("div", { class: "notice bad", role: "alert" }, el("span", {}, text), button));
  for (const loading of document.querySelectorAll(".loading")) loading.remove();
}
