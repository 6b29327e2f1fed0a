// A page that stays up to date while somebody looks at it, and says so when it is not.
import { byId, el, replace } from "./dom.js";
import { clock, t } from "./words.js";

const SLOW = 3000;

export class Live {
  // `load(signal)` shows everything anew; it gives false when something of it could not be shown, and throws when nothing could.
  constructor(load) {
    this.load = load;
    this.since = null;
    this.asking = null;
  }

  start(seconds) {
    const look = () => document.hidden || this.asking || this.refresh();
    setInterval(look, seconds * 1000);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.refresh();
    });
    addEventListener("offline", () => this.say("live.not"));
  }

  // A newer question makes the one before it pointless.
  async refresh() {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    document.body.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => this.say("live.slow"), SLOW);
    try {
      const whole = await this.load(asking.signal);
      if (asking.signal.aborted) return;
      if (whole !== false) this.since = clock();
      this.say(whole === false ? "live.partly" : "live");
      replace(byId("error"));
    } catch (error) {
      if (asking.signal.aborted) return;
      this.say("live.not");
      showError(error, this.since, () => this.refresh());
    } finally {
      clearTimeout(slow);
      if (this.asking === asking) {
        this.asking = null;
        document.body.removeAttribute("aria-busy");
      }
    }
  }

  say(state) {
    const place = byId("live");
    if (!place) return;
    place.dataset.state = state;
    place.textContent = t(this.since || state === "live.slow" ? state : `${state}.yet`, { time: this.since ?? "–" });
  }
}

// Asks for several things at once. Each is shown when it is there; one that fails spoils its own place and no other.
export async function each(signal, parts) {
  const errors = [];
  const one = async ({ ask, show, place }) => {
    try {
      const answer = await ask();
      if (signal.aborted) return;
      show(answer);
      place.querySelector(":scope > .problem")?.remove();
    } catch (error) {
      if (signal.aborted) return;
      errors.push(error);
      showProblem(place, error);
    }
  };
  await Promise.all(parts.map(one));
  if (errors.length === parts.length) {
    for (const { place } of parts) place.querySelector(":scope > .problem")?.remove();
    throw errors[0];
  }
  return errors.length === 0;
}

function showProblem(place, error) {
  for (const loading of place.querySelectorAll(".loading")) loading.remove();
  place.querySelector(":scope > .problem")?.remove();
  place.hidden = false;
  place.prepend(el("div", { class: "notice bad problem", role: "alert" }, t("error.part", { detail: said(error) })));
}

function said(error) {
  if (error.name === "TimeoutError") return t("error.slow");
  return error.status === 0 ? t("error.network") : error.message;
}

export function showError(error, since, again) {
  const known = { 401: "error.session", 403: "error.forbidden" }[error.status];
  const text = t(known ?? (since ? "error.stale" : "error.other"), { detail: said(error), time: since });
  const button = el("button", { type: "button", class: "button", on: { click: again } }, t("error.again"));
  replace(byId("error"), el("div", { class: "notice bad", role: "alert" }, el("span", {}, text), button));
  for (const loading of document.querySelectorAll(".loading")) loading.remove();
}
