/**
 * What is pointed at, with the mouse or by the focus, and what it rests on: an element with `data-cites` names sentences of the notice, one
 * with `data-facts` places of the case; both are marked while it is pointed at. A sentence marks what cites it.
 */

const POINTING = "[data-cites], [data-facts], [data-anchor]";

/** @param {Document} page */
export function markWhatIsPointedAt(page) {
  // what lies under the mouse goes before what has the focus, until a key is pressed; it is looked up anew, for what is
  // drawn again comes and goes under a mouse that rests
  /** @type {[number, number]|null} */
  let mouse = null;
  const mark = () => {
    const under = mouse && page.elementFromPoint(...mouse);
    point(under?.closest(POINTING) ? under : page.activeElement);
  };
  const moved = (/** @type {PointerEvent} */ event) => {
    mouse = [event.clientX, event.clientY];
    mark();
  };
  page.addEventListener("pointerover", moved);
  page.documentElement.addEventListener("pointerleave", moved);
  page.addEventListener("keydown", () => (mouse = null), true);
  for (const name of ["focusin", "focusout"]) page.addEventListener(name, mark);
}

/** @param {EventTarget|null} target */
function point(target) {
  for (const marked of document.querySelectorAll(".lit")) marked.classList.remove("lit");
  const pointing = /** @type {HTMLElement|null} */ (target instanceof Element ? target.closest(POINTING) : null);
  if (!pointing) return;
  const { cites, facts, anchor } = pointing.dataset;
  if (anchor) {
    for (const citing of document.querySelectorAll(`[data-cites~="${CSS.escape(anchor)}"]`)) citing.classList.add("lit");
    return;
  }
  let first = true;
  for (const name of (cites ?? "").split(" ").filter(Boolean))
    for (const sentence of document.querySelectorAll(`.sentence[data-anchor="${CSS.escape(name)}"]`)) {
      sentence.classList.add("lit");
      if (first) intoSight(/** @type {HTMLElement} */ (sentence));
      first = false;
    }
  for (const path of (facts ?? "").split(" ").filter(Boolean))
    document.querySelector(`#form [data-path="${CSS.escape(path)}"]`)?.classList.add("lit");
}

/** Scroll the notice, never the page: where the notice does not scroll by itself, it stays. @param {HTMLElement} sentence */
function intoSight(sentence) {
  const pane = /** @type {HTMLElement|null} */ (sentence.closest(".scroll"));
  if (!pane || pane.scrollHeight <= pane.clientHeight) return;
  const offset = sentence.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  if (offset < 0 || offset > pane.clientHeight - 60) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    pane.scrollTo({ top: pane.scrollTop + offset - pane.clientHeight / 3, behavior: calm ? "auto" : "smooth" });
  }
}
