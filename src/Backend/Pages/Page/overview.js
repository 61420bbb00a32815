// What was asked, what came out.

const one = data.kind === "inspect";

function heading() {
  const { a, b } = data.diff;
  const title = one ? [fileName(a.file)] : [fileName(a.file), el("span.arrow", { "aria-label": "became" }, " → "), fileName(b.file)];
  return el("div", null, el("h1", null, title), el("p.verdict", null, verdict()), el("ul.asked", null, chips()));
}

/** What came out, in a sentence or two. */
function verdict() {
  const { a, b, same, nodes, cost: { total } } = data.diff, report = data.report, name = fileName(b.file);
  if (one) return `${count(total.parameters[0])} parameters, ${count(total.macs[0])} multiply-accumulates, ${bytes(a.bytes)}.`;
  if (same) return "Both compute the same in the same way.";
  const left = ([before, after]) => before ? percent(after / before) : "none", latency = (report?.latency ?? data.diff.latency)?.[1], [x, y] = report?.scores ?? [];
  const costs = total.parameters[0] === total.parameters[1] && total.macs[0] === total.macs[1]
    ? `${name} has as many parameters and as much work as ${fileName(a.file)}`
    : `${name} has ${left(total.parameters)} of the parameters and ${left(total.macs)} of the work`;
  const quality = y?.top1 != null && x?.top1 != null ? ` It gets ${percent(y.top1)} right, ${fileName(a.file)} ${percent(x.top1)}.` : y?.agreement != null && report.ground !== "random inputs" ? ` It gives the same answer on ${percent(y.agreement)} of the ${report.ground === "the calibration data" ? "calibration samples" : "samples"}.` : "";
  const moved = [[nodes.changed.length, "changed"], [nodes.added.length, "new"], [nodes.removed.length, "gone"]].filter(m => m[0]).map(m => `${count(m[0])} ${m[1]}`).join(", ");
  return `${costs}${latency ? `, and takes ${percent(latency.ratio.value)} of the time` : ""}.${quality}${data.kind === "diff" ? ` ${count(nodes.matched)} nodes are in both${moved ? `; ${moved}` : ""}.` : ""}`;
}

function chips() {
  const list = [], chip = (label, value, kind) => list.push(el(`li.chip${kind ? "." + kind : ""}`, null, label ? `${label} ` : "", el("b", null, value)));
  const r = data.request, report = data.report;
  if (r) {
    for (const [what, left] of Object.entries(r.budget ?? {})) chip("asked to keep", budget(what, left));
    for (const [what, left] of Object.entries(r.keep ?? {})) chip("asked to keep", `${percent(left).replace(".0", "")} of ${what}`);
    chip("units scored by", r.criterion);
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

/** A budget as it stands in a plan, "0.7" or "3000000", in words. */
function budget(what, left) {
  const name = { params: "parameters", macs: "multiply-accumulates", bytes: "bytes of weights" }[what] ?? what, number = Number(left);
  return number > 0 && number <= 1 ? `${percent(number).replace(".0", "")} of the ${name}` : `${left} ${what === "latency" ? "" : name}`.trim();
}

function card(what, after, from, share, small) {
  return el("div.card", null, el("div.what", null, what), el("div.big", null, after, " ", small ? el("small", null, small) : ""), el("div.from", null, from ?? ""), share == null ? "" : meter(share));
}

function cost(what, [before, after], text) {
  if (one) return card(what, text(before));
  return card(what, text(after), before === after ? "unchanged" : `from ${text(before)}`, before ? after / before : 1, before && before !== after ? percent(after / before) : "");
}

function cards() {
  const total = data.diff.cost.total, n = data.diff.nodes, list = [cost("Parameters", total.parameters, count), cost("Multiply-accumulates", total.macs, count)];
  const latency = data.report?.latency ?? data.diff.latency;
  if (latency?.length === 2) {
    const { value, low, high } = latency[1].ratio;
    list.push(card("Latency", milliseconds(latency[1].median), `from ${milliseconds(latency[0].median)}; 95 % interval ${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)} %`, value, percent(value)));
  }
  const report = data.report, scores = report?.scores;
  if (scores?.length === 2) {
    const [x, y] = scores, ground = report.ground === "random inputs" ? plural(y.count, "random input") : report.ground === "the calibration data" ? `${plural(y.count, "calibration sample")}, which may have been fitted to` : plural(y.count, "sample"), errors = Object.entries(y.relativeErrors ?? {});
    if (x.top1 != null) list.push(card("Accuracy (top-1)", percent(y.top1), `from ${percent(x.top1)}, ${ground}`, y.top1 / Math.max(x.top1, 1e-9), `${y.top1 >= x.top1 ? "+" : "−"}${fixed(Math.abs(100 * (y.top1 - x.top1)), 1)} points`));
    if (y.agreement != null && report.ground !== "random inputs") list.push(card("Same answer", percent(y.agreement), `on ${ground}`, y.agreement));
    else if (errors.length) {
      const [name, error] = errors.reduce((p, q) => q[1] > p[1] ? q : p);
      list.push(card(`Error of ${name}`, fixed(error, error < 0.1 ? 4 : 2), `|a − b|² / |b|², ${ground}`));
    }
  }
  list.push(cost("Bytes of weights", total.bytes, bytes), cost("File", [data.diff.a.bytes, data.diff.b.bytes], bytes));
  const [before, after] = [n.matched + n.removed.length, n.matched + n.added.length];
  list.push(one ? card("Nodes", count(before)) : card("Nodes", count(after), before === after ? "as many as before" : `from ${count(before)}`, null, before === after ? "" : `${after > before ? "+" : "−"}${count(Math.abs(after - before))}`));
  const rows = Math.ceil(list.length / 6); // no card alone in a row
  return el("div.cards", { style: `--columns: ${Math.ceil(list.length / rows)}` }, list);
}

function costTable() {
  const blocks = data.diff.cost.blocks.filter(b => b.parameters[0] + b.parameters[1] + b.macs[0] + b.macs[1] > 0);
  const cell = ([before, after], text) => el("td", null, el("span.pair", null, one ? el("b", null, text(before)) : before === after ? [el("b", null, text(after))] : [el("span.was", null, `${text(before)} → `), el("b", null, text(after))]), one || !before ? "" : meter(after / before));
  const row = (name, b, tag) => el("tr", null, el(tag, { scope: "row" }, breakable(name)), cell(b.parameters, count), cell(b.macs, count), cell(b.bytes, bytes));
  return el("section", { id: "blocks" }, el("h2", null, "Costs of each block"), el("p.lead", null, one ? "Where the parameters and the work are." : "What each block cost, and what is left of it."),
    scrolling("panel.scroll", "Costs", el("table", null,
      el("thead", null, el("tr", null, ["Block", "Parameters", ["Multiply-accumulates", "MACs"], "Bytes"].map(h => el("th", { scope: "col" }, Array.isArray(h) ? [el("span.long", null, h[0]), el("span.short", null, h[1])] : h)))),
      el("tbody", null, blocks.map(b => row(b.name || "elsewhere", b, "th"))),
      el("tfoot", null, row("Total", data.diff.cost.total, "th")))));
}

function curveSection() {
  if (!data.curve) return null;
  const figure = el("figure");
  figure.innerHTML = data.curve; // our own drawing, escaped where it was made
  const timed = (data.report?.sweep ?? []).some(p => p.latency), rows = (data.report?.sweep ?? []).map(p => el("tr", null, el("th", { scope: "row" }, p.name), el("td", null, count(p.cost.parameters[1])), el("td", null, count(p.cost.macs[1])), el("td", null, p.score.top1 != null ? percent(p.score.top1) : p.error.toFixed(4)), timed ? el("td", null, p.latency ? milliseconds(p.latency.median) : "") : ""));
  return el("section", { id: "curve" }, el("h2", null, "Quality and cost"), el("p.lead", null, `One point for each model that was made: ${data.report?.scores?.[0]?.top1 != null ? "top-1" : "the error of the output"} over what is left. The page below is of the one named above.`), scrolling("panel.scroll", "Curve", figure,
    rows.length ? el("table", null, el("thead", null, el("tr", null, ["Point", "Parameters", [el("span.long", null, "Multiply-accumulates"), el("span.short", null, "MACs")], data.report?.scores?.[0]?.top1 != null ? "Top-1" : "Error", ...timed ? ["Latency"] : []].map(h => el("th", { scope: "col" }, h)))), el("tbody", null, rows)) : ""));
}
