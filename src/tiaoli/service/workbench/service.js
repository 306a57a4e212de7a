/** Asking the service that the page came from. Nothing else is ever contacted. */

/** What the service says when it cannot answer: its problem details. */
export class Refused extends Error {
  /** @param {number} status @param {any} problem */
  constructor(status, problem) {
    super(problem?.detail ?? problem?.title ?? `HTTP ${status}`);
    this.status = status;
    this.kind = String(problem?.type ?? "").split(":").pop() || String(status);
    /** @type {{zh: string, en: string}|null} */
    this.statement = problem?.statement ?? null;
    /** @type {Array<{in: string, path: string, reason: {zh: string, en: string}}>} */
    this.errors = problem?.errors ?? [];
  }
}

/** The token the server was started with, where it wants one; kept as long as the page is open, nowhere else. */
let token = "";

/** @param {string} given */
export function useToken(given) {
  token = given;
}

/**
 * @param {string} path under /v1/ or another path of the service, without a slash at its beginning
 * @returns {Promise<any>}
 */
export function get(path) {
  return send(path, { method: "GET" });
}

/**
 * @param {string} question its name, like "decide"
 * @param {Record<string, any>} options
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export function ask(question, options, signal) {
  return send(`v1/${question}`, { method: "POST", body: JSON.stringify(options), signal });
}

/**
 * As `ask`, with the case as the text that was typed: what is doubtful in it (a key that stands twice) is the service's to tell.
 *
 * @param {string} question
 * @param {string} text JSON of the case
 * @param {Record<string, any>} options
 */
export function askText(question, text, options) {
  const rest = JSON.stringify(options).slice(1);
  return send(`v1/${question}`, { method: "POST", body: `{"case": ${text}${rest === "}" ? "" : ", "}${rest}` });
}

/** @param {string} path @param {RequestInit} request @param {number} [left] how often a busy server is asked again */
async function send(path, request, left = 2) {
  const headers = new Headers({ Accept: "application/json" });
  if (request.body) headers.set("Content-Type", "application/json");
  if (token) headers.set("Authorization", `Bearer ${token}`);
  const response = await fetch(path, { ...request, headers, credentials: "omit" });
  if (response.status === 429 && left > 0) {
    await new Promise((done) => setTimeout(done, 1000 * Number(response.headers.get("Retry-After") ?? 1)));
    request.signal?.throwIfAborted();
    return send(path, request, left - 1);
  }
  const found = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(response.status, found);
  return found;
}
