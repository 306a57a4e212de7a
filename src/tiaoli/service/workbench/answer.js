/** The answer: decisions with amount and conditions, and, of the one that is open, its reasons, its dates and what would change it. */

import { fill, h, keep } from "./dom.js";
import { labelOf } from "./form.js";
import { placeOf, specAt } from "./model.js";
import { timeline } from "./timeline.js";
import { derivation, openAll } from "./tree.js";
import { inWords } from "./values.js";
import { hasTranslation, headed, joined, language, ofNorm, said, t } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** @type {Record<string, {mark: string, word: any}>} */
export const OUTCOME = {
  eligible: { mark: "✓", word: "eligible" },
  not_eligible: { mark: "✗", word: "not_eligible" },
  unknown: { mark: "?", word: "outcome_unknown" },
};
/** @type {Record<string, {mark: string, word: any}>} */
const STATUS = {
  met: { mark: "✓", word: "status_met" },
  unmet: { mark: "✗", word: "status_unmet" },
  unknown: { mark: "?", word: "status_unknown" },
};

/** @param {any} decision */
export const nameOf = (decision) => `${decision.benefit} ${decision.subject}`;

/** The amount of a decision in words; empty where there is none to tell. @param {Desk} desk @param {any} decision */
export function amountOf(desk, decision) {
  if (decision.outcome !== "eligible") return "";
  const currency = said(desk.vocabulary.currency.statement);
  if (decision.amount !== null) return t("amount", { amount: grouped(decision.amount), currency });
  if (decision.amount_range) {
    const [low, high] = decision.amount_range.map(grouped);
    return t("amount_range", { low, high, currency });
  }
  return desk.benefit(decision.benefit).has_amount ? t("amount_open") : "";
}

/** The outcome of a decision, in the policy's words. @param {Desk} desk @param {any} decision @returns {string} */
export const outcomeOf = (desk, decision) => said(desk.benefit(decision.benefit).outcomes[decision.outcome]);

/** What a decision gives beside money, each in words. @param {any} decision @returns {string[]} */
export const resultsOf = (decision) => (decision.results ?? []).map((/** @type {any} */ result) => said(result.statement));

/** The standard of which a share is paid, in words; null where the whole is paid. @param {Desk} desk @param {any} decision */
function standardOf(desk, decision) {
  if (decision.standard === undefined) return null;
  const { rate } = decision;
  if (decision.standard === null) return rate ? t("standard_rate", { rate }) : t("standard_open");
  const amount = t("amount", { amount: grouped(decision.standard), currency: said(desk.vocabulary.currency.statement) });
  return rate ? t("standard_of", { amount, rate }) : t("standard", { amount });
}

/** @param {string} amount */
function grouped(amount) {
  const [whole, cents] = amount.split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${cents}`;
}

/** @param {Desk} desk @param {any} decision */
export function titleOf(desk, decision) {
  const benefit = desk.benefit(decision.benefit);
  const spec = specAt(desk.model, benefit.list.split("."));
  return { benefit: said(benefit.statement), subject: `${spec ? labelOf(spec) : ""} ${decision.subject}`.trim() };
}

/** @param {HTMLElement} host @param {Desk} desk */
export function drawDecisions(host, desk) {
  const { answer, problems, failed } = desk.state;
  host.setAttribute("aria-busy", String(desk.state.busy));
  host.classList.toggle("stale", desk.state.busy);
  if (problems.length) return fill(host, h("p.nothing", {}, t("said_problems", { count: problems.length })));
  if (failed) {
    const back = h("button", { type: "button", id: "readings-default", on: { click: () => desk.read({}) } }, t("readings_reset"));
    return fill(host, h("p.nothing.wrong", {}, t("said_failed", { reason: failed })), Object.keys(desk.state.readings).length ? h("p", {}, back) : null);
  }
  if (!answer) return fill(host, h("p.nothing", {}, t("deciding")));
  if (!answer.decisions.length) return fill(host, h("p.nothing", {}, t("nothing_asked")));
  return fill(
    host,
    desk.state.partial ? h("p.note.wrong", {}, t("partial", { reason: desk.state.partial })) : null,
    answer.limit_reached ? h("p.note", {}, t("limit_reached")) : null,
    answer.decisions.map((/** @type {any} */ decision) => card(desk, decision)),
    exclusive(desk),
    answer.notes.map((/** @type {any} */ note) => h("p.note", {}, said(note.statement))),
    assumed(desk),
  );
}

/** @param {Desk} desk @param {any} decision */
function card(desk, decision) {
  const name = nameOf(decision);
  const open = desk.state.open === name;
  const outcome = OUTCOME[decision.outcome];
  const { benefit, subject } = titleOf(desk, decision);
  const id = `decision-${decision.benefit}-${decision.subject.replaceAll("/", "-")}`;
  const button = h(
    "button.decision",
    { type: "button", id, "aria-expanded": String(open), "aria-controls": `${id}-body`, on: { click: () => desk.open(open ? "" : name) } },
    h("span.seal", { "aria-hidden": "true" }, outcome.mark),
    h("span.what", {}, h("span.benefit", {}, headed(benefit)), h("span.subject", {}, h("span", { lang: ofNorm() }, decision.clause), ` ${subject}`)),
    h("span.outcome", {}, h("b", {}, headed(outcomeOf(desk, decision))), h("span.amount", {}, [amountOf(desk, decision), ...resultsOf(decision)].filter(Boolean).join(t("comma")))),
  );
  return h(
    "article.card",
    { class: `is-${decision.outcome}${open ? " open" : ""}`, "data-decision": name },
    h("h3", {}, button),
    h("div.body", { id: `${id}-body`, hidden: !open }, open ? body(desk, decision) : null),
  );
}

/** @param {Desk} desk @param {any} decision */
function body(desk, decision) {
  const { why, whyFailed, stale } = desk.state.details;
  const line = (/** @type {any} */ condition) =>
    keep(desk.kept, `condition ${condition.id}`, [nameOf(decision), condition, language()], () => conditionLine(desk, decision, condition));
  const verdict = decision.readings && h("p.verdict", { class: `verdict-${decision.readings.verdict}` }, headed(t(`verdict_${decision.readings.verdict ?? "open"}`)));
  return [
    verdict,
    decision.standard === undefined ? null : h("p.note", {}, standardOf(desk, decision)),
    resultsOf(decision).map((text) => h("p.note", {}, text)),
    decision.gap?.length ? h("p.note", {}, t("gap", { ids: decision.gap.join(t("comma")) })) : null,
    h("h4", {}, t("conditions")),
    h("ul.conditions", {}, decision.conditions.map(line)),
    missing(desk, decision),
    h(
      "div.explained",
      { class: stale ? "stale" : "", "aria-busy": String(Boolean(stale)) },
      h("h4", {}, t("timeline")),
      why ? keep(desk.kept, "timeline", [why.timeline, why.applied_on, language()], () => timeline(why.timeline, why.applied_on)) : h("p.hint", {}, t("deciding")),
      h("h4", {}, why ? t(why.outcome === "unknown" ? "tree_unknown" : why.outcome === "eligible" ? "tree_why" : "tree_why_not") : t("tree")),
      whyFailed ? h("p.problem", {}, whyFailed) : why ? reasons(desk, why) : h("p.hint", {}, t("deciding")),
    ),
    repairs(desk, decision),
    days(desk),
  ];
}

/** @param {Desk} desk @param {any} decision @param {any} condition */
function conditionLine(desk, decision, condition) {
  const known = desk.benefit(decision.benefit).conditions.find((/** @type {any} */ other) => other.id === condition.id);
  const status = STATUS[condition.status];
  const id = `quote-${decision.benefit}-${condition.id}`;
  const clauses = [...new Set(known.sentences.map((/** @type {string} */ anchor) => desk.sentence(anchor)?.clause ?? anchor))];
  const quotes = h(
    "div.quotes",
    { id, hidden: true },
    known.sentences.map((/** @type {string} */ anchor) => {
      const sentence = desk.sentence(anchor);
      return h("blockquote", { lang: ofNorm() }, sentence.text, language() === "en" && hasTranslation() ? h("p.translation", { lang: "en" }, sentence.translation) : null);
    }),
  );
  const button = h(
    "button.condition",
    {
      type: "button",
      id: `condition-${decision.benefit}-${condition.id}`,
      "aria-expanded": "false",
      "aria-controls": id,
      "data-cites": known.sentences.join(" "),
      on: {
        click: () => {
          quotes.hidden = !quotes.hidden;
          button.setAttribute("aria-expanded", String(!quotes.hidden));
        },
      },
    },
    h("span.mark", { "aria-hidden": "true" }, status.mark),
    h("span.hidden", {}, `${t(status.word)}${t("colon")}`),
    h("span.said", {}, headed(said(known.statement))),
    h("span.clauses", { lang: ofNorm() }, joined(clauses)),
  );
  return h("li", { class: `is-${condition.status}` }, button, quotes);
}

/** @param {Desk} desk @param {any} decision */
function missing(desk, decision) {
  const paths = [...new Set([...(decision.missing ?? []), ...(decision.missing_for_amount ?? []), ...(decision.missing_for_results ?? [])])];
  if (!paths.length) return null;
  const link = (/** @type {string} */ path) => {
    const place = placeOf(desk.state.content, path);
    const spec = specAt(desk.model, place);
    return h("li", {}, h("a", { href: `#f:${place.join("/")}` }, `${spec ? labelOf(spec) : path}`), h("code", {}, path));
  };
  return [h("h4", {}, t("missing")), h("ul.missing", {}, paths.map(link))];
}

/** @param {Desk} desk @param {any} why */
function reasons(desk, why) {
  const label = t("tree");
  const tree = keep(desk.kept, "tree", [why.tree, language()], () => derivation(why.tree, label));
  const button = (/** @type {any} */ key, /** @type {() => void} */ act) => h("button.quiet", { type: "button", id: `tree-${key}`, on: { click: act } }, t(key));
  return [
    h(
      "div.row.tree-tools",
      {},
      button("tree_open", () => openAll(tree, true)),
      button("tree_close", () => openAll(tree, false)),
      desk.state.details.full ? button("tree_short", () => desk.explain(false)) : button("tree_full", () => desk.explain(true)),
      h("span.hint", {}, t("tree_keys")),
    ),
    tree,
  ];
}

/** @param {Desk} desk @param {any} decision */
function repairs(desk, decision) {
  const { whatIf, whatIfBusy, whatIfFailed } = desk.state.details;
  const lose = decision.outcome === "eligible";
  const heading = h("h4", { id: "repairs-title", tabindex: -1 }, t(lose ? "repairs_lose" : "repairs"));
  if (whatIfFailed) return [heading, h("p.problem", {}, whatIfFailed)];
  if (whatIfBusy) return [heading, h("p.hint", {}, t("deciding"))];
  if (!whatIf)
    return [heading, h("button", { type: "button", id: "repairs-ask", on: { click: () => desk.whatIf(lose) } }, t(lose ? "repairs_lose_ask" : "repairs_ask"))];
  if (!whatIf.repairs.length) return [heading, h("p.nothing", {}, whatIf.impossible ? said(whatIf.impossible) : t("repairs_none"))];
  return [
    heading,
    h("ol.repairs", {}, whatIf.repairs.map((/** @type {any} */ repair, /** @type {number} */ at) => repairLine(desk, repair, at))),
    whatIf.complete ? null : h("p.hint", {}, t("repairs_more")),
    whatIf.limit_reached ? h("p.note", {}, t("limit_reached")) : null,
  ];
}

/** @param {Desk} desk @param {any} repair @param {number} at */
function repairLine(desk, repair, at) {
  const { content } = desk.state;
  const change = (/** @type {any} */ each) => {
    const place = placeOf(content, each.path);
    const spec = specAt(desk.model, place);
    const from = each.unknown ? undefined : each.from;
    return h(
      "li",
      { "data-facts": each.path },
      h("span.path", {}, spec ? labelOf(spec) : each.path, " ", h("code", {}, each.path)),
      h("span.values", {}, h("del", {}, inWords(desk.model, content, spec, place, from)), " → ", h("ins", {}, inWords(desk.model, content, spec, place, each.to))),
      h("span.tag", {}, `${t("repair_by")} ${t(/** @type {any} */ (`by_${each.by}`))}`),
    );
  };
  return h(
    "li.repair",
    { "data-facts": repair.changes.map((/** @type {any} */ each) => each.path).join(" ") },
    h("p", { id: `repair-${at}` }, said(repair.statement)),
    h("ul.changes", {}, repair.changes.map(change)),
    h("button", { type: "button", id: `repair-${at}-apply`, "aria-describedby": `repair-${at}`, on: { click: () => desk.apply(repair.changes) } }, t("repair_apply")),
  );
}

/** @param {Desk} desk */
function days(desk) {
  const { when, whenBusy, whenFailed } = desk.state.details;
  const heading = h("h4", {}, t("when"));
  if (whenFailed) return [heading, h("p.problem", {}, whenFailed)];
  if (whenBusy) return [heading, h("p.hint", {}, t("deciding"))];
  if (!when) return [heading, h("button", { type: "button", id: "when-ask", on: { click: () => desk.when() } }, t("when_ask"))];
  if (!when.spans.length) return [heading, h("p.nothing", {}, t("when_none"))];
  const span = (/** @type {any} */ each) =>
    each.from && each.to ? t("from_to", each) : each.from ? t("from_on", each) : each.to ? t("until", each) : "—";
  return [
    heading,
    h(
      "ul.spans",
      {},
      when.spans.map((/** @type {any} */ each) => h("li", {}, h("b", {}, span(each)), h("p", {}, said(each.opens)), h("p", {}, said(each.closes)))),
    ),
  ];
}

/** @param {Desk} desk */
function exclusive(desk) {
  const { answer } = desk.state;
  return (answer.exclusive ?? []).map((/** @type {string[][]} */ group) => {
    const items = group.map(([benefit, subject]) => Object.values(titleOf(desk, { benefit, subject })).join(" "));
    return h("p.note", {}, t("exclusive", { items: items.join(t("comma")) }));
  });
}

/** @param {Desk} desk */
function assumed(desk) {
  const { answer, content } = desk.state;
  const bearing = desk.relevant();
  const lists = answer.assumed.filter((/** @type {string} */ path) => {
    const spec = specAt(desk.model, placeOf(content, path));
    return spec && (!bearing || [...bearing].some((kind) => kind.startsWith(`${spec.path}.`)));
  });
  if (!lists.length) return null;
  const names = lists.map((/** @type {string} */ path) => {
    const spec = specAt(desk.model, placeOf(content, path));
    return path.includes(".") ? `${path.split(".").slice(1, -1).join(".")} ${spec ? labelOf(spec) : path}` : spec ? labelOf(spec) : path;
  });
  return h(
    "p.hint.assumed",
    {},
    t("assumed", { lists: names.join(t("comma")) }),
    " ",
    h("button.quiet", { type: "button", id: "assume", on: { click: () => desk.assumeEmpty(lists) } }, t("assume_empty")),
  );
}
