// The conversation as it is seen: lines of both sides, a reply that grows, markers as small labels.

const MARKERS = /\[([a-z_]+:[^\][]*)\]/gi;

export class Talk {
  #list;
  #lines = new Map();
  #texts = new Map();
  #due = new Set();

  constructor(list) {
    this.#list = list;
  }

  clear() {
    this.#list.replaceChildren();
    this.#lines.clear();
    this.#texts.clear();
  }

  /** A line that is whole; one already known by this key is corrected. */
  line(key, kind, text) {
    const line = this.#lines.get(key) ?? this.#added(key, kind);
    this.#texts.set(key, text);
    this.#show(key);
    return line;
  }

  begin(key) {
    this.line(key, "agent", "").classList.add("coming");
  }

  grow(key, piece) {
    this.#texts.set(key, (this.#texts.get(key) ?? "") + piece);
    this.#due.add(key);
    if (this.#due.size === 1) queueMicrotask(() => this.#showDue());
  }

  finish(key, note, broke = false) {
    const line = this.#lines.get(key);
    if (!line) return;
    this.#showDue();
    line.classList.remove("coming");
    line.classList.toggle("broken", broke);
    if (note) line.append(element("span", "took", note));
    this.#follow();
  }

  /** The line is no more, if there was one. */
  drop(key) {
    this.#lines.get(key)?.remove();
    this.#lines.delete(key);
    this.#texts.delete(key);
  }

  note(text) {
    this.#list.append(element("li", "aside", text));
    this.#follow();
  }

  #added(key, kind) {
    const line = element("li", kind);
    this.#lines.set(key, line);
    this.#list.append(line);
    return line;
  }

  #showDue() {
    for (const key of this.#due) this.#show(key);
    this.#due.clear();
  }

  #show(key) {
    const line = this.#lines.get(key);
    if (!line) return;
    const took = line.querySelector(".took");
    line.replaceChildren(...pieces(this.#texts.get(key)), ...(took ? [took] : []));
    this.#follow();
  }

  #follow() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }
}

export function element(name, kind = "", text = "") {
  const made = document.createElement(name);
  made.className = kind;
  made.textContent = text;
  return made;
}

function pieces(text) {
  return text.split(MARKERS).flatMap((part, number) => {
    if (number % 2 === 0) return part ? [part] : [];
    return part.split(",").map((marker) => element("span", "marker", marker.trim()));
  });
}
