/** Making elements: the few lines that stand in for a framework. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes and children.
 *
 * @param {string} name tag, with classes after dots: "p.hint"; "svg:rect" makes one of SVG
 * @param {Record<string, any>} [attributes] those that are null, undefined or false are left out; `on` maps events to handlers
 * @param {...(Node|string|null|undefined|false|Array<any>)} children
 * @returns {any} the element
 */
export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = tag.startsWith("svg:") ? document.createElementNS(SVG, tag.slice(4)) : document.createElement(tag);
  if (classes.length) element.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    else if (key === "class") element.classList.add(...String(value).split(" ").filter(Boolean));
    else if (key === "value" || key === "checked" || key === "disabled") element[key] = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * An element that stays as the reader left it, opened or closed, as long as what it is made from says the same.
 *
 * @param {Map<string, {text: string, element: any}>} kept
 * @param {string} name
 * @param {any} from
 * @param {() => any} make
 * @returns {any} the element
 */
export function keep(kept, name, from, make) {
  const text = JSON.stringify(from);
  const had = kept.get(name);
  if (had?.text === text) return had.element;
  const element = make();
  kept.set(name, { text, element });
  return element;
}

/** Draw, and give the focus back to the element that had it, if that was kept: one that is moved loses it. @param {() => void} draw */
export function holdingFocus(draw) {
  const focused = /** @type {HTMLElement|null} */ (document.activeElement);
  draw();
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

/**
 * Put new content into an element, and the focus back to where it was, if something with that id is still there.
 *
 * @param {Element} place
 * @param {...any} children
 */
export function fill(place, ...children) {
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const id = focused?.id;
  const caret = focused instanceof HTMLInputElement && focused.type === "text" ? [focused.selectionStart, focused.selectionEnd] : null;
  const open = new Set([...place.querySelectorAll("details[open][id]")].map((details) => details.id));
  place.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  for (const details of place.querySelectorAll("details[id]")) if (open.has(details.id)) details.setAttribute("open", "");
  const again = id ? document.getElementById(id) : null;
  again?.focus({ preventScroll: true });
  if (caret && again instanceof HTMLInputElement && again.type === "text") again.setSelectionRange(caret[0], caret[1]);
}

// a browser does not always tell that a button was let go, as over a list that it opened
const LONGEST_PRESS = 800;
let pressed = -LONGEST_PRESS;
let composing = false;
/** @type {Array<() => void>} */
let waiting = [];

function release() {
  if (composing || performance.now() < pressed + LONGEST_PRESS) return;
  const due = waiting;
  waiting = [];
  for (const act of due) act();
}

const letGo = () => {
  pressed = -LONGEST_PRESS;
  setTimeout(release);
};
addEventListener("pointerdown", () => ((pressed = performance.now()), setTimeout(release, LONGEST_PRESS + 1)), true);
for (const event of ["pointerup", "pointercancel", "change"]) addEventListener(event, letGo, true);
addEventListener("compositionstart", () => (composing = true), true);
addEventListener("compositionend", () => ((composing = false), setTimeout(release)), true);

/** Do something once no button is held down and no word is being composed: neither a click nor a word gets lost. @param {() => void} act */
export function whenFree(act) {
  waiting.push(act);
  setTimeout(release);
}

/** @param {string} id @returns {HTMLElement} */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Go to an element: bring it into sight and give it the focus. @param {HTMLElement|null} element @param {ScrollLogicalPosition} [block] */
export function goTo(element, block = "center") {
  if (!element) return;
  for (let parent = element.closest("details:not([open])"); parent; parent = parent.parentElement?.closest("details:not([open])") ?? null)
    parent.setAttribute("open", "");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
  element.focus({ preventScroll: true });
}
