// In the browser's audio thread: gathers 100 ms of sound as 16-bit samples, with its loudness.

const PIECE = 1600;

class Recorder extends AudioWorkletProcessor {
  #samples = new Int16Array(PIECE);
  #filled = 0;
  #energy = 0;

  process([[channel]]) {
    for (const value of channel ?? []) {
      const held = Math.max(-1, Math.min(1, value));
      this.#samples[this.#filled++] = Math.round(held * 32767);
      this.#energy += held * held;
      if (this.#filled === PIECE) this.#send();
    }
    return true;
  }

  #send() {
    const level = Math.sqrt(this.#energy / PIECE);
    this.port.postMessage({ samples: this.#samples, level });
    this.#samples = new Int16Array(PIECE);
    this.#filled = this.#energy = 0;
  }
}

registerProcessor("recorder", Recorder);
