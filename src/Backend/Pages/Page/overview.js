// What was asked, what came out.

const one = data.kind === "inspect";

function heading() {
  const { a, b } = data.diff;
  const title = one ? [fileName(a.file)] : [fileName(a.file), el("span.arrow", { "aria-label": "became" }, " → "), fileName(b.file)];
  return el("div", null, el("h1", null, title), el("ul.asked", null, chips()));
}

function chips() {
  const list = [], chip = (label, value, kind) => list.push(el(`li.chip${kind ? "." + kind : ""}`, null, label ? `${label} ` : "", el("b", null, value)));
  const r = data.request, report = data.report;
  if (r) {
    for (const [what, left] of Object.entries(r.budget ?? {})) chip("asked for", `${left} of ${what}`);
    for (const [what, left] of Object.entries(r.keep ?? {})) chip("keep", `${what} ${left}`);
    chip("scored by", r.criterion);
    chip("what stays", r.compensate || r.rotate ? "fitted to data" : "as it was");
  }
  if (report?.proof) {
    const p = report.proof;
    chip("", p.holds ? `Proved on ${plural(p.inputs, "input")}: differs from the masked original by ${p.difference.toExponential(1)} (${p.tolerance.toExponential(0)} allowed)` : `Proof failed: ${p.difference.toExponential(1)}`, p.holds ? "good" : "bad");
  }
  if (data.kind === "diff") chip("", data.diff.same ? "No difference" : "The models differ", data.diff.same ? "good" : "");
  if (data.kind === "diff" && data.diff.ignored.length) chip("ignored", data.diff.ignored.join(", "));
  if (one) {
    const open = data.units.filter(u => u.status !== "frozen").length;
    chip("", `${plural(open, "dimension")} can shrink`, open ? "good" : "");
    chip("", `${plural(data.units.length - open, "dimension")} must stay whole`);
  }
  return list;
}

function card(what, after, from, share, small) {
  return el("div.card", null, el("div.what", null, what), el("div.big", null, after, " ", small ? el("small", null, small) : ""), el("div.from", null, from ?? ""), share == null ? "" : meter(share));
}

function cost(what, [before, after], text) {
  if (one) return card(what, text(before));
  return card(what, text(after), before === after ? "unchanged" : `from ${text(before)}`, before ? after / before : 1, before && before !== after ? percent(after / before) : "");
}

function cards() {
  const total = data.diff.cost.total, n = data.diff.nodes, list = [];
  list.push(cost("Parameters", total.parameters, count), cost("Multiply-accumulates", total.macs, count), cost("Bytes of weights", total.bytes, bytes));
  list.push(cost("File", [data.diff.a.bytes, data.diff.b.bytes], bytes));
  const latency = data.report?.latency ?? data.diff.latency;
  if (latency?.length === 2) {
    const { value, low, high } = latency[1].ratio;
    list.push(card("Latency", milliseconds(latency[1].median), `from ${milliseconds(latency[0].median)}; ${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)} % with 95 %`, value, percent(value)));
  }
  const scores = data.report?.scores;
  if (scores?.length === 2) {
    const [x, y] = scores;
    if (x.top1 != null) list.push(card("Accuracy (top-1)", percent(y.top1), `from ${percent(x.top1)}, ${plural(y.count, "sample")}`, y.top1 / Math.max(x.top1, 1e-9), `${y.top1 >= x.top1 ? "+" : "−"}${fixed(Math.abs(100 * (y.top1 - x.top1)), 1)} points`));
    if (y.agreement != null) list.push(card("Same answer", percent(y.agreement), `on ${plural(y.count, "sample")}`, y.agreement));
    if (x.top1 == null) for (const [name, error] of Object.entries(y.relativeErrors ?? {})) list.push(card(`Error of ${name}`, error.toFixed(4), "relative, squared"));
  }
  list.push(cost("Nodes", [n.matched + n.removed.length, n.matched + n.added.length], count));
  return el("div.cards", null, list);
}

function costTable() {
  const blocks = data.diff.cost.blocks.filter(b => b.parameters[0] + b.parameters[1] + b.macs[0] + b.macs[1] > 0);
  const cell = ([before, after], text) => el("td", null, el("span.pair", null, one ? el("b", null, text(before)) : before === after ? [el("b", null, text(after))] : [`${text(before)} → `, el("b", null, text(after))]), one || !before ? "" : meter(after / before));
  const row = (name, b, tag) => el("tr", null, el(tag, { scope: "row" }, name), cell(b.parameters, count), cell(b.macs, count), cell(b.bytes, bytes));
  return el("section", { id: "blocks" }, el("h2", null, "Costs of each block"), el("p.lead", null, one ? "Where the parameters and the work are." : "What each block cost, and what is left of it."),
    el("div.panel.scroll", null, el("table", null,
      el("thead", null, el("tr", null, ["Block", "Parameters", "Multiply-accumulates", "Bytes"].map(h => el("th", { scope: "col" }, h)))),
      el("tbody", null, blocks.map(b => row(b.name || "elsewhere", b, "th"))),
      el("tfoot", null, row("Total", data.diff.cost.total, "th")))));
}

function curveSection() {
  if (!data.curve) return null;
  const figure = el("figure");
  figure.innerHTML = data.curve; // our own drawing, escaped where it was made
  const rows = (data.report?.sweep ?? []).map(p => el("tr", null, el("th", { scope: "row" }, p.name), el("td", null, count(p.cost.parameters[1])), el("td", null, count(p.cost.macs[1])), el("td", null, p.score.top1 != null ? percent(p.score.top1) : p.error.toFixed(4)), el("td", null, p.latency ? milliseconds(p.latency.median) : "")));
  return el("section", { id: "curve" }, el("h2", null, "Quality and cost"), el("p.lead", null, "One point for each model that was made; the page below is of the one named above."), el("div.panel.scroll", null, figure,
    rows.length ? el("table", null, el("thead", null, el("tr", null, ["Point", "Parameters", "Multiply-accumulates", "Top-1 or error", "Latency"].map(h => el("th", { scope: "col" }, h)))), el("tbody", null, rows)) : ""));
}
