// How long replies take as this page sees it: from a message to the first piece, and to the end.

const KEPT = 50;

export class Latency {
  #sent = new Map();
  #replies = new Map();
  #times = { first: [], whole: [] };

  said(clientMessageId, at = performance.now()) {
    this.#sent.set(clientMessageId, at);
  }

  began(streamId, clientMessageId) {
    const at = this.#sent.get(clientMessageId);
    this.#sent.delete(clientMessageId);
    if (at !== undefined) this.#replies.set(streamId, { at, first: null });
  }

  piece(streamId) {
    const reply = this.#replies.get(streamId);
    if (reply?.first === null) reply.first = this.#took("first", reply.at);
  }

  /** What the reply took, or null for one that another client asked for. */
  ended(streamId) {
    const reply = this.#replies.get(streamId);
    this.#replies.delete(streamId);
    return reply ? { first: reply.first, whole: this.#took("whole", reply.at) } : null;
  }

  last(name) {
    return this.#times[name].at(-1);
  }

  median(name) {
    const sorted = this.#times[name].toSorted((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  #took(name, since) {
    const took = performance.now() - since;
    this.#times[name] = [...this.#times[name], took].slice(-KEPT);
    return took;
  }
}

export function shown(milliseconds) {
  if (!Number.isFinite(milliseconds)) return "–";
  if (milliseconds >= 10_000) return `${(milliseconds / 1000).toFixed(0)} s`;
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}
