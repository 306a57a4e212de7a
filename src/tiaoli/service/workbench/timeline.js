/** Days against the windows they had to lie in, drawn to scale, and the same in words. */

import { h } from "./dom.js";
import { roleOf } from "./tree.js";
import { headed, said, t } from "./words.js";

const DAY = 86_400_000;
const [EDGE, TOP, TEXT, BAR] = [12, 30, 19, 12];

/** @param {string} iso @returns {number} */
const time = (iso) => Date.parse(`${iso}T00:00:00Z`);

/** @type {Record<string, "inside"|"outside"|"inside_unknown">} */
const WHERE = { holds: "inside", fails: "outside", unknown: "inside_unknown" };
const MARKS = { for: "✓", against: "✗", unknown: "?", neither: "·" };

/**
 * @param {any[]} windows as an explanation has them
 * @param {string} appliedOn
 * @returns {HTMLElement}
 */
export function timeline(windows, appliedOn) {
  if (!windows.length) return h("p.hint", {}, t("timeline_none"));
  const picture = h("div.picture");
  const draw = () => picture.clientWidth && picture.replaceChildren(drawing(windows, appliedOn, picture.clientWidth));
  new ResizeObserver(draw).observe(picture);
  const words = h(
    "details.words",
    { id: "timeline-words" },
    h("summary", {}, t("timeline_table")),
    h("ul", {}, windows.map((window) => h("li", { "data-facts": window.path ?? "" }, inWords(window)))),
  );
  return h("figure.timeline", {}, picture, h("figcaption", {}, words));
}

/** @param {any} window @returns {string} */
function inWords(window) {
  const event = window.day ? t("event_on", { event: said(window.event), day: window.day }) : t("event_unknown", { event: said(window.event) });
  return `${headed(said(window.label))}${t("colon")}${span(window)}${t("stop")}${event}${t("comma")}${t(WHERE[window.status])}${t("stop")}`;
}

/** @param {any} window @returns {string} */
function span({ from, to }) {
  return from && to ? t("from_to", { from, to }) : from ? t("from_on", { from }) : t("until", { to });
}

/** @param {any[]} windows @param {string} appliedOn @param {number} width @returns {SVGElement} */
function drawing(windows, appliedOn, width) {
  const days = [appliedOn, ...windows.flatMap((window) => [window.from, window.to, window.day])].filter(Boolean).map(time);
  const spread = Math.max(Math.max(...days) - Math.min(...days), 60 * DAY);
  const [first, last] = [Math.min(...days) - spread * 0.06, Math.max(...days) + spread * 0.06];
  const x = (/** @type {number} */ at) => EDGE + ((at - first) / (last - first)) * (width - 2 * EDGE);
  const shown = [];
  let y = TOP;
  for (const window of windows) {
    const role = roleOf(window);
    const from = window.from ? x(time(window.from)) : 0;
    const to = window.to ? x(time(window.to) + DAY) : width;
    const event = window.day ? `${said(window.event)} ${window.day}` : t("event_unknown", { event: said(window.event) });
    const lines = [...wrapped(`${headed(said(window.label))}${t("colon")}${span(window)}`, width - 2 * EDGE), ...wrapped(`${MARKS[role]} ${event}`, width - 2 * EDGE)];
    const own = wrapped(`${MARKS[role]} ${event}`, width - 2 * EDGE).length;
    lines.forEach((line, at) => {
      y += TEXT;
      shown.push(h("svg:text", { x: EDGE, y: y - 5, class: at >= lines.length - own ? `event is-${role}` : "label" }, line));
    });
    const bar = y + 4;
    shown.push(h("svg:rect", { x: 0, y: bar, width, height: BAR, class: "ground" }));
    shown.push(h("svg:rect", { x: from, y: bar, width: Math.max(to - from, 2), height: BAR, class: `window is-${role}` }));
    for (const end of [window.from && from, window.to && to]) if (end) shown.push(h("svg:line", { x1: end, x2: end, y1: bar - 3, y2: bar + BAR + 3, class: "end" }));
    if (window.day) shown.push(marker(x(time(window.day) + DAY / 2), bar + BAR / 2, window.status, role));
    y = bar + BAR + 14;
  }
  const height = y + 22;
  const today = x(time(appliedOn) + DAY / 2);
  const right = today > width - 150;
  const words = `${t("application")} ${appliedOn}`;
  const title = h("svg:title", {}, t("timeline"));
  const text = h("svg:desc", {}, [t("event_on", { event: t("application"), day: appliedOn }) + t("stop"), ...windows.map(inWords)].join(" "));
  return h(
    "svg:svg",
    { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${t("timeline")}${t("colon")}${text.textContent}` },
    title,
    text,
    shown,
    axis(first, last, x, y, width),
    h("svg:line", { x1: today, x2: today, y1: 20, y2: y, class: "today" }),
    h("svg:text", { x: right ? today - 5 : today + 5, y: 15, class: "today", "text-anchor": right ? "end" : "start" }, words),
  );
}

/** A mark that differs by shape as well as by colour. @param {number} x @param {number} y @param {string} status @param {string} role */
function marker(x, y, status, role) {
  if (status === "fails") return h("svg:path", { d: `M${x - 6} ${y - 6}l12 12m0 -12l-12 12`, class: `marker crossed is-${role}` });
  if (status === "unknown") return h("svg:circle", { cx: x, cy: y, r: 7, class: `marker is-${role}` });
  return h("svg:path", { d: `M${x} ${y - 9}l9 9l-9 9l-9 -9z`, class: `marker is-${role}` });
}

/** @param {number} first @param {number} last @param {(at: number) => number} x @param {number} y @param {number} width */
function axis(first, last, x, y, width) {
  const months = (last - first) / (30.44 * DAY);
  const step = [1, 2, 3, 6, 12, 24, 60, 120, 600].find((each) => months / each <= width / 84) ?? 1200;
  const start = new Date(first);
  const shown = [h("svg:line", { x1: 0, x2: width, y1: y, y2: y, class: "axis" })];
  const index = start.getUTCFullYear() * 12 + start.getUTCMonth();
  for (let month = Math.ceil(index / step) * step; ; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (at > last) break;
    if (at < first || x(at) > width - 46) continue;
    const name = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
    shown.push(h("svg:line", { x1: x(at), x2: x(at), y1: y, y2: y + 5, class: "axis" }), h("svg:text", { x: x(at) + 3, y: y + 16, class: "tick" }, name));
  }
  return shown;
}

/** Text broken into lines of about a width: a Chinese letter is as wide as it is high, others about half. @param {string} text @param {number} width */
function wrapped(text, width) {
  const lines = [""];
  const long = (/** @type {string} */ word) => [...word].reduce((sum, letter) => sum + (letter > "\u2e80" || /[A-Zmw%@]/.test(letter) ? 14 : 7.6), 0);
  const words = text.match(/[\u2e80-\uffef]|[^\u2e80-\uffef\s]+|\s+/g) ?? [];
  let used = 0;
  // a long id fits in no line of a phone, and is broken where it must be
  for (const word of words.flatMap((word) => (long(word) > width ? [...word] : [word]))) {
    const needs = long(word);
    if (used + needs > width && used > 0) {
      lines.push("");
      used = 0;
    }
    lines[lines.length - 1] += word;
    used += needs;
  }
  return lines;
}
