// One session over the WebSocket: what is said goes in, what the server says comes out as calls.

const ROOMS = "api/ar-conversations/rooms";
const CLOSED = {
  1000: "The session is over.",
  1001: "The server went away.",
  1006: "The connection broke.",
  1012: "The server restarts; start again.",
  4400: "The server got too many bad frames.",
  4408: "The server heard nothing for too long.",
  4429: "Too many messages; wait a moment.",
  4501: "The token ran out; connect again with a new one.",
  4504: "The room was ended.",
};

export class Session {
  #socket;
  #room;

  /** `heard(message)` for every frame in, `told(message)` for every frame out, `over(sentence)`. */
  constructor(room, token, { heard, told, over }) {
    this.#room = room;
    this.told = told;
    const address = new URL("ar-stream", document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    address.search = new URLSearchParams({ roomId: room, token });
    this.#socket = new WebSocket(address);
    this.#socket.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      heard(message);
      if (message.type === "connected") this.#say({ type: "join-ar-room", roomId: room });
      if (message.type === "heartbeat") {
        this.#say({ type: "heartbeat-ack", timestamp: message.timestamp });
      }
    });
    this.#socket.addEventListener("close", ({ code }) => {
      over(CLOSED[code] ?? `The connection ended (${code}).`);
    });
  }

  static async open(api, agentId, calls) {
    const room = await api.ask("POST", ROOMS, { agentId });
    const { messages } = await api.ask("GET", `${ROOMS}/${room.id}/messages?limit=30`);
    const session = new Session(room.id, await api.sessionToken(), calls);
    return { session, room, messages: messages.reverse() };
  }

  text(content, clientMessageId) {
    this.#say({ type: "ar-message", content, roomId: this.#room, clientMessageId });
  }

  interrupt(streamId) {
    this.#say({ type: "interrupt-stream", streamId });
  }

  sound(streamId, index, data, isFinal) {
    this.#say({ type: "audio-chunk", streamId, index, isFinal, rate: 16000, codec: "s16", data });
  }

  /** Says goodbye; the room stays open. */
  end() {
    this.#say({ type: "session-end" });
  }

  #say(message) {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
    this.told(message);
  }
}
