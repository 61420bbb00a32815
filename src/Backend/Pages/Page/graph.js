// The graphs: folding, moving about, search, details, links.

const graph = { groups: [], nodes: [], scene: null, view: { x: 0, y: 0, zoom: 1, selected: null }, panes: [], show: "both" };

function readGraph() {
  const costs = new Map(data.diff.cost.blocks.map(b => [b.name, b]));
  graph.groups = data.graph.groups.map((name, id) => ({ id, name, open: false, nodes: [], states: {}, counts: [0, 0, 0], cost: costs.get(name === "network" ? "" : name) }));
  graph.nodes = data.graph.nodes.map((n, id) => ({ ...n, id, width: 138, height: 40, within: graph.groups[n.group] }));
  for (const node of graph.nodes) {
    const group = node.within;
    group.nodes.push(node);
    group.states[node.state] = (group.states[node.state] ?? 0) + 1;
    if (node.sides & 1) group.counts[1]++;
    if (node.sides & 2) group.counts[2]++;
  }
  graph.edges = data.graph.edges;
}

/** Sizes of the open groups first, then the groups; the newest call counts. */
async function arrange() {
  const turn = graph.turn = (graph.turn ?? 0) + 1;
  for (const group of graph.groups) {
    if (group.open && !group.inner) {
      const own = graph.edges.filter(([f, t]) => graph.nodes[f].within === group && graph.nodes[t].within === group);
      group.inner = { ...await layOut(group.nodes, own), edges: own };
    }
    [group.width, group.height] = group.open ? [Math.max(230, group.inner.width + 28), group.inner.height + 50] : [230, 70];
  }
  const between = new Map();
  for (const [f, t, sides] of graph.edges) {
    const [p, q] = [graph.nodes[f].within.id, graph.nodes[t].within.id];
    if (p !== q) between.set(`${p} ${q}`, [p, q, (between.get(`${p} ${q}`)?.[2] ?? 0) | sides]);
  }
  const edges = [...between.values()], outer = await layOut(graph.groups, edges);
  if (turn !== graph.turn) return;
  for (const group of graph.groups) {
    Object.assign(group, outer.at.get(group.id));
    group.shown = group.open; // drawn so until the next arrangement is there
    if (!group.open) continue;
    const left = group.x + (group.width - group.inner.width) / 2, top = group.y + 36;
    for (const node of group.nodes) { const p = group.inner.at.get(node.id); node.x = left + p.x; node.y = top + p.y; }
    group.lines = group.inner.lines.map((points, i) => line(points.map(p => ({ x: p.x + left, y: p.y + top })), group.inner.edges[i][2])).filter(Boolean);
  }
  graph.scene = { groups: graph.groups, lines: outer.lines.map((points, i) => line(points, edges[i][2])).filter(Boolean), width: outer.width, height: outer.height };
}

const line = (points, sides) => points.length ? { points, sides, top: Math.min(...points.map(p => p.y)), bottom: Math.max(...points.map(p => p.y)) } : null;

let asked = false;

function redraw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => { asked = false; for (const p of graph.panes) if (!p.pane.hidden) draw(p.canvas, p.side, graph.scene, graph.view); });
}

function fit() {
  const canvas = graph.panes.find(p => !p.pane.hidden).canvas, { width, height } = graph.scene;
  const zoom = Math.min(1.1, Math.max(0.25, (canvas.clientWidth - 40) / width), Math.max(0.8, (canvas.clientHeight - 70) / height));
  Object.assign(graph.view, { zoom, x: (canvas.clientWidth - width * zoom) / 2, y: 46 });
  redraw();
}

function zoomBy(factor, canvas, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  const v = graph.view, zoom = Math.max(0.04, Math.min(4, v.zoom * factor));
  v.x = x - (x - v.x) * zoom / v.zoom;
  v.y = y - (y - v.y) * zoom / v.zoom;
  v.zoom = zoom;
  redraw();
}

function centre(thing) {
  const canvas = graph.panes.find(p => !p.pane.hidden).canvas, v = graph.view;
  if (thing.nodes) { // a block, from its top on, as large as it can be read
    v.zoom = Math.min(1, Math.max(0.55, (canvas.clientWidth - 40) / thing.width));
    const first = thing.shown && thing.width * v.zoom > canvas.clientWidth ? thing.nodes.reduce((p, q) => q.y < p.y ? q : p) : thing; // of what is too wide its beginning
    v.x = canvas.clientWidth / 2 - (first.x + first.width / 2) * v.zoom;
    v.y = 46 - thing.y * v.zoom;
  } else { // a node, beside its details on both sides
    const detail = document.getElementById("detail"), beside = !detail.hidden && innerWidth > 760;
    v.zoom = Math.max(v.zoom, 0.8);
    v.x = Math.max(canvas.clientWidth * 0.2, (canvas.clientWidth - (beside ? detail.offsetWidth + 24 : 0)) / 2) - (thing.x + thing.width / 2) * v.zoom;
    v.y = canvas.clientHeight / (innerWidth > 760 ? 3 : 6) - thing.y * v.zoom;
  }
  redraw();
}

async function toggle(group, open = !group.open) {
  const before = { x: group.x, y: group.y };
  group.open = open;
  await arrange();
  say(`${group.name} ${open ? "unfolded" : "folded"}`);
  graph.view.x += (before.x - group.x) * graph.view.zoom; // what was clicked stays where it is
  graph.view.y += (before.y - group.y) * graph.view.zoom;
  redraw();
}

async function reveal(node) {
  if (!node.within.shown) { node.within.open = true; await arrange(); }
  if (graph.show !== "both" && !(node.sides & (graph.show === "before" ? 1 : 2)) && !one) graph.turnTo(graph.show === "before" ? "after" : "before", false);
  select(node);
  centre(node);
}

function hit(side, x, y) {
  const v = graph.view, px = (x - v.x) / v.zoom, py = (y - v.y) / v.zoom, inside = b => px >= b.x && px <= b.x + b.width && py >= b.y && py <= b.y + b.height;
  const group = graph.scene?.groups.find(inside);
  if (!group?.shown) return group;
  return group.nodes.find(n => n.sides & side && inside(n)) ?? (py < group.y + 32 ? group : null);
}

function select(thing) {
  graph.view.selected = thing;
  const detail = document.getElementById("detail");
  detail.hidden = !thing?.op;
  if (thing?.op) {
    detail.replaceChildren(...describe(thing));
    history.replaceState(null, "", `#node=${encodeURIComponent(thing.name)}`);
    say(`${thing.op} ${thing.name}: ${words[thing.state]}`);
  }
  redraw();
}

const words = { same: "the same in both", shape: "makes values of other sizes", changed: "changed", added: "only after", removed: "only before" };

function describe(n) {
  const rows = [], row = (name, value) => { if (value != null && value !== "") rows.push(el("dt", null, name), el("dd", null, value)); };
  const both = (x, y) => one || x === y || y == null ? x : x == null ? y : `${x} → ${y}`;
  row("block", n.within.name);
  if (n.nameB) row("now called", el("code", null, n.nameB));
  const sized = shape => shape == null ? shape : sizes(shape);
  row("makes", both(sized(n.shapeA), sized(n.shapeB)));
  if (n.macsA || n.macsB) row("work", both(n.sides & 1 ? `${count(n.macsA)} MACs` : null, n.sides & 2 ? `${count(n.macsB)} MACs` : null));
  for (const t of n.tensors ?? []) row("constant", el("span", null, el("code", null, t.name), ` ${t.to ? `${t.from.replaceAll("×", " × ")} → ${t.to.replaceAll("×", " × ")}` : t.from.replaceAll("×", " × ")}`, t.change ? el("div.s-size", null, t.change) : ""));
  for (const c of n.changes ?? []) row(c.field, el("span.s-arg", null, `${c.from ?? "—"} → ${c.to ?? "—"}`));
  for (const a of n.attributes ?? []) row("attribute", el("code", null, a));
  const link = (id, text) => el("a", { href: "#", onclick: e => { e.preventDefault(); reveal(graph.nodes[id]); } }, text);
  const around = (list, at) => list.map(e => el("div", null, link(e[at], `${graph.nodes[e[at]].op} ${graph.nodes[e[at]].name}`)));
  row("reads", around(graph.edges.filter(e => e[1] === n.id), 0).slice(0, 8));
  row("read by", around(graph.edges.filter(e => e[0] === n.id), 1).slice(0, 8));
  return [el("button.close", { type: "button", "aria-label": "Close", onclick: () => select(null) }, "×"), el("h3", null, n.op), el("p.mono", null, n.name), one ? "" : el("p", null, el(`span.chip.i-${n.state}`, null, words[n.state])), el("dl", null, rows)].filter(Boolean);
}

function listen(canvas, side) {
  let from = null, moved = false;
  const pointers = new Map();
  canvas.addEventListener("pointerdown", e => { canvas.focus({ preventScroll: true }); canvas.setPointerCapture(e.pointerId); pointers.set(e.pointerId, e); from = { x: e.offsetX, y: e.offsetY }; moved = false; });
  canvas.addEventListener("pointermove", e => {
    if (!pointers.has(e.pointerId)) { canvas.style.cursor = hit(side, e.offsetX, e.offsetY) ? "pointer" : ""; return; }
    const before = pointers.get(e.pointerId), others = [...pointers.values()].filter(p => p.pointerId !== e.pointerId);
    if (others.length) zoomBy(Math.hypot(e.offsetX - others[0].offsetX, e.offsetY - others[0].offsetY) / Math.max(1, Math.hypot(before.offsetX - others[0].offsetX, before.offsetY - others[0].offsetY)), canvas, others[0].offsetX, others[0].offsetY);
    else if (moved || Math.hypot(e.offsetX - from.x, e.offsetY - from.y) > 4) { moved = true; graph.view.x += e.offsetX - before.offsetX; graph.view.y += e.offsetY - before.offsetY; redraw(); }
    pointers.set(e.pointerId, e);
  });
  const up = e => { pointers.delete(e.pointerId); if (e.type === "pointerup" && !moved) { const thing = hit(side, e.offsetX, e.offsetY); if (thing?.nodes) { graph.view.selected = null; toggle(thing); } else select(thing ?? null); } };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("wheel", e => { if (document.activeElement !== canvas && !e.ctrlKey) return; e.preventDefault(); zoomBy(Math.exp(-e.deltaY * 0.0016), canvas, e.offsetX, e.offsetY); }, { passive: false });
  canvas.addEventListener("keydown", e => {
    const step = 60, v = graph.view, moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (moves[e.key]) { v.x += moves[e.key][0]; v.y += moves[e.key][1]; redraw(); }
    else if (e.key === "+" || e.key === "=") zoomBy(1.25, canvas);
    else if (e.key === "-") zoomBy(0.8, canvas);
    else if (e.key === "0") fit();
    else if (e.key === "n" || e.key === "p") nextChange(e.key === "n" ? 1 : -1);
    else if (e.key === "b" || e.key === "B") nextBlock(e.key === "b" ? 1 : -1);
    else if (e.key === "Enter" && v.selected) toggle(v.selected.within ?? v.selected, v.selected.within ? false : !v.selected.shown);
    else if (e.key === "Escape") select(null);
    else return;
    e.preventDefault();
  });
}

function nextBlock(step) {
  const from = graph.view.selected?.within ?? graph.view.selected, list = graph.groups, group = list[(list.indexOf(from) + step + list.length + (from ? 0 : step < 0 ? 1 : 0)) % list.length];
  select(group);
  centre(group);
  say(`${group.name}, ${plural(group.nodes.length, "node")}, ${group.shown ? "unfolded" : "folded"}; Enter ${group.shown ? "folds" : "unfolds"} it`);
}

function nextChange(step) {
  const list = graph.nodes.filter(n => n.state !== "same" && n.state !== "shape"), at = list.indexOf(graph.view.selected);
  if (list.length) reveal(list[(at + step + list.length) % list.length]);
}

async function setAll(open) {
  for (const group of graph.groups) group.open = open && (open === true || group.nodes.some(n => n.state !== "same" && n.state !== "shape"));
  await arrange();
  fit();
  const changed = group => group.nodes.filter(n => n.state !== "same" && n.state !== "shape").length;
  const most = graph.groups.filter(g => g.open).reduce((p, g) => !p || changed(g) > changed(p) ? g : p, null);
  if (most && (graph.view.zoom < 0.5 || graph.scene.width * graph.view.zoom > graph.panes[0].canvas.clientWidth)) centre(most); // what is too small to read helps nobody
  say(open ? "every change unfolded" : "everything folded");
}
