// What goes on in the server now: health, figures, visitors, rooms; asked for again and again.

import { shown } from "./latency.js";
import { element } from "./talk.js";

const ROOMS = "api/ar-conversations/rooms";
const BYTES_IN_MIB = 1 << 20;
const TILES = [
  ["Connections", (figure) => figure("connections")],
  ["Rooms in use", (figure) => figure("rooms_at_work")],
  ["Replies", (figure) => figure("streams_started_total")],
  ["Interrupted", (figure) => figure("streams_interrupted_total")],
  ["Errors", (figure) => figure("errors_total")],
  ["Memory", (figure) => `${Math.round(figure("process_resident_memory_bytes") / BYTES_IN_MIB)} MiB`],
];

/** Names to numbers of Prometheus' text, without labels and without our prefix. */
export function figuresIn(text) {
  const found = new Map();
  for (const [, name, value] of text.matchAll(/^([a-z_]+) ([-+.\deE]+)$/gm)) {
    found.set(name.replace(/^conversations_/, ""), Number(value));
  }
  return (name) => found.get(name) ?? 0;
}

/** Whether the server is ready, in a pill; true when it answered at all. */
export async function showHealth(pill) {
  try {
    const health = await (await fetch("health", { credentials: "omit" })).json();
    const kept = health.storage?.kept ?? true;
    if (!health.ready) say(pill, "Stopping", "warn");
    else if (kept) say(pill, "Ready", "good");
    else say(pill, "Ready · nothing is kept", "warn");
    pill.title = health.storage?.detail ?? "";
  } catch {
    say(pill, "Not reachable", "bad");
  }
}

export async function showFigures(api, page) {
  const figure = figuresIn(await api.text("metrics"));
  page.figures.replaceChildren(
    ...TILES.map(([name, value]) => {
      const tile = document.createElement("div");
      tile.append(element("dt", "", name), element("dd", "", String(value(figure))));
      return tile;
    }),
  );
  const mean = (name) => (1000 * figure(`${name}_seconds_sum`)) / figure(`${name}_seconds_count`);
  page["first-server"].textContent = shown(mean("first_token"));
  page["whole-server"].textContent = shown(mean("reply"));
  page["mind-server"].textContent = shown(mean("mind"));
  page["stt-server"].textContent = shown(mean("stt"));
  page["sound-server"].textContent = shown(mean("whole"));
}

export async function showVisitors(api, list) {
  const { visitors } = await api.ask("GET", "api/presence");
  const rows = visitors.map(({ visitorId, status, lastSeen }) => {
    const row = document.createElement("li");
    const dot = element("span", `pill ${status === "online" ? "good" : "warn"}`, status);
    row.append(element("span", "", visitorId), element("small", "", clock(lastSeen)), dot);
    return row;
  });
  list.replaceChildren(...(rows.length ? rows : [element("li", "hint", "Nobody is here.")]));
}

export async function showRooms(owners, list, end) {
  const listed = await Promise.all(owners.map((owner) => owner.ask("GET", ROOMS)));
  const rooms = listed.flatMap(({ rooms }, place) =>
    rooms.map((room) => ({ ...room, owner: owners[place] })),
  );
  if (list.contains(document.activeElement)) return; // a row that holds the focus stays
  const rows = rooms.map((room) => {
    const row = document.createElement("li");
    const name = element("span", "", room.agentName);
    name.title = room.id;
    const ends = element("button", "quiet", "End");
    ends.type = "button";
    ends.ariaLabel = `End the room with ${room.agentName}`;
    ends.addEventListener("click", () => end(room.owner, room.id));
    const mark = element("span", room.status === "active" ? "pill good" : "pill warn", room.status);
    row.append(name, element("small", "", clock(room.lastActivityAt)), mark, ends);
    return row;
  });
  list.replaceChildren(...(rows.length ? rows : [element("li", "hint", "No room is open.")]));
}

export function say(pill, text, kind = "") {
  if (pill.textContent !== text) pill.textContent = text;
  pill.className = `pill ${kind}`;
}

function clock(moment) {
  return moment ? new Date(moment).toLocaleTimeString([], { timeStyle: "short" }) : "";
}
