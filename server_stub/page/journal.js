// The log: one row a frame, newest last; pieces of a reply share a row, sound and tokens stay out.

import { element } from "./talk.js";

const KEPT = 400;
const MANY = new Set(["ar-stream-chunk", "audio-chunk"]);

export class Journal {
  #list;
  #run = { key: "", times: 0 };

  constructor(list) {
    this.#list = list;
  }

  clear() {
    this.#list.replaceChildren();
    this.#run = { key: "", times: 0 };
  }

  told(message) {
    this.#row("out", "→", message);
  }

  heard(message) {
    this.#row(/error$/.test(message.type) ? "fault" : "in", "←", message);
  }

  note(text, kind = "") {
    this.#run.key = "";
    this.#add(kind, "·", text);
  }

  #row(kind, arrow, message) {
    const key = `${kind} ${message.type}`;
    if (MANY.has(message.type) && key === this.#run.key) {
      this.#run.times += 1;
      this.#list.lastElementChild.lastElementChild.textContent =
        `${message.type} × ${this.#run.times}`;
      return;
    }
    this.#run = { key, times: 1 };
    this.#add(kind, arrow, MANY.has(message.type) ? message.type : written(message));
  }

  #add(kind, arrow, text) {
    const atEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 30;
    const row = document.createElement("li");
    const time = new Date().toISOString().slice(11, 23);
    row.append(element("time", "", time), element("span", kind, arrow), element("span", kind, text));
    this.#list.append(row);
    while (this.#list.childElementCount > KEPT) this.#list.firstElementChild.remove();
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }
}

function written({ type, ...fields }) {
  const told = Object.entries(fields)
    .filter(([name, value]) => value !== null && name !== "sessionId")
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(" ");
  const text = `${type} ${told}`;
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
