/** The page: loads what the service knows of the policy, and draws what lies on the desk. */

import { amountOf, drawDecisions, nameOf, OUTCOME, outcomeOf, titleOf } from "./answer.js";
import { Desk, reasonOf } from "./desk.js";
import { byId, fill, goTo, h, holdingFocus, whenFree } from "./dom.js";
import { drawFindings } from "./findings.js";
import { drawForm, labelOf } from "./form.js";
import { packed, unpacked } from "./link.js";
import { markWhatIsPointedAt } from "./marks.js";
import { modelOf, placeOf, specAt } from "./model.js";
import { noticeText } from "./notice.js";
import { drawQuestions } from "./questions.js";
import { drawReadings } from "./readings.js";
import { drawRecord } from "./record.js";
import { askText, get, Refused, useToken } from "./service.js";
import { language, ofNorm, said, speak, t, WORDS } from "./words.js";

/** @type {Desk|null} */
let desk = null;
let json = false;
/** @type {Array<{policy: string, id: string}>} */
let policies = [];

const KEPT = "tiaoli-language";

/** @param {any} carried what a link carries, or null */
function chooseLanguage(carried) {
  let kept = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    // a browser may forbid it; the language is then that of the browser
  }
  const wanted = [carried?.lang, kept, navigator.language.startsWith("zh") ? "zh" : "en"];
  speak(wanted.find((lang) => Object.keys(WORDS).includes(lang)));
}

/** Load a policy's words, form and text, and begin. @param {any} carried @param {string} damage what is wrong with the link */
async function begin(carried, damage = "") {
  drawWords();
  fill(byId("banner"), h("p.note", { role: "status" }, t("loading")));
  try {
    policies = (await get("health")).policies ?? [];
    const policy = policies.length > 1 ? (policies.find((each) => each.id === carried?.policy) ?? policies[0]).id : "";
    const from = (/** @type {string} */ what) => get(`v1/${what}${policy ? `?policy=${encodeURIComponent(policy)}` : ""}`);
    const [vocabulary, schema, notice, examples, findings] = await Promise.all(["vocabulary", "schema", "notice", "examples", "findings"].map(from));
    desk = new Desk({ policy, vocabulary, notice, examples: examples.examples, findings, model: modelOf(schema, vocabulary) }, draw);
  } catch (error) {
    return fill(byId("banner"), error instanceof Refused && error.status === 401 ? tokenForm(carried) : failure(error, carried));
  }
  fill(byId("banner"), damage ? h("p.note.wrong", { role: "alert" }, damage) : null);
  drawWords();
  drawAll();
  if (isCase(carried?.case)) {
    desk.start(carried.case, carried.readings ?? {}, carried.open ?? "");
    if (carried.benefit && desk.benefits.has(carried.benefit)) desk.narrow(carried.benefit);
  } else desk.decideSoon(0);
  desk.past = [];
  drawTools();
  desk.watchFindings();
}

/** @param {any} content */
const isCase = (content) => typeof content === "object" && content !== null && !Array.isArray(content);

/** @param {unknown} error @param {any} carried */
function failure(error, carried) {
  const again = h("button", { type: "button", on: { click: () => begin(carried) } }, t("retry"));
  return h("p.note.wrong", { role: "alert" }, t("loading_failed", { reason: reasonOf(error) }), " ", again);
}

/** @param {any} carried */
function tokenForm(carried) {
  const box = h("input", { id: "token", type: "password", autocomplete: "off", required: true, "aria-describedby": "token-hint" });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    useToken(box.value);
    begin(carried);
  };
  return h("form.note", { on: { submit } }, h("label", { for: "token" }, t("token")), " ", box, " ", h("button", {}, t("token_use")), h("p.hint", { id: "token-hint" }, t("token_hint")));
}

/** Words that stand in the page by themselves. */
function drawWords() {
  document.documentElement.lang = t("lang");
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = t(/** @type {any} */ (place).dataset.word);
  const title = said(desk?.vocabulary.title);
  document.title = title ? t("page", { title }) : "条理 Tiaoli";
  byId("title").textContent = title;
  byId("number").textContent = desk?.vocabulary.policy ?? "";
  byId("digest").textContent = desk ? t("digest", { digest: desk.vocabulary.policy_digest.slice(0, 19) }) : "";
  drawTools();
}

function drawTools() {
  const other = language() === "zh" ? "en" : "zh";
  const languages = Object.keys(WORDS).map((each) =>
    h(
      "button",
      { type: "button", id: `lang-${each}`, lang: WORDS[/** @type {"zh"} */ (each)].lang, "aria-pressed": String(each !== other), on: { click: () => change(/** @type {any} */ (each)) } },
      each === "zh" ? "中文" : "English",
    ),
  );
  fill(
    byId("tools"),
    policies.length > 1 && desk
      ? [
          h("label", { for: "policy" }, t("policy")),
          h(
            "select",
            { id: "policy", on: { change: (/** @type {any} */ event) => begin({ policy: event.target.value, lang: language() }) } },
            policies.map((each) => h("option", { value: each.id, selected: each.id === desk?.policy }, each.policy)),
          ),
        ]
      : null,
    desk
      ? [
          h("button", { type: "button", id: "link", on: { click: showLink } }, t("link")),
          h("button", { type: "button", id: "print", on: { click: () => print() } }, t("print")),
        ]
      : null,
    h("div.languages", { role: "group", "aria-label": t("language") }, languages),
  );
}

/** @param {"zh"|"en"} chosen */
function change(chosen) {
  speak(chosen);
  try {
    localStorage.setItem(KEPT, chosen);
  } catch {
    // a browser may forbid it; the language then holds as long as the page is open
  }
  drawWords();
  if (desk) drawAll();
}

async function showLink() {
  if (!desk) return;
  const link = `${location.href.split("#")[0]}#${await packed(desk.carried())}`;
  const box = h("input", { id: "link-text", type: "text", readonly: true, value: link, "aria-label": t("link_title"), on: { focus: () => box.select() } });
  const copied = h("span", { role: "status" });
  const copy = async () => {
    box.select();
    await navigator.clipboard?.writeText(link).catch(() => document.execCommand("copy"));
    copied.textContent = t("copied");
  };
  const dialog = h(
    "dialog",
    { "aria-labelledby": "link-title", on: { close: () => dialog.remove() } },
    h("h2", { id: "link-title" }, t("link_title")),
    h("p", {}, t("link_hint")),
    box,
    h(
      "div.row",
      {},
      h("button.main", { type: "button", id: "link-copy", on: { click: copy } }, t("copy")),
      h("button", { type: "button", on: { click: () => dialog.close() } }, t("close")),
      copied,
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}

function drawAll() {
  if (!desk) return;
  fill(byId("notice-text"), noticeText(desk.notice));
  for (const what of /** @type {const} */ (["case", "said", "answer", "questions", "readings", "findings"])) drawNow(what);
}

/** @type {Set<"case"|"answer"|"questions"|"readings"|"findings"|"said">} */
const due = new Set();

/** Have a part drawn anew, as soon as that takes nothing from under a finger. @param {"case"|"answer"|"questions"|"readings"|"findings"|"said"} what */
function draw(what) {
  if (!due.size)
    whenFree(() => {
      const parts = [...due];
      due.clear();
      holdingFocus(() => parts.forEach(drawNow));
    });
  due.add(what);
}

/** @param {"case"|"answer"|"questions"|"readings"|"findings"|"said"} what */
function drawNow(what) {
  if (!desk) return;
  if (what === "case") {
    drawCaseTools(desk);
    drawProblems(desk);
    if (json) drawJson(desk);
    else drawForm(byId("form"), desk.sheet());
  }
  if (what === "answer") {
    drawDecisions(byId("decisions"), desk);
    drawStrip(desk);
    drawRecord(byId("record"), desk);
    drawUndo(desk);
  }
  if (what === "questions") drawQuestions(byId("questions"), desk);
  if (what === "readings") drawReadings(byId("readings"), desk);
  if (what === "findings") drawFindings(byId("findings"), desk);
  if (what === "said") byId("said").textContent = summary(desk);
}

/** @param {Desk} on */
function summary(on) {
  const { answer, problems, failed } = on.state;
  if (problems.length) return t("said_problems", { count: problems.length });
  if (failed) return t("said_failed", { reason: failed });
  if (!answer?.decisions.length) return "";
  const count = (/** @type {string} */ outcome) => answer.decisions.filter((/** @type {any} */ each) => each.outcome === outcome).length;
  return t("said", { eligible: count("eligible"), not_eligible: count("not_eligible"), unknown: count("unknown") });
}

/** The outcomes, always in sight while the form is filled in. @param {Desk} on */
function drawStrip(on) {
  const decisions = on.state.answer?.decisions ?? [];
  byId("strip").hidden = !decisions.length;
  byId("strip").classList.toggle("stale", on.state.busy);
  fill(
    byId("strip"),
    decisions.map((/** @type {any} */ decision, /** @type {number} */ at) => {
      const { benefit, subject } = titleOf(on, decision);
      const go = () => {
        if (on.state.open !== nameOf(decision)) on.open(nameOf(decision));
        goTo(document.querySelector(`[data-decision="${CSS.escape(nameOf(decision))}"] button`));
      };
      return h(
        "button",
        { type: "button", id: `strip-${at}`, class: `is-${decision.outcome}`, title: `${benefit} ${subject}`, on: { click: go } },
        h("span.mark", { "aria-hidden": "true" }, OUTCOME[decision.outcome].mark),
        h("span.hidden", {}, outcomeOf(desk, decision)),
        h("span", { lang: ofNorm() }, decision.clause),
        h("span.subject", {}, decision.subject),
        h("span.amount", {}, amountOf(on, decision)),
      );
    }),
  );
}

/** @param {Desk} on */
function drawCaseTools(on) {
  const example = h(
    "select",
    {
      id: "example",
      on: {
        change: () => {
          const chosen = on.examples.find((/** @type {any} */ each) => each.name === example.value);
          if (chosen) {
            on.start(chosen.case);
            on.state.example = chosen.name;
            drawCaseTools(on);
          }
        },
      },
    },
    h("option", { value: "" }, t("example_choose")),
    on.examples.map((/** @type {any} */ each) => h("option", { value: each.name }, `${each.name.split("-")[0]} ${said(each.statement)}`)),
  );
  example.value = on.state.example;
  const benefit = h(
    "select",
    { id: "benefit", on: { change: () => on.narrow(benefit.value) } },
    h("option", { value: "" }, t("benefit_all")),
    on.vocabulary.benefits.map((/** @type {any} */ each) => h("option", { value: each.benefit }, `${each.clause} ${said(each.statement)}`)),
  );
  benefit.value = on.state.benefit;
  const view = (/** @type {boolean} */ wanted, /** @type {any} */ key) =>
    h(
      "button",
      {
        type: "button",
        id: key,
        "aria-pressed": String(json === wanted),
        on: {
          click: () => {
            json = wanted;
            draw("case");
          },
        },
      },
      t(key),
    );
  fill(
    byId("case-tools"),
    h("div.tool.wide", {}, h("label", { for: "example" }, t("example")), example),
    h("div.tool", {}, h("label", { for: "benefit" }, t("benefit_asked")), benefit),
    h("div.languages", { role: "group", "aria-label": t("view") }, view(false, "view_form"), view(true, "view_json")),
    h("button", { type: "button", id: "clear", on: { click: () => on.clear() } }, t("empty_case")),
    h("button", { type: "button", id: "undo", on: { click: () => on.undo() } }, t("undo")),
  );
  const chosen = on.examples.find((/** @type {any} */ each) => each.name === on.state.example);
  fill(byId("example-said"), chosen ? h("p.hint", {}, said(chosen.statement)) : null, on.state.note ? h("p.hint", { role: "status" }, on.state.note) : null);
  drawUndo(on);
}

/** @param {Desk} on */
function drawUndo(on) {
  const button = /** @type {HTMLButtonElement|null} */ (document.getElementById("undo"));
  if (button) button.disabled = !on.past.length;
}

/** @param {Desk} on */
function drawProblems(on) {
  const { problems } = on.state;
  const line = (/** @type {any} */ problem) => {
    const place = placeOf(on.state.content, problem.path);
    const spec = specAt(on.model, place);
    return h("li", {}, h("a", { href: `#f:${place.join("/")}` }, spec?.label ? `${labelOf(spec)} ` : null, h("code", {}, problem.path)), t("colon"), said(problem.reason));
  };
  fill(byId("problems"), problems.length ? h("div.note.wrong", { role: "alert" }, h("p", {}, t("problems", { count: problems.length })), h("ul", {}, problems.map(line))) : null);
}

/** The case as text: what the service finds in order is taken over. @param {Desk} on */
function drawJson(on) {
  const box = h("textarea", { id: "json", spellcheck: "false", rows: 24, "aria-describedby": "json-hint json-problem" });
  box.value = JSON.stringify(on.state.content, null, 2);
  const problem = h("div", { id: "json-problem", role: "alert" });
  const apply = async () => {
    const wrong = (/** @type {any[]} */ lines) => {
      box.setAttribute("aria-invalid", "true");
      fill(problem, lines.map((line) => h("p.problem", {}, line)));
    };
    try {
      JSON.parse(box.value);
    } catch (error) {
      return wrong([t("json_wrong", { reason: /** @type {Error} */ (error).message })]);
    }
    try {
      const { case: _, ...options } = on.question({ full: false });
      await askText("decide", box.value, options);
    } catch (error) {
      if (error instanceof Refused && error.errors.length) return wrong(error.errors.map((each) => `${each.path}${t("colon")}${said(each.reason)}`));
      return wrong([reasonOf(error)]);
    }
    on.change(JSON.parse(box.value), true);
  };
  fill(
    byId("form"),
    h("label.label", { for: "json" }, t("json_label")),
    box,
    h("p.hint", { id: "json-hint" }, t("json_hint")),
    problem,
    h(
      "div.row",
      {},
      h("button.main", { type: "button", id: "json-apply", on: { click: apply } }, t("json_apply")),
      h("button", { type: "button", on: { click: () => draw("case") } }, t("json_reset")),
    ),
  );
}

/** Links inside the page open what they point into; the case that a link carries stays out of the history. @param {MouseEvent} event */
function follow(event) {
  const link = event.target instanceof Element ? event.target.closest("a[href^='#']") : null;
  if (!link) return;
  event.preventDefault();
  // where a place is not in the form yet, what would make it is
  for (let id = decodeURIComponent(link.getAttribute("href")?.slice(1) ?? ""); id; id = id.slice(0, Math.max(id.lastIndexOf("/"), 0))) {
    const target = document.getElementById(id) ?? document.getElementById(`${id}/add`);
    if (target) return goTo(target, target.matches("section, fieldset") ? "start" : "center");
  }
}

document.addEventListener("click", follow);
markWhatIsPointedAt(document);
addEventListener("hashchange", () => location.reload());

let carried = null;
let damaged = false;
try {
  carried = await unpacked(location.hash);
} catch {
  damaged = true;
}
chooseLanguage(carried);
begin(carried, damaged ? t("link_broken") : "");
