/** Values of a case as people read them. */

import { namesAround } from "./model.js";
import { said, t } from "./words.js";

/**
 * @param {import("./model.js").Spec} model @param {any} content the case
 * @param {import("./model.js").Spec|null} spec @param {import("./model.js").Place} place @param {any} value
 * @returns {string}
 */
export function inWords(model, content, spec, place, value) {
  if (value === undefined) return t("unknown");
  if (value === null) {
    const names = namesAround(model, content, place);
    return said(spec?.none).replace(/\{(\w+)\}/g, (_, name) => names[name] ?? "") || t("none_plain");
  }
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (Array.isArray(value)) return value.map((item) => named(spec, item)).join(t("comma")) || t("none_listed");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([key, part]) => {
        const inner = spec?.parts.find((other) => other.key === key) ?? null;
        return `${said(inner?.label) || key}${t("colon")}${inWords(model, content, inner, [...place, key], part)}`;
      })
      .join(t("comma"));
  return named(spec, value) + (spec?.unit ? ` ${said(spec.unit)}` : "");
}

/** @param {import("./model.js").Spec|null} spec @param {any} value @returns {string} */
function named(spec, value) {
  return said(spec?.values.find((known) => known.value === value)?.statement) || String(value);
}
