// Features of one layer: GeoJSON projected once to the unit square of Web Mercator (for drawing only, never to measure),
// a grid index over their boxes, and hit tests in pixels.

const EARTH_M = 40075016.686;

function toWorld(lon, lat) {
  const y = Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  return [lon / 360 + 0.5, 0.5 - y / (2 * Math.PI)];
}

function worldLine(coordinates) {
  const out = new Float64Array(coordinates.length * 2);
  coordinates.forEach(([lon, lat], i) => {
    const [x, y] = toWorld(lon, lat);
    out[2 * i] = x;
    out[2 * i + 1] = y;
  });
  return out;
}

function boxOf(parts) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const part of parts)
    for (let i = 0; i < part.length; i += 2) {
      box[0] = Math.min(box[0], part[i]);
      box[1] = Math.min(box[1], part[i + 1]);
      box[2] = Math.max(box[2], part[i]);
      box[3] = Math.max(box[3], part[i + 1]);
    }
  return box;
}

const KINDS = {
  Point: ["point", (c) => [[c]]],
  MultiPoint: ["point", (c) => c.map((p) => [p])],
  LineString: ["line", (c) => [c]],
  MultiLineString: ["line", (c) => c],
  Polygon: ["area", (c) => c],
  MultiPolygon: ["area", (c) => c.flat()],
};

function readFeature({ geometry, properties }) {
  const [kind, split] = KINDS[geometry.type];
  const parts = split(geometry.coordinates).map(worldLine);
  return {
    kind,
    parts,
    box: boxOf(parts),
    at: properties.at ? toWorld(...properties.at) : null,
    id: properties.id,
    case: properties.case ?? "",
    name: properties.name ?? "",
    rank: properties.rank ?? null,
    tip: properties.tip ?? "",
    widthM: properties.width_m ?? null,
    bearing: properties.bearing ?? null,
    side: properties.side ?? "",
    state: properties.state ?? "",
  };
}

function buildIndex(features) {
  const extent = boxOf(features.map((f) => f.box));
  const side = Math.max(1, Math.min(96, Math.round(Math.sqrt(features.length / 3))));
  const stepX = (extent[2] - extent[0]) / side || 1;
  const stepY = (extent[3] - extent[1]) / side || 1;
  const cells = Array.from({ length: side * side }, () => []);
  const clamp = (v) => Math.max(0, Math.min(side - 1, Math.floor(v)));
  const range = (box) => [
    clamp((box[0] - extent[0]) / stepX),
    clamp((box[1] - extent[1]) / stepY),
    clamp((box[2] - extent[0]) / stepX),
    clamp((box[3] - extent[1]) / stepY),
  ];
  const eachCell = ([x0, y0, x1, y1], visit) => {
    for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) visit(cells[y * side + x]);
  };
  features.forEach((feature, i) => eachCell(range(feature.box), (cell) => cell.push(i)));
  return { range, eachCell };
}

function featureSet(collection) {
  const features = collection.features.filter((f) => f.geometry).map(readFeature);
  const index = buildIndex(features);
  const byId = new Map(features.map((f) => [f.id, f]));
  const meets = (a, b) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
  const within = (box) => {
    const found = new Set();
    index.eachCell(index.range(box), (cell) => cell.forEach((i) => found.add(i)));
    return [...found].sort((a, b) => a - b).map((i) => features[i]).filter((f) => meets(f.box, box));
  };
  return { features, byId, within };
}

function anchorOf(feature) {
  if (feature.at) return feature.at;
  if (feature.kind === "point") return [feature.parts[0][0], feature.parts[0][1]];
  const [west, north, east, south] = feature.box;
  return [(west + east) / 2, (north + south) / 2];
}

function distanceToLine(part, x, y) {
  let best = Infinity;
  for (let i = 2; i < part.length; i += 2) {
    const ax = part[i - 2], ay = part[i - 1], dx = part[i] - ax, dy = part[i + 1] - ay;
    const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    best = Math.min(best, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return best;
}

function insideRings(parts, x, y) {
  let inside = false;
  for (const part of parts)
    for (let i = 2; i < part.length; i += 2) {
      const x0 = part[i - 2], y0 = part[i - 1], x1 = part[i], y1 = part[i + 1];
      if (y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) inside = !inside;
    }
  return inside;
}

// Distance in pixels from a world point to a feature; 0 inside an area.
function pixelDistance(feature, x, y, scale) {
  if (feature.kind === "area" && insideRings(feature.parts, x, y)) return 0;
  if (feature.kind === "point")
    return Math.min(...feature.parts.map((p) => Math.hypot(p[0] - x, p[1] - y))) * scale;
  return Math.min(...feature.parts.map((p) => distanceToLine(p, x, y))) * scale;
}
