// Draws one side of the graphs. What lies on the other side alone is left as a dashed outline, so that both sides stay in step.

const ink = {};

function readInk() {
  for (const name of ["surface", "sunken", "ink", "muted", "line", "line-strong", "accent", "accent-soft", "before", "added", "added-soft", "removed", "removed-soft", "changed", "changed-soft", "shape", "shape-soft"]) ink[name] = colour(name);
}

function draw(canvas, side, scene, view) {
  const ratio = devicePixelRatio, width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) { canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio); }
  const g = canvas.getContext("2d");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.fillStyle = ink.surface;
  g.fillRect(0, 0, width, height);
  if (!scene) return;
  g.translate(Math.round(view.x * ratio) / ratio, Math.round(view.y * ratio) / ratio);
  g.scale(view.zoom, view.zoom);
  const seen = { left: -view.x / view.zoom, top: -view.y / view.zoom, right: (width - view.x) / view.zoom, bottom: (height - view.y) / view.zoom };
  const visible = b => b.x < seen.right && b.x + b.width > seen.left && b.y < seen.bottom && b.y + b.height > seen.top;
  const drawLines = lines => {
    g.lineWidth = 1.2;
    g.strokeStyle = ink["line-strong"];
    g.beginPath();
    for (const line of lines) {
      if (!(line.sides & side) || line.bottom < seen.top || line.top > seen.bottom) continue;
      g.moveTo(line.points[0].x, line.points[0].y);
      for (const p of line.points.slice(1)) g.lineTo(p.x, p.y);
    }
    g.stroke();
    g.fillStyle = ink["line-strong"];
    for (const line of lines) {
      if (!(line.sides & side) || line.bottom < seen.top || line.top > seen.bottom) continue;
      const end = line.points.at(-1);
      g.beginPath(); g.moveTo(end.x - 3.5, end.y - 6); g.lineTo(end.x + 3.5, end.y - 6); g.lineTo(end.x, end.y); g.fill();
    }
  };
  drawLines(scene.lines);
  for (const group of scene.groups) {
    if (!visible(group)) continue;
    if (group.shown) drawOpen(g, group, side, visible, drawLines, view); else drawGroup(g, group, side, view);
  }
}

function box(g, b, radius) {
  g.beginPath();
  g.roundRect(b.x, b.y, b.width, b.height, radius);
}

function drawGroup(g, group, side, view) {
  const here = group.nodes.some(n => n.sides & side), marked = view.selected === group;
  box(g, group, 9);
  g.setLineDash(here ? [] : [4, 4]);
  g.fillStyle = here ? ink.sunken : ink.surface;
  g.fill();
  g.lineWidth = marked ? 2.5 : 1.2;
  g.strokeStyle = marked ? ink.accent : ink["line-strong"];
  g.stroke();
  g.setLineDash([]);
  if (view.zoom < 0.16) return;
  text(g, group.name, group.x + 12, group.y + 21, group.width - 34, "600 13px system-ui, sans-serif", here ? ink.ink : ink.muted);
  text(g, "+", group.x + group.width - 20, group.y + 21, 20, "500 15px system-ui, sans-serif", ink.muted);
  const cost = group.cost, i = side - 1;
  text(g, cost && cost.parameters[0] + cost.parameters[1] ? `${plural(group.counts[side], "node")} · ${count(cost.parameters[i])} parameters` : plural(group.counts[side], "node"), group.x + 12, group.y + 38, group.width - 24, "12px system-ui, sans-serif", ink.muted);
  let x = group.x + 12;
  for (const [state, sign] of [["changed", "~"], ["shape", "≈"], ["added", "+"], ["removed", "−"]]) {
    const number = group.states[state];
    if (!number || (state === "added" && side === 1) || (state === "removed" && side === 2)) continue;
    const label = `${sign} ${number}`;
    g.font = "600 11px system-ui, sans-serif";
    const width = g.measureText(label).width + 12;
    g.fillStyle = ink[`${state}-soft`];
    g.beginPath(); g.roundRect(x, group.y + 46, width, 16, 8); g.fill();
    text(g, label, x + 6, group.y + 58, width, g.font, ink[state]);
    x += width + 5;
  }
  if (side === 2 && cost && cost.parameters[0] > 0 && cost.parameters[1] !== cost.parameters[0]) {
    const width = 64, left = group.x + group.width - width - 12;
    g.fillStyle = ink.before; g.beginPath(); g.roundRect(left, group.y + 52, width, 5, 2.5); g.fill();
    g.fillStyle = ink.accent; g.beginPath(); g.roundRect(left, group.y + 52, Math.max(3, width * Math.min(1, cost.parameters[1] / cost.parameters[0])), 5, 2.5); g.fill();
  }
}

function drawOpen(g, group, side, visible, drawLines, view) {
  box(g, group, 9);
  g.fillStyle = ink.sunken;
  g.globalAlpha = 0.55;
  g.fill();
  g.globalAlpha = 1;
  g.lineWidth = 1;
  g.strokeStyle = ink["line-strong"];
  g.stroke();
  if (view.zoom >= 0.16) {
    text(g, group.name, group.x + 12, group.y + 21, group.width - 40, "600 13px system-ui, sans-serif", ink.ink);
    text(g, "−", group.x + group.width - 21, group.y + 21, 20, "500 15px system-ui, sans-serif", ink.muted);
  }
  drawLines(group.lines);
  for (const node of group.nodes) if (visible(node)) drawNode(g, node, side, view);
}

function drawNode(g, node, side, view) {
  const here = node.sides & side, state = node.state, marked = view.selected === node;
  box(g, node, 6);
  if (!here) {
    g.setLineDash([3, 4]);
    g.lineWidth = 1;
    g.strokeStyle = ink.line;
    g.stroke();
    g.setLineDash([]);
    return;
  }
  g.fillStyle = state === "same" ? ink.surface : ink[`${state}-soft`];
  g.fill();
  g.lineWidth = marked ? 2.5 : state === "same" ? 1 : 1.4;
  g.strokeStyle = marked ? ink.accent : state === "same" ? ink["line-strong"] : ink[state];
  g.stroke();
  if (view.zoom < 0.3) return;
  text(g, node.op.replace(/^.*::/, ""), node.x + 9, node.y + 17, node.width - 16, "600 12px system-ui, sans-serif", ink.ink);
  text(g, label(node, side), node.x + 9, node.y + 32, node.width - 16, "11px system-ui, sans-serif", ink.muted);
}

/** The second line of a node: its weight, else what it makes. */
function label(node, side) {
  const tensor = node.tensors?.[0];
  if (tensor) return side === 2 && tensor.to ? tensor.to : tensor.from;
  const shape = side === 2 ? node.shapeB ?? node.shapeA : node.shapeA ?? node.shapeB;
  return node.op === "Input" || node.op === "Output" ? node.name : shape ? shape.replaceAll(",", "×") : "";
}

const widths = new Map();

function text(g, words, x, y, most, font, fill) {
  g.font = font;
  g.fillStyle = fill;
  const key = `${font}|${most}|${words}`;
  let shown = widths.get(key);
  if (shown === undefined) {
    shown = words;
    while (shown.length > 1 && g.measureText(shown).width > most) shown = `${shown.replace(/…$/, "").slice(0, -1)}…`;
    widths.set(key, shown);
  }
  g.fillText(shown, x, y);
}
