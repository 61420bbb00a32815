// Blocks x kinds, and every unit of every dimension.

const kinds = ["heads", "qk", "v", "mlp", "embed", "conv", "other"];
let sorted = true, chosenKind = null;

const meanings = { heads: "attention heads", qk: "width of queries and keys in each head", v: "width of values in each head", mlp: "hidden units of feed-forward nets", embed: "channels of the residual stream", conv: "channels of convolutions", other: "anything else" };

const size = (u, n) => u.groups > 1 ? `${u.groups} × ${n}` : `${n}`;

function kindTable() {
  if (!data.units?.length) return null;
  const shown = data.units.filter(u => u.size > 1 || u.status !== "frozen"), used = kinds.filter(k => shown.some(u => u.kind === k)), rows = new Map();
  for (const u of shown) rows.set(u.block, [...rows.get(u.block) ?? [], u]);
  const cell = u => u.status === "frozen"
    ? el("span.fixed", { title: u.reason }, `${size(u, u.size)} fixed`)
    : el("button.cell", { type: "button", title: u.reason ?? u.id, tabindex: "-1", "aria-label": `${one || u.kept === u.size ? size(u, u.kept) : `${size(u, u.size)} → ${u.kept}`} ${u.id}; show its units`, onclick: () => showStrip(u.id) },
      el("span.pair", null, one || u.kept === u.size ? el("b", null, size(u, u.kept)) : [el("span.was", null, `${size(u, u.size)} → `), el("b", null, u.kept)]), one ? "" : meter(u.kept / u.size));
  const section = el("section", { id: "kinds" }, el("h2", null, "What can shrink, block by block"),
    el("p.lead", null, one ? "Units of each dimension. Fixed ones say why when pointed at." : "Units before and after; a bar is what is left. A click shows the single units."), el("p.lead.meanings", null, used.flatMap((k, i) => [i ? " · " : "", el("b", null, k), ` ${meanings[k]}`])),
    scrolling("panel.scroll", "Dimensions; arrows go from one to the next", el("table", { onkeydown: walk, onfocusin: e => stopAt(e.currentTarget, e.target) },
      el("thead", null, el("tr", null, el("th", { scope: "col" }, "Block"), used.map(k => el("th", { scope: "col", title: meanings[k] }, k)))),
      el("tbody", null, [...rows].map(([block, units]) => el("tr", null, el("th", { scope: "row" }, breakable(block)), used.map(k => {
        const own = units.filter(u => u.kind === k), most = 3;
        return el("td", null, own.slice(0, most).map(u => el("div", null, cell(u))), own.length > most ? el("span.fixed", { title: own.slice(most).map(u => u.id).join(", ") }, `and ${own.length - most} more`) : "");
      })))))));
  stopAt(section, section.querySelector("button.cell"));
  return section;
}

/** Hundreds of cells are one stop of the Tab key; arrows go from cell to cell. */
function stopAt(table, cell) {
  table.querySelectorAll("button.cell[tabindex='0']").forEach(b => b.tabIndex = -1);
  if (cell) cell.tabIndex = 0;
}

function walk(e) {
  const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[e.key], at = e.target.closest("td");
  if (!step || !at) return;
  const rows = [...e.currentTarget.tBodies[0].rows], column = at.cellIndex;
  let row = rows.indexOf(at.parentElement), next = null;
  if (step[0]) while (!next && rows[row += step[0]]) next = rows[row].cells[column]?.querySelector("button.cell");
  else for (let cell = column + step[1]; !next && at.parentElement.cells[cell]; cell += step[1]) next = at.parentElement.cells[cell].querySelector("button.cell");
  e.preventDefault();
  next?.focus();
}

function strips() {
  const units = (data.units ?? []).filter(u => u.status !== "frozen" && u.basis !== "rotated" && (u.scores || u.kept < u.size));
  if (one || !units.length) return null;
  const present = kinds.filter(k => units.some(u => u.kind === k)), scored = units.some(u => u.scores);
  chosenKind ??= present.find(k => units.some(u => u.kind === k && u.kept < u.size)) ?? present[0];
  const turned = kinds.filter(k => data.units.some(u => u.kind === k && u.basis === "rotated"));
  const list = scrolling("strips.panel", "Units of each dimension"), buttons = present.map(k => el("button.button", { type: "button", "aria-pressed": k === chosenKind, onclick: e => { chosenKind = k; press(e.target); fill(); } }, k));
  const order = el("button.button", { type: "button", "aria-pressed": `${sorted}`, onclick: () => { sorted = !sorted; order.setAttribute("aria-pressed", sorted); fill(); } }, "Sort by importance");
  const press = button => buttons.forEach(b => b.setAttribute("aria-pressed", b === button));
  const fill = () => {
    list.replaceChildren();
    for (const u of units.filter(u => u.kind === chosenKind)) {
      const canvas = el("canvas", { role: "img", "aria-label": `${u.id}: ${u.kept} of ${u.size} units kept${u.groups > 1 ? ` in each of ${u.groups} groups` : ""}`, "data-dim": u.id });
      list.append(el("span.name.mono", { title: u.id }, stripName(u)), el("span.kept", null, `${size(u, u.kept)} of ${u.size}`), canvas);
      canvas.style.height = `${stripHeight(u) * u.groups}px`;
      seen.observe(canvas);
      canvas.unit = u;
    }
  };
  const seen = new IntersectionObserver(entries => entries.filter(e => e.isIntersecting).forEach(e => { drawStrip(e.target); seen.unobserve(e.target); }));
  addEventListener("themed", fill);
  stripsOf = id => { chosenKind = units.find(u => u.id === id)?.kind ?? chosenKind; press(buttons[present.indexOf(chosenKind)]); fill(); };
  fill();
  return el("section", { id: "units" }, el("h2", null, "Every unit"), el("p.lead", null, (scored ? "Each cell is a unit, the stronger its colour the more it matters. Red ones went." : "Each cell is a unit. Red ones went.") + (units.some(u => u.compensation?.startsWith("selection")) ? " Where what stays was fitted, those went that others can stand in for." : "") + (turned.length ? ` ${turned.join(" and ")} ${turned.length > 1 ? "are" : "is"} not here where another basis took the place of the single units.` : "")),
    el("div.tools", null, buttons, el("span.space"), scored ? order : "", el("span.scale", null, scored ? ["less", el("span.ramp"), "more"] : "", el("span.went"), "went")), list);
}

/** The block as the table names it, where it has one dimension of the kind. */
const stripName = u => data.units.filter(v => v.block === u.block && v.kind === u.kind).length === 1 ? u.block : u.id;

let stripsOf = () => {};

function showStrip(id) {
  stripsOf(id);
  const canvas = [...document.querySelectorAll("canvas[data-dim]")].find(c => c.dataset.dim === id);
  if (!canvas) return;
  document.querySelectorAll(".marked").forEach(m => m.classList.remove("marked"));
  canvas.classList.add("marked");
  canvas.scrollIntoView({ block: "center" });
  history.replaceState(null, "", `#dim=${encodeURIComponent(id)}`);
}

const stripHeight = u => Math.max(4, Math.min(14, Math.round(72 / u.groups)));

function drawStrip(canvas) {
  const u = canvas.unit, height = stripHeight(u), width = Math.max(canvas.clientWidth, 40) * devicePixelRatio;
  canvas.width = width;
  canvas.height = height * u.groups * devicePixelRatio;
  const g = canvas.getContext("2d"), cell = width / u.size, rows = [];
  const [accent, surface, went] = [colour("accent"), colour("surface"), colour("removed")];
  for (let group = 0; group < u.groups; group++) {
    const gone = new Set(u.removed[group] ?? []), scores = u.scores?.[group], rank = new Float64Array(u.size).fill(0.5);
    const order = [...Array(u.size).keys()];
    if (scores) {
      order.sort((x, y) => scores[x] - scores[y]);
      order.forEach((unit, place) => { rank[unit] = place / Math.max(1, u.size - 1); });
    }
    const shown = sorted ? order : [...Array(u.size).keys()];
    rows.push(shown);
    shown.forEach((unit, place) => {
      g.fillStyle = gone.has(unit) ? went : accent;
      g.globalAlpha = gone.has(unit) ? 0.8 : scores ? 0.18 + 0.82 * rank[unit] : 0.75;
      const x = Math.round(place * cell), y = group * height * devicePixelRatio;
      g.fillRect(x, y, Math.max(1, Math.round((place + 1) * cell) - x - (cell > 5 ? 1 : 0)), height * devicePixelRatio - (u.groups > 1 ? 1 : 0));
    });
    g.globalAlpha = 1;
  }
  canvas.onmousemove = e => {
    const group = Math.min(u.groups - 1, Math.floor(e.offsetY / height)), place = Math.min(u.size - 1, Math.floor(e.offsetX / canvas.clientWidth * u.size)), unit = rows[group][place];
    canvas.title = `${u.groups > 1 ? `group ${group}, ` : ""}unit ${unit}: ${(u.removed[group] ?? []).includes(unit) ? "went" : "kept"}${u.scores ? `, importance ${u.scores[group][unit].toPrecision(3)}` : ""}`;
  };
}
