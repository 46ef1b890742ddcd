// Devices of a plan as markers: the exact place as a dot, the symbol on a white disc beside the road, a leader between
// them, and the number of the row in the list. Only what is in the window, and only from street zoom on; below it the
// canvas draws plain dots.

const PIN_ZOOM = 15.5;
const MOST_PINS = 300;
const DISC_PX = 17; // half side of what a disc with its badge covers
const SPOT_PX = 6; // half side of the exact place
const REACHES_PX = [36, 52, 70]; // from the exact place to the middle of the disc, nearest first
const TURNS_DEG = [0, 30, -30, 60, -60]; // off the direction square to the road

// Offsets of the disc, best first: on the device's own side of the road, else across it, else further out.
function pinOffsets(feature) {
  const known = feature.bearing !== null;
  const ahead = known ? feature.bearing : 90;
  const side = feature.side === "left" ? -90 : 90;
  const angles = [side, -side].flatMap((base) => TURNS_DEG.map((turn) => ahead + base + turn));
  return REACHES_PX.flatMap((reach) =>
    angles.map((angle) => {
      const radians = (angle * Math.PI) / 180;
      return [Math.round(reach * Math.sin(radians)), Math.round(-reach * Math.cos(radians))];
    })
  );
}

const boxAround = (x, y, half) => ({ x0: x - half, y0: y - half, x1: x + half, y1: y + half });
const boxesMeet = (a, b) => a.x0 < b.x1 && a.x1 > b.x0 && a.y0 < b.y1 && a.y1 > b.y0;

// First free offset, tried in order; `before` (where the disc stood) comes first, so that nothing jumps without need.
function placeDisc(feature, at, taken, before) {
  const offsets = [...(before ? [before] : []), ...pinOffsets(feature)];
  const free = ([dx, dy]) => !taken.some((box) => boxesMeet(box, boxAround(at.x + dx, at.y + dy, DISC_PX)));
  return offsets.find(free) ?? offsets[0];
}

function pinIcon(feature, images, [dx, dy], classes) {
  const body = element("div", "hxt-pin-body");
  const leader = element("i", "hxt-leader", body);
  leader.style.width = `${Math.hypot(dx, dy)}px`;
  leader.style.transform = `rotate(${Math.atan2(dy, dx)}rad)`;
  element("i", "hxt-spot", body);
  const disc = element("span", "hxt-disc", body);
  disc.style.left = `${dx}px`;
  disc.style.top = `${dy}px`;
  for (const name of [feature.case, feature.state && `mark-${feature.state}`].filter(Boolean)) {
    const image = element("img", name.startsWith("mark-") ? "hxt-mark" : "", disc);
    image.src = images[name] ?? "";
    image.alt = "";
    image.draggable = false;
  }
  if (feature.rank !== null) element("b", "", disc, String(feature.rank));
  return L.divIcon({ html: body, className: ["hxt-pin", ...classes].join(" "), iconSize: [0, 0] });
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ARROW_PX = 3;

// `on` tells what the user does: chosen(id), dropped(id, latlng); moving() is whether devices may be moved now. The
// board draws the layer that `layerOf` returns.
function pinBoard(state, layerOf, on) {
  const { map } = state;
  const shown = new Map(); // id -> { marker, offset, key }
  const held = new Map(); // id -> where it was dropped, until the server has answered
  const offsets = new Map(); // id -> { x, y, offset }: of the disc, and of the place (in pixels of the zoom) it is for
  let dragged = null, pressed = null, zoom = null;

  const symbols = () => state.symbols ?? {};
  const inWindow = () => {
    const layer = layerOf();
    if (!layer?.set || !layer.visible || map.getZoom() < PIN_ZOOM) return [];
    const frame = frameOf(map, 0.05);
    return layer.set.within(frame.box).slice(0, MOST_PINS);
  };
  const latLngOf = (feature) => held.get(feature.id) ?? latLngAt(anchorOf(feature));
  // Discs stay where they are while the user pans and edits; a new zoom lays all of them out again.
  const layOut = (features) => {
    if (map.getZoom() !== zoom) offsets.clear();
    zoom = map.getZoom();
    const corner = map.getPixelBounds().min;
    const places = features.map((feature) => ({ feature, at: map.project(latLngOf(feature)), known: offsets.get(feature.id) }));
    const taken = coveredBoxes(state, { pad: { x: corner.x, y: corner.y } });
    for (const { at } of places) taken.push(boxAround(at.x, at.y, SPOT_PX));
    const settled = ({ at, known }) => known && known.x === at.x && known.y === at.y;
    const discOf = ({ x, y, offset }) => boxAround(x + offset[0], y + offset[1], DISC_PX);
    for (const place of places) if (settled(place)) taken.push(discOf(place.known));
    for (const place of places.filter((p) => !settled(p))) {
      const { feature, at, known } = place;
      const own = boxAround(at.x, at.y, SPOT_PX);
      const others = taken.filter((box) => !boxesMeet(box, own));
      const found = { x: at.x, y: at.y, offset: placeDisc(feature, at, others, known?.offset) };
      offsets.set(feature.id, found);
      taken.push(discOf(found));
    }
  };
  // An answer that comes while the button is down may not take the pin from under the mouse: the drag would be lost.
  // What it changed is drawn after the click that ends the press.
  const press = (id) => {
    pressed = id;
    const lift = () => {
      pressed = null;
      setTimeout(() => state.gone || sync());
    };
    document.addEventListener("mouseup", lift, { once: true, capture: true });
  };
  const add = (feature, latLng, icon) => {
    const marker = L.marker(latLng, { icon, pmIgnore: false, snapIgnore: true, keyboard: true, riseOnHover: true });
    marker.on("add", () => {
      marker.getElement().dataset.id = feature.id;
      marker.getElement().setAttribute("aria-label", feature.tip);
    });
    const drop = () => {
      dragged = null;
      held.set(feature.id, marker.getLatLng());
      marker.getElement().classList.add("hxt-waiting");
      on.dropped(feature.id, marker.getLatLng());
    };
    marker.on("click", () => on.chosen(feature.id));
    marker.on("mousedown", () => press(feature.id));
    marker.on("keydown", ({ originalEvent: event }) => {
      const step = on.moving() && ARROWS[event.key];
      if (!step && event.key !== "Enter") return;
      L.DomEvent.stop(event);
      if (step) {
        dragged = feature.id;
        marker.setLatLng(map.unproject(map.project(marker.getLatLng()).add(L.point(step).multiplyBy(ARROW_PX))));
      } else if (dragged === feature.id) drop();
      else on.chosen(feature.id);
    });
    marker.on("mouseover", (event) => state.tip.show({ feature }, event.containerPoint.x, event.containerPoint.y));
    marker.on("mouseout", () => state.tip.show(null));
    marker.on("pm:dragstart", () => {
      dragged = feature.id;
      state.tip.show(null);
    });
    marker.on("pm:dragend", drop);
    return marker.addTo(map);
  };
  const sync = () => {
    const features = inWindow();
    layOut(features);
    const wanted = new Set(features.map((f) => f.id));
    let changed = false;
    for (const [id, pin] of shown)
      if (!wanted.has(id) && id !== dragged) {
        pin.marker.remove();
        shown.delete(id);
        changed = true;
      }
    for (const feature of features) {
      if (feature.id === dragged || (feature.id === pressed && shown.has(feature.id))) continue;
      const latLng = latLngOf(feature), { offset } = offsets.get(feature.id);
      const classes = [
        feature.rank === null && "hxt-other",
        state.selected?.id === feature.id && "hxt-chosen",
        held.has(feature.id) && "hxt-waiting",
      ].filter(Boolean);
      const key = JSON.stringify([latLng, offset, classes, feature.case, feature.state, feature.rank, feature.tip]);
      const pin = shown.get(feature.id);
      if (pin?.key === key) continue;
      changed = true;
      pin?.marker.remove();
      shown.set(feature.id, { marker: add(feature, latLng, pinIcon(feature, symbols(), offset, classes)), offset, key });
    }
    state.host.dataset.pins = String(shown.size);
    if (changed) state.top.soon(); // labels give way to the discs
  };
  // Middle of a device's disc in the window, null where it is not shown.
  const discAt = (id) => {
    const pin = shown.get(id);
    return pin ? map.latLngToContainerPoint(pin.marker.getLatLng()).add(pin.offset) : null;
  };
  // A device that the keys have moved but not put down goes back to its place.
  const letGo = () => {
    shown.get(dragged)?.marker.remove();
    shown.delete(dragged);
    dragged = null;
    sync();
  };
  return { sync, discAt, letGo, release: () => held.clear() };
}
