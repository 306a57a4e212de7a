/** The readings as switches, those that change this case first, each option with what it makes of which decision. */

import { fill, h } from "./dom.js";
import { amountOf, OUTCOME, outcomeOf, resultsOf, titleOf } from "./answer.js";
import { ofNorm, said, t } from "./words.js";

/** @param {HTMLElement} host @param {import("./desk.js").Desk} desk */
export function drawReadings(host, desk) {
  const { answer, readings, problems } = desk.state;
  host.hidden = !answer || problems.length > 0;
  if (host.hidden) return;
  const flips = answer.decisions.flatMap((/** @type {any} */ decision) =>
    (decision.readings?.flips ?? []).map((/** @type {any} */ flip) => ({
      ...flip,
      results: resultsOf(flip).filter((text) => !resultsOf(decision).includes(text)),
      benefit: decision.benefit,
      subject: decision.subject,
    })),
  );
  const matters = (/** @type {any} */ reading) => reading.reading in readings || desk.state.mattered.has(reading.reading);
  const all = desk.vocabulary.readings;
  const other = all.filter((/** @type {any} */ reading) => !matters(reading));
  fill(
    host,
    h("div.head", {}, h("h3", { id: "readings-title", tabindex: -1 }, t("readings")), Object.keys(readings).length ? reset(desk) : null),
    h("p.hint", {}, t("readings_hint")),
    all.filter(matters).map((/** @type {any} */ reading) => group(desk, reading, flips)),
    other.length
      ? h("details.others", { id: "readings-other" }, h("summary", {}, t("readings_other", { count: other.length })), other.map((/** @type {any} */ reading) => group(desk, reading, flips)))
      : null,
  );
}

/** @param {import("./desk.js").Desk} desk */
function reset(desk) {
  return h("button.quiet", { type: "button", id: "readings-reset", on: { click: () => desk.read({}) } }, t("readings_reset"));
}

/** @param {import("./desk.js").Desk} desk @param {any} reading @param {any[]} flips */
function group(desk, reading, flips) {
  const chosen = desk.state.answer.chosen_readings[reading.reading] ?? reading.default;
  const option = (/** @type {any} */ each) => {
    const id = `reading-${reading.reading}-${each.option}`;
    const own = flips.filter((flip) => flip.reading === reading.reading && flip.option === each.option);
    const radio = h("input", {
      type: "radio",
      name: `reading-${reading.reading}`,
      id,
      checked: each.option === chosen,
      "aria-describedby": own.length ? `${id}-flips` : null,
      on: { change: () => desk.choose(reading.reading, each.option) },
    });
    return h(
      "div.option",
      { class: own.length ? "flips" : "" },
      h("label", { for: id }, radio, h("span", {}, said(each.statement)), each.option === reading.default ? h("span.tag", {}, t("default")) : null),
      own.length
        ? h("ul.changes", { id: `${id}-flips`, "aria-label": t("flips") }, own.map((flip) => h("li", { class: `is-${flip.outcome}` }, h("span.mark", { "aria-hidden": "true" }, OUTCOME[flip.outcome].mark), becomes(desk, flip))))
        : null,
    );
  };
  return h(
    "fieldset.reading",
    { id: `reading-${reading.reading}`, tabindex: -1, "data-cites": reading.quotes.map((/** @type {any} */ quote) => quote.sentence).join(" ") },
    h("legend", {}, said(reading.question)),
    h("p.quoted", { lang: ofNorm() }, reading.quotes.map((/** @type {any} */ quote) => h("q", {}, quote.quote))),
    reading.options.map(option),
  );
}

/** @param {import("./desk.js").Desk} desk @param {any} flip */
function becomes(desk, flip) {
  const { benefit, subject } = titleOf(desk, flip);
  const amount = flip.amount ? `${t("comma")}${amountOf(desk, flip)}` : "";
  const results = flip.results.map((/** @type {string} */ text) => `${t("comma")}${text}`).join("");
  return t("flips_to", { benefit, subject, outcome: outcomeOf(desk, flip) }) + amount + results;
}
