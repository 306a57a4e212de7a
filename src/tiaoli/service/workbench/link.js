/** A link that carries a case: in the fragment, which a browser never sends to a server. */

/**
 * @param {any} content plain data
 * @returns {Promise<string>} the fragment, without "#"
 */
export async function packed(content) {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(content)), new CompressionStream("deflate-raw"));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `c=${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/**
 * @param {string} fragment with or without "#"
 * @returns {Promise<any>} the data; null where the fragment carries none
 * @throws where it is damaged
 */
export async function unpacked(fragment) {
  const found = /^#?c=([\w-]+)$/.exec(fragment);
  if (!found) return null;
  const text = atob(found[1].replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await through(bytes, new DecompressionStream("deflate-raw"))));
}

/** @param {Uint8Array} bytes @param {any} transform @returns {Promise<Uint8Array>} */
async function through(bytes, transform) {
  return new Uint8Array(await new Response(new Blob([/** @type {any} */ (bytes)]).stream().pipeThrough(transform)).arrayBuffer());
}
