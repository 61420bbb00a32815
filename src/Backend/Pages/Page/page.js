// Puts the page together.

function themeButton() {
  const next = { auto: "light", light: "dark", dark: "auto" }, signs = { auto: "◐ Auto", light: "☀ Light", dark: "☾ Dark" };
  let theme = "auto";
  try { theme = localStorage.getItem("sidt-theme") ?? "auto"; } catch { /* a page from disk may have no storage */ }
  const button = el("button.button", { type: "button", title: "Colours: as the system, light, dark", onclick: () => { theme = next[theme]; apply(); } });
  const apply = () => {
    button.textContent = signs[theme];
    if (theme === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = theme;
    try { localStorage.setItem("sidt-theme", theme); } catch { /* as above */ }
    readInk();
    dispatchEvent(new Event("themed"));
    redraw();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  apply();
  return button;
}

function search() {
  const list = el("ul.found", { role: "listbox", id: "found", hidden: true });
  let matches = [], at = 0;
  const mark = () => list.querySelectorAll("[role=option]").forEach((li, i) => { li.setAttribute("aria-selected", i === at); if (i === at) li.scrollIntoView({ block: "nearest" }); });
  const go = i => { const node = matches[i]; list.hidden = true; input.setAttribute("aria-expanded", false); if (node) reveal(node); };
  const input = el("input", {
    type: "search", placeholder: "Search nodes, operators, constants", "aria-label": "Search the graphs", role: "combobox", "aria-expanded": "false", "aria-controls": "found", autocomplete: "off", id: "search",
    oninput: () => {
      const wanted = input.value.trim().toLowerCase();
      matches = wanted ? graph.nodes.filter(n => n.name.toLowerCase().includes(wanted) || n.op.toLowerCase().includes(wanted) || n.tensors?.some(t => t.name.toLowerCase().includes(wanted))) : [];
      const more = matches.length - 60;
      matches = matches.slice(0, 60);
      at = 0;
      list.replaceChildren(...matches.map((n, i) => el("li", { role: "option", onmousedown: e => { e.preventDefault(); go(i); } }, el("code", { title: n.name }, n.name), el("span.op", null, n.op))), ...(wanted && !matches.length ? [el("li.rest", null, "nothing found")] : more > 0 ? [el("li.rest", null, `and ${more} more`)] : []));
      list.hidden = !wanted;
      input.setAttribute("aria-expanded", !!wanted);
      mark();
    },
    onkeydown: e => {
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { at = Math.max(0, Math.min(matches.length - 1, at + (e.key === "ArrowDown" ? 1 : -1))); mark(); e.preventDefault(); }
      else if (e.key === "Enter") go(at);
      else if (e.key === "Escape") list.hidden = true;
    },
    onblur: () => { list.hidden = true; },
  });
  return el("div.find", null, input, list);
}

function graphSection() {
  const { a, b } = data.diff, button = (text, label, action) => el("button.button", { type: "button", title: label, onclick: action }, text);
  graph.panes = (one ? [[1, a]] : [[1, a], [2, b]]).map(([side, file]) => {
    const canvas = el("canvas", { tabindex: "0", role: "application", "aria-label": `Graph of ${fileName(file.file)}. Arrows move, plus and minus zoom, zero shows all, b and Shift b go from block to block, Enter unfolds or folds one, n and p go to the next and previous change.` });
    const pane = el("div.pane", null, el("h3", null, `${one ? "" : side === 1 ? "before · " : "after · "}${fileName(file.file)}`), canvas);
    listen(canvas, side);
    new ResizeObserver(redraw).observe(canvas);
    return { side, canvas, pane };
  });
  const stage = el("div.stage", null, graph.panes.map(p => p.pane), el("div.detail", { id: "detail", hidden: true, role: "region", "aria-label": "Details of the node" }));
  const shows = one ? [] : ["both", "before", "after"].map(which => el("button.button", { type: "button", "aria-pressed": which === graph.show, onclick: () => show(which) }, which[0].toUpperCase() + which.slice(1)));
  const show = graph.turnTo = (which, whole = true) => {
    graph.show = which;
    shows.forEach((s, i) => s.setAttribute("aria-pressed", ["both", "before", "after"][i] === which));
    graph.panes.forEach(p => { p.pane.hidden = which === "before" && p.side === 2 || which === "after" && p.side === 1; });
    stage.classList.toggle("one", one || which !== "both");
    if (whole) requestAnimationFrame(() => graph.scene && fit());
  };
  const pane = () => graph.panes.find(p => !p.pane.hidden).canvas;
  show(one || innerWidth > 760 ? "both" : "after");
  return el("section", { id: "graph" }, el("h2", null, one ? "The graph" : "Both graphs"), el("p.lead", null, `${one ? "" : "What is in both lies in the same place. "}Click a block to unfold it, a node for details. Drag to move; zoom with the wheel after a click, or with the buttons.`),
    el("div.tools", null, search(), el("span.space"), shows, one ? "" : button("Unfold changes", "Unfold every block with a change", () => setAll("changed")), button("Fold all", "Fold every block", () => setAll(false)),
      el("button.button.square", { type: "button", "aria-label": "Zoom in", onclick: () => zoomBy(1.25, pane()) }, "+"), el("button.button.square", { type: "button", "aria-label": "Zoom out", onclick: () => zoomBy(0.8, pane()) }, "−"), button("Fit", "Show all", fit)),
    stage, one ? "" : el("ul.legend", null, Object.entries({ same: "the same", changed: "constants or attributes changed", shape: "only sizes of values", added: "only after", removed: "only before" }).map(([s, w]) => el("li", null, el(`i.i-${s}`), w))));
}

function changes() {
  if (one) return null;
  const signs = { "+": "add", "-": "del", "~": "size", "*": "num", "!": "arg" }, d = data.diff, blocks = data.folded.filter(b => b.lines.length);
  const row = (sign, what, text, more) => el(`li.s-${signs[sign]}`, null, el("span", { "aria-hidden": "true" }, sign === "-" ? "−" : sign), el("code", null, what), text ? el("span.text", null, text) : "", more && text ? el("span.more", null, more) : "");
  const around = [
    ...d.inputs.map(p => row(p.change === "added" ? "+" : p.change === "removed" ? "-" : "~", `input ${p.name}`, [p.from, p.to].filter(Boolean).join(" → "))),
    ...d.outputs.map(p => row(p.change === "added" ? "+" : p.change === "removed" ? "-" : "~", `output ${p.name}`, [p.from, p.to].filter(Boolean).join(" → "))),
    ...d.opsets.map(o => row("~", `operator set ${o.domain || "of the standard"}`, `${o.from || "—"} → ${o.to || "—"}`)),
    ...d.metadata.map(m => row(m.from == null ? "+" : m.to == null ? "-" : "~", `metadata ${m.key}`, [m.from, m.to].filter(x => x != null).join(" → "))),
  ];
  const renamed = d.renamed.nodes.length + d.renamed.tensors.length;
  const block = (name, note, lines, open) => el("details.block", { open }, el("summary", null, el("b", null, name), el("span.count", null, note)), el("ul.lines", null, lines));
  const all = [
    around.length ? block("Around the graph", plural(around.length, "change"), around, false) : "",
    ...blocks.map((b, i) => block(b.name || "elsewhere", b.blocks.length > 1 ? `${b.blocks.length} blocks alike, ${plural(b.lines.length, "change")} each` : plural(b.lines.length, "change"), b.lines.map(l => row(l.sign, l.what, l.text || l.detail, l.text ? l.detail : "")), i === 0)),
    renamed ? block("Other names", plural(renamed, "name"), [...d.renamed.tensors, ...d.renamed.nodes].slice(0, 400).map(r => row("~", r.from || "(none)", `→ ${r.to || "(none)"}`)), false) : "",
  ].filter(Boolean);
  return el("section", { id: "changes" }, el("h2", null, "All changes"), el("p.lead", null, all.length ? "Blocks that changed alike are told once; numbers that differ between them are ranges." : "There are none."), all.length ? el("div.panel", null, all) : "");
}

function footer() {
  const { a, b, version } = data.diff, stages = data.report?.stages ?? [];
  return el("footer", null, el("p", null, `${one ? "Model" : "Before"}: ${a.file}${a.sha256 ? ` (SHA-256 ${a.sha256})` : ""}`), one ? "" : el("p", null, `After: ${b.file}${b.sha256 ? ` (SHA-256 ${b.sha256})` : ""}`),
    stages.length ? el("p", null, `Stages: ${stages.map(s => `${s.stage} ${s.seconds.toFixed(2)} s`).join(", ")}`) : "", el("p", null, `Made by sidtc ${version}. This file needs no other and sends nothing. Graph layout: elkjs (EPL-2.0), where this page carries it.`));
}

async function follow() {
  const [, what, name] = location.hash.match(/^#(node|block|dim)=(.*)$/) ?? [];
  if (what === "dim") return showStrip(decodeURIComponent(name));
  if (!what) return;
  document.getElementById("graph").scrollIntoView();
  const wanted = decodeURIComponent(name);
  if (what === "block") { const group = graph.groups.find(g => g.name === wanted); if (group) { await toggle(group, true); centre(group); } }
  else { const node = graph.nodes.find(n => n.name === wanted) ?? graph.nodes.find(n => n.nameB === wanted); if (node) await reveal(node); }
}

readInk();
readGraph();
const sections = [curveSection(), kindTable(), strips(), attentionSection(), costTable(), graphSection(), changes()].filter(Boolean);
const titles = { curve: "Curve", kinds: "Dimensions", units: "Units", attention: "Attention", blocks: "Costs", graph: "Graph", changes: "Changes" };
document.getElementById("main").append(heading(), cards(), ...sections, footer());
document.getElementById("top").append(el("div.bar", null, el("span.brand", null, `sidtc ${data.kind}`), el("nav", { "aria-label": "Sections" }, sections.map(s => el("a", { href: `#${s.id}` }, titles[s.id]))), themeButton()));
arrange().then(async () => { fit(); await follow(); document.documentElement.dataset.ready = "true"; });
addEventListener("hashchange", follow);
