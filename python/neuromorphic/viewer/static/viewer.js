// The page of `neuromorphic view`: takes messages (protocol.py says how they are laid out), draws them, says what it wants.

const byId = (id) => document.getElementById(id);

const PALETTES = [
  { name: "amber and blue", ground: "#05070a", on: "#ffb14a", off: "#3f9bff" },
  { name: "white and blue", ground: "#05070a", on: "#ffffff", off: "#2f7de1" },
  { name: "yellow and violet", ground: "#08060c", on: "#ffe45c", off: "#8d63ff" },
  { name: "white and black on grey", ground: "#808080", on: "#ffffff", off: "#000000", panel: ["#ffffff", "#6d7683"] },
  { name: "orange and blue on white", ground: "#ffffff", on: "#d95f02", off: "#1f78b4", panel: ["#f08a3c", "#4aa0dc"] },
];
const SHORTEST_TAU_MS = 2;
const LONGEST_TAU_MS = 1000;
const MOST_COUNTED = 15;
const TICKS = 1 << 15;

// ---- What the sensor did ----

/** The last event of each pixel, as the server tells it. */
class Surface {
  constructor(width, height, tickUs) {
    this.width = width;
    this.height = height;
    this.tickUs = tickUs;
    this.stamps = new Uint16Array(width * height);
    this.counts = new Uint8Array(width * height);
    this.hasCounts = false;
    this.tick = 0;
    this.t = 0;
  }

  /** Takes a message's picture, and returns its number and its JSON. */
  apply(buffer) {
    const head = new DataView(buffer);
    const kind = head.getUint8(0);
    const length = head.getUint32(8, true);
    const textLength = head.getUint32(12, true);
    const news = textLength ? JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 24, textLength))) : {};
    const start = 24 + textLength;
    if (kind !== 0) {
      this.tick = head.getUint16(2, true);
      this.t = head.getFloat64(16, true);
      this.hasCounts = kind > 2;
    }
    if (kind === 1) {
      this.stamps.set(new Uint16Array(buffer, start, length));
    } else if (kind === 2) {
      const pixels = new Uint32Array(buffer, start, length);
      const values = new Uint16Array(buffer, start + 4 * length, length);
      for (let i = 0; i < length; i++) this.stamps[pixels[i]] = values[i];
    } else if (kind === 3) {
      this.counts.set(new Uint8Array(buffer, start, length));
    } else if (kind === 4) {
      const pixels = new Uint32Array(buffer, start, length);
      const values = new Uint8Array(buffer, start + 4 * length, length);
      this.counts.fill(0);
      for (let i = 0; i < length; i++) this.counts[pixels[i]] = values[i];
    }
    return { number: head.getUint32(4, true), hasPicture: kind !== 0, news };
  }

  /** What a pixel did last, in words. */
  tell(x, y) {
    const stamp = this.stamps[y * this.width + x];
    if (stamp === 0) return "";
    const age = ageOf(this.tick, stamp >> 1) * this.tickUs / 1000;
    return `${stamp & 1 ? "ON" : "OFF"} ${age < 10 ? age.toFixed(1) : Math.round(age)} ms ago`;
  }
}

/** Ticks since a stamp's; one that is newer than the picture counts as new. */
function ageOf(tick, stamp) {
  const age = (tick - stamp) & (TICKS - 1);
  return age >= (TICKS / 8) * 7 ? 0 : age;
}

// ---- Drawing ----

const VERTICES = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

const FRAGMENTS = `#version 300 es
precision highp float;
precision highp int;
uniform highp usampler2D stamps;
uniform highp usampler2D counts;
uniform bool counting;
uniform bvec2 flip;
uniform uint tick;
uniform float fade, most;
uniform vec3 ground, on, off;
out vec4 colour;
void main() {
  ivec2 size = textureSize(stamps, 0);
  ivec2 p = ivec2(gl_FragCoord.xy);
  if (flip.x) p.x = size.x - 1 - p.x;
  if (!flip.y) p.y = size.y - 1 - p.y;
  if (counting) {
    uint both = texelFetch(counts, p, 0).r;
    float ons = float(both >> 4u), offs = float(both & 15u), all = ons + offs;
    colour = vec4(all == 0.0 ? ground : mix(ground, mix(off, on, ons / all), min(all / most, 1.0)), 1.0);
  } else {
    uint stamp = texelFetch(stamps, p, 0).r;
    uint age = (tick - (stamp >> 1u)) & 32767u;
    if (age >= 28672u) age = 0u;
    float strength = stamp == 0u ? 0.0 : exp(-float(age) * fade);
    colour = vec4(mix(ground, (stamp & 1u) == 1u ? on : off, strength), 1.0);
  }
}`;

function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** Whether WebGL is a program of this computer's processor, which is slower than TableRenderer. */
function isSoftware(gl) {
  const more = gl.getExtension("WEBGL_debug_renderer_info");
  const name = gl.getParameter(more ? more.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

/** Draws with WebGL 2: the surface is a texture, and fading is the shader's. Not where WebGL is software, unless forced. */
class ShaderRenderer {
  static make(canvas, surface, force) {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
    if (!gl || (!force && isSoftware(gl))) return null;
    if (gl.getParameter(gl.MAX_TEXTURE_SIZE) < Math.max(surface.width, surface.height)) return null;
    const program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, VERTICES], [gl.FRAGMENT_SHADER, FRAGMENTS]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
      console.warn("The shader doesn't work here:", gl.getProgramInfoLog(program));
      return null;
    }
    return new ShaderRenderer(gl, program, surface);
  }

  constructor(gl, program, surface) {
    this.gl = gl;
    this.name = "webgl";
    this.surface = surface;
    this.at = {};
    for (const name of ["stamps", "counts", "counting", "flip", "tick", "fade", "most", "ground", "on", "off"]) {
      this.at[name] = gl.getUniformLocation(program, name);
    }
    gl.useProgram(program);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    this.#texture(0, gl.R16UI, gl.UNSIGNED_SHORT, surface.stamps);
    this.#texture(1, gl.R8UI, gl.UNSIGNED_BYTE, surface.counts);
    gl.uniform1i(this.at.stamps, 0);
    gl.uniform1i(this.at.counts, 1);
  }

  #texture(unit, format, type, values) {
    const gl = this.gl;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    gl.texImage2D(gl.TEXTURE_2D, 0, format, this.surface.width, this.surface.height, 0, gl.RED_INTEGER, type, values);
  }

  get isLost() {
    return this.gl.isContextLost();
  }

  draw(look) {
    const { gl, at, surface } = this;
    const [unit, type, values] = look.counting
      ? [1, gl.UNSIGNED_BYTE, surface.counts]
      : [0, gl.UNSIGNED_SHORT, surface.stamps];
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, surface.width, surface.height, gl.RED_INTEGER, type, values);
    gl.viewport(0, 0, surface.width, surface.height);
    gl.uniform1i(at.counting, look.counting);
    gl.uniform2i(at.flip, look.flipX, look.flipY);
    gl.uniform1ui(at.tick, surface.tick);
    gl.uniform1f(at.fade, surface.tickUs / 1000 / look.tauMs);
    gl.uniform1f(at.most, look.most);
    for (const name of ["ground", "on", "off"]) gl.uniform3fv(at[name], rgb(look.palette[name]).map((part) => part / 255));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}

/** Draws the same without WebGL: a table has the colour of every possible value of a pixel. */
class TableRenderer {
  constructor(canvas, surface) {
    this.name = "2d";
    this.isLost = false;
    this.surface = surface;
    this.context = canvas.getContext("2d", { alpha: false });
    this.image = this.context.createImageData(surface.width, surface.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.table = new Uint32Array(2 * TICKS);
  }

  draw(look) {
    const { surface, table, pixels } = this;
    const [ground, on, off] = ["ground", "on", "off"].map((name) => rgb(look.palette[name]));
    const mixed = ([r, g, b], strength) =>
      (0xff000000 |
        ((ground[2] + (b - ground[2]) * strength + 0.5) << 16) |
        ((ground[1] + (g - ground[1]) * strength + 0.5) << 8) |
        (ground[0] + (r - ground[0]) * strength + 0.5)) >>> 0;
    table.fill(mixed(ground, 0));
    if (look.counting) {
      for (let both = 1; both < 256; both++) {
        const ons = both >> 4;
        const all = ons + (both & 15);
        table[both] = mixed(off.map((part, i) => part + ((on[i] - part) * ons) / all), Math.min(all / look.most, 1));
      }
    } else {
      const fade = surface.tickUs / 1000 / look.tauMs;
      // What is older is too faint to be seen.
      const oldest = Math.min(6.3 / fade, (TICKS / 8) * 7);
      for (let age = -TICKS / 8; age < oldest; age++) {
        const strength = Math.exp(-Math.max(age, 0) * fade);
        const stamp = 2 * ((surface.tick - age) & (TICKS - 1));
        table[stamp] = mixed(off, strength);
        table[stamp + 1] = mixed(on, strength);
      }
      table[0] = mixed(ground, 0);
    }
    const values = look.counting ? surface.counts : surface.stamps;
    const { width, height } = surface;
    for (let y = 0; y < height; y++) {
      let to = (look.flipY ? height - 1 - y : y) * width + (look.flipX ? width - 1 : 0);
      const step = look.flipX ? -1 : 1;
      for (let from = y * width, end = from + width; from < end; from++, to += step) pixels[to] = table[values[from]];
    }
    this.context.putImageData(this.image, 0, 0);
  }
}

/** The event rate of the last half minute. */
class Curve {
  constructor(canvas) {
    this.canvas = canvas;
    this.on = [];
    this.off = [];
    this.most = 300;
    this.seconds = 30;
    this.peak = 0;
  }

  add(on, off) {
    this.on = this.on.concat(on).slice(-this.most);
    this.off = this.off.concat(off).slice(-this.most);
  }

  /** The mean of the last half second. */
  mean(values) {
    const last = values.slice(-5);
    return last.length ? last.reduce((a, b) => a + b, 0) / last.length : 0;
  }

  draw([onColour, offColour]) {
    const { canvas } = this;
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return;
    if (canvas.width !== Math.round(width * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const c = canvas.getContext("2d");
    c.setTransform(scale, 0, 0, scale, 0, 0);
    c.clearRect(0, 0, width, height);
    const [top, bottom] = [15, height - 16];
    const sums = this.on.map((on, i) => on + this.off[i]);
    const full = niceAbove(Math.max(...sums, 1));
    const x = (i) => width - (sums.length - 1 - i) * (width / (this.most - 1));
    const y = (value) => bottom - (bottom - top) * value / full;
    c.strokeStyle = "#242a33";
    c.lineWidth = 1;
    for (const value of [0, full / 2, full]) {
      const at = Math.round(y(value)) + 0.5;
      c.beginPath();
      c.moveTo(0, at);
      c.lineTo(width, at);
      c.stroke();
    }
    const area = (upper, lower, colour) => {
      c.beginPath();
      for (let i = 0; i < sums.length; i++) c.lineTo(x(i), y(upper[i]));
      for (let i = sums.length - 1; i >= 0; i--) c.lineTo(x(i), y(lower[i]));
      c.closePath();
      c.fillStyle = colour;
      c.fill();
    };
    if (sums.length > 1) {
      c.globalAlpha = 0.85;
      area(this.off, this.off.map(() => 0), offColour);
      area(sums, this.off, onColour);
      c.globalAlpha = 1;
    }
    c.fillStyle = "#98a2b0";
    c.font = "11px system-ui, sans-serif";
    c.textAlign = "left";
    c.fillText(`${quantity(full).join(" ").trim()}/s`, 0, 10);
    c.fillText(`${this.seconds} s ago`, 0, height - 3);
    c.textAlign = "right";
    c.fillText("now", width, height - 3);
  }
}

/** A number with one or two digits that are not 0, not below the value. */
function niceAbove(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * power).find((nice) => nice >= value * 0.999);
}

/** Three digits, and a prefix. */
function quantity(value) {
  for (const [prefix, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]]) {
    if (value >= 0.9995 * size) return [threeDigits(value / size), prefix];
  }
  return [value < 10 && value % 1 ? value.toFixed(1) : String(Math.round(value)), ""];
}

function threeDigits(value) {
  return value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
}

function bytes(count) {
  const [value, prefix] = quantity(count);
  return `${value} ${prefix}B`;
}

function duration(seconds) {
  if (seconds < 1e-3) return `${Math.round(seconds * 1e6)} µs`;
  return seconds < 1 ? `${(seconds * 1e3).toFixed(seconds < 0.01 ? 1 : 0)} ms` : `${seconds.toFixed(1)} s`;
}

function clock(microseconds) {
  const seconds = microseconds / 1e6;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = (Math.floor((seconds % 60) * 1000) / 1000).toFixed(3).padStart(6, "0");
  return `${hours ? `${hours}:${String(minutes).padStart(2, "0")}` : minutes}:${rest}`;
}

// ---- Sliders of biases ----

class Biases {
  constructor(send) {
    this.send = send;
    this.rows = new Map();
    this.changes = {};
    this.timer = 0;
    this.held = null;
    byId("reset").addEventListener("click", () => {
      this.complain("");
      send({ reset: true });
    });
  }

  /** Makes a slider for each, those that the events don't follow apart. */
  make(biases) {
    byId("biases").replaceChildren();
    byId("biases-more").replaceChildren();
    this.rows.clear();
    const isMain = (bias, place) => (biases.some((other) => !other.followed) ? bias.followed : place < 6);
    biases.forEach((bias, place) => {
      const row = document.createElement("div");
      row.className = bias.followed ? "bias" : "bias unfollowed";
      const label = document.createElement("label");
      label.textContent = bias.name;
      label.htmlFor = `bias-${bias.name}`;
      label.title = [
        bias.about || "Its purpose is not public",
        `${bias.minimum} to ${bias.maximum}, default ${bias.default}`,
        ...(bias.followed ? [] : ["The simulation's events don't follow it"]),
      ].join(". ") + ".";
      const track = document.createElement("div");
      track.className = "track";
      const mark = document.createElement("span");
      mark.className = "mark";
      const share = (bias.default - bias.minimum) / Math.max(bias.maximum - bias.minimum, 1);
      // The middle of a slider's knob, which is 14 pixels wide, stays within the slider.
      mark.style.left = `calc(7px + ${share} * (100% - 14px))`;
      const [range, number] = ["range", "number"].map((type) => {
        const input = document.createElement("input");
        Object.assign(input, { type, min: bias.minimum, max: bias.maximum, step: 1, disabled: !bias.live });
        input.setAttribute("aria-label", type === "range" ? bias.name : `${bias.name}, value`);
        return input;
      });
      range.id = label.htmlFor;
      range.addEventListener("input", () => this.#want(bias, range.valueAsNumber));
      range.addEventListener("pointerdown", () => (this.held = bias.name));
      range.addEventListener("dblclick", () => this.#want(bias, bias.default));
      for (const name of ["pointerup", "pointercancel"]) range.addEventListener(name, () => (this.held = null));
      number.addEventListener("change", () => {
        if (Number.isInteger(number.valueAsNumber)) this.#want(bias, number.valueAsNumber);
      });
      track.append(mark, range);
      row.append(label, track, number);
      byId(isMain(bias, place) ? "biases" : "biases-more").append(row);
      this.rows.set(bias.name, { bias, row, range, number });
    });
    byId("biases-section").hidden = biases.length === 0;
    byId("more").hidden = !byId("biases-more").childElementCount;
  }

  #want(bias, value) {
    this.complain("");
    this.#show(bias.name, value);
    this.changes[bias.name] = value;
    // Not more often than a camera likes.
    if (!this.timer) this.timer = setTimeout(() => this.#tell(), 60);
  }

  #tell() {
    this.timer = 0;
    this.send({ biases: this.changes });
    this.changes = {};
  }

  #show(name, value) {
    const { bias, row, range, number } = this.rows.get(name);
    range.value = value;
    if (document.activeElement !== number || number.valueAsNumber === value || !number.value) number.value = value;
    row.classList.toggle("changed", value !== bias.default);
  }

  /** What the device has now. */
  update(values) {
    for (const [name, value] of Object.entries(values)) {
      if (this.rows.has(name) && name !== this.held && !(name in this.changes)) {
        this.rows.get(name).number.value = value;
        this.#show(name, value);
      }
    }
  }

  complain(sentence) {
    byId("biases-error").textContent = sentence;
    byId("biases-error").hidden = !sentence;
  }
}

// ---- The page ----

class Page {
  constructor() {
    this.look = { mode: "decay", tauMs: 100, most: 3, palette: PALETTES[0], flipX: false, flipY: false, counting: false };
    this.surface = null;
    this.renderer = null;
    this.socket = null;
    this.isPaused = false;
    this.waiting = 0;
    this.drawn = [];
    this.state = "waiting";
    this.pointer = null;
    this.curve = new Curve(byId("curve"));
    this.biases = new Biases((wish) => this.send(wish));
    this.#remember();
    this.#wire();
    this.connect();
    setInterval(() => this.#showFrameRate(), 500);
  }

  get canvas() {
    return byId("picture");
  }

  // ---- Connection ----

  connect() {
    const socket = new WebSocket(new URL("socket", location.href.replace(/^http/, "ws")));
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", (event) => {
      if (typeof event.data === "string") this.begin(JSON.parse(event.data));
      else this.take(event.data);
    });
    socket.addEventListener("close", (event) => {
      if (event.code === 1001) {
        this.show("ended", "Stopped", event.reason || "The viewer was ended.");
      } else {
        this.show("lost", "No connection", "The viewer does not answer. Trying again …");
        setTimeout(() => this.connect(), 2000);
      }
    });
    this.socket = socket;
  }

  send(wish) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(wish));
  }

  /** The greeting: what is shown. */
  begin(greeting) {
    const { width, height } = greeting;
    byId("name").textContent = greeting.name;
    const about = [greeting.serial && `serial ${greeting.serial}`, `${width} × ${height}`, greeting.format, greeting.source];
    byId("about").textContent = about.filter(Boolean).join(" · ");
    byId("about").title = greeting.source;
    document.title = `${greeting.name} – neuromorphic`;
    document.documentElement.style.setProperty("--aspect", width / height);
    this.source = greeting.source;
    this.curve.most = greeting.bins;
    this.curve.seconds = Math.round(greeting.bins * greeting.bin_s);
    this.curve.on = [];
    this.curve.off = [];
    this.surface = new Surface(width, height, greeting.tick_us);
    this.#makeRenderer();
    this.biases.make(greeting.biases);
    this.send({ mode: this.look.mode, paused: this.#isStill });
    this.show("running", "Live", "");
  }

  /** The page's address may end in ?draw=webgl or ?draw=2d. */
  #makeRenderer(way = new URLSearchParams(location.search).get("draw")) {
    // A canvas keeps the first way of drawing that it was asked for, so that another way needs another canvas.
    const fresh = () => {
      const canvas = this.canvas.cloneNode();
      Object.assign(canvas, { width: this.surface.width, height: this.surface.height });
      this.canvas.replaceWith(canvas);
      this.#wireCanvas(canvas);
      return canvas;
    };
    this.renderer = way === "2d" ? null : ShaderRenderer.make(fresh(), this.surface, way === "webgl");
    this.renderer ??= new TableRenderer(fresh(), this.surface);
    this.canvas.dataset.renderer = this.renderer.name;
    this.#fit();
  }

  /** A message. The next one comes when this one was drawn. */
  take(buffer) {
    const { number, hasPicture, news } = this.surface.apply(buffer);
    this.tell(news);
    const finish = () => {
      this.finish = null;
      cancelAnimationFrame(this.waiting);
      if (hasPicture) {
        this.draw();
        this.drawn.push(performance.now());
      }
      this.send({ drawn: number });
    };
    this.finish = finish;
    if (hasPicture && !document.hidden) this.waiting = requestAnimationFrame(finish);
    else finish();
  }

  // ---- Showing ----

  draw() {
    if (!this.surface) return;
    if (this.renderer.isLost) this.#makeRenderer("2d");
    this.look.counting = this.look.mode === "counts" && this.surface.hasCounts;
    this.renderer.draw(this.look);
    byId("time").textContent = clock(this.surface.t);
    this.#showPixel();
  }

  redraw() {
    cancelAnimationFrame(this.again);
    this.again = requestAnimationFrame(() => this.draw());
  }

  /** Numbers. */
  tell(news) {
    for (const error of news.errors ?? []) this.biases.complain(error);
    if (news.biases) this.biases.update(news.biases);
    if (!news.state) return;
    this.curve.add(news.on, news.off);
    this.curve.draw(this.look.palette.panel ?? [this.look.palette.on, this.look.palette.off]);
    const ended = news.state !== "running";
    const [on, off] = ended ? [0, 0] : [this.curve.mean(this.curve.on), this.curve.mean(this.curve.off)];
    const [value, prefix] = quantity(on + off);
    byId("rate").textContent = value;
    byId("rate-unit").textContent = `${prefix ? `${prefix} ` : ""}events/s`;
    byId("share-on").style.flexGrow = on + off ? on / (on + off) : 0.5;
    byId("share-off").style.flexGrow = on + off ? off / (on + off) : 0.5;
    const percent = (part) => (on + off ? `${Math.round((100 * part) / (on + off))} %` : "–");
    byId("share").setAttribute("aria-label", `ON ${percent(on)}, OFF ${percent(off)}`);
    for (const [name, part] of [["on", on], ["off", off]]) {
      byId(`rate-${name}`).textContent = `${quantity(part).join(" ").trim()}/s`;
      byId(`share-${name}-value`).textContent = percent(part);
    }
    if ("backlog" in news) {
      byId("delay").textContent = duration(news.delay);
      byId("backlog").textContent = `${news.backlog}`;
      byId("lost").classList.toggle("bad", news.lost_bytes > 0);
      this.#showLoss("lost", news.lost_bytes, news.lost_buffers, `${news.overflows} gaps in the stream`);
      this.#showLoss("cleared", news.cleared_bytes, news.cleared_buffers, "so as not to fall behind");
    }
    for (const [id, unit] of [["celsius", "°C"], ["lux", "lx"]]) {
      byId(id).parentElement.hidden = !(id in news);
      if (id in news) byId(id).textContent = `${news[id].toFixed(id === "lux" && news.lux >= 10 ? 0 : 1)} ${unit}`;
    }
    byId("skipped").textContent = `${news.skipped}`;
    if (news.state === "ended") this.show("ended", "Ended", news.sentence);
    else if (news.state === "failed") this.show("failed", "Failed", news.sentence);
    else this.show(this.isPaused ? "paused" : "running", this.isPaused ? "Paused" : "Live", "");
  }

  #showLoss(id, count, buffers, why) {
    byId(id).textContent = count ? bytes(count) : "none";
    byId(id).title = count ? `${buffers} buffers, ${why}` : "";
  }

  show(state, word, sentence) {
    if (byId("state").textContent !== word) {
      byId("state").dataset.state = state;
      byId("state").textContent = word;
    }
    const banner = byId("banner");
    if (banner.textContent !== sentence) {
      banner.textContent = sentence;
      banner.dataset.state = state;
      banner.hidden = !sentence;
    }
    this.state = state;
  }

  #showFrameRate() {
    const now = performance.now();
    this.drawn = this.drawn.filter((time) => now - time < 2000);
    const span = this.drawn.length > 1 ? (this.drawn.at(-1) - this.drawn[0]) / 1000 : 0;
    const isStanding = !span || this.isPaused || now - this.drawn.at(-1) > 1000;
    byId("rate-frames").textContent = isStanding ? "–" : `${((this.drawn.length - 1) / span).toFixed(0)} Hz`;
  }

  #showPixel() {
    if (!this.pointer || !this.surface) {
      byId("pixel").textContent = "–";
      return;
    }
    const { width, height } = this.surface;
    const box = this.canvas.getBoundingClientRect();
    let x = Math.floor(((this.pointer[0] - box.left) / box.width) * width);
    let y = Math.floor(((this.pointer[1] - box.top) / box.height) * height);
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    if (this.look.flipX) x = width - 1 - x;
    if (this.look.flipY) y = height - 1 - y;
    const words = this.look.counting ? "" : this.surface.tell(x, y);
    byId("pixel").textContent = `${x}, ${y}${words ? ` · ${words}` : ""}`;
  }

  #fit() {
    if (this.surface) this.canvas.classList.toggle("large", this.canvas.clientWidth >= 1.5 * this.surface.width);
  }

  // ---- Wishes ----

  get #isStill() {
    return this.isPaused || document.hidden;
  }

  setPaused(isPaused) {
    this.isPaused = isPaused;
    byId("pause").setAttribute("aria-pressed", isPaused);
    byId("pause").querySelector("span").textContent = isPaused ? "Resume" : "Pause";
    byId("frozen").hidden = !isPaused;
    this.send({ paused: this.#isStill });
    if (this.state === "running" || this.state === "paused") {
      this.show(isPaused ? "paused" : "running", isPaused ? "Paused" : "Live", "");
    }
  }

  save() {
    if (!this.surface) return;
    // A picture has to be drawn in the very moment in which it is taken.
    this.draw();
    this.canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      const name = this.source.replace(/\?.*$/, "").replace(/^.*[/:]/, "").replace(/\.[^.]*$/, "") || "camera";
      link.download = `${name}-${Math.round(this.surface.t)}us.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }, "image/png");
  }

  toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else byId("frame").requestFullscreen();
  }

  #remember() {
    try {
      const kept = JSON.parse(localStorage.getItem("look") ?? "{}");
      const { tauMs, most, palette, flipX, flipY } = kept;
      if (tauMs >= SHORTEST_TAU_MS && tauMs <= LONGEST_TAU_MS) this.look.tauMs = tauMs;
      if (most >= 1 && most <= MOST_COUNTED) this.look.most = most;
      this.look.palette = PALETTES.find((each) => each.name === palette) ?? PALETTES[0];
      [this.look.flipX, this.look.flipY] = [flipX === true, flipY === true];
    } catch {
      // Nothing is kept here, and nothing is missed.
    }
  }

  /** The look has changed. */
  #changed() {
    const { look } = this;
    byId("tau-value").textContent = `${look.tauMs < 10 ? look.tauMs.toFixed(1) : Math.round(look.tauMs)} ms`;
    byId("most-value").textContent = `${look.most} event${look.most === 1 ? "" : "s"}`;
    byId("row-tau").hidden = look.mode !== "decay";
    byId("row-full").hidden = look.mode === "decay";
    byId("flip-x").setAttribute("aria-pressed", look.flipX);
    byId("flip-y").setAttribute("aria-pressed", look.flipY);
    const [on, off] = look.palette.panel ?? [look.palette.on, look.palette.off];
    document.documentElement.style.setProperty("--on", on);
    document.documentElement.style.setProperty("--off", off);
    this.curve.draw([on, off]);
    this.redraw();
    try {
      localStorage.setItem("look", JSON.stringify({ ...look, palette: look.palette.name }));
    } catch {
      // As above.
    }
  }

  #wire() {
    const { look } = this;
    byId("pause").addEventListener("click", () => this.setPaused(!this.isPaused));
    byId("save").addEventListener("click", () => this.save());
    byId("full").addEventListener("click", () => this.toggleFullScreen());
    const octaves = Math.log(LONGEST_TAU_MS / SHORTEST_TAU_MS);
    byId("tau").value = Math.log(look.tauMs / SHORTEST_TAU_MS) / octaves;
    byId("tau").addEventListener("input", (event) => {
      look.tauMs = SHORTEST_TAU_MS * Math.exp(event.target.valueAsNumber * octaves);
      this.#changed();
    });
    byId("most").value = look.most;
    byId("most").addEventListener("input", (event) => {
      look.most = event.target.valueAsNumber;
      this.#changed();
    });
    for (const input of document.querySelectorAll("input[name=mode]")) {
      // Browsers keep forms over a reload.
      input.checked = input.value === look.mode;
      input.addEventListener("change", () => {
        look.mode = input.value;
        this.send({ mode: look.mode });
        this.#changed();
      });
    }
    for (const palette of PALETTES) {
      const label = document.createElement("label");
      label.title = palette.name[0].toUpperCase() + palette.name.slice(1);
      const input = document.createElement("input");
      Object.assign(input, { type: "radio", name: "colours", checked: palette === look.palette });
      input.setAttribute("aria-label", label.title);
      input.addEventListener("change", () => {
        look.palette = palette;
        this.#changed();
      });
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("viewBox", "0 0 36 22");
      for (const [x, width, colour] of [[0, 36, palette.ground], [7, 11, palette.on], [18, 11, palette.off]]) {
        const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        const inner = width < 36;
        for (const [key, value] of Object.entries({ x, y: inner ? 6 : 0, width, height: inner ? 10 : 22, fill: colour })) {
          box.setAttribute(key, value);
        }
        svg.append(box);
      }
      label.append(input, svg);
      byId("colours").append(label);
    }
    for (const [id, key] of [["flip-x", "flipX"], ["flip-y", "flipY"]]) {
      byId(id).addEventListener("click", () => {
        look[key] = !look[key];
        this.#changed();
      });
    }
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=number]")) return;
      const does = {
        " ": () => this.setPaused(!this.isPaused),
        s: () => this.save(),
        f: () => this.toggleFullScreen(),
        h: () => byId("flip-x").click(),
        v: () => byId("flip-y").click(),
      }[event.key.toLowerCase()];
      // A button that has the focus is pressed with space, as always.
      if (!does || event.repeat || (event.key === " " && event.target.matches("button, summary"))) return;
      event.preventDefault();
      does();
    });
    document.addEventListener("visibilitychange", () => {
      this.send({ paused: this.#isStill });
      if (document.hidden) this.finish?.();
    });
    new ResizeObserver(() => {
      this.#fit();
      this.curve.draw(look.palette.panel ?? [look.palette.on, look.palette.off]);
    }).observe(byId("frame"));
    this.#changed();
  }

  #wireCanvas(canvas) {
    canvas.addEventListener("pointermove", (event) => {
      this.pointer = [event.clientX, event.clientY];
      this.#showPixel();
    });
    canvas.addEventListener("pointerleave", () => {
      this.pointer = null;
      this.#showPixel();
    });
    canvas.addEventListener("webglcontextlost", () => this.redraw());
  }
}

new Page();
