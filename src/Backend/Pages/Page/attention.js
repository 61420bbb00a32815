// What both models look at: heat over pictures.

// dark violet to yellow, evenly lighter, so that it reads without colours, too (inferno of matplotlib, at six places)
const heat = [[0, 0, 4], [66, 10, 104], [147, 38, 103], [221, 81, 58], [252, 165, 10], [252, 255, 164]];

function heatAt(x) {
  const at = Math.min(heat.length - 1.001, Math.max(0, x) * (heat.length - 1)), i = Math.floor(at), t = at - i;
  return heat[i].map((c, k) => Math.round(c + (heat[i + 1][k] - c) * t));
}

/** A map as a canvas of one pixel a patch, from the least to the most looked at; the browser smooths it when it is drawn larger. */
function heatCanvas(map, least, most) {
  const canvas = el("canvas.heat", { "aria-hidden": "true" });
  canvas.width = map.width;
  canvas.height = map.height;
  const g = canvas.getContext("2d"), pixels = g.createImageData(map.width, map.height);
  map.shares.forEach((share, i) => {
    const x = (share - least) / Math.max(most - least, 1e-9);
    pixels.data.set([...heatAt(x), Math.round(255 * (0.72 - 0.27 * x))], 4 * i);
  });
  g.putImageData(pixels, 0, 0);
  return canvas;
}

function attentionSection() {
  const looks = data.attention;
  if (!looks) return null;
  const section = (...children) => el("section", { id: "attention" }, el("h2", null, "What they look at"), children);
  if (looks.why) return section(el("p.lead", null, `Attention cannot be drawn here: ${looks.why}.`));
  const panel = (p, i, which, map) => {
    const all = [...p.before.shares, ...p.after.shares];
    return el("div.look", { role: "img", "aria-label": `Picture ${i + 1}${map ? `, what the model ${which} looks at` : ""}` }, el("img", { src: p.picture, alt: "" }), map ? heatCanvas(map, Math.min(...all), Math.max(...all)) : "", el("span.tag", { "aria-hidden": "true" }, which));
  };
  const rows = looks.pictures.map((p, i) => el("div.looks", null, panel(p, i, "picture"), panel(p, i, "before", p.before), panel(p, i, "after", p.after), el("p.shared", null, el("b", null, fixed(p.likeness, 2)), " alike")));
  const layers = [...new Set(looks.pictures.flatMap(p => [p.before.layers, p.after.layers]))].join(" and ");
  const mean = looks.pictures.reduce((s, p) => s + p.likeness, 0) / Math.max(1, looks.pictures.length);
  return section(el("p.lead", null, `Which patches reach the output through ${layers} layers of attention (attention rollout). Before and after are ${fixed(mean, 2)} alike in the mean: the correlation of both maps, 1 where they agree in every patch, 0 where they have nothing in common.`),
    el("div.tools", null, el("span.scale", null, "least looked at", el("span.ramp.heated"), "most, in each picture")), el("div.panel.lookbook", null, rows));
}
