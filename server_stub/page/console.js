// The page put together: the door, the console, and what the server does meanwhile.

import { Api } from "./api.js";
import { Journal } from "./journal.js";
import { Latency, shown } from "./latency.js";
import { Microphone } from "./microphone.js";
import { Session } from "./session.js";
import { element, Talk } from "./talk.js";
import { say, showFigures, showHealth, showRooms, showVisitors } from "./watch.js";

const LOOK_EVERY_MS = 2000;
const AGENTS = "api/ar-conversations/agents";
const page = Object.fromEntries([...document.querySelectorAll("[id]")].map((one) => [one.id, one]));
const talk = new Talk(page.lines);
const journal = new Journal(page.log);
const latency = new Latency();
const microphone = new Microphone(page.level);

let api = null;
let visitor = null;
let session = null;
let streaming = null;
let recording = null;
let serverHears = true;
let spoken = null;

// --- the door

page.knock.addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = new Api(page.token.value.trim());
  page.refusal.textContent = "";
  try {
    await given.sessionToken();
    const { agents } = await given.ask("GET", AGENTS);
    page.agent.replaceChildren(...agents.map(({ id, name }) => new Option(name, id)));
  } catch (error) {
    page.refusal.textContent = error.message;
    page.token.focus();
    return;
  }
  api = given;
  page.token.value = "";
  page.door.hidden = true;
  page.desk.hidden = page.leave.hidden = false;
  journal.note(`connected as ${api.user}`);
  page.start.focus();
  await look();
});

page.leave.addEventListener("click", () => {
  session?.end();
  api = null;
  talk.clear();
  journal.clear();
  for (const told of [page.figures, page.visitors, page.rooms]) told.replaceChildren();
  page.desk.hidden = page.leave.hidden = true;
  page.door.hidden = false;
  page.token.focus();
});

// --- a session

page.start.addEventListener("click", async () => {
  page.start.disabled = true;
  say(page.session, "Connecting", "warn");
  try {
    const opened = await Session.open(visit, page.agent.value, {
      heard,
      told: (message) => journal.told(message),
      broke,
      back,
      over,
    });
    session = opened.session;
    serverHears = true;
    showHistory(opened.messages);
  } catch (error) {
    page.start.disabled = false;
    say(page.session, "No session");
    tell(error.message);
  }
});

/** Whoever talks at the console, with a token that is new. */
async function visit() {
  visitor = await api.visitor();
  return visitor;
}

page.end.addEventListener("click", () => session?.end());
page.again.addEventListener("click", () => {
  page.again.hidden = true;
  session?.again();
});
addEventListener("online", () => page.again.hidden || page.again.click());
page.interrupt.addEventListener("click", () => streaming && session?.interrupt(streaming));
page.clear.addEventListener("click", () => journal.clear());

page.say.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = page.words.value.trim();
  if (!words || !session) return;
  const id = crypto.randomUUID?.() ?? `c-${Date.now()}-${Math.random()}`;
  page.words.value = "";
  talk.line(id, "human", words);
  latency.said(id);
  session.text(words, id);
});

const SEEMS = "what is being said";
const STAGES = { listening: "Listening…", transcribing: "Writing down…" };
const ANSWERS = {
  connected: () => {
    say(page.session, "In session", "good");
    inSession(true);
    page.words.focus();
    tell("");
  },
  "ar-stream-start": ({ streamId, clientMessageId }) => {
    latency.began(streamId, clientMessageId);
    talk.begin(streamId);
    streaming = streamId;
    page.interrupt.hidden = false;
  },
  "ar-stream-chunk": ({ streamId, chunk }) => {
    latency.piece(streamId);
    talk.grow(streamId, chunk);
  },
  "ar-stream-end": ({ streamId, reason }) => replyOver(streamId, reason, reason === "error"),
  "ar-stream-error": ({ streamId, error }) => replyOver(streamId, error, true),
  "message-received": (message) => {
    const key = message.sender === "human" ? message.clientMessageId : message.streamId;
    talk.line(key ?? message.id, message.sender, message.content);
    if (spoken?.text !== message.content) return;
    latency.said(key, spoken.at);
    talk.finish(key, `by voice · ${Math.round(100 * spoken.confidence)} % sure`);
    spoken = null;
  },
  "processing-status": ({ stage }) => {
    say(page.session, STAGES[stage] ?? "In session", "good");
    if (stage === "transcribing") spoken = { at: performance.now() };
  },
  transcript: ({ text, isFinal, confidence }) => {
    if (!isFinal) return talk.line(SEEMS, "human", text).classList.add("coming");
    talk.drop(SEEMS);
    say(page.session, "In session", "good");
    spoken = { at: performance.now(), ...spoken, text, confidence };
    return tell(text ? "" : "Nothing was understood: speak a little louder or closer.");
  },
  error: ({ code, message }) => {
    if (code !== "CANNOT_HEAR") return tell(message);
    serverHears = false;
    return tell(`${message} The meter shows that the microphone works.`);
  },
};

function heard(message) {
  journal.heard(message);
  ANSWERS[message.type]?.(message);
}

function replyOver(streamId, reason, broke) {
  const took = latency.ended(streamId);
  const times = took ? `first token ${shown(took.first ?? NaN)} · whole ${shown(took.whole)}` : "";
  const why = reason === "complete" ? "" : reason;
  talk.finish(streamId, [times, why].filter(Boolean).join(" · "), broke);
  if (streaming === streamId) {
    streaming = null;
    page.interrupt.hidden = true;
  }
  for (const name of ["first", "whole"]) {
    page[`${name}-last`].textContent = shown(latency.last(name));
    page[`${name}-median`].textContent = shown(latency.median(name));
  }
}

function showHistory(messages) {
  talk.clear();
  for (const { id, senderType, content } of messages) talk.line(id, senderType, content);
}

function broke(sentence, seconds, isHopeless) {
  stopRecording();
  talk.drop(SEEMS);
  page.words.disabled = page.send.disabled = page.record.disabled = true;
  page.again.hidden = false;
  say(page.session, "Connecting again", "warn");
  const often = isHopeless ? " It failed often; is the server running?" : "";
  tell(`${sentence} Trying again in ${Math.ceil(seconds)} s.${often}`);
  journal.note(`${sentence} trying again in ${seconds.toFixed(1)} s`);
}

function back(messages) {
  if (messages) {
    if (streaming) replyOver(streaming, "cut off", true);
    showHistory(messages);
  }
  talk.note("Connected again.");
  journal.note(messages ? "connected again, read the room anew" : "connected again, missed nothing");
}

function over(sentence) {
  session = null;
  if (streaming) replyOver(streaming, "cut off", true);
  stopRecording();
  inSession(false);
  say(page.session, "No session");
  tell("");
  talk.note(sentence);
  journal.note(sentence);
  page.start.focus();
}

function inSession(yes) {
  page.words.disabled = page.send.disabled = page.record.disabled = !yes;
  page.words.placeholder = yes ? "Write something" : "Start a session, then write something";
  page.start.hidden = page.agent.disabled = yes;
  page.start.disabled = false;
  page.end.hidden = !yes;
  page.again.hidden = true;
}

// --- the microphone

page.record.addEventListener("click", async () => {
  if (microphone.isOn) return stopRecording();
  recording = { id: `voice-${Date.now()}`, index: 0 };
  try {
    await microphone.open(sendSound);
  } catch (error) {
    tell(error.message);
    return stopRecording();
  }
  page.record.ariaPressed = "true";
  page.record.lastElementChild.textContent = "Stop";
  return undefined;
});

function sendSound(data, isLast) {
  if (recording && serverHears) session?.sound(recording.id, recording.index++, data, isLast);
}

function stopRecording() {
  if (recording?.index) sendSound("", true);
  recording = null;
  page.record.ariaPressed = "false";
  page.record.lastElementChild.textContent = "Record";
  return microphone.close();
}

// --- what the server does

async function look() {
  await showHealth(page.health);
  if (!api || document.hidden) return;
  const parts = [
    [page.figures, () => showFigures(api, page)],
    [page.visitors, () => showVisitors(api, page.visitors)],
    [page.rooms, () => showRooms(owners(), page.rooms, endRoom)],
  ];
  for (const [place, show] of parts) {
    try {
      await show();
    } catch (error) {
      place.replaceChildren(element(place.localName === "dl" ? "dd" : "li", "hint", error.message));
    }
  }
}

/** Whose rooms are shown: one's own, and the console's while it is in session. */
function owners() {
  return session && visitor !== api ? [api, visitor] : [api];
}

async function endRoom(owner, id) {
  try {
    await owner.ask("POST", `api/ar-conversations/rooms/${id}/end`);
    journal.note(`ended room ${id}`);
  } catch (error) {
    tell(error.message);
  }
  document.activeElement?.blur();
  await look();
}

function tell(sentence) {
  page.notice.textContent = sentence;
  page.notice.hidden = !sentence;
}

async function watch() {
  await look();
  setTimeout(watch, LOOK_EVERY_MS);
}

document.addEventListener("visibilitychange", () => document.hidden || look());
watch();
