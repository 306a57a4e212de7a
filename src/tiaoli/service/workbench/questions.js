/** The unknown facts that can still decide, as questions with their own controls, best first. */

import { fill, h } from "./dom.js";
import { OUTCOME, outcomeOf, titleOf } from "./answer.js";
import { field } from "./form.js";
import { placeOf, specAt } from "./model.js";
import { inWords } from "./values.js";
import { said, t } from "./words.js";

/** @param {HTMLElement} host @param {import("./desk.js").Desk} desk */
export function drawQuestions(host, desk) {
  const { questions, answer, problems } = desk.state;
  host.hidden = !questions || problems.length > 0 || !answer?.decisions.length;
  if (host.hidden) return;
  host.classList.toggle("stale", desk.state.busy);
  const heading = h("h3", { id: "questions-title", tabindex: -1 }, t("questions"));
  if (!questions.length) return fill(host, heading, h("p.hint", {}, t("questions_none")));
  fill(host, heading, h("p.hint", {}, t("questions_hint")), h("ol.asked", {}, questions.map((/** @type {any} */ question) => line(desk, question))));
}

/** @param {import("./desk.js").Desk} desk @param {any} question */
function line(desk, question) {
  const place = placeOf(desk.state.content, question.path);
  const spec = specAt(desk.model, place);
  if (!spec) return null;
  return h(
    "li",
    { "data-facts": question.path, "data-question": question.path },
    h(
      "form.answering",
      {
        on: {
          submit: (/** @type {Event} */ event) => {
            event.preventDefault();
            desk.reply(place);
          },
        },
      },
      field(desk.draft(), spec, place, said(question.question)),
      h("button", { id: `q:${place.join("/")}/reply` }, t("reply")),
    ),
    h("p.why", {}, said(question.why), question.for_amount ? h("span.tag", {}, t("for_amount")) : null),
    question.settles.length
      ? h("ul.settles", {}, question.settles.map((/** @type {any} */ each) => h("li", {}, h("span.mark", { "aria-hidden": "true" }, OUTCOME[each.outcome].mark), settled(desk, spec, place, each))))
      : null,
  );
}

/** @param {import("./desk.js").Desk} desk @param {import("./model.js").Spec} spec @param {import("./model.js").Place} place @param {any} each */
function settled(desk, spec, place, each) {
  const value = each.answer === "null" ? null : spec.kind === "boolean" ? each.answer === "true" : each.answer;
  const answer = String(each.answer).includes("..") ? t("from_to", ends(each.answer)) : inWords(desk.model, desk.state.content, { ...spec, unit: null }, place, value);
  const { benefit, subject } = titleOf(desk, each);
  return t("settles", { answer, benefit, subject, outcome: outcomeOf(desk, each) });
}

/** @param {string} range */
function ends(range) {
  const [from, to] = range.split("..");
  return { from, to };
}
