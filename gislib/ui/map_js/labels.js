// Placement of labels: beside points, along lines (upright and stacked where steep), on the outline of zones.
// A label that meets a symbol or another label is dropped; the selected one and the first ranks never are.

const FONT = "'Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei','PingFang SC','HuXueTu Sans',sans-serif";
const STEEP_DEG = 55; // a steeper line carries upright stacked characters
const BEND_DEG = 38; // between two neighbouring characters
const FRACTIONS = [0.5, 0.3, 0.7, 0.15, 0.85, 0.4, 0.6];
const FURTHER_PX = [10, 20, 34]; // beyond its usual place, for a label that may not be left out
const LEADER = "#52606D";
const CHINESE = /[\u3400-\u9fff]/;
const ROAD_SPACING_PX = 1, RIVER_SPACING_PX = 4;

function labelBoard(context, frame, covered) {
  const taken = [...covered];
  // Only what lies wholly in the map's window counts: a name cut by the rim reads wrong.
  const view = { x0: frame.pad.x + 4, y0: frame.pad.y + 4, x1: frame.width - frame.pad.x - 4, y1: frame.height - frame.pad.y - 26 };
  const free = (b) =>
    b.x0 > view.x0 && b.y0 > view.y0 && b.x1 < view.x1 && b.y1 < view.y1 &&
    taken.every((t) => b.x0 > t.x1 || b.x1 < t.x0 || b.y0 > t.y1 || b.y1 < t.y0);
  // Square pixels that a box would cover of what stands, or lose at the rim.
  const covering = (b) => {
    const shared = (t) => Math.max(0, Math.min(b.x1, t.x1) - Math.max(b.x0, t.x0)) * Math.max(0, Math.min(b.y1, t.y1) - Math.max(b.y0, t.y0));
    const whole = (b.x1 - b.x0) * (b.y1 - b.y0);
    return taken.reduce((sum, t) => sum + shared(t), 0) + 10 * (whole - shared(view));
  };
  const take = (...boxes) => taken.push(...boxes);
  const style = (label, colour) => {
    context.font = `${label.weight} ${label.size_px}px ${FONT}`;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.strokeStyle = "#FFFFFF";
    context.lineWidth = label.halo_px;
    context.fillStyle = colour ?? label.colour;
  };
  const write = (text, x, y, align) => {
    context.textAlign = align;
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  };
  return { context, frame, view, free, covering, take, style, write };
}

function textBox(x, y, width, size, align) {
  const left = align === "left" ? x : align === "right" ? x - width : x - width / 2;
  return { x0: left - 2, y0: y - size * 0.62, x1: left + width + 2, y1: y + size * 0.62 };
}

// Places of a text around a point, the better ones first.
function placesAround(x, y, gap, line) {
  const sides = [[x + gap, y, "left"], [x, y - line, "center"], [x, y + line, "center"], [x - gap, y, "right"]];
  const corners = [[x + gap * 0.7, y - line], [x + gap * 0.7, y + line], [x - gap * 0.7, y - line], [x - gap * 0.7, y + line]];
  return [...sides, ...corners.map(([px, py], i) => [px, py, i < 2 ? "left" : "right"])];
}

// Text beside a point; `reach` is the half size of what stands there. Returns whether it was written: what `must` be
// goes further off, with a leader, before it covers anything, and then covers as little as it can.
function labelPoint(board, text, x, y, reach, label, must) {
  board.style(label);
  const width = board.context.measureText(text).width;
  const gap = reach + 3, line = label.size_px * 0.62 + reach + 1;
  const boxOf = ([px, py, align]) => textBox(px, py, width, label.size_px, align);
  const near = placesAround(x, y, gap, line);
  let place = near.find((p) => board.free(boxOf(p)));
  if (!place && must) {
    place = FURTHER_PX.flatMap((more) => placesAround(x, y, gap + more, line + more)).find((p) => board.free(boxOf(p)));
    if (place) drawLeader(board, x, y, reach, place);
    else place = near.map((p) => [board.covering(boxOf(p)), p]).reduce((a, b) => (b[0] < a[0] ? b : a))[1];
  }
  if (!place) return false;
  board.take(boxOf(place));
  board.style(label);
  board.write(text, ...place);
  return true;
}

function drawLeader({ context }, x, y, reach, [px, py]) {
  const away = Math.hypot(px - x, py - y) || 1;
  context.beginPath();
  context.moveTo(x + ((px - x) * reach) / away, y + ((py - y) * reach) / away);
  context.lineTo(px, py);
  stroke(context, "#FFFFFF", 3);
  stroke(context, LEADER, 1);
}

// Runs of a line inside the window, in canvas pixels.
function visibleRuns(part, board) {
  const { frame, view } = board;
  const runs = [];
  let run = [];
  for (let i = 0; i < part.length; i += 2) {
    const x = frame.x(part[i]), y = frame.y(part[i + 1]);
    if (x > view.x0 && x < view.x1 && y > view.y0 && y < view.y1) run.push([x, y]);
    else if (run.length) {
      runs.push(run);
      run = [];
    }
  }
  if (run.length) runs.push(run);
  return runs.filter((r) => r.length > 1).map(measured);
}

// Long straight pieces have few vertices: cut them so that a run does not end at the last vertex in the window.
function densified(part, stepWorld) {
  const out = [part[0], part[1]];
  for (let i = 2; i < part.length; i += 2) {
    const x0 = part[i - 2], y0 = part[i - 1], dx = part[i] - x0, dy = part[i + 1] - y0;
    const pieces = Math.min(200, Math.ceil(Math.hypot(dx, dy) / stepWorld));
    for (let k = 1; k <= pieces; k++) out.push(x0 + (dx * k) / pieces, y0 + (dy * k) / pieces);
  }
  return out;
}

function measured(points) {
  const lengths = [0];
  for (let i = 1; i < points.length; i++)
    lengths.push(lengths[i - 1] + Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]));
  return { points, lengths, length: lengths[lengths.length - 1] };
}

function pointAt(run, distance) {
  const { points, lengths } = run;
  let i = 1;
  while (i < points.length - 1 && lengths[i] < distance) i++;
  const t = (distance - lengths[i - 1]) / (lengths[i] - lengths[i - 1] || 1);
  const [ax, ay] = points[i - 1], [bx, by] = points[i];
  return { x: ax + t * (bx - ax), y: ay + t * (by - ay), angle: Math.atan2(by - ay, bx - ax) };
}

function reversed(run) {
  return measured([...run.points].reverse());
}

// Positions of the characters of `text` centred at `fraction` of a run, or null if the line bends too much there.
function alongLine(run, text, fraction, glyphs, spacing) {
  const need = glyphs.reduce((sum, w) => sum + w + spacing, 0);
  const middle = fraction * run.length;
  if (middle < need / 2 || run.length - middle < need / 2) return null;
  const a = pointAt(run, middle - need / 2), b = pointAt(run, middle + need / 2);
  const slope = (Math.atan2(Math.abs(b.y - a.y), Math.abs(b.x - a.x)) * 180) / Math.PI;
  const stacked = slope > STEEP_DEG && CHINESE.test(text);
  const backwards = stacked ? b.y < a.y : b.x < a.x;
  const line = backwards ? reversed(run) : run;
  let at = (backwards ? run.length - middle : middle) - need / 2;
  const out = [];
  for (let i = 0; i < glyphs.length; i++) {
    const p = pointAt(line, at + (glyphs[i] + spacing) / 2);
    if (out.length) {
      const turn = Math.abs(((p.angle - out[out.length - 1].turn + 3 * Math.PI) % (2 * Math.PI)) - Math.PI);
      if ((turn * 180) / Math.PI > BEND_DEG) return null;
    }
    out.push({ x: p.x, y: p.y, turn: p.angle, angle: stacked ? 0 : p.angle });
    at += glyphs[i] + spacing;
  }
  return out;
}

function labelLine(board, feature, label, spacing) {
  board.style(label);
  const characters = [...feature.name];
  const half = label.size_px * 0.56;
  const glyphs = characters.map((c) => board.context.measureText(c).width);
  const step = 24 / board.frame.scale;
  const runs = feature.parts.flatMap((part) => visibleRuns(densified(part, step), board)).sort((a, b) => b.length - a.length);
  for (const run of runs.slice(0, 3))
    for (const fraction of FRACTIONS) {
      const spots = alongLine(run, feature.name, fraction, glyphs, spacing);
      if (!spots) continue;
      const boxes = spots.map((p) => ({ x0: p.x - half, y0: p.y - half, x1: p.x + half, y1: p.y + half }));
      if (!boxes.every(board.free)) continue;
      board.take(...boxes.map((b) => ({ x0: b.x0 - 6, y0: b.y0 - 6, x1: b.x1 + 6, y1: b.y1 + 6 })));
      spots.forEach((p, i) => writeTurned(board, characters[i], p));
      return;
    }
}

function writeTurned(board, character, { x, y, angle }) {
  board.context.save();
  board.context.translate(x, y);
  board.context.rotate(angle);
  board.write(character, 0, 0, "center");
  board.context.restore();
}

// A zone carries its name on its own outline, a lake in its middle.
function labelArea(board, feature, label) {
  board.style(label);
  const { context, frame } = board;
  const width = context.measureText(feature.name).width;
  const at = feature.at ?? (label.inside ? anchorOf(feature) : null);
  const spots = at
    ? [0, -0.25, 0.25, -0.12, 0.12].map((k) => [frame.x(at[0]), frame.y(at[1] + (label.inside ? k : 0) * (feature.box[3] - feature.box[1]))])
    : feature.parts.flatMap((part) => visibleRuns(densified(part, 24 / frame.scale), board)).flatMap((run) => {
        return [0.05, 0.3, 0.55, 0.8, 0.18, 0.42, 0.67, 0.92].map((f) => pointAt(run, f * run.length)).map((p) => [p.x, p.y]);
      });
  if (at && (feature.box[2] - feature.box[0]) * frame.scale < width * 0.8) return;
  const open = spots.find(([x, y]) => board.free(textBox(x, y, width, label.size_px, "center")));
  if (!open) return;
  board.take(textBox(...open, width, label.size_px, "center"));
  board.write(feature.name, ...open, "center");
}

// A measured line carries its figure beside its middle, in the line's colour.
function labelRoute(board, feature, look, label) {
  board.style(label, look.line);
  const part = feature.parts.reduce((a, b) => (a.length >= b.length ? a : b));
  const points = [];
  for (let i = 0; i < part.length; i += 2) points.push([board.frame.x(part[i]), board.frame.y(part[i + 1])]);
  const run = measured(points);
  const width = board.context.measureText(feature.name).width;
  for (const fraction of [0.5, 0.35, 0.65, 0.2, 0.8]) {
    const { x, y } = pointAt(run, fraction * run.length);
    for (const [px, py, align] of [[x + 8, y, "left"], [x - 8, y, "right"], [x, y - 12, "center"], [x, y + 12, "center"]]) {
      const box = textBox(px, py, width, label.size_px, align);
      if (!board.free(box)) continue;
      board.take(box);
      board.write(feature.name, px, py, align);
      return;
    }
  }
}

function labelZoom(layer, feature) {
  const zooms = layer.look.label_min_zoom;
  return zooms[feature.case] ?? zooms[""] ?? layer.look.label.min_zoom;
}

function labelled(layer, frame) {
  if (!layer.set || !layer.look.label || layer.tiled) return [];
  return layer.set.within(frame.box).filter((f) => f.name && frame.zoom >= labelZoom(layer, f));
}

function besideSymbol(board, symbol, extra, must) {
  const { feature, layer, size } = symbol;
  const ranked = layer.look.label.first_ranks && feature.rank;
  const text = ranked ? `${feature.rank} ${feature.name}` : feature.name;
  const x = (symbol.x0 + symbol.x1) / 2, y = (symbol.y0 + symbol.y1) / 2;
  labelPoint(board, text, x, y, size / 2 + extra, layer.look.label, must);
}

// In order of worth: the selection, measured figures, the first ranks, other symbols, then names along lines.
function drawLabels(board, layers, symbols, selected) {
  board.take(...symbols);
  const isSelected = (s) => s.layer.id === selected?.layer.id && s.feature.id === selected?.feature.id;
  const named = symbols.filter((s) => s.layer.look.label && s.feature.name);
  for (const s of named.filter(isSelected)) besideSymbol(board, s, 6, true);
  for (const layer of layers.filter((l) => l.look.label && !l.look.label.along))
    for (const feature of labelled(layer, board.frame).filter((f) => f.kind === "line"))
      labelRoute(board, feature, layer.look.cases[feature.case] ?? layer.look.cases[""], layer.look.label);
  const beside = named.filter((s) => !isSelected(s) && board.frame.zoom >= labelZoom(s.layer, s.feature));
  const limit = (s) => s.layer.look.label.first_ranks || Infinity;
  const rank = (s) => s.feature.rank ?? (s.layer.look.label.first_ranks ? Infinity : 1e6);
  const wanted = beside.filter((s) => rank(s) <= limit(s) && rank(s) < Infinity).sort((a, b) => rank(a) - rank(b));
  for (const s of wanted) besideSymbol(board, s, 0, limit(s) < Infinity);
  for (const layer of [...layers].reverse().filter((l) => l.look.label?.along)) labelAlong(board, layer);
}

function labelAlong(board, layer) {
  const written = new Set();
  const cases = Object.keys(layer.look.cases);
  const found = labelled(layer, board.frame).sort((a, b) => cases.indexOf(b.case) - cases.indexOf(a.case));
  for (const feature of found) {
    if (written.has(feature.name)) continue;
    written.add(feature.name);
    if (feature.kind === "area") labelArea(board, feature, layer.look.label);
    else labelLine(board, feature, layer.look.label, feature.case === "line" ? RIVER_SPACING_PX : ROAD_SPACING_PX);
  }
}
