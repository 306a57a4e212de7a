/** The derivation as a tree that opens: one stop for the Tab key, arrow keys inside, each step marking what it rests on. */

import { h } from "./dom.js";
import { headed, ofNorm, said, t } from "./words.js";

/** What a step does for the conclusion: its words are true whichever it is. @type {Record<Role, {mark: string, word: "step_for"|"step_against"|"step_unknown"|"step_neither"}>} */
const ROLES = {
  for: { mark: "✓", word: "step_for" },
  against: { mark: "✗", word: "step_against" },
  unknown: { mark: "?", word: "step_unknown" },
  neither: { mark: "·", word: "step_neither" },
};

/** @typedef {"for"|"against"|"unknown"|"neither"} Role */

/** The role of a step or a window; where it has none, whether it is not known or speaks for neither side. @param {any} step @returns {Role} */
export const roleOf = ({ role, status }) => role ?? (status === "unknown" ? "unknown" : "neither");

/**
 * @param {any} root a node as the service gives it
 * @param {string} label
 * @returns {HTMLElement}
 */
export function derivation(root, label) {
  /** @type {Map<string, any>} */
  const named = new Map();
  const collect = (/** @type {any} */ node) => {
    if (node.id) named.set(node.id, node);
    (node.children ?? []).forEach(collect);
  };
  collect(root);
  let number = 0;
  const step = (/** @type {any} */ node, /** @type {number} */ level, /** @type {string} */ above) => {
    const is = node.ref ? named.get(node.ref) : node;
    const children = node.ref ? [] : is.children;
    const role = roleOf(is);
    const opened = level < 2 || role !== "for";
    const name = `step-${(number += 1)}`;
    const { mark, word } = ROLES[role];
    // words that the step above has quoted already are not quoted again
    const quoted = is.quote && is.anchor !== above && children.length ? h("q.quote", { lang: ofNorm() }, is.quote) : null;
    return h(
      "li.step",
      {
        role: "treeitem",
        id: node.id ? `node-${node.id}` : null,
        class: `is-${role} kind-${is.kind}`,
        tabindex: level === 1 ? 0 : -1,
        "aria-level": level,
        "aria-expanded": children.length ? String(opened) : null,
        "aria-labelledby": name,
        "data-cites": is.anchor ?? "",
        "data-facts": is.facts.join(" "),
        "data-ref": node.ref,
      },
      h(
        "div.line",
        { id: name },
        h("span.twist", { "aria-hidden": "true" }),
        h("span.mark", { "aria-hidden": "true" }, mark),
        h("span.hidden", {}, `${t(word)}${t("colon")}`),
        h("span.said", {}, headed(said(is.statement))),
        is.clause ? h("span.clauses", { lang: ofNorm() }, is.clause) : null,
        node.ref ? h("span.hint", {}, t("see")) : null,
        is.omitted ? h("span.hint", {}, t("omitted", { count: is.omitted })) : null,
      ),
      quoted,
      children.length ? h("ul", { role: "group" }, children.map((/** @type {any} */ child) => step(child, level + 1, is.anchor ?? above))) : null,
    );
  };
  const tree = h("ul.tree", { role: "tree", "aria-label": label }, step(root, 1, ""));
  tree.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const item = itemOf(event.target);
    if (!item) return;
    toggle(item);
    focus(tree, item);
  });
  tree.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const item = itemOf(event.target);
    if (item && !event.altKey && !event.ctrlKey && !event.metaKey && move(tree, item, event.key)) event.preventDefault();
  });
  return tree;
}

/** @param {HTMLElement} tree @param {boolean} opened */
export function openAll(tree, opened) {
  for (const item of tree.querySelectorAll("[aria-expanded]"))
    if (opened || item.getAttribute("aria-level") !== "1") item.setAttribute("aria-expanded", String(opened));
  focus(tree, /** @type {HTMLElement} */ (tree.querySelector("[role=treeitem]")), false);
}

/** @param {EventTarget|null} target @returns {HTMLElement|null} */
const itemOf = (target) => (target instanceof Element ? target.closest("[role=treeitem]") : null);

/** @param {HTMLElement} item */
function toggle(item) {
  const state = item.getAttribute("aria-expanded");
  if (state) item.setAttribute("aria-expanded", String(state !== "true"));
}

/** @param {HTMLElement} tree @param {HTMLElement} item @param {boolean} [now] */
function focus(tree, item, now = true) {
  for (const other of tree.querySelectorAll("[tabindex='0']")) other.setAttribute("tabindex", "-1");
  item.setAttribute("tabindex", "0");
  if (now) item.focus();
}

/** @param {HTMLElement} tree @param {HTMLElement} item @param {string} key @returns {boolean} whether the key meant something */
function move(tree, item, key) {
  const seen = /** @type {HTMLElement[]} */ ([...tree.querySelectorAll("[role=treeitem]")]).filter(
    (other) => !other.parentElement?.closest("[aria-expanded=false]"),
  );
  const at = seen.indexOf(item);
  const state = item.getAttribute("aria-expanded");
  const parent = /** @type {HTMLElement|null} */ (item.parentElement?.closest("[role=treeitem]") ?? null);
  if (key === "ArrowDown" && seen[at + 1]) focus(tree, seen[at + 1]);
  else if (key === "ArrowUp" && seen[at - 1]) focus(tree, seen[at - 1]);
  else if (key === "Home") focus(tree, seen[0]);
  else if (key === "End") focus(tree, seen[seen.length - 1]);
  else if (key === "ArrowRight" && state === "false") toggle(item);
  else if (key === "ArrowRight" && state === "true") focus(tree, seen[at + 1]);
  else if (key === "ArrowLeft" && state === "true") toggle(item);
  else if (key === "ArrowLeft" && parent) focus(tree, parent);
  else if ((key === "Enter" || key === " ") && item.dataset.ref) reveal(tree, item.dataset.ref);
  else if (key === "Enter" || key === " ") toggle(item);
  else return ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"].includes(key);
  return true;
}

/** @param {HTMLElement} tree @param {string} id */
function reveal(tree, id) {
  const item = /** @type {HTMLElement|null} */ (tree.querySelector(`#node-${CSS.escape(id)}`));
  for (let at = item?.parentElement?.closest("[aria-expanded]"); at; at = at.parentElement?.closest("[aria-expanded]")) at.setAttribute("aria-expanded", "true");
  if (item) focus(tree, item);
}
