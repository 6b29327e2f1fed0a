// What is assumed about shop and ERP, as the last check found it.
import { byId, el, prose, replace } from "./dom.js";
import { ago, inLanguage, number, t } from "./words.js";

const FAILS = "does not hold";
const MARKS = { holds: "check.holds", [FAILS]: "check.fails" };

// What has changed comes first, then what a person has to do, then what else does not hold.
const urgency = ({ was, todo, outcome }) => (was ? 0 : todo ? 1 : outcome === FAILS ? 2 : outcome === "holds" ? 4 : 3);

export function showCheck(check, mayRun, run) {
  const button = byId("check-now");
  button.hidden = !mayRun;
  button.onclick = run;
  const verdicts = check ? [...check.verdicts].sort((one, other) => urgency(one) - urgency(other)) : [];
  byId("check-when").textContent = check ? t("check.when", { ago: ago(check.at) }) : t("check.never");
  byId("check-sum").textContent = check ? summed(verdicts) : "";
  byId("check-box").hidden = !check;
  const said = inLanguage(check?.dutch);
  const head = ["check.assumed", "check.outcome", "check.seen", "check.follows"].map((name) => el("th", { scope: "col" }, t(name)));
  replace(byId("check-table"), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...verdicts.map((one) => row(one, said))));
  const unsafe = Object.values(check?.unsafe ?? {});
  replace(byId("check-unsafe"), ...unsafe.map((risk) => el("li", {}, el("strong", {}, t("check.unsafe")), " ", ...prose(said(risk)))));
  const proposed = Object.keys(check?.proposed ?? {}).length > 0;
  byId("check-proposed").hidden = !proposed;
  byId("check-json").textContent = proposed ? JSON.stringify(check.proposed, null, 2) : "";
  const reasons = Object.entries(check?.reasons ?? {}).map(([path, why]) => el("li", {}, el("code", {}, path), ": ", ...prose(said(why))));
  replace(byId("check-reasons"), ...reasons);
}

function summed(verdicts) {
  const count = (which) => number(verdicts.filter(which).length);
  return t("check.sum", {
    holds: count(({ outcome }) => outcome === "holds"),
    fails: count(({ outcome }) => outcome === FAILS),
    todo: count(({ todo }) => todo),
  });
}

function row({ id, sentence, outcome, checked, seen, follows, todo, was }, said) {
  const word = t(MARKS[outcome] ?? "check.unseen");
  const before = was ? t("check.was", { was: t(MARKS[was] ?? "check.unseen") }) : "";
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, ...prose(said(sentence)), el("br"), el("code", { class: "small" }, id)),
    el("td", {}, outcome === FAILS ? el("strong", {}, word) : word, before ? el("p", { class: "small" }, before) : null),
    el("td", {}, ...prose(said(seen)), checked ? el("p", { class: "small muted" }, t("check.by"), " ", ...prose(said(checked))) : null),
    el("td", {}, ...prose([follows, todo].filter(Boolean).map(said).join("; "))),
  );
}
