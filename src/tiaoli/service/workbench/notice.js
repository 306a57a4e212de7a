/** The text of the notice, sentence by sentence with its anchors, and what each sentence became. */

import { h } from "./dom.js";
import { hasTranslation, language, ofNorm, said, t } from "./words.js";

/**
 * @param {any} notice as the service gives it
 * @returns {HTMLElement[]}
 */
export function noticeText(notice) {
  const sentences = notice.sentences;
  const isLine = (/** @type {any} */ sentence) => sentence.clause === null && sentence.not_computed?.kind === "heading";
  const isSection = (/** @type {number} */ at) => isLine(sentences[at]) && Boolean(sentences[at + 1]?.clause);
  const first = sentences.findIndex((/** @type {any} */ _, /** @type {number} */ at) => isSection(at) || !isLine(sentences[at]));
  const last = sentences.findLastIndex((/** @type {any} */ sentence) => !isLine(sentence));
  /** @type {HTMLElement[]} */
  const shown = [];
  /** @type {any[]} */
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) shown.push(clause(paragraph));
    paragraph = [];
  };
  for (let at = Math.max(first, 0); at <= last; at += 1) {
    const sentence = sentences[at];
    if (paragraph.length && (paragraph[0].clause !== sentence.clause || sentence.clause === null)) flush();
    if (isSection(at)) shown.push(h("h3", {}, ...words(sentence)));
    else paragraph.push(sentence);
  }
  flush();
  const before = sentences.slice(0, Math.max(first, 0));
  const after = sentences.slice(last + 1);
  return [...lines("preamble", before), ...shown, ...lines("annexes", after)];
}

/** @param {"preamble"|"annexes"} key @param {any[]} sentences */
function lines(key, sentences) {
  if (!sentences.length) return [];
  const content = sentences.map((sentence) => h("p", {}, ...words(sentence)));
  return [h("details.lines", { id: `notice-${key}` }, h("summary", {}, t(key)), content)];
}

/** @param {any} sentence */
function words(sentence) {
  const own = h("span.sentence", { lang: ofNorm(), "data-anchor": sentence.anchor, id: `s-${sentence.anchor}` }, sentence.text);
  if (language() === "zh" || !hasTranslation()) return [own];
  return [own, h("span.sentence.translation", { lang: "en", "data-anchor": sentence.anchor }, sentence.translation)];
}

/** @param {any[]} sentences of one clause, or one that belongs to none */
function clause(sentences) {
  const number = sentences[0].clause;
  const about = h("div.abouts");
  const chinese = h("p.text", { lang: ofNorm() });
  const english = h("p.text.translation", { lang: "en" });
  for (const sentence of sentences) {
    const box = h("div.about", { hidden: true, id: `about-${sentence.anchor}` });
    about.append(box);
    const chip = h(
      "button.chip",
      {
        type: "button",
        lang: "en",
        "aria-expanded": "false",
        "aria-controls": box.id,
        "aria-label": t("sentence_about", { anchor: sentence.anchor }),
        "data-anchor": sentence.anchor,
        on: {
          click: () => {
            const opened = box.hidden;
            if (opened && !box.childNodes.length) box.append(...aboutSentence(sentence));
            box.hidden = !opened;
            chip.setAttribute("aria-expanded", String(opened));
          },
        },
      },
      sentence.anchor,
    );
    const computed = sentence.rules.length ? "" : "plain";
    chinese.append(h("span.sentence", { id: `s-${sentence.anchor}`, "data-anchor": sentence.anchor, class: computed }, sentence.text), chip);
    english.append(h("span.sentence", { "data-anchor": sentence.anchor, class: computed }, sentence.translation), " ");
  }
  const heading = number ? h("h4", { lang: ofNorm() }, number) : null;
  return h("section.clause", { id: number ? `clause-${number}` : null }, heading, chinese, language() === "en" && hasTranslation() ? english : null, about);
}

/** @param {any} sentence */
function aboutSentence(sentence) {
  /** @type {any[]} */
  const shown = [];
  const part = (/** @type {any} */ key, /** @type {any[]} */ content) => {
    if (content.length) shown.push(h("h5", {}, t(key)), content);
  };
  part(
    "about_parameters",
    sentence.parameters.map((/** @type {any} */ item) => h("p", {}, `${said(item.statement)}${t("colon")}`, h("b", {}, String(item.value)), ` ${item.unit}`)),
  );
  part(
    "about_readings",
    sentence.readings.map((/** @type {any} */ item) =>
      h("p", {}, said(item.question), " ", h("a", { href: `#reading-${item.reading}` }, item.reading)),
    ),
  );
  part("about_doubts", sentence.doubts.map((/** @type {any} */ item) => h("p", {}, said(item.statement))));
  if (sentence.not_computed && sentence.not_computed.kind !== "heading") {
    const { part: only, why } = sentence.not_computed;
    part("about_not_computed", [h("p", {}, only ? h("q", { lang: ofNorm() }, only) : null, only ? t("colon") : null, said(why))]);
  }
  if (language() === "zh" && hasTranslation()) part("about_translation", [h("p", { lang: "en" }, sentence.translation)]);
  part(
    "about_rules",
    sentence.rules.map((/** @type {any} */ rule) => [h("p.file", {}, `${rule.file}:${rule.line}`), h("pre", { tabindex: 0, "aria-label": rule.file }, rule.text)]),
  );
  if (!sentence.rules.length) shown.push(h("p", {}, t("about_nothing")));
  return shown.flat(Infinity);
}
