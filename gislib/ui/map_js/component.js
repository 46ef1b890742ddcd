// The map itself: one Leaflet map per mounted element. It survives reruns of the script: layers are compared by id and
// version, geometry is fetched by URL, the view and what the user switched on or off are kept.

const SCRIPTS = ["leaflet/leaflet.js", "geoman/leaflet-geoman.min.js", "vectorgrid/leaflet-vectorgrid.min.js"];
const STYLES = ["leaflet/leaflet.css", "geoman/leaflet-geoman.css"];
const HIT_PX = 7;
const TOP_ORDER = 110; // routes and everything above

const states = new WeakMap();
const views = new Map(); // last view by map key and view key, kept while the page of the browser is open

function loadAsset(tag, set) {
  return new Promise((done, failed) => {
    const node = Object.assign(document.createElement(tag), set);
    node.onload = done;
    node.onerror = () => failed(new Error(set.src ?? set.href));
    document.head.append(node);
  });
}

// Scripts in order, once per browser page, whatever number of maps is mounted.
function loadAssets(base) {
  window.huxuetuAssets ??= (async () => {
    await Promise.all(STYLES.map((path) => loadAsset("link", { rel: "stylesheet", href: base + path })));
    for (const path of SCRIPTS) await loadAsset("script", { src: base + path });
    L.PM?.setOptIn(true); // nothing is editable unless a layer asks for it
    L.DomEvent.fakeStop ??= () => true; // VectorGrid 1.3 calls what Leaflet 1.8 removed
  })();
  return window.huxuetuAssets;
}

// The media route stands beside the page, below the same base path.
const relative = (url) => url.replace(/^\//, "");
const fetchJson = async (url) => {
  const answer = await fetch(relative(url));
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer.json();
};

function loadImages(symbols, whenReady) {
  return Object.fromEntries(
    Object.entries(symbols).map(([name, uri]) => {
      const image = new Image();
      image.onload = whenReady;
      image.src = uri;
      return [name, image];
    })
  );
}

function createState(host, data, send) {
  const map = L.map(host, {
    attributionControl: false, zoomControl: false, zoomAnimation: false, fadeAnimation: false,
    markerZoomAnimation: false, inertia: false, zoomSnap: 0.25, wheelPxPerZoomLevel: 120, minZoom: 4, maxZoom: 19,
    boxZoom: false, pmIgnore: false,
  });
  map.createPane("ground").style.zIndex = 300;
  map.createPane("tiled").style.zIndex = 350;
  map.createPane("top").style.zIndex = 450;
  map.getPane("ground").style.pointerEvents = map.getPane("top").style.pointerEvents = "none";
  const state = { map, host, data, send, layers: new Map(), looks: {}, images: {}, shown: {}, selected: null, viewKey: null };
  state.ordered = () =>
    [...state.layers.values()].filter((l) => l.visible && l.set).sort((a, b) => a.look.order - b.look.order);
  return state;
}

function createControls(state) {
  const { map, host } = state;
  state.zoom = L.control.zoom({ position: "topleft" }).addTo(map);
  state.search = searchControl(host, state.data.text, (asked, most) => findByName(state, asked, most), (hit) => {
    select(state, hit.layer.id, hit.feature.id, true);
    state.send("clicked", { layer: hit.layer.id, id: hit.feature.id });
  });
  state.layerList = layersControl(host, (id, on) => {
    state.shown[id] = on;
    showLayer(state, state.layers.get(id), on);
    redraw(state);
    state.editing?.refresh();
  });
  state.legend = legendControl(host, () => state.top.soon());
  state.north = northArrow(host);
  state.tip = tooltip(host);
  state.credit = element("div", "hxt-credit", host);
}

function createCanvases(state) {
  const { map } = state;
  state.ground = canvasLayer(map, "ground", (context, frame) => drawGround(context, state.ordered().filter((l) => l.look.order < TOP_ORDER), frame));
  state.top = canvasLayer(map, "top", (context, frame) => {
    const layers = state.ordered();
    drawGround(context, layers.filter((l) => l.look.order >= TOP_ORDER), frame);
    const selected = selectedFeature(state);
    const areaSelected = selected && selected.feature.kind !== "point";
    if (areaSelected) drawSelection(context, selected, frame);
    const symbols = drawSymbols(context, layers, frame, state.images);
    if (!areaSelected) drawSelection(context, selected, frame);
    symbols.push(...drawTags(context, layers, frame, selected));
    const covered = [...coveredBoxes(state, frame), ...coveredBoxes(state, frame, ".hxt-disc,.hxt-spot")];
    drawLabels(labelBoard(context, frame, covered), layers, symbols, selected);
  });
  document.fonts.addEventListener("loadingdone", state.top.soon);
}

// What lies over the map, in canvas pixels: no label and no disc is put there.
function coveredBoxes(state, frame, kinds = ".hxt-panel,.hxt-north,.hxt-scale,.leaflet-bar") {
  const outer = state.host.getBoundingClientRect();
  return [...state.host.querySelectorAll(kinds)].map((node) => {
    const box = node.getBoundingClientRect();
    const x = box.left - outer.left + frame.pad.x, y = box.top - outer.top + frame.pad.y;
    return { x0: x, y0: y, x1: x + box.width, y1: y + box.height };
  });
}

function redraw(state) {
  state.ground.redraw();
  state.top.redraw();
}

function listen(state) {
  const { map, host } = state;
  map.on("click", (event) => {
    if (state.editing?.adding()) return;
    const hit = hitAt(state, event.containerPoint);
    if (!hit) return;
    select(state, hit.layer.id, hit.feature.id, false);
    state.send("clicked", { layer: hit.layer.id, id: hit.feature.id });
  });
  map.on("mousemove", (event) => {
    const hit = hitAt(state, event.containerPoint);
    host.style.cursor = hit ? "pointer" : "";
    state.tip.show(hit, event.containerPoint.x, event.containerPoint.y);
  });
  map.on("mouseout", () => state.tip.show(null));
  map.on("moveend", () => views.set(`${state.data.key}/${state.viewKey}`, { center: map.getCenter(), zoom: map.getZoom() }));
  state.resize = new ResizeObserver(() => map.invalidateSize({ animate: false }));
  state.resize.observe(host);
}

// Topmost clickable feature within reach of a point of the map's window.
function hitAt(state, point) {
  const frame = frameOf(state.map, 0);
  const [x, y] = frame.world(point.x, point.y);
  const reach = 16 / frame.scale;
  const box = [x - reach, y - reach, x + reach, y + reach];
  for (const layer of state.ordered().filter((l) => l.clickable && !l.tiled).reverse()) {
    const near = layer.set.within(box).map((feature) => ({ layer, feature, look: layer.look.cases[feature.case] ?? layer.look.cases[""] }));
    const hits = near
      .filter(({ look }) => look && frame.zoom >= look.min_zoom)
      .map((hit) => ({ ...hit, distance: pixelDistance(hit.feature, x, y, frame.scale) }))
      .filter(({ look, distance }) => distance <= Math.max(HIT_PX, look.size_px / 2 + 2, look.width_px / 2));
    if (hits.length) return hits.reduce((a, b) => (b.distance < a.distance ? b : a));
  }
  return null;
}

function findByName(state, asked, most) {
  const found = [];
  for (const layer of state.layers.values())
    if (layer.searchable && layer.set)
      for (const feature of layer.set.features)
        if (feature.name.toLowerCase().includes(asked)) found.push({ layer, feature, swatch: swatchOf(layer, feature) });
  const place = (hit) => hit.feature.name.toLowerCase().indexOf(asked);
  return found.sort((a, b) => place(a) - place(b) || (a.feature.rank ?? 1e9) - (b.feature.rank ?? 1e9)).slice(0, most);
}

function swatchOf(layer, feature) {
  const look = layer.look.cases[feature.case] ?? layer.look.cases[""];
  return layer.symbols[look?.symbol] ?? layer.swatch;
}

function selectedFeature(state) {
  const layer = state.layers.get(state.selected?.layer);
  const feature = layer?.set?.byId.get(state.selected.id);
  return feature && { layer, feature, look: layer.look.cases[feature.case] ?? layer.look.cases[""] };
}

function latLngAt([x, y]) {
  return L.latLng((Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, (x - 0.5) * 360);
}

function select(state, layer, id, move) {
  state.selected = { layer, id };
  const found = selectedFeature(state);
  if (found && move) {
    const at = latLngAt(anchorOf(found.feature));
    if (!state.map.getBounds().pad(-0.12).contains(at)) state.map.panTo(at, { animate: false });
  }
  state.top.soon();
  state.editing?.refresh();
}

function showLayer(state, layer, on) {
  layer.visible = on;
  if (layer.grid) on ? layer.grid.addTo(state.map) : layer.grid.remove();
}

// Large layers are cut into canvas tiles by a worker; their features are hit through the grid's own events.
function tiledLayer(state, layer, collection) {
  const styleOf = (properties, zoom) => {
    const look = layer.look.cases[properties.case ?? ""] ?? layer.look.cases[""];
    if (zoom < look.min_zoom) return [];
    const line = { color: look.line, weight: widthAt(look, zoom), dashArray: look.dash.join(" ") || null, fill: false };
    const area = { stroke: !!look.line, color: look.line, weight: look.width_px, fill: true, fillColor: look.fill, fillOpacity: look.fill_opacity };
    if (look.kind === "area") return [area];
    return look.casing ? [{ ...line, color: look.casing, weight: line.weight + look.casing_px, dashArray: null }, line] : [line];
  };
  const grid = L.vectorGrid.slicer(collection, {
    rendererFactory: L.canvas.tile, interactive: layer.clickable, maxZoom: 19, pane: "tiled",
    vectorTileLayerStyles: { sliced: styleOf }, getFeatureId: (f) => f.properties.id,
  });
  grid.on("click", (event) => state.send("clicked", { layer: layer.id, id: event.layer.properties.id }));
  grid.on("load", () => { state.host.dataset.tiled = layer.id; });
  return grid;
}

async function addLayer(state, wanted) {
  const before = state.layers.get(wanted.id); // stays drawn until the new version has come
  before?.grid?.remove();
  const layer = { ...wanted, look: state.looks[wanted.look], symbols: state.symbols, set: before?.set ?? null, grid: null };
  layer.visible = state.shown[wanted.id] ?? wanted.visible;
  state.layers.set(wanted.id, layer);
  const collection = await fetchJson(wanted.url);
  if (state.gone || state.layers.get(wanted.id) !== layer) return; // left or replaced while it was on its way
  layer.set = featureSet(collection);
  if (layer.tiled) layer.grid = tiledLayer(state, layer, collection);
  showLayer(state, layer, layer.visible);
}

function dropLayer(state, id) {
  state.layers.get(id).grid?.remove();
  state.layers.delete(id);
}

async function syncLayers(state, data) {
  if (state.looksUrl !== data.looks_url) {
    const looks = await fetchJson(data.looks_url);
    Object.assign(state, { looks: looks.layers, symbols: looks.symbols, looksUrl: data.looks_url });
    state.images = loadImages(looks.symbols, () => state.top.soon());
  }
  const wanted = new Set(data.layers.map((l) => l.id));
  for (const id of state.layers.keys()) if (!wanted.has(id)) dropLayer(state, id);
  const missing = data.layers.filter((l) => state.layers.get(l.id)?.version !== l.version);
  const outcomes = await Promise.allSettled(missing.map((l) => addLayer(state, l)));
  const failed = missing.filter((_, i) => outcomes[i].status === "rejected");
  failed.forEach((l) => dropLayer(state, l.id)); // asked for again at the next run
  state.failed = failed.map((l) => l.title);
}

function applyView(state, { key, bounds, max_zoom: maxZoom }) {
  if (state.viewKey === key) return;
  state.viewKey = key;
  const [west, south, east, north] = bounds;
  const known = views.get(`${state.data.key}/${key}`);
  if (known) state.map.setView(known.center, known.zoom, { animate: false });
  else state.map.fitBounds([[south, west], [north, east]], { animate: false, padding: [18, 18], maxZoom });
}

function updateTexts(state, data) {
  state.search.update(data.text, data.layers.some((l) => l.searchable));
  state.host.classList.toggle("hxt-editable", !!data.editing);
  state.host.classList.toggle("hxt-bare", !data.layers.some((l) => l.searchable || l.toggle));
  state.layerList.update(data.text, [...state.layers.values()]);
  state.legend.update(data.text, data.legend);
  state.north.update(data.text);
  for (const [name, node] of [["zoom_in", "_zoomInButton"], ["zoom_out", "_zoomOutButton"]]) {
    state.zoom[node].title = data.text[name];
    state.zoom[node].setAttribute("aria-label", data.text[name]);
  }
  const trouble = state.failed?.length ? `${data.text.failed} ${state.failed.join(" · ")}` : "";
  state.credit.textContent = [trouble, data.marking, data.credit].filter(Boolean).join("　");
}

async function update(state, data) {
  if (state.gone) return;
  state.data = data;
  state.host.style.height = `${data.height}px`;
  state.map.invalidateSize({ animate: false });
  applyView(state, data.view);
  if (!state.scaled) scaleControl(state.host, state.map);
  state.scaled = true;
  await syncLayers(state, data);
  if (state.gone) return; // the page was left while its layers were on their way
  const asked = data.select;
  const same = asked?.layer === state.selected?.layer && asked?.id === state.selected?.id;
  if (asked && !same) select(state, asked.layer, asked.id, true);
  if (!asked) state.selected = null;
  updateTexts(state, data);
  if (data.editing) (state.editing ??= createEditing(state)).update(data.editing);
  redraw(state);
  state.host.dataset.layers = [...state.layers.keys()].join(" ");
  state.host.dataset.selected = state.selected?.id ?? "";
  state.host.dataset.ready = String(Number(state.host.dataset.ready ?? 0) + 1);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".hxt-map");
  (async () => {
    try {
      await loadAssets(data.base);
    } catch (problem) {
      host.textContent = `${data.text.failed} ${problem.message}`;
      return;
    }
    let state = states.get(host);
    if (!state) {
      host.style.height = `${data.height}px`;
      state = createState(host, data, setTriggerValue);
      states.set(host, state);
      applyView(state, data.view);
      createCanvases(state);
      createControls(state);
      listen(state);
      host.huxuetu = state; // what browser tests read
    }
    state.send = setTriggerValue;
    state.queue = (state.queue ?? Promise.resolve()).then(() => update(state, data));
    await state.queue;
  })();
  return () => {
    const state = states.get(host);
    if (!state) return;
    state.gone = true;
    state.resize.disconnect();
    document.fonts.removeEventListener("loadingdone", state.top.soon);
    state.map.remove();
    states.delete(host);
  };
}
