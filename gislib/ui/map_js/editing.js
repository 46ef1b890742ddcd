// Editing of one point layer. The browser never changes the plan: every act goes to the server as one event
// {serial, action, id, treatment, lon, lat}, one at a time, and the answer is a new version of the layer.

const PLACE_DECIMALS = 7;

// Acts wait here until the one before is answered, so that none is lost and none is judged by an outdated plan.
function actQueue(send) {
  const waiting = [];
  let sent = null, count = 0;
  const next = () => {
    sent = waiting.shift() ?? null;
    if (sent) send(sent);
  };
  const push = (act) => {
    waiting.push({ serial: `${Date.now()}.${++count}`, id: "", treatment: "", lon: null, lat: null, ...act });
    if (!sent) next();
  };
  const answered = (serial) => {
    if (sent?.serial === serial) next();
  };
  return { push, answered, busy: () => sent !== null };
}

const placeOfAct = ({ lng, lat }) => ({ lon: Number(lng.toFixed(PLACE_DECIMALS)), lat: Number(lat.toFixed(PLACE_DECIMALS)) });

function createEditing(state) {
  const { map, host } = state;
  let editing = null, mode = "", tool = null, ghosts = [];
  const queue = actQueue((act) => {
    host.dataset.busy = act.serial;
    state.send("edited", act);
  });
  const chosen = () => {
    const id = state.selected?.layer === editing?.layer ? state.selected.id : "";
    return id && state.layers.get(editing.layer)?.set?.byId.has(id) ? id : "";
  };
  const act = (content) => {
    queue.push(content);
    show();
  };
  const pins = pinBoard(state, () => state.layers.get(editing?.layer), {
    chosen: (id) => {
      if (mode === "add") return;
      select(state, editing.layer, id, false);
      state.send("clicked", { layer: editing.layer, id });
      refresh();
    },
    moving: () => mode === "move",
    dropped: (id, latLng) => act({ action: "move", id, ...placeOfAct(latLng) }),
  });
  const setMode = (wanted, wantedTool = null) => {
    mode = wanted;
    tool = wantedTool;
    pins.letGo();
    map.pm.disableDraw();
    if (mode !== "move") map.pm.disableGlobalDragMode();
    if (mode === "move") map.pm.enableGlobalDragMode();
    if (mode === "add")
      map.pm.enableDraw("Marker", { markerStyle: { icon: addIcon(tool) }, tooltips: false, continueDrawing: false });
    show();
  };
  const addIcon = (wanted) =>
    pinIcon({ case: wanted.id, state: "", rank: null }, { [wanted.id]: wanted.symbol }, [0, -REACHES_PX[0]], ["hxt-waiting"]);
  const onSelected = (action) => chosen() && act({ action, id: chosen() });
  const bar = toolBar(host, {
    undo: () => act({ action: "undo" }),
    redo: () => act({ action: "redo" }),
    add: (wanted) => setMode("add", wanted),
    move: () => setMode(mode === "move" ? "" : "move"),
    turn: () => onSelected("turn"),
    remove: () => onSelected("remove"),
  });
  const notice = noticeBox(host, map);

  const hint = () => {
    const { text } = editing;
    if (queue.busy()) return text.busy;
    if (mode === "add") return text.hint_add.replace("{title}", tool.title);
    if (mode === "move") return map.getZoom() < PIN_ZOOM ? text.hint_zoom : text.hint_move;
    return "";
  };
  const show = () => {
    if (!queue.busy()) delete host.dataset.busy;
    host.dataset.mode = mode;
    const idle = !queue.busy();
    bar.update({ ...editing, undo: editing.undo && idle, redo: editing.redo && idle }, mode, editing.open && chosen(), hint());
  };
  const refresh = () => {
    if (!editing) return;
    pins.sync();
    notice.aim();
    show();
  };
  const noticePlace = () => {
    const found = editing.notice;
    if (found?.id) return pins.discAt(found.id);
    return found?.at ? map.latLngToContainerPoint([found.at[1], found.at[0]]) : null;
  };
  const update = (wanted) => {
    editing = wanted;
    queue.answered(editing.answered);
    if (!queue.busy()) {
      pins.release();
      ghosts.forEach((ghost) => ghost.remove());
      ghosts = [];
    }
    if (mode && !editing.open) setMode("");
    pins.sync();
    notice.update(editing.notice, noticePlace, editing.text);
    show();
  };

  map.pm.setGlobalOptions({ snappable: false, markerEditable: false });
  map.on("pm:create", ({ marker }) => {
    ghosts.push(marker);
    const wanted = tool;
    setMode("");
    act({ action: "add", treatment: wanted.id, ...placeOfAct(marker.getLatLng()) });
  });
  map.on("moveend zoomend resize", refresh);
  host.addEventListener("keydown", (event) => {
    if (["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName)) return;
    if (event.key === "Escape") {
      bar.close();
      setMode("");
    }
    if (event.key === "Delete" && editing?.open && editing.actions.includes("remove")) onSelected("remove");
  });
  return { update, refresh, adding: () => mode === "add" };
}
