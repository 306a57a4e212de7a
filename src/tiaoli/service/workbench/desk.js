/** What lies on the desk: a case, the readings chosen, and the service's answers to it. Every change is answered anew. */

import { pathOf, placeOf, specAt, valueAt, withValue } from "./model.js";
import { ask, get, Refused } from "./service.js";
import { language, said, speakOf, t } from "./words.js";

/** @typedef {import("./model.js").Place} Place */

const PAUSE = 350;
const MOST_STEPS = 100;

/** The day it is where the page is shown. */
const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

/** A case with what every case must have, and nothing more. @param {import("./model.js").Spec} model */
function emptyCase(model) {
  const required = model.parts.filter((part) => part.required);
  return Object.fromEntries(required.map((part) => [part.key, part.kind === "day" ? today() : "A-001"]));
}

export class Desk {
  /**
   * @param {any} loaded vocabulary, model, notice, examples, findings and the policy's id
   * @param {(what: "case"|"answer"|"questions"|"readings"|"findings"|"said") => void} draw
   */
  constructor(loaded, draw) {
    this.policy = loaded.policy;
    this.vocabulary = loaded.vocabulary;
    speakOf(this.vocabulary.languages);
    this.model = loaded.model;
    this.notice = loaded.notice;
    this.examples = loaded.examples;
    this.findings = loaded.findings;
    this.draw = draw;
    this.sentences = new Map(loaded.notice.sentences.map((/** @type {any} */ sentence) => [sentence.anchor, sentence]));
    this.benefits = new Map(loaded.vocabulary.benefits.map((/** @type {any} */ benefit) => [benefit.benefit, benefit]));
    /** @type {any} */
    this.state = {
      content: emptyCase(loaded.model),
      readings: {},
      benefit: "",
      example: "",
      open: "",
      busy: false,
      answer: null,
      questions: null,
      problems: [],
      failed: "",
      partial: "",
      details: {},
      mattered: new Set(),
      drafts: new Map(),
      note: "",
    };
    /** @type {Array<{content: any, readings: any}>} */
    this.past = [];
    /** Parts of the page that stay as the reader left them. @type {Map<string, {text: string, element: any}>} */
    this.kept = new Map();
    this.round = new AbortController();
    this.timer = 0;
  }

  /** @param {string} benefit @returns {any} */
  benefit(benefit) {
    return this.benefits.get(benefit);
  }

  /** @param {string} anchor @returns {any} */
  sentence(anchor) {
    return this.sentences.get(anchor);
  }

  /** The kinds of places that bear on what is asked; null where everything is asked. @returns {Set<string>|null} */
  relevant() {
    const benefit = this.benefits.get(this.state.benefit);
    return benefit ? new Set([...benefit.fields, benefit.list]) : null;
  }

  /** What the form is drawn from. @returns {import("./form.js").Sheet} */
  sheet() {
    return {
      model: this.model,
      content: this.state.content,
      problems: this.problemsByPlace(),
      relevant: this.relevant(),
      codes: this.codes(),
      prefix: "f:",
      set: (place, value, redraw) => this.change(withValue(this.state.content, place, value), redraw),
    };
  }

  /** What the questions are drawn from: answers that are not given yet stay beside the case. @returns {import("./form.js").Sheet} */
  draft() {
    return {
      ...this.sheet(),
      content: this.drafted(),
      problems: new Map(),
      relevant: null,
      prefix: "q:",
      set: (place, value, redraw) => {
        this.state.drafts.set(place.join("/"), { place, value });
        if (redraw) this.draw("questions");
      },
    };
  }

  /** Give the answer drafted for a place. @param {Place} place */
  reply(place) {
    const value = valueAt(this.drafted(), place);
    if (value === undefined) return;
    const key = place.join("/");
    for (const other of [...this.state.drafts.keys()]) if (other === key || other.startsWith(`${key}/`)) this.state.drafts.delete(other);
    this.change(withValue(this.state.content, place, value), true);
  }

  /** The case with the answers that are only drafted. */
  drafted() {
    return [...this.state.drafts.values()].reduce((content, { place, value }) => withValue(content, place, value), this.state.content);
  }

  codes() {
    const listed = this.vocabulary.codes.map((/** @type {any} */ row) => ({ value: row.code, label: row.label }));
    const named = this.vocabulary.parameters
      .filter((/** @type {any} */ each) => each.unit === "occupation" && !listed.some((/** @type {any} */ row) => row.value === each.value))
      .map((/** @type {any} */ each) => ({ value: String(each.value), label: said(each.statement) }));
    return [...listed, ...named];
  }

  problemsByPlace() {
    /** @type {Map<string, string[]>} */
    const found = new Map();
    for (const problem of this.state.problems) {
      const key = placeOf(this.state.content, problem.path).join("/");
      found.set(key, [...(found.get(key) ?? []), said(problem.reason)]);
    }
    return found;
  }

  // What a user does

  /** @param {any} content @param {boolean} redraw whether the form looks different after it */
  change(content, redraw) {
    this.remember();
    this.state.content = content;
    this.state.note = "";
    if (redraw) this.draw("case");
    this.decideSoon(redraw ? 0 : PAUSE);
  }

  /** Begin with another case. @param {any} content @param {any} [readings] @param {string} [open] the decision to open @param {string} [note] what to say of it */
  start(content, readings = {}, open = "", note = "") {
    this.remember();
    this.kept.clear();
    Object.assign(this.state, { content, readings, open, note, benefit: "", example: "", mattered: new Set(), questions: null, drafts: new Map() });
    this.draw("case");
    this.decideSoon(0);
  }

  clear() {
    this.start(emptyCase(this.model));
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    Object.assign(this.state, before, { note: "" });
    this.draw("case");
    this.decideSoon(0);
  }

  remember() {
    const { content, readings } = this.state;
    const last = this.past[this.past.length - 1];
    if (last && last.content === content && last.readings === readings) return;
    this.past = [...this.past.slice(-MOST_STEPS), { content, readings }];
  }

  /** @param {string} benefit */
  narrow(benefit) {
    this.state.benefit = benefit;
    this.draw("case");
    this.decideSoon(0);
  }

  /** @param {any} readings those that were chosen here */
  read(readings) {
    this.remember();
    this.state.readings = readings;
    this.decideSoon(0);
  }

  /** Choose an option; one that is a default too, as the service may have been started with others. @param {string} reading @param {string} option */
  choose(reading, option) {
    this.read({ ...this.state.readings, [reading]: option });
  }

  /** Put the changes of a repair into the case. @param {Array<{path: string, to: any}>} changes */
  apply(changes) {
    this.change(
      changes.reduce((content, each) => withValue(content, placeOf(content, each.path), each.to), this.state.content),
      true,
    );
  }

  /** Say of lists that were left out that they are empty. @param {string[]} paths */
  assumeEmpty(paths) {
    this.change(
      paths.reduce((content, path) => withValue(content, placeOf(content, path), []), this.state.content),
      true,
    );
  }

  /** @param {string} name of a decision; empty to close the one that is open */
  open(name) {
    this.state.open = name;
    this.state.details = {};
    this.draw("answer");
    if (name) this.explain(false);
  }

  // What the service is asked

  /** @param {number} pause milliseconds */
  decideSoon(pause) {
    this.round.abort();
    this.state.busy = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.decide(), pause);
    this.draw("answer");
  }

  /** @param {any} [more] */
  question(more = {}) {
    const { content, readings, benefit } = this.state;
    return { case: content, readings, ...(this.policy ? { policy: this.policy } : {}), ...(benefit ? { benefit } : {}), ...more };
  }

  async decide() {
    this.round.abort();
    this.round = new AbortController();
    const { signal } = this.round;
    const had = this.state.problems.length > 0;
    try {
      const quick = await ask("decide", this.question({ full: false }), signal);
      this.settle({ answer: quick, problems: [], failed: "", partial: "" });
      if (had) this.draw("case");
      this.draw("said");
      this.draw("answer");
      const details = this.state.open ? this.explain(false) : null;
      if (quick.decisions.length) await this.complete(signal);
      this.state.busy = false;
      for (const what of /** @type {const} */ (["answer", "readings", "questions"])) this.draw(what);
      await details;
    } catch (error) {
      if (signal.aborted) return;
      this.refused(error, had);
    }
  }

  /** What takes longer than the decision: what is missing, what other readings say, what to ask. The decision stands without it. @param {AbortSignal} signal */
  async complete(signal) {
    try {
      const full = await ask("decide", this.question(), signal);
      this.settle({ answer: full });
      for (const decision of full.decisions) for (const flip of decision.readings.flips) this.state.mattered.add(flip.reading);
      this.draw("answer");
      this.draw("readings");
      const open = full.decisions.some((/** @type {any} */ each) => each.missing.length || each.missing_for_amount.length || each.missing_for_results?.length);
      this.state.questions = open ? (await ask("ask", this.question(), signal)).questions : [];
    } catch (error) {
      if (signal.aborted) throw error;
      this.state.partial = reasonOf(error);
    }
  }

  /** @param {any} found */
  settle(found) {
    Object.assign(this.state, found);
    const names = this.state.answer.decisions.map((/** @type {any} */ each) => `${each.benefit} ${each.subject}`);
    if (!names.includes(this.state.open)) {
      const first = (/** @type {string} */ outcome) => this.state.answer.decisions.find((/** @type {any} */ each) => each.outcome === outcome);
      const shown = first("eligible") ?? first("unknown") ?? this.state.answer.decisions[0];
      this.state.open = shown ? `${shown.benefit} ${shown.subject}` : "";
    }
  }

  /** @param {unknown} error @param {boolean} had whether there were problems before */
  refused(error, had) {
    const inCase = error instanceof Refused ? error.errors.filter((each) => each.in === "case") : [];
    Object.assign(this.state, { busy: false, answer: null, questions: null, details: {}, problems: inCase, failed: inCase.length ? "" : reasonOf(error) });
    if (inCase.length || had) this.draw("case");
    for (const what of /** @type {const} */ (["said", "answer", "questions", "readings"])) this.draw(what);
  }

  /** One question about the decision that is open. @param {string} name @param {any} more @param {(found: any, failed: string) => void} take */
  async about(name, more, take) {
    const { signal } = this.round;
    const { open } = this.state;
    const [benefit, subject] = open.split(" ");
    try {
      const found = await ask(name, { ...this.question(more), benefit, subject }, signal);
      if (this.state.open === open && !signal.aborted) take(found, "");
    } catch (error) {
      if (!signal.aborted && this.state.open === open) take(null, reasonOf(error));
    }
    if (!signal.aborted) this.draw("answer");
  }

  /** @param {boolean} full whether every step is wanted */
  async explain(full) {
    const decision = this.state.answer?.decisions.find((/** @type {any} */ each) => `${each.benefit} ${each.subject}` === this.state.open);
    if (!decision) return;
    const { whatIf, when } = full ? this.state.details : { whatIf: null, when: null };
    this.state.details = { ...this.state.details, whatIf, when, full, stale: true };
    this.draw("answer");
    const name = decision.outcome === "eligible" ? "why" : "why-not";
    await this.about(name, full ? { full } : {}, (why, whyFailed) => Object.assign(this.state.details, { why, whyFailed, stale: false }));
    if (decision.outcome !== "eligible" && !whatIf) await this.whatIf(false);
  }

  /** @param {boolean} lose whether changes that lose it are wanted */
  async whatIf(lose) {
    Object.assign(this.state.details, { whatIfBusy: true, whatIf: null });
    this.draw("answer");
    await this.about("what-if", lose ? { lose } : {}, (whatIf, whatIfFailed) =>
      Object.assign(this.state.details, { whatIf, whatIfFailed, whatIfBusy: false }),
    );
  }

  async when() {
    Object.assign(this.state.details, { whenBusy: true });
    this.draw("answer");
    await this.about("when", {}, (when, whenFailed) => Object.assign(this.state.details, { when, whenFailed, whenBusy: false }));
  }

  /** Look again until the audit is done. */
  async watchFindings() {
    while (this.findings.state === "running") {
      await new Promise((done) => setTimeout(done, 4000));
      try {
        this.findings = await get(`v1/findings${this.policy ? `?policy=${this.policy}` : ""}`);
      } catch {
        this.findings = { state: "failed", findings: [] };
      }
    }
    this.draw("findings");
  }

  /** What a link carries. */
  carried() {
    const { content, readings, benefit, open } = this.state;
    return { case: content, readings, benefit, open, lang: language(), ...(this.policy ? { policy: this.policy } : {}) };
  }

  /** What is called how at a place. @param {string} path */
  labelAt(path) {
    const place = placeOf(this.state.content, path);
    return { place, spec: specAt(this.model, place), path: pathOf(this.state.content, place) };
  }
}

/** @param {unknown} error @returns {string} */
export function reasonOf(error) {
  if (error instanceof Refused) return error.errors.map((each) => `${each.path}${t("colon")}${said(each.reason)}`).join(t("stop")) || said(error.statement) || error.message;
  if (error instanceof TypeError) return t("no_connection");
  throw error;
}
