// How long orders take from when they can go until the ERP has them and the shop knows; how old the open ones are.
import { byId, el, replace } from "./dom.js";
import { dayName, number, percent, span, t } from "./words.js";

const { Chart } = window;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const TICKS = [60, 300, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800, 2_592_000];
const sum = (days, name) => days.reduce((total, day) => total + day[name], 0);

// The service level as the reader writes it: 95% within 4h.
const goal = ({ share, within }) => t("trends.goal", { share: percent(share), time: span(within) });

export class TrendChart {
  constructor() {
    this.until = "erp";
    this.chart = null;
    this.trends = null;
    addEventListener("themechange", () => this.trends && this.draw());
    for (const button of document.querySelectorAll("[data-until]")) {
      button.addEventListener("click", () => {
        this.until = button.dataset.until;
        this.draw();
      });
    }
  }

  show(trends) {
    this.trends = trends;
    byId("trends").hidden = trends.per_day.length === 0 && Object.values(trends.ages).every((count) => count === 0);
    this.draw();
  }

  draw() {
    for (const button of document.querySelectorAll("[data-until]")) {
      button.setAttribute("aria-pressed", String(button.dataset.until === this.until));
    }
    const { days, per_day: found, level } = this.trends;
    const of = new Map(found.map((day) => [day.day, day]));
    const line = (name, colourOf, dash = []) => ({
      label: t(`trends.${name}`),
      data: days.map((day) => of.get(day)?.[`${this.until}_${name}`] ?? null).map((value) => value && Math.max(value, 1)),
      borderColor: colour(colourOf),
      backgroundColor: colour(colourOf),
      borderDash: dash,
      borderWidth: 2,
      pointRadius: days.length > 31 ? 0 : 2,
      spanGaps: true,
    });
    const asked = { ...line("level", "--bad", [6, 4]), label: level && goal(level), data: days.map(() => level?.within), pointRadius: 0 };
    const datasets = [line("median", "--list-partly-written-back"), line("p95", "--list-overdue"), ...(level ? [asked] : [])];
    this.figures();
    this.table();
    byId("trends-box").hidden = found.length === 0;
    if (this.chart) {
      this.chart.data = { labels: days, datasets };
      this.chart.options = this.options();
      this.chart.update("none");
    } else if (found.length > 0) {
      this.chart = new Chart(byId("trends-chart"), { type: "line", data: { labels: days, datasets }, options: this.options() });
    }
  }

  options() {
    const text = colour("--muted");
    const font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
    const { days } = this.trends;
    return {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: {
          grid: { display: false },
          border: { color: colour("--line") },
          ticks: { color: text, font, maxRotation: 0, autoSkipPadding: 12, callback: (index) => shortDay(days[index]) },
        },
        y: {
          type: "logarithmic",
          grid: { color: colour("--line") },
          border: { display: false },
          afterBuildTicks: (axis) => {
            const within = TICKS.filter((value) => value >= axis.min && value <= axis.max);
            axis.ticks = (within.length > 0 ? within : [axis.max]).map((value) => ({ value }));
          },
          ticks: { color: text, font, callback: (value) => span(value) },
        },
      },
      plugins: {
        legend: { position: "bottom", labels: { color: text, font, boxWidth: 18, boxHeight: 2 } },
        tooltip: {
          backgroundColor: colour("--tip"),
          titleColor: colour("--tip-text"),
          bodyColor: colour("--tip-text"),
          titleFont: font,
          bodyFont: font,
          padding: 10,
          callbacks: {
            title: ([first]) => (first ? dayName(days[first.dataIndex]) : ""),
            label: (item) => `${item.dataset.label}: ${span(item.parsed.y)}`,
          },
        },
      },
    };
  }

  figures() {
    const { per_day: found, level, ages } = this.trends;
    const came = sum(found, "in_erp");
    const due = sum(found, "due");
    const met = due ? sum(found, "met") / due : null;
    const figure = (name, value, missed = false) =>
      el("div", { class: missed ? "missed" : null }, el("dt", {}, name), el("dd", {}, value));
    const open = Object.entries(ages).filter(([, count]) => count > 0);
    replace(
      byId("trends-figures"),
      came ? figure(t("trends.first"), percent(sum(found, "first_try") / came)) : null,
      level && met !== null ? figure(t("trends.met", { level: goal(level) }), percent(met), met < level.share) : null,
      open.length > 0
        ? figure(t("trends.open"), open.map(([age, count]) => `${t(`age.${age}`)}: ${number(count)}`).join(" · "))
        : null,
    );
  }

  table() {
    const { per_day: found, level } = this.trends;
    const head = ["day", "orders", "median.erp", "p95.erp", "median.shop", "p95.shop", "first", ...(level ? ["met.short"] : [])];
    const shown = (seconds) => (seconds === null ? "–" : span(seconds));
    const share = (part, all) => (all ? percent(part / all) : "–");
    const row = (day) => [
      number(day.orders),
      ...[day.erp_median, day.erp_p95, day.shop_median, day.shop_p95].map(shown),
      share(day.first_try, day.in_erp),
      ...(level ? [share(day.met, day.due)] : []),
    ];
    replace(
      byId("trends-table"),
      el("thead", {}, el("tr", {}, ...head.map((name) => el("th", { scope: "col" }, t(`trends.${name}`))))),
      el(
        "tbody",
        {},
        ...[...found].reverse().map((day) =>
          el("tr", {}, el("th", { scope: "row" }, dayName(day.day)), ...row(day).map((text) => el("td", { class: "right" }, text))),
        ),
      ),
    );
  }
}

const shortDay = (day) => dayName(day, { day: "numeric", month: "short" });
