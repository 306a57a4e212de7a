/**
 * The case as a form. Every control stands for one place of the case and is rebuilt from the model, never from knowledge of the notice.
 *
 * An empty control is an unknown fact: the key is left out. What `null` means where it means something is said beside the control.
 */

import { fill, h, whenFree } from "./dom.js";
import { freshId, namesAround, pathOf, valueAt } from "./model.js";
import { headed, joined, language, ofNorm, said, t } from "./words.js";

/** @typedef {import("./model.js").Spec} Spec */
/** @typedef {import("./model.js").Place} Place */
/**
 * @typedef {object} Sheet what a control is made from
 * @property {Spec} model
 * @property {any} content the case
 * @property {Map<string, string[]>} problems messages by the key of their place
 * @property {Set<string>|null} relevant kinds of place that bear on what is asked; null where everything is
 * @property {Array<{value: string, label: string}>} codes codes to offer
 * @property {string} prefix of the ids of the controls: two sheets can stand on one page
 * @property {(place: Place, value: any, redraw: boolean) => void} set
 */

/** @param {Place} place */
export const keyOf = (place) => place.join("/");

/** What a field or list is called. @param {Spec} spec @returns {string} */
export function labelOf(spec) {
  if (spec.kind === "id") return t("id");
  return said(spec.label) || spec.key;
}

/** What null means at a place, with the items named. @param {Sheet} sheet @param {Spec} spec @param {Place} place */
function noneAt(sheet, spec, place) {
  const names = namesAround(sheet.model, sheet.content, place);
  return said(spec.none).replace(/\{(\w+)\}/g, (_, name) => names[name] ?? "") || t("none_plain");
}

/** The whole form. @param {HTMLElement} host @param {Sheet} sheet */
export function drawForm(host, sheet) {
  const { model, content } = sheet;
  const scalars = model.parts.filter((part) => part.kind !== "object" && part.kind !== "list");
  const objects = model.parts.filter((part) => part.kind === "object");
  const lists = model.parts.filter((part) => part.kind === "list");
  const given = lists.filter((part) => content[part.key]?.length);
  const absent = lists.filter((part) => !content[part.key]?.length && isRelevant(sheet, part));
  const strange = Object.keys(content).filter((key) => !model.parts.some((part) => part.key === key));
  fill(
    host,
    h("div.grid.top-facts", {}, scalars.map((part) => field(sheet, part, [part.key]))),
    objects.map((part) => group(sheet, part, [part.key])),
    given.map((part) => list(sheet, part, [part.key])),
    absent.length
      ? h(
          "fieldset.more",
          {},
          h("legend", {}, t("other_lists")),
          h("div.row", {}, absent.map((part) => adder(sheet, part, [part.key]))),
        )
      : null,
    strange.map((key) => stranger(sheet, [key])),
    h("datalist", { id: `${sheet.prefix}codes` }, sheet.codes.map(({ value, label }) => h("option", { value, label }))),
  );
}

/** @param {Sheet} sheet @param {Spec} spec */
function isRelevant(sheet, spec) {
  return !sheet.relevant || [...sheet.relevant].some((path) => path === spec.path || path.startsWith(`${spec.path}.`));
}

/** The fields of an object, those that hold nothing and bear on nothing asked left out. @param {Sheet} sheet @param {Spec} spec @param {Place} place */
function parts(sheet, spec, place) {
  const value = valueAt(sheet.content, place);
  const shown = spec.parts.filter((part) => value?.[part.key] !== undefined || part.required || isRelevant(sheet, part) || messages(sheet, [...place, part.key]).length);
  const plain = shown.filter((part) => part.kind !== "list" && part.kind !== "object");
  const strange = Object.keys(value ?? {}).filter((key) => !spec.parts.some((part) => part.key === key));
  return [
    h("div.grid", {}, plain.map((part) => field(sheet, part, [...place, part.key]))),
    shown.filter((part) => part.kind === "object").map((part) => field(sheet, part, [...place, part.key])),
    shown.filter((part) => part.kind === "list").map((part) => list(sheet, part, [...place, part.key])),
    strange.map((key) => stranger(sheet, [...place, key])),
  ];
}

/** An object of the case that is always there, like a person. @param {Sheet} sheet @param {Spec} spec @param {Place} place */
function group(sheet, spec, place) {
  if (!isRelevant(sheet, spec) && valueAt(sheet.content, place) === undefined) return null;
  return h("fieldset.card", {}, h("legend", {}, headed(labelOf(spec))), parts(sheet, spec, place), complaint(sheet, place, spec));
}

/** @param {Sheet} sheet @param {Spec} spec @param {Place} place */
function list(sheet, spec, place) {
  const items = valueAt(sheet.content, place);
  const label = labelOf(spec);
  const shown = Array.isArray(items) ? items : [];
  return h(
    "fieldset.list",
    { "data-path": pathOf(sheet.content, place) },
    h("legend", {}, headed(label), " ", h("span.count", {}, t("items", { count: shown.length }))),
    shown.map((item, index) => {
      const inside = [...place, index];
      const id = typeof item?.id === "string" ? item.id : "";
      const remove = h(
        "button.quiet",
        {
          type: "button",
          id: `${sheet.prefix}${keyOf(inside)}/remove`,
          "aria-label": t("remove_item", { label, id }),
          on: {
            click: () => sheet.set(place, shown.length > 1 ? shown.filter((_, other) => other !== index) : [], true),
          },
        },
        t("remove"),
      );
      return h("fieldset.card", {}, h("legend", {}, `${headed(label)} `, h("span.id", { lang: "en" }, id)), h("div.corner", {}, remove), parts(sheet, spec, inside));
    }),
    adder(sheet, spec, place),
    complaint(sheet, place, spec),
  );
}

/** @param {Sheet} sheet @param {Spec} spec @param {Place} place */
function adder(sheet, spec, place) {
  const items = valueAt(sheet.content, place);
  return h(
    "button.add",
    {
      type: "button",
      id: `${sheet.prefix}${keyOf(place)}/add`,
      on: {
        click: () => {
          const before = Array.isArray(items) ? items : [];
          sheet.set(place, [...before, { id: freshId(spec, before) }], true);
          whenFree(() => document.getElementById(`${sheet.prefix}${keyOf([...place, before.length])}/id`)?.focus());
        },
      },
    },
    h("span", { "aria-hidden": "true" }, "＋ "),
    t("add", { label: labelOf(spec) }),
  );
}

/** A key that the case format does not have: shown, so that it can be seen and taken away. @param {Sheet} sheet @param {Place} place */
function stranger(sheet, place) {
  const id = sheet.prefix + keyOf(place);
  const remove = h("button.quiet", { type: "button", id, on: { click: () => sheet.set(place, undefined, true) } }, t("remove"));
  const path = pathOf(sheet.content, place);
  const about = describe(sheet, place, remove, id);
  return h("div.field.wrong", { "data-path": path }, h("span.label", {}, t("unknown_key", { key: path })), " ", remove, about);
}

/** @param {Sheet} sheet @param {Place} place @returns {string[]} */
function messages(sheet, place) {
  return sheet.problems.get(keyOf(place)) ?? [];
}

/** Problems of a list or object itself. @param {Sheet} sheet @param {Place} place @param {Spec} spec */
function complaint(sheet, place, spec) {
  const found = messages(sheet, place);
  return found.length ? h("p.problem", { id: `${sheet.prefix}${keyOf(place)}`, tabindex: -1 }, `${labelOf(spec)}${t("colon")}${found.join(t("stop"))}`) : null;
}

/**
 * Tell a control what is wrong with it.
 *
 * @param {Sheet} sheet @param {Place} place @param {Element} control @param {string} id
 */
function describe(sheet, place, control, id) {
  const found = messages(sheet, place);
  if (!found.length) return null;
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", `${id}-problem`);
  return h("p.problem", { id: `${id}-problem` }, h("span", { "aria-hidden": "true" }, "⚠ "), found.join(t("stop")));
}

/**
 * One field with its label, its control, and what is to be said of it.
 *
 * @param {Sheet} sheet @param {Spec} spec @param {Place} place
 * @param {string} [question] said instead of the label
 */
export function field(sheet, spec, place, question) {
  const id = sheet.prefix + keyOf(place);
  const value = valueAt(sheet.content, place);
  const unknown = value === undefined && !spec.required;
  const label = question ?? headed(labelOf(spec));
  const set = (/** @type {any} */ given, redraw = false) => {
    const tag = tags.querySelector(".unknown");
    if (tag) /** @type {HTMLElement} */ (tag).hidden = given !== undefined;
    sheet.set(place, given, redraw);
  };
  const control = CONTROLS[spec.kind]?.({ sheet, spec, place, id, value, set, label }) ?? null;
  if (!control) return null;
  const main = control.matches?.("input, select, fieldset") ? control : (control.querySelector("input, select") ?? control);
  const problem = describe(sheet, place, main, id);
  const tags = h(
    "span.tags",
    {},
    spec.clauses.length && !question ? h("span.clauses", { lang: ofNorm(), "aria-hidden": "true" }, spec.clauses.length > 3 ? "" : joined(spec.clauses)) : null,
    spec.elsewhere ? h("span.tag", {}, t("elsewhere")) : null,
    spec.required || question ? null : h("span.tag.unknown", { hidden: !unknown }, t("unknown")),
  );
  const wrong = problem ? "wrong" : "";
  const shape = { "data-path": pathOf(sheet.content, place), class: wrong };
  if (control.matches?.("fieldset")) {
    control.prepend(h("legend", {}, label, " ", tags));
    control.append(problem ?? "");
    for (const [key, text] of Object.entries(shape)) if (text) key === "class" ? control.classList.add(text) : control.setAttribute(key, text);
    return control;
  }
  return h("div.field", shape, h("label", { for: id }, label, tags), control, problem);
}

/**
 * @typedef {{sheet: Sheet, spec: Spec, place: Place, id: string, value: any, set: (given: any, redraw?: boolean) => void, label: string}} Needs
 */

/** @type {Record<string, (needs: Needs) => any>} */
const CONTROLS = {
  id: text,
  text,
  money: text,
  code: text,
  number: text,
  day,
  boolean: choice,
  enum: choice,
  set: several,
  object: record,
};

/** As it is shown in a box: text as it is, anything else as JSON. @param {any} value */
const shown = (value) => (typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value));

/** @param {Needs} needs */
function text({ sheet, spec, id, value, set }) {
  const read = (/** @type {string} */ given) => {
    if (given === "" && !spec.required) return undefined;
    return spec.kind === "number" && /^-?\d{1,15}$/.test(given) ? Number(given) : given;
  };
  const box = h("input", {
    id,
    type: "text",
    value: shown(value),
    required: spec.required,
    autocomplete: "off",
    spellcheck: "false",
    inputmode: spec.kind === "money" ? "decimal" : spec.kind === "number" ? "numeric" : null,
    list: spec.kind === "code" ? `${sheet.prefix}codes` : null,
    // an id is part of the names of other places: they are drawn anew when it is done
    on: { input: () => spec.kind !== "id" && set(read(box.value)), change: () => spec.kind === "id" && set(read(box.value), true) },
  });
  return spec.unit ? h("span.with-unit", {}, box, h("span.unit", {}, said(spec.unit))) : box;
}

/** @param {Needs} needs */
function day({ sheet, spec, place, id, value, set, label }) {
  const box = h("input.day", {
    id,
    type: "text",
    value: shown(value),
    disabled: value === null,
    required: spec.required,
    placeholder: value === null ? "—" : t("day_hint"),
    autocomplete: "off",
    inputmode: "numeric",
    on: { input: () => set(box.value.trim() === "" && !spec.required ? undefined : box.value.trim()) },
  });
  const calendar = h("input.picker", {
    type: "date",
    tabindex: -1,
    "aria-hidden": "true",
    value: /^\d{4}-\d\d-\d\d$/.test(shown(value)) ? value : "",
    on: { change: () => calendar.value && set(calendar.value, true) },
  });
  const pick = h(
    "button.pick",
    { type: "button", id: `${id}/pick`, disabled: value === null, "aria-label": t("pick_day", { label }), on: { click: () => calendar.showPicker?.() } },
    h("span", { "aria-hidden": "true" }, "▾"),
  );
  const line = h("span.day-line", {}, box, pick, calendar);
  if (!spec.nullable) return line;
  const none = h("input", { type: "checkbox", id: `${id}/none`, checked: value === null, on: { change: () => set(none.checked ? null : undefined, true) } });
  return h("span.nullable", {}, line, h("label.check", { for: none.id }, none, noneAt(sheet, spec, place)));
}

/** @param {Needs} needs */
function choice({ sheet, spec, place, id, value, set }) {
  const options = spec.kind === "boolean" ? [[true, t("yes")], [false, t("no")]] : spec.values.map((item) => [item.value, said(item.statement)]);
  if (spec.nullable) options.push([null, noneAt(sheet, spec, place)]);
  return select(id, options, value, set);
}

/** A list to choose from, "unknown" first; a value that is not among them is kept and shown as it is. @param {string} id @param {any[][]} options @param {any} value @param {(given: any, redraw?: boolean) => void} set */
function select(id, options, value, set) {
  const all = [[undefined, t("unknown")], ...options];
  if (!all.some(([option]) => option === value)) all.push([value, shown(value)]);
  const box = h(
    "select",
    { id, on: { change: () => set(all[box.selectedIndex][0], true) } },
    all.map(([option, name]) => h("option", { selected: option === value, lang: null }, name)),
  );
  box.selectedIndex = all.findIndex(([option]) => option === value);
  return box;
}

/** @param {Needs} needs */
function several({ spec, id, value, set }) {
  const chosen = Array.isArray(value) ? value : [];
  const names = [...spec.values.map((item) => item.value), ...chosen.filter((item) => !spec.values.some((known) => known.value === item))];
  const box = (/** @type {string} */ name) => {
    const known = spec.values.find((item) => item.value === name);
    const check = h("input", {
      type: "checkbox",
      id: `${id}/${name}`,
      checked: chosen.includes(name),
      on: { change: () => set(names.filter((other) => (other === name ? check.checked : chosen.includes(other))), true) },
    });
    return h("label.check", { for: check.id }, check, known ? said(known.statement) : shown(name));
  };
  const none = h("input", { type: "checkbox", id: `${id}/none`, checked: Array.isArray(value) && !value.length, on: { change: () => set(none.checked ? [] : undefined, true) } });
  const forget = h("button.quiet", { type: "button", id: `${id}/forget`, on: { click: () => set(undefined, true) } }, t("set_unknown"));
  return h(
    "fieldset.field.several",
    { id, tabindex: -1 },
    h("div.row", {}, names.map(box), h("label.check", { for: none.id }, none, t("none_listed")), value === undefined ? null : forget),
  );
}

/** An object that may be unknown, known to be missing, or there with fields of its own. @param {Needs} needs */
function record({ sheet, spec, place, id, value, set, label }) {
  const options = [[true, t("has_value")]];
  if (spec.nullable) options.push([null, noneAt(sheet, spec, place)]);
  const there = value !== null && value !== undefined;
  const box = select(id, options, there ? true : value, (given, redraw) => set(given === true ? {} : given, redraw));
  box.setAttribute("aria-label", label);
  return h("fieldset.field.record", { lang: language() === "zh" ? "zh-CN" : "en" }, box, there ? parts(sheet, spec, place) : null);
}
