// Where nodes lie: elkjs in a worker where the page carries it, else layers of our own.

const spacing = { node: 22, layer: 34 };
let worker = null, nextJob = 1;
const jobs = new Map();

async function startWorker() {
  const packed = document.getElementById("library").textContent.trim();
  if (!packed) return null;
  try {
    const zipped = Uint8Array.from(atob(packed), c => c.charCodeAt(0));
    const source = await new Response(new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"))).blob();
    const made = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    made.onmessage = ({ data: { id, data: result, error } }) => { const job = jobs.get(id); jobs.delete(id); if (error) job?.reject(error); else job?.resolve(result); };
    made.onerror = event => { event.preventDefault(); worker = Promise.resolve(null); for (const job of jobs.values()) job.reject(event.message); jobs.clear(); };
    const ask = message => new Promise((resolve, reject) => { const id = nextJob++; jobs.set(id, { resolve, reject }); made.postMessage({ ...message, id }); });
    await ask({ cmd: "register", algorithms: ["layered"] });
    return ask;
  } catch {
    return null;
  }
}

/** Places boxes {id, width, height} so that edges [from, to] run downwards. Gives {width, height, at: Map(id -> {x, y}), lines: [[{x, y}]]}. */
async function layOut(boxes, edges) {
  worker ??= startWorker();
  const ask = await worker;
  if (!ask || boxes.length > 2500) return layers(boxes, edges);
  const graph = {
    id: "root", children: boxes.map(({ id, width, height }) => ({ id: `${id}`, width, height })), edges: edges.map(([from, to], i) => ({ id: `e${i}`, sources: [`${from}`], targets: [`${to}`] })),
    layoutOptions: {
      "elk.algorithm": "layered", "elk.direction": "DOWN", "elk.edgeRouting": "ORTHOGONAL", "elk.padding": "[top=0,left=0,bottom=0,right=0]", "elk.spacing.nodeNode": `${spacing.node}`,
      "elk.layered.spacing.nodeNodeBetweenLayers": `${spacing.layer}`, "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES", "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF", "elk.layered.thoroughness": boxes.length > 400 ? "1" : "5",
    },
  };
  try {
    const done = await ask({ cmd: "layout", graph, layoutOptions: {}, options: {} });
    return {
      width: done.width, height: done.height, at: new Map(done.children.map(c => [Number(c.id), { x: c.x, y: c.y }])),
      lines: done.edges.map(e => e.sections ? [e.sections[0].startPoint, ...e.sections[0].bendPoints ?? [], e.sections[0].endPoint] : []),
    };
  } catch {
    return layers(boxes, edges);
  }
}

/** Layers by the longest way to a box; within a layer by the middle of what lies above. */
function layers(boxes, edges) {
  const above = new Map(boxes.map(b => [b.id, []])), depth = new Map();
  const order = new Map(boxes.map((b, i) => [b.id, i]));
  for (const [from, to] of edges) if (order.get(from) < order.get(to)) above.get(to).push(from);
  for (const box of boxes) depth.set(box.id, Math.max(-1, ...above.get(box.id).map(p => depth.get(p))) + 1);
  const rows = [];
  for (const box of boxes) (rows[depth.get(box.id)] ??= []).push(box);
  const at = new Map(), middle = new Map();
  let y = 0, width = 0;
  for (const row of rows) {
    const wanted = box => { const p = above.get(box.id); return p.length ? p.reduce((s, q) => s + middle.get(q), 0) / p.length : 0; };
    row.sort((p, q) => wanted(p) - wanted(q));
    const total = row.reduce((s, b) => s + b.width, 0) + spacing.node * (row.length - 1);
    let x = row.reduce((s, b) => s + wanted(b), 0) / row.length - total / 2;
    for (const box of row) {
      at.set(box.id, { x, y });
      middle.set(box.id, x + box.width / 2);
      x += box.width + spacing.node;
    }
    y += Math.max(...row.map(b => b.height)) + spacing.layer;
  }
  const left = Math.min(0, ...[...at.values()].map(p => p.x));
  for (const box of boxes) { const p = at.get(box.id); p.x -= left; width = Math.max(width, p.x + box.width); }
  const of = new Map(boxes.map(b => [b.id, b]));
  const lines = edges.map(([from, to]) => {
    const p = at.get(from), q = at.get(to), b = of.get(from), c = of.get(to), start = { x: p.x + b.width / 2, y: p.y + b.height }, end = { x: q.x + c.width / 2, y: q.y }, bend = end.y - spacing.layer / 2;
    return [start, { x: start.x, y: bend }, { x: end.x, y: bend }, end];
  });
  return { width, height: Math.max(0, y - spacing.layer), at, lines };
}
