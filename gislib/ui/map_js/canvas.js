// Two canvases draw all layers in one order: the ground (areas, roads, lines) and the top (routes, symbols, labels).

const PADDING = 0.25; // of the map's size on each side, so that panning does not show an empty rim
const SKIP_PX = 0.6; // vertices nearer than this to the last drawn one are left out

// What a drawing pass needs to know of the map: the transform from world to canvas pixels, the zoom, the visible box.
function frameOf(map, padding) {
  const size = map.getSize();
  const pad = size.multiplyBy(padding).round();
  const corner = map.containerPointToLayerPoint([0, 0]).subtract(pad);
  const origin = map.getPixelOrigin().add(corner);
  const zoom = map.getZoom();
  const scale = 256 * 2 ** zoom;
  const width = size.x + 2 * pad.x, height = size.y + 2 * pad.y;
  return {
    corner, zoom, scale, width, height, pad,
    x: (wx) => wx * scale - origin.x,
    y: (wy) => wy * scale - origin.y,
    world: (px, py) => [(px + origin.x) / scale, (py + origin.y) / scale],
    box: [origin.x / scale, origin.y / scale, (origin.x + width) / scale, (origin.y + height) / scale],
    metresPerPixel: (EARTH_M * Math.cos((map.getCenter().lat * Math.PI) / 180)) / scale,
  };
}

function canvasLayer(map, pane, draw) {
  const canvas = L.DomUtil.create("canvas", "hxt-canvas", map.getPane(pane));
  const context = canvas.getContext("2d");
  let asked = 0;
  let gone = false; // the page was left while something was on its way
  const redraw = () => {
    if (gone) return;
    const frame = frameOf(map, PADDING);
    const ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(canvas, frame.corner);
    canvas.width = Math.round(frame.width * ratio);
    canvas.height = Math.round(frame.height * ratio);
    canvas.style.width = frame.width + "px";
    canvas.style.height = frame.height + "px";
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context, frame);
  };
  const soon = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(redraw);
  };
  map.on("moveend zoomend resize viewreset", redraw);
  map.on("unload", () => {
    gone = true;
    cancelAnimationFrame(asked);
  });
  return { redraw, soon };
}

function tracePart(context, part, frame) {
  let lastX = frame.x(part[0]), lastY = frame.y(part[1]);
  context.moveTo(lastX, lastY);
  const last = part.length - 2;
  for (let i = 2; i <= last; i += 2) {
    const x = frame.x(part[i]), y = frame.y(part[i + 1]);
    if (i < last && Math.abs(x - lastX) < SKIP_PX && Math.abs(y - lastY) < SKIP_PX) continue;
    context.lineTo(x, y);
    lastX = x;
    lastY = y;
  }
}

function trace(context, features, frame) {
  context.beginPath();
  for (const feature of features) for (const part of feature.parts) tracePart(context, part, frame);
}

function stroke(context, colour, width, dash) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash ?? []);
  context.stroke();
  context.setLineDash([]);
}

function widthAt(look, zoom) {
  const stops = look.zoom_px;
  if (!stops.length) return look.width_px;
  if (zoom <= stops[0][0]) return stops[0][1];
  for (let i = 1; i < stops.length; i++) {
    const [z0, w0] = stops[i - 1], [z1, w1] = stops[i];
    if (zoom <= z1) return w0 * (w1 / w0) ** ((zoom - z0) / (z1 - z0));
  }
  return stops[stops.length - 1][1];
}

// Roads show their real width once it is wider than the drawn one (from zoom 17).
function roadWidth(look, feature, frame) {
  const drawn = widthAt(look, frame.zoom);
  return frame.zoom >= 17 && feature.widthM ? Math.round(feature.widthM / frame.metresPerPixel) : drawn;
}

function drawAreas(context, features, look, frame) {
  trace(context, features, frame);
  context.lineJoin = "round";
  if (look.kind === "veil") context.rect(0, 0, frame.width, frame.height);
  if (look.fill) {
    context.globalAlpha = look.fill_opacity;
    context.fillStyle = look.fill;
    context.fill(look.kind === "veil" ? "evenodd" : "nonzero");
    context.globalAlpha = 1;
  }
  if (look.line) stroke(context, look.line, look.width_px, look.dash);
}

// Squares, or the outline of the look around the place.
function drawDots(context, features, look, frame) {
  const side = look.size_px, half = side / 2;
  context.fillStyle = look.fill;
  context.strokeStyle = look.line;
  context.lineWidth = look.width_px;
  for (const feature of features)
    for (const part of feature.parts) {
      const x = frame.x(part[0]), y = frame.y(part[1]);
      context.beginPath();
      if (look.outline.length) for (const [dx, dy] of look.outline) context.lineTo(x + half * dx, y + half * dy);
      else context.rect(x - half, y - half, side, side);
      context.closePath();
      context.fill();
      context.stroke();
    }
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
}

// Lines of all cases of a layer: every casing first, then every fill, in the order of the layer's cases.
function drawLines(context, groups, frame) {
  context.lineJoin = "round";
  const strokes = groups.flatMap(({ look, features }) =>
    [...groupBy(features, (f) => roadWidth(look, f, frame))].map(([width, members]) => ({ look, members, width }))
  );
  for (const pass of ["casing", "line"])
    for (const { look, members, width } of strokes) {
      if (!look[pass] || width <= 0) continue;
      context.lineCap = pass === "line" && look.kind === "road" ? "round" : "butt";
      trace(context, members, frame);
      const dash = pass === "line" ? look.dash : [];
      stroke(context, look[pass], pass === "casing" ? width + look.casing_px : width, dash);
    }
}

const ARROW_PX_HALF = 4.2;

// Arrowheads along lines in their direction, `arrows_px` apart, one at least on a line long enough to carry it.
function drawArrows(context, features, look, frame) {
  for (const feature of features)
    for (const part of feature.parts) {
      const points = [];
      for (let i = 0; i < part.length; i += 2) points.push([frame.x(part[i]), frame.y(part[i + 1])]);
      const run = measured(points);
      if (run.length < 4 * ARROW_PX_HALF) continue;
      const count = Math.max(1, Math.floor(run.length / look.arrows_px));
      for (let k = 0; k < count; k++) arrowhead(context, pointAt(run, (run.length * (k + 0.5)) / count), look);
    }
}

function arrowhead(context, { x, y, angle }, look) {
  const half = ARROW_PX_HALF + look.width_px / 4;
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.beginPath();
  context.moveTo(half, 0);
  context.lineTo(-half, -half);
  context.lineTo(-half, half);
  context.closePath();
  context.fillStyle = look.line;
  context.strokeStyle = look.casing ?? "#FFFFFF";
  context.lineWidth = 1;
  context.fill();
  context.stroke();
  context.restore();
}

const TAG_PAD_PX = 5;

function traceTag(context, shape, x0, y0, width, height) {
  const half = height / 2;
  context.beginPath();
  const x1 = x0 + width, y1 = y0 + height, cut = height / 3;
  // As `tag_outline` of gislib/reports/looks.py.
  const corners = {
    hexagon: [[x0 + half / 2, y0], [x1 - half / 2, y0], [x1, y0 + half], [x1 - half / 2, y1], [x0 + half / 2, y1], [x0, y0 + half]],
    slant: [[x0 + cut, y0], [x1, y0], [x1 - cut, y1], [x0, y1]],
    pentagon: [[x0, y0], [x1 - half / 1.5, y0], [x1, y0 + half], [x1 - half / 1.5, y1], [x0, y1]],
    notched: [[x0, y0], [x1, y0], [x1 - cut, y0 + half], [x1, y1], [x0, y1], [x0 + cut, y0 + half]],
  }[shape];
  if (shape === "pill") context.roundRect(x0, y0, width, height, half);
  else if (corners) {
    corners.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
  } else context.rect(x0, y0, width, height);
}

// Tags of all layers, low ranks first: one that would cover another is left out, the selected one never is. Returns the
// boxes that they cover.
function drawTags(context, layers, frame, selected) {
  const placed = [];
  for (const layer of layers) {
    if (!layer.set) continue;
    const drawn = visibleCases(layer, frame)
      .filter((g) => g.look.kind === "tag")
      .flatMap(({ look, features }) => features.map((feature) => ({ look, feature })));
    const first = (tag) => (selected?.feature === tag.feature ? -1 : tag.feature.rank ?? Infinity);
    drawn.sort((a, b) => first(a) - first(b));
    context.font = `700 11px ${FONT}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const { look, feature } of drawn) {
      const [wx, wy] = anchorOf(feature), x = frame.x(wx), y = frame.y(wy);
      const pad = TAG_PAD_PX + (look.shape === "notched" || look.shape === "slant" ? look.size_px / 4 : 0);
      const width = Math.max(look.size_px, context.measureText(feature.name).width + 2 * pad), height = look.size_px;
      const box = { x0: x - width / 2 - 1, y0: y - height / 2 - 1, x1: x + width / 2 + 1, y1: y + height / 2 + 1 };
      if (placed.some((b) => boxesMeet(b, box))) continue;
      traceTag(context, look.shape, x - width / 2, y - height / 2, width, height);
      context.fillStyle = look.fill;
      context.fill();
      stroke(context, "#FFFFFF", 1.4);
      context.fillStyle = "#FFFFFF";
      context.fillText(feature.name, x, y + 0.5);
      placed.push({ ...box, layer, feature, size: height });
    }
  }
  return placed;
}

// Visible features of a layer by case, in the order of its looks; cases hidden at this zoom are left out.
function visibleCases(layer, frame) {
  const features = layer.set.within(frame.box);
  const caseOf = (f) => (layer.look.cases[f.case] ? f.case : "");
  const groups = groupBy(features, caseOf);
  return Object.entries(layer.look.cases)
    .filter(([name, look]) => groups.has(name) && frame.zoom >= look.min_zoom)
    .map(([name, look]) => ({ look, features: groups.get(name) }));
}

function drawGround(context, layers, frame) {
  for (const layer of layers) {
    if (layer.tiled || !layer.set) continue;
    const groups = visibleCases(layer, frame);
    const lines = groups.filter((g) => g.look.kind === "line" || g.look.kind === "road");
    for (const { look, features } of groups) {
      if (look.kind === "area" || look.kind === "veil") drawAreas(context, features, look, frame);
      if (look.kind === "dot") drawDots(context, features, look, frame);
    }
    if (lines.length) drawLines(context, lines, frame);
    for (const { look, features } of lines) if (look.arrows_px) drawArrows(context, features, look, frame);
  }
}

// Symbols of all layers, low layers and high ranks first; returns the boxes they cover, in canvas pixels.
function drawSymbols(context, layers, frame, images) {
  const placed = [];
  for (const layer of layers) {
    if (!layer.set) continue;
    const drawn = visibleCases(layer, frame)
      .filter((g) => g.look.kind === "symbol")
      .flatMap(({ look, features }) => features.map((feature) => ({ look, feature })));
    drawn.sort((a, b) => (b.feature.rank ?? Infinity) - (a.feature.rank ?? Infinity));
    for (const { look, feature } of drawn)
      for (const part of feature.parts) {
        const x = frame.x(part[0]), y = frame.y(part[1]), half = look.size_px / 2;
        const image = images[look.symbol];
        context.globalAlpha = look.fill_opacity;
        if (image?.complete) context.drawImage(image, x - half, y - half, look.size_px, look.size_px);
        context.globalAlpha = 1;
        placed.push({ x0: x - half, y0: y - half, x1: x + half, y1: y + half, layer, feature, size: look.size_px });
      }
  }
  return placed;
}

function drawSelection(context, found, frame) {
  if (!found) return;
  const { feature, look } = found;
  context.lineJoin = "round";
  if (feature.kind !== "point") {
    trace(context, [feature], frame);
    stroke(context, "#FFFFFF", 7);
    stroke(context, "#0B3C6B", 3.5);
    return;
  }
  const [wx, wy] = anchorOf(feature);
  context.beginPath();
  context.arc(frame.x(wx), frame.y(wy), look.size_px / 2 + 5, 0, 2 * Math.PI);
  stroke(context, "#FFFFFF", 5);
  stroke(context, "#0B3C6B", 2.5);
}
