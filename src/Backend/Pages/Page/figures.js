// Numbers as people read them, and elements in a line.

const data = JSON.parse(document.getElementById("data").textContent);

/** Rounded half up as decimal digits are, so that a page and a terminal show the same. */
const fixed = (x, digits) => {
  const scale = 10 ** digits;
  return (Math.sign(x) * Math.round(Number((Math.abs(x) * scale).toPrecision(15))) / scale).toFixed(digits);
};

const three = x => x < 10 ? fixed(x, 2) : x < 100 ? fixed(x, 1) : fixed(x, 0);

const counted = (x, units) => {
  let i = 0;
  while (x >= 1000 && i < units.length - 1) { x /= 1000; i++; }
  return i === 0 ? `${Math.round(x)}${units[0]}` : `${three(x)}${units[i]}`;
};

const count = x => x < 1e4 ? `${Math.round(x)}` : counted(x, ["", " k", " M", " G", " T"]);

const bytes = x => counted(x, [" B", " kB", " MB", " GB"]);

const percent = x => `${fixed(100 * x, 1)}\u00a0%`;

const milliseconds = x => `${three(x)} ms`;

/** Sizes as people write them. */
const sizes = shape => shape.replaceAll(",", " × ");

const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

const fileName = path => path.split(/[\\/]/).pop();

/** A name that may break behind its dots and slashes. */
const breakable = name => name.split(/(?<=[./])/).flatMap((part, i) => i ? [document.createElement("wbr"), part] : [part]);

/** An element: tag with classes, attributes, children (texts or elements). */
function el(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.startsWith("aria-")) element.setAttribute(key, `${value}`);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter(c => c != null && c !== ""));
  return element;
}

/** A bar: how much is left. */
function meter(share, label) {
  const bar = el("i");
  bar.style.width = `${100 * Math.max(0, Math.min(1, share))}%`;
  return el("div.meter", { role: "img", "aria-label": label ?? `${percent(share)} left` }, bar);
}

/** A part that scrolls by itself: keys reach it, and it has a name. */
const scrolling = (classes, name, ...children) => el(`div.${classes}`, { tabindex: "0", role: "region", "aria-label": name }, ...children);

const say = text => { document.getElementById("said").textContent = text; };

/** The value of a colour of the page, as it is now. */
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
