/** What the audit found in the notice itself; each finding's witness opens in the form. */

import { byId, fill, goTo, h } from "./dom.js";
import { headed, said, t } from "./words.js";

/** @param {HTMLElement} host @param {import("./desk.js").Desk} desk */
export function drawFindings(host, desk) {
  const { state, findings } = desk.findings;
  const heading = h("h2", { id: "findings-title" }, t("findings"));
  if (state !== "done") return fill(host, heading, h("p.hint", { role: "status" }, t(/** @type {any} */ (`findings_${state}`))));
  /** @type {Map<string, any[]>} */
  const kinds = new Map();
  // what only concerns how the rules are written stands apart, after what the notice says
  const placed = (/** @type {any} */ finding) => (finding.concerns === "encoding" ? "encoding" : finding.kind);
  for (const finding of findings) kinds.set(placed(finding), [...(kinds.get(placed(finding)) ?? []), finding]);
  fill(
    host,
    heading,
    h("p.hint", {}, t("findings_hint")),
    [...kinds].map(([kind, some]) =>
      h(
        "details.kind",
        { id: `findings-${kind}` },
        h("summary", {}, headed(t(/** @type {any} */ (`kind_${kind}`))), " ", h("span.count", {}, t("findings_count", { count: some.length }))),
        h("ul.found", {}, some.map((finding) => line(desk, finding))),
      ),
    ),
  );
}

/** @param {import("./desk.js").Desk} desk @param {any} finding */
function line(desk, finding) {
  const readings = finding.readings ?? {};
  const about = finding.about?.[0];
  const id = `finding-${finding.digest ?? finding.id}`;
  const open = (/** @type {any} */ witness, /** @type {any} */ key, /** @type {number} */ at) => {
    const click = () => {
      desk.start(witness, readings, about ? `${about.benefit} ${about.subject}` : "", t("finding_opened", { id: finding.id }));
      goTo(byId("case"), "start");
    };
    return h("button", { type: "button", id: `${id}-open-${at}`, "aria-describedby": id, on: { click } }, t(key));
  };
  return h(
    "li",
    { "data-cites": finding.sentences.map((/** @type {any} */ sentence) => sentence.sentence).join(" "), "data-finding": finding.id },
    h("p", { id }, h("span.tag", { class: `severity-${finding.severity}` }, t(/** @type {any} */ (`severity_${finding.severity}`))), " ", said(finding.statement)),
    h("p.hint", {}, h("code", {}, finding.id)),
    finding.witness
      ? h("div.row", {}, open(finding.witness, "finding_open", 0), (finding.others ?? []).map((/** @type {any} */ other, /** @type {number} */ at) => open(other, "finding_other", at + 1)))
      : null,
  );
}
