// Controls that live inside the map: search, layers, legend, scale bar, north arrow, credit strip, tooltip.
// Every text goes through textContent: names are untrusted.

function element(tag, className, parent, text) {
  const node = document.createElement(tag);
  node.className = className;
  if (text) node.textContent = text;
  parent?.append(node);
  return node;
}

function panel(className, host) {
  const node = element("div", `hxt-panel ${className}`, host);
  L.DomEvent.disableClickPropagation(node);
  L.DomEvent.disableScrollPropagation(node);
  return node;
}

function swatch(uri, parent) {
  const image = element("img", "hxt-swatch", parent);
  image.src = uri;
  image.alt = "";
  return image;
}

const MAX_FOUND = 8;

function searchControl(host, texts, find, choose) {
  const box = panel("hxt-search", host);
  const input = element("input", "", box);
  input.type = "search";
  const list = element("ul", "hxt-found", box);
  const close = () => list.replaceChildren();
  const show = () => {
    close();
    const asked = input.value.trim().toLowerCase();
    if (!asked) return;
    const found = find(asked, MAX_FOUND);
    for (const hit of found) {
      const item = element("li", "", list);
      const button = element("button", "", item);
      button.type = "button";
      swatch(hit.swatch, button);
      element("span", "", button, hit.feature.name);
      button.addEventListener("click", () => {
        input.value = hit.feature.name;
        close();
        choose(hit);
      });
    }
    if (!found.length) element("li", "hxt-none", list, texts.none_found);
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    if (event.key === "Enter") list.querySelector("button")?.click();
  });
  const update = (t, wanted) => {
    box.hidden = !wanted;
    input.placeholder = t.search;
    input.setAttribute("aria-label", t.search);
  };
  return { update };
}

function layersControl(host, onToggle) {
  const box = panel("hxt-layers", host);
  const button = element("button", "hxt-button", box);
  button.type = "button";
  const list = element("div", "hxt-list", box);
  list.hidden = true;
  button.addEventListener("click", () => {
    list.hidden = !list.hidden;
    button.setAttribute("aria-expanded", String(!list.hidden));
  });
  const update = (texts, layers) => {
    button.textContent = `${texts.layers} ▾`;
    list.replaceChildren();
    const listed = layers.filter((l) => l.toggle);
    box.hidden = !listed.length;
    for (const layer of listed) {
      const row = element("label", "hxt-row", list);
      const tick = element("input", "", row);
      tick.type = "checkbox";
      tick.checked = layer.visible;
      tick.dataset.layer = layer.id;
      tick.addEventListener("change", () => onToggle(layer.id, tick.checked));
      swatch(layer.swatch, row);
      element("span", "", row, layer.title);
    }
  };
  return { update };
}

function legendControl(host, onFold) {
  const box = panel("hxt-legend", host);
  const update = (texts, sections) => {
    const open = box.querySelector("details")?.open ?? host.clientWidth > 460;
    box.replaceChildren();
    box.hidden = !sections.length;
    const details = element("details", "", box);
    details.open = open;
    details.addEventListener("toggle", onFold);
    element("summary", "", details, texts.legend);
    for (const section of sections) {
      if (section.title) element("div", "hxt-legend-title", details, section.title);
      for (const item of section.items) {
        const row = element("div", "hxt-row", details);
        swatch(item.swatch, row);
        element("span", "", row, item.text);
        if (item.note) element("span", "hxt-note", row, item.note);
      }
    }
  };
  return { update };
}

const SCALE_MAX_PX = 100;

function scaleControl(host, map) {
  const box = element("div", "hxt-scale", host);
  const bar = element("div", "hxt-bar", box);
  const text = element("span", "", box);
  const update = () => {
    const metres = SCALE_MAX_PX * frameOf(map, 0).metresPerPixel;
    const power = 10 ** Math.floor(Math.log10(metres));
    const round = [5, 2, 1].map((k) => k * power).find((m) => m <= metres);
    bar.style.width = `${(round / metres) * SCALE_MAX_PX}px`;
    text.textContent = round >= 1000 ? `${round / 1000} km` : `${round} m`;
  };
  map.on("moveend zoomend resize", update);
  update();
}

function northArrow(host) {
  const box = element("div", "hxt-north", host);
  const text = element("span", "", box);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M8 1 14 18 8 14 2 18Z");
  svg.append(path);
  box.append(svg);
  return { update: (t) => { text.textContent = t.north; } };
}

function tooltip(host) {
  const box = element("div", "hxt-tip", host);
  box.hidden = true;
  const show = (hit, x, y) => {
    box.hidden = !hit || !(hit.feature.tip || hit.feature.name);
    if (box.hidden) return;
    box.textContent = hit.feature.tip || hit.feature.name;
    box.style.left = `${Math.min(x + 14, host.clientWidth - box.offsetWidth - 6)}px`;
    box.style.top = `${Math.max(y - 34, 4)}px`;
  };
  return { show };
}
