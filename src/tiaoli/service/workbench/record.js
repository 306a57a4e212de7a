/** What a printed page needs beside the answer: the facts, the readings in force, and the sentences cited, each in full. */

import { fill, h } from "./dom.js";
import { labelOf } from "./form.js";
import { inWords } from "./values.js";
import { headed, ofNorm, said, t } from "./words.js";

/** @param {HTMLElement} host @param {import("./desk.js").Desk} desk */
export function drawRecord(host, desk) {
  const { answer, content } = desk.state;
  if (!answer) return fill(host);
  const chosen = Object.entries(answer.chosen_readings).map(([name, option]) => {
    const reading = desk.vocabulary.readings.find((/** @type {any} */ each) => each.reading === name);
    return h("li", {}, `${said(reading?.question) || name} — ${said(reading?.options.find((/** @type {any} */ each) => each.option === option)?.statement) || option}`);
  });
  fill(
    host,
    h("h2", {}, t("record_facts")),
    facts(desk, desk.model, [], content),
    h("h2", {}, t("record_readings")),
    chosen.length ? h("ul", {}, chosen) : h("p", {}, t("record_default")),
    h("h2", {}, t("record_clauses")),
    cited(desk).map((sentence) => h("p.cited-text", { lang: ofNorm() }, h("b", {}, `${sentence.clause ?? ""} ${sentence.anchor} `), sentence.text)),
  );
}

/** @param {import("./desk.js").Desk} desk @param {import("./model.js").Spec} spec @param {import("./model.js").Place} place @param {any} value @returns {HTMLElement} */
function facts(desk, spec, place, value) {
  const rows = spec.parts.flatMap((part) => {
    const inner = value?.[part.key];
    if (inner === undefined || (part.kind === "list" && !inner.length)) return [];
    if (part.kind === "list")
      return inner.map((/** @type {any} */ item, /** @type {number} */ at) =>
        h("div", {}, h("dt", {}, `${headed(labelOf(part))} ${item.id}`), h("dd", {}, facts(desk, part, [...place, part.key, at], item))),
      );
    if (part.kind === "object" && inner) return [h("div", {}, h("dt", {}, headed(labelOf(part))), h("dd", {}, facts(desk, part, [...place, part.key], inner)))];
    return [h("div", {}, h("dt", {}, headed(labelOf(part))), h("dd", {}, inWords(desk.model, desk.state.content, part, [...place, part.key], inner)))];
  });
  return h("dl", {}, rows);
}

/** The sentences that the conditions of the decisions and the reasons shown rest on, in the notice's order. @param {import("./desk.js").Desk} desk */
function cited(desk) {
  const anchors = new Set(
    desk.state.answer.decisions.flatMap((/** @type {any} */ decision) =>
      desk.benefit(decision.benefit).conditions.flatMap((/** @type {any} */ condition) => condition.sentences),
    ),
  );
  const walk = (/** @type {any} */ node) => {
    if (node.anchor) anchors.add(node.anchor);
    (node.children ?? []).forEach(walk);
  };
  if (desk.state.details.why) walk(desk.state.details.why.tree);
  return desk.notice.sentences.filter((/** @type {any} */ sentence) => anchors.has(sentence.anchor));
}
