// One session over the WebSocket, through any number of breaks: what is said goes in, what the
// server says comes out as calls, each message once and in order.

import { Refused } from "./api.js";
import { Retry } from "./retry.js";

const ROOMS = "api/ar-conversations/rooms";
const CLOSED = {
  1000: "The session is over.",
  1001: "The server went away.",
  1006: "The connection broke.",
  1012: "The server restarts.",
  4400: "The server got too many bad frames.",
  4408: "The server heard nothing for too long.",
  4429: "Too many messages; wait a moment.",
  4501: "The token ran out; connect again with a new one.",
  4504: "The room was ended.",
};
const FOR_EVER = 4500;
const REPLAYED = new Set([
  "phoneme-data", "text-response", "transcript", "ar-stream-start", "ar-stream-chunk",
  "ar-stream-end", "ar-stream-error", "avatar-animate", "message-received",
]);
// This page has no voice, and whoever speaks here means to be listened to.
const ABOUT = { speech: "none", interruptOnSpeech: true };

export class Session {
  #who;
  #api;
  #room;
  #calls;
  #socket = null;
  #retry = new Retry();
  #known = null;
  #isResuming = false;
  #isOver = false;
  #unsure = new Map();

  /**
   * `who()` gives the visitor's way to the server, which is good for an hour. `heard(message)` for
   * every message in, `told(message)` for every frame out, `broke(sentence, seconds, isHopeless)` when
   * it will try again, `back(messages)` when it did (the messages are the room's when what was missed
   * cannot be replayed), `over(sentence)` in the end.
   */
  constructor(who, api, room, calls) {
    this.#who = who;
    this.#api = api;
    this.#room = room;
    this.#calls = calls;
  }

  static async open(who, agentId, calls) {
    const api = await who();
    const room = await api.ask("POST", ROOMS, { agentId });
    const session = new Session(who, api, room.id, calls);
    const messages = await session.#history();
    session.#connect(await api.sessionToken());
    return { session, room, messages };
  }

  text(content, clientMessageId) {
    this.#unsure.set(clientMessageId, content);
    this.#say({ type: "ar-message", content, roomId: this.#room, clientMessageId });
  }

  interrupt(streamId) {
    this.#say({ type: "interrupt-stream", streamId });
  }

  sound(streamId, index, data, isFinal) {
    this.#say({ type: "audio-chunk", streamId, index, isFinal, rate: 16000, codec: "s16", data });
  }

  /** Tries again now, after a break. */
  async again() {
    this.#retry.stop();
    try {
      this.#api = await this.#who();
      const { status } = await this.#api.ask("GET", `${ROOMS}/${this.#room}`);
      if (status === "ended") this.#end(CLOSED[4504]);
      else this.#connect(await this.#api.sessionToken());
    } catch (error) {
      const isGone = error instanceof Refused && [401, 403, 404].includes(error.status);
      if (isGone) this.#end(error.message);
      else this.#broke(error.message);
    }
  }

  /** Says goodbye; the room stays open. */
  end() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#say({ type: "session-end" });
    else this.#end(CLOSED[1000]);
  }

  // --- the socket

  #connect(token) {
    if (this.#isOver) return;
    const address = new URL("ar-stream", document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    address.search = new URLSearchParams({ roomId: this.#room, token });
    const socket = new WebSocket(address);
    this.#socket = socket;
    this.#isResuming = false;
    socket.addEventListener("message", (event) => this.#hear(JSON.parse(event.data)));
    socket.addEventListener("close", ({ code }) => {
      const sentence = CLOSED[code] ?? `The connection ended (${code}).`;
      if (code === 1000 || code >= FOR_EVER || !this.#known) this.#end(sentence);
      else this.#broke(sentence);
    });
  }

  #broke(sentence) {
    if (this.#isOver) return;
    const seconds = this.#retry.later(() => this.again());
    this.#calls.broke(sentence, seconds, this.#retry.isHopeless);
  }

  #end(sentence) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#retry.stop();
    this.#calls.over(sentence);
  }

  #hear(message) {
    if (message.type === "connected") return this.#greeted(message);
    if (message.type === "heartbeat") {
      this.#say({ type: "heartbeat-ack", timestamp: message.timestamp });
    }
    if (REPLAYED.has(message.type)) {
      if (message.seq <= this.#known.lastSeq) return undefined;
      this.#known.lastSeq = message.seq;
    }
    if (message.clientMessageId) this.#unsure.delete(message.clientMessageId);
    return this.#calls.heard(message);
  }

  async #greeted(message) {
    const { sessionId, epoch, lastSeq, resumed } = message;
    if (this.#known && !this.#isResuming) {
      this.#isResuming = true;
      this.#say({ type: "resume", ...this.#known });
      return;
    }
    const isNew = !this.#known;
    if (!resumed) {
      this.#known = { sessionId, epoch, lastSeq };
      this.#say({ type: "join-ar-room", roomId: this.#room });
    }
    this.#say({ type: "avatar-state", capabilities: ABOUT });
    this.#calls.heard(message);
    this.#retry.succeeded();
    if (isNew) return;
    this.#calls.back(resumed ? null : await this.#history().catch(() => null));
    for (const [id, content] of this.#unsure) this.text(content, id);
  }

  async #history() {
    const { messages } = await this.#api.ask("GET", `${ROOMS}/${this.#room}/messages?limit=30`);
    return messages.reverse();
  }

  #say(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
    this.#calls.told(message);
  }
}
