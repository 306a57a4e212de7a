/**
 * What a form needs to know of the case format, out of the JSON Schema (what there is) and the policy's vocabulary (what it is called).
 *
 * A place in a case is a list of keys and indices, `["certificates", 0, "issued"]`; the service calls the same place
 * `certificates.c1.issued`, and a kind of place `certificates.issued`.
 */

/** @typedef {Array<string|number>} Place */
/** @typedef {{zh: string, en: string}} Statement */
/**
 * @typedef {object} Spec what stands at a kind of place
 * @property {string} path the kind of place
 * @property {string} key
 * @property {"object"|"list"|"id"|"day"|"boolean"|"enum"|"set"|"number"|"money"|"code"|"text"} kind
 * @property {Statement|null} label
 * @property {boolean} required
 * @property {boolean} nullable
 * @property {Statement|null} none what null means, with names of items in braces
 * @property {Array<{value: string, statement: Statement}>} values
 * @property {Statement|null} unit
 * @property {string[]} clauses
 * @property {boolean} elsewhere
 * @property {string|null} entity of a list: what its items are called in the rules
 * @property {Spec[]} parts of an object, and of the items of a list
 */

/** @param {any} schema @param {any} vocabulary @returns {Spec} */
export function modelOf(schema, vocabulary) {
  const fields = new Map(vocabulary.fields.map((/** @type {any} */ field) => [field.path, field]));
  const lists = new Map(vocabulary.lists.map((/** @type {any} */ list) => [list.path, list]));

  /** @param {any} declared */
  const resolved = (declared) => {
    const options = declared.anyOf ?? [declared];
    const own = options.find((/** @type {any} */ option) => option.type !== "null") ?? declared;
    return { nullable: options.length > 1, own: own.$ref ? schema.$defs[own.$ref.split("/").pop()] : own };
  };

  /** @param {any} declared @param {string} key @param {string} path @param {boolean} required @returns {Spec} */
  const spec = (declared, key, path, required) => {
    const { own, nullable } = resolved(declared);
    const field = fields.get(path);
    const list = lists.get(path);
    const items = own.items ? resolved(own.items).own : null;
    const holder = items?.properties ? items : own;
    const parts = Object.entries(holder.properties ?? {}).map(([name, part]) =>
      spec(part, name, path ? `${path}.${name}` : name, (holder.required ?? []).includes(name)),
    );
    return {
      path,
      key,
      kind: kindOf(own, items, key, field),
      label: field?.label ?? list?.statement ?? described(declared.description ?? own.description),
      required,
      nullable,
      none: field?.null ?? null,
      values: field?.table ? vocabulary.values[field.table] : (own.enum ?? items?.enum ?? []).map(bare),
      unit: field?.unit ?? null,
      clauses: field?.clauses ?? [],
      elsewhere: field?.elsewhere ?? false,
      entity: list?.entity ?? null,
      parts,
    };
  };
  return spec(schema, "", "", true);
}

/** @param {any} own @param {any} items @param {string} key @param {any} field @returns {Spec["kind"]} */
function kindOf(own, items, key, field) {
  if (own.properties) return "object";
  if (items?.properties) return "list";
  if (own.type === "array") return "set";
  if (own.type === "boolean") return "boolean";
  if (own.type === "integer" || own.type === "number") return "number";
  if (own.enum) return "enum";
  if (own.format === "date") return "day";
  if (field?.type === "money" || field?.type === "code") return field.type;
  return key === "id" && !field ? "id" : "text";
}

/** @param {string} value */
const bare = (value) => ({ value, statement: { zh: value, en: value } });

/** A schema's description as a statement: Chinese and English stand on the two sides of a dot. @param {string|undefined} text */
function described(text) {
  const [zh, en] = (text ?? "").split("\n")[0].split(" · ");
  return en ? { zh, en: en.replace(/\.$/, "") } : null;
}

/** What stands at a place; undefined where nothing does. @param {any} whole @param {Place} place @returns {any} */
export function valueAt(whole, place) {
  return place.reduce((at, step) => (at === null || at === undefined ? undefined : at[step]), whole);
}

/**
 * A copy of a case with another value at a place; undefined takes the key away. Objects on the way are made.
 *
 * @param {any} whole @param {Place} place @param {any} value @returns {any}
 */
export function withValue(whole, place, value) {
  if (place.length === 0) return value;
  const [step, ...rest] = place;
  const copy = Array.isArray(whole) ? [...whole] : { ...(whole ?? {}) };
  const inner = withValue(copy[step], rest, value);
  if (inner !== undefined) copy[step] = inner;
  else if (Array.isArray(copy)) copy.splice(Number(step), 1);
  else delete copy[step];
  return copy;
}

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** What the service calls a place. @param {any} whole @param {Place} place @returns {string} */
export function pathOf(whole, place) {
  let at = whole;
  let path = "";
  for (const step of place) {
    at = at?.[step];
    if (typeof step === "number") path += typeof at?.id === "string" && ID.test(at.id) ? `.${at.id}` : `[${step}]`;
    else path += path ? `.${step}` : step;
  }
  return path;
}

/**
 * The place that the service's path names, as far as it is there.
 *
 * @param {any} whole @param {string} path
 * @returns {Place}
 */
export function placeOf(whole, path) {
  /** @type {Place} */
  const place = [];
  let at = whole;
  for (const step of path.replace(/\[(\d+)\]/g, ".#$1").split(".")) {
    if (step === "") continue;
    const key = Array.isArray(at) ? (step.startsWith("#") ? Number(step.slice(1)) : at.findIndex((item) => item?.id === step)) : step;
    if (key === -1) break;
    place.push(key);
    at = at?.[key];
  }
  return place;
}

/** The kind of place: without the items. @param {Place} place */
export const kindPath = (place) => place.filter((step) => typeof step === "string").join(".");

/** Ids of the items around a place, by what they are called in the rules. @param {Spec} model @param {any} whole @param {Place} place */
export function namesAround(model, whole, place) {
  /** @type {Record<string, string>} */
  const names = {};
  let spec = model;
  let at = whole;
  for (const step of place) {
    at = at?.[step];
    if (typeof step === "number") names[spec.entity ?? ""] = at?.id ?? "";
    else spec = spec.parts.find((part) => part.key === step) ?? spec;
  }
  return names;
}

/** @param {Spec} model @param {Place} place @returns {Spec|null} */
export function specAt(model, place) {
  /** @type {Spec|null} */
  let spec = model;
  for (const step of place) if (typeof step === "string") spec = spec?.parts.find((part) => part.key === step) ?? null;
  return spec;
}

/** An id that no item of a list has yet: the list's own letter and a number. @param {Spec} spec @param {any[]} items */
export function freshId(spec, items) {
  const taken = new Set(items.map((item) => item?.id));
  let number = items.length + 1;
  while (taken.has(`${spec.key[0]}${number}`)) number += 1;
  return `${spec.key[0]}${number}`;
}
