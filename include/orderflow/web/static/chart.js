// Orders per day as stacked bars, with a table that says the same.
import { byId, el, replace } from "./dom.js";
import { dayName, listName, money, number, t } from "./words.js";

const { Chart } = window;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colourOf = (worklist) => colour(`--list-${worklist.replaceAll(" ", "-")}`);

const FINE = ["processed", "offline sent", "skipped", "in progress", "waiting"];

// A dot above each day on which something needs people: one order among hundreds is a bar of no height.
const PROBLEMS = {
  id: "problems",
  afterDatasetsDraw(chart) {
    const { ctx, scales, chartArea } = chart;
    chart.data.labels.forEach((_day, index) => {
      const shown = chart.data.datasets.filter((set, at) => chart.isDatasetVisible(at) && set.data[index] > 0);
      const worst = shown.filter((set) => !FINE.includes(set.worklist)).at(-1);
      if (!worst) return;
      const top = scales.y.getPixelForValue(shown.reduce((sum, set) => sum + set.data[index], 0));
      ctx.beginPath();
      ctx.arc(scales.x.getPixelForValue(index), Math.max(top - 8, chartArea.top - 5), 4, 0, 2 * Math.PI);
      ctx.fillStyle = worst.backgroundColor;
      ctx.fill();
    });
  },
};

export class DayChart {
  // `choose(day, worklist)` is called for the bar that is clicked.
  constructor(worklists, choose) {
    this.worklists = worklists;
    this.choose = choose;
    this.unit = "orders";
    this.currency = null;
    this.overview = null;
    this.chart = null;
    addEventListener("themechange", () => this.overview && this.draw());
    for (const button of document.querySelectorAll("[data-unit]")) {
      button.addEventListener("click", () => {
        this.unit = button.dataset.unit;
        this.draw();
      });
    }
    byId("currency").addEventListener("change", (event) => {
      this.currency = event.target.value;
      this.draw();
    });
  }

  show(overview) {
    this.overview = overview;
    const currencies = [...new Set(overview.per_day.map((cell) => cell.currency).filter(Boolean))].sort();
    if (!currencies.includes(this.currency)) this.currency = currencies[0] ?? null;
    const options = currencies.map((code) => el("option", { value: code, selected: code === this.currency }, code));
    replace(byId("currency"), ...options);
    this.draw();
  }

  // Value per list and day, in orders or in one currency's money.
  series() {
    const { days, per_day: cells } = this.overview;
    const position = new Map(days.map((day, index) => [day, index]));
    const found = new Map();
    for (const cell of cells) {
      if (this.unit === "amount" && cell.currency !== this.currency) continue;
      if (!found.has(cell.worklist)) found.set(cell.worklist, days.map(() => 0));
      found.get(cell.worklist)[position.get(cell.day)] += this.unit === "amount" ? Number(cell.amount) : cell.orders;
    }
    return this.worklists.filter((name) => found.has(name)).map((name) => ({ name, values: found.get(name) }));
  }

  format(value) {
    return this.unit === "amount" ? money(value, this.currency, 0) : number(value);
  }

  draw() {
    for (const button of document.querySelectorAll("[data-unit]")) {
      button.setAttribute("aria-pressed", String(button.dataset.unit === this.unit));
    }
    byId("currency").parentElement.hidden = this.unit !== "amount" || byId("currency").options.length < 2;
    const series = this.series();
    byId("chart-empty").hidden = series.length > 0;
    byId("chart-box").hidden = series.length === 0;
    this.table(series);
    const data = {
      labels: this.overview.days,
      datasets: series.map(({ name, values }) => ({
        label: listName(name),
        data: values,
        worklist: name,
        backgroundColor: colourOf(name),
        hoverBackgroundColor: colourOf(name),
        borderColor: colour("--panel"),
        borderWidth: { top: 1 },
        borderRadius: 2,
        maxBarThickness: 44,
      })),
    };
    if (this.chart) {
      this.chart.data = data;
      this.chart.options = this.options();
      this.chart.update("none");
    } else if (series.length > 0) {
      this.chart = new Chart(byId("chart"), { type: "bar", data, options: this.options(), plugins: [PROBLEMS] });
    }
  }

  options() {
    const text = colour("--muted");
    const grid = colour("--line");
    const font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
    const days = this.overview.days;
    const narrow = matchMedia("(max-width: 40rem)").matches;
    return {
      animation: false,
      layout: { padding: { top: 10 } },
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      onClick: (event, _active, chart) => {
        const [bar] = chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, false);
        const [day] = chart.getElementsAtEventForMode(event, "index", { intersect: false }, false);
        if (bar) this.choose(days[bar.index], chart.data.datasets[bar.datasetIndex].worklist);
        else if (day) this.choose(days[day.index], "");
      },
      onHover: (event, active) => event.native.target.classList.toggle("pointing", active.length > 0),
      scales: {
        x: {
          stacked: true,
          grid: { display: false },
          border: { color: grid },
          ticks: { color: text, font, maxRotation: 0, autoSkipPadding: 12, callback: (index) => shortDay(days[index]) },
        },
        y: {
          stacked: true,
          grid: { color: grid },
          border: { display: false },
          ticks: { color: text, font, precision: 0, maxTicksLimit: 6, callback: (value) => this.format(value) },
        },
      },
      plugins: {
        legend: {
          position: "bottom",
          labels: { color: text, font, boxWidth: 10, boxHeight: 10, padding: narrow ? 8 : 14 },
        },
        tooltip: {
          backgroundColor: colour("--tip"),
          titleColor: colour("--tip-text"),
          bodyColor: colour("--tip-text"),
          footerColor: colour("--tip-text"),
          titleFont: font,
          bodyFont: font,
          footerFont: font,
          padding: 10,
          boxPadding: 4,
          filter: (item) => item.parsed.y > 0,
          itemSort: (a, b) => b.datasetIndex - a.datasetIndex,
          callbacks: {
            title: ([first]) => (first ? dayName(days[first.dataIndex], LONG) : ""),
            label: (item) => `${item.dataset.label}: ${this.format(item.parsed.y)}`,
            footer: (items) => `${t("chart.total")}: ${this.format(items.reduce((sum, i) => sum + i.parsed.y, 0))}`,
          },
        },
      },
    };
  }

  table(series) {
    const head = [t("chart.day"), ...series.map(({ name }) => listName(name)), t("chart.total")];
    const rows = this.overview.days.map((day, index) => {
      const row = series.map(({ values }) => values[index]);
      return [dayName(day, LONG), ...[...row, row.reduce((sum, value) => sum + value, 0)].map((v) => this.format(v))];
    });
    replace(
      byId("chart-table"),
      el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))),
      el(
        "tbody",
        {},
        ...rows.reverse().map(([day, ...values]) =>
          el("tr", {}, el("th", { scope: "row" }, day), ...values.map((value) => el("td", { class: "right" }, value))),
        ),
      ),
    );
  }
}

const LONG = { weekday: "long", day: "numeric", month: "long" };
const shortDay = (day) => dayName(day, { day: "numeric", month: "short" });
