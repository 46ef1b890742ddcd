// Editing controls inside the map: the tool bar, the menu of what can be added, and the box that says why not here.

const STEPS = ["undo", "redo"];
const ON_SELECTED = ["turn", "remove"];

function toolButton(parent, name, act) {
  const button = element("button", "hxt-tool", parent);
  button.type = "button";
  button.dataset.tool = name;
  button.addEventListener("click", act);
  return button;
}

// `on`: undo, redo, add(tool), move, turn, remove.
function toolBar(host, on) {
  const box = panel("hxt-tools", host);
  box.setAttribute("role", "toolbar");
  const buttons = {};
  for (const name of ["undo", "redo"]) buttons[name] = toolButton(box, name, on[name]);
  const menu = element("div", "hxt-menu", host);
  menu.classList.add("hxt-panel");
  menu.hidden = true;
  L.DomEvent.disableClickPropagation(menu);
  L.DomEvent.disableScrollPropagation(menu);
  const open = (wanted) => {
    menu.hidden = !wanted;
    menu.style.left = `${box.offsetLeft + buttons.add.offsetLeft}px`;
    buttons.add.setAttribute("aria-expanded", String(wanted));
    if (wanted) menu.querySelector("button")?.focus();
  };
  buttons.add = toolButton(box, "add", () => open(menu.hidden));
  for (const name of ["move", "turn", "remove"]) buttons[name] = toolButton(box, name, on[name]);
  const hint = element("span", "hxt-hint", box);
  hint.setAttribute("role", "status");

  const fill = (tools) => {
    menu.replaceChildren();
    for (const tool of tools) {
      const item = element("button", "hxt-add", menu);
      item.type = "button";
      item.dataset.treatment = tool.id;
      swatch(tool.symbol, item);
      element("span", "", item, tool.title);
      item.addEventListener("click", () => {
        open(false);
        on.add(tool);
      });
    }
  };
  let filled = "";
  const update = (editing, mode, selected, said) => {
    for (const [name, button] of Object.entries(buttons)) {
      button.textContent = editing.text[name];
      button.hidden = !editing.actions.includes(name);
    }
    for (const name of STEPS) buttons[name].disabled = !editing[name];
    for (const name of ON_SELECTED) buttons[name].disabled = !selected;
    for (const name of ["add", "move"]) buttons[name].setAttribute("aria-pressed", String(mode === name));
    buttons.add.disabled = buttons.move.disabled = !editing.open;
    hint.textContent = said;
    hint.hidden = !said;
    const now = JSON.stringify(editing.tools.map((tool) => [tool.id, tool.title]));
    if (now !== filled) fill(editing.tools);
    filled = now;
  };
  return { update, close: () => open(false) };
}

const NOTICE_CORNERS = ["top-left", "bottom-left", "top-right", "bottom-right"]; // the first that hides least
const HIDES_ITS_OWN = 1000; // worse than any number of other devices

// Box with a heading and lines, and a line from it to the place that it is about.
function noticeBox(host, map) {
  const box = panel("hxt-notice", host);
  box.setAttribute("role", "alert");
  box.hidden = true;
  const line = element("i", "hxt-notice-line", host);
  line.hidden = true;
  let placeOf = () => null, closed = "";
  const covers = ({ x, y }) =>
    boxesMeet(boxAround(x, y, DISC_PX + 4), {
      x0: box.offsetLeft, y0: box.offsetTop, x1: box.offsetLeft + box.offsetWidth, y1: box.offsetTop + box.offsetHeight,
    });
  const others = () => {
    const { left, top } = host.getBoundingClientRect();
    return [...host.querySelectorAll(".hxt-pin .hxt-disc")].map((disc) => {
      const at = disc.getBoundingClientRect();
      return { x: at.x + at.width / 2 - left, y: at.y + at.height / 2 - top };
    });
  };
  const settle = (at) => {
    const discs = others();
    let best = null, least = Infinity;
    for (const corner of NOTICE_CORNERS) {
      box.dataset.corner = corner;
      const hidden = discs.filter(covers).length + (at && covers(at) ? HIDES_ITS_OWN : 0);
      if (hidden < least) [best, least] = [corner, hidden];
    }
    box.dataset.corner = best;
  };
  const aim = () => {
    const at = box.hidden ? null : placeOf();
    const inside = at && at.x > 0 && at.y > 0 && at.x < host.clientWidth && at.y < host.clientHeight;
    line.hidden = !inside;
    if (!box.hidden) settle(inside ? at : null);
    if (!inside) return;
    const left = box.offsetLeft, right = left + box.offsetWidth, top = box.offsetTop, bottom = top + box.offsetHeight;
    const fromX = Math.max(left, Math.min(at.x, right)), fromY = Math.max(top, Math.min(at.y, bottom));
    const dx = at.x - fromX, dy = at.y - fromY, length = Math.hypot(dx, dy) - DISC_PX;
    line.hidden = length < 4;
    Object.assign(line.style, {
      left: `${fromX}px`, top: `${fromY}px`, width: `${length}px`, transform: `rotate(${Math.atan2(dy, dx)}rad)`,
    });
  };
  const close = (said) => {
    closed = said;
    box.hidden = true;
    aim();
  };
  const update = (notice, place, text) => {
    const said = notice ? JSON.stringify(notice) : "";
    if (said !== closed) closed = "";
    box.hidden = !notice || said === closed;
    placeOf = place;
    box.replaceChildren();
    if (notice) {
      const cross = element("button", "hxt-close", box, "×");
      cross.type = "button";
      cross.title = text.close;
      cross.setAttribute("aria-label", text.close);
      cross.addEventListener("click", () => close(said));
      box.dataset.kind = line.dataset.kind = notice.kind;
      element("strong", "", box, notice.title);
      for (const line of notice.lines) element("p", "", box, line);
      if (notice.rest.length) {
        const more = element("details", "", box);
        element("summary", "", more, notice.more);
        for (const line of notice.rest) element("p", "", more, line);
        more.addEventListener("toggle", aim);
      }
      if (notice.source) element("p", "hxt-source", box, notice.source);
      if (notice.next) element("p", "", box, notice.next);
    }
    aim();
  };
  map.on("move zoomend resize", aim);
  return { update, aim };
}
