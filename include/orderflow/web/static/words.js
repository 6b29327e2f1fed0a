// Words, numbers and times in the user's language and the shop's time zone.
import { ask } from "./api.js";
import { plain } from "./dom.js";
import { TEXTS } from "./texts.js";

const LONGEST_REASON = 60;
let texts = TEXTS.en;
let locale = "en-GB";
let timezone = "UTC";
let reasons = {};
let webshops = new Map();
let isDutch = false;

// What every page starts with: the language that Airflow was set to, else the browser's.
export async function readFrame() {
  const wish = (localStorage.getItem("i18nextLng") ?? navigator.language).toLowerCase();
  const frame = await ask("frame", { language: wish.startsWith("nl") ? "nl" : "en" });
  texts = TEXTS[frame.language];
  locale = frame.language === "nl" ? "nl-NL" : "en-GB";
  isDutch = frame.language === "nl";
  timezone = frame.timezone;
  reasons = frame.reasons;
  webshops = new Map(frame.webshops.map(({ id, name }) => [id, name]));
  document.documentElement.lang = frame.language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
  }
  for (const element of document.querySelectorAll("[data-hint]")) element.placeholder = t(element.dataset.hint);
  document.title = t("title");
  return frame;
}

export function t(key, values = {}) {
  const text = texts[key] ?? TEXTS.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// What puts texts that come with their Dutch into the user's language; a text without it stays English.
export const inLanguage = (dutch) => (text) => (isDutch && dutch?.[text]) || text;

// A webshop as the settings call it, with the number in its orders' names.
export function webshopName(id) {
  const name = webshops.get(id) ?? String(id);
  return name === String(id) ? name : `${name} (${id})`;
}

export const listName = (worklist) => t(`list.${worklist}`);
export const reasonText = (code) => reasons[code] ?? { meaning: code, owner: "", action: "", somebody_acts: true };

// A reason in a few words, for lists of reasons.
export function plainReason(code) {
  const text = plain(reasonText(code).meaning);
  return text.length <= LONGEST_REASON ? text : `${text.slice(0, LONGEST_REASON)}…`;
}

// A DAG as people call it.
export const dagName = (dagId) => (`dag.${dagId}` in TEXTS.en ? t(`dag.${dagId}`) : dagId);

export const number = (value) => new Intl.NumberFormat(locale).format(value);

export function money(amount, currency, digits = 2) {
  if (amount === null || amount === undefined) return "–";
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (!currency) return new Intl.NumberFormat(locale, format).format(Number(amount));
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency, ...format }).format(Number(amount));
  } catch {
    return `${amount} ${currency}`; // a currency that is no ISO code
  }
}

export const percent = (share) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(share);

// A length of time in its two largest units.
export function span(seconds) {
  const units = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];
  const first = Math.max(units.findIndex(([, size]) => seconds >= size), 0);
  let left = seconds >= 60 ? Math.round(seconds / 60) * 60 : Math.round(seconds);
  const parts = [];
  for (const [unit, size] of units.slice(seconds < 1 ? 3 : first, (seconds < 1 ? 3 : first) + 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    const format = { style: "unit", unit, unitDisplay: "narrow" };
    if (count > 0 || parts.length === 0) parts.push(new Intl.NumberFormat(locale, format).format(count));
  }
  return parts.join(" ");
}

export function moment(instant) {
  const options = { dateStyle: "medium", timeStyle: "medium", timeZone: timezone };
  return new Intl.DateTimeFormat(locale, options).format(new Date(instant));
}

// The shop's calendar day, as 2026-11-22.
export function dayOf(when) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: timezone }).format(when);
}

// The time, with its day where that is not today.
export function at(instant) {
  const then = new Date(instant);
  const options = { timeStyle: "short", timeZone: timezone };
  if (dayOf(then) !== dayOf(new Date())) options.dateStyle = "short";
  return new Intl.DateTimeFormat(locale, options).format(then);
}

export function clock() {
  return new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone: timezone }).format(new Date());
}

export function dayName(day, style = { weekday: "short", day: "numeric", month: "short" }) {
  return new Intl.DateTimeFormat(locale, { ...style, timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function ago(instant) {
  const seconds = (new Date(instant) - Date.now()) / 1000;
  if (Math.abs(seconds) < 60) return t("just.now");
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["minute", 60];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

export function age(instant) {
  const seconds = (Date.now() - new Date(instant)) / 1000;
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? ["minute", 60];
  const format = { style: "unit", unit, unitDisplay: "long" };
  return new Intl.NumberFormat(locale, format).format(Math.floor(Math.max(seconds, 0) / size));
}
