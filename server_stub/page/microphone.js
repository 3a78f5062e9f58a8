// The microphone as pieces of 100 ms at 16 kHz, and its level drawn as it goes by.

const RATE = 16000;
const BARS = 24;

export class Microphone {
  #canvas;
  #stream = null;
  #context = null;
  #levels = new Array(BARS).fill(0);

  constructor(canvas) {
    this.#canvas = canvas;
  }

  get isOn() {
    return this.#context !== null;
  }

  /** `heard(base64, isLast)` gets each piece. Throws one sentence when there is no microphone. */
  async open(heard) {
    if (!navigator.mediaDevices) {
      throw new Error("Browsers give the microphone to this machine's own address or HTTPS only.");
    }
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true },
      });
    } catch (error) {
      throw new Error(
        error.name === "NotAllowedError"
          ? "The browser does not let this page use the microphone. Allow it beside the address."
          : "There is no microphone.",
      );
    }
    this.#context = new AudioContext({ sampleRate: RATE });
    await this.#context.audioWorklet.addModule(new URL("recorder.js", import.meta.url).href);
    const recorder = new AudioWorkletNode(this.#context, "recorder", { numberOfOutputs: 0 });
    recorder.port.onmessage = ({ data }) => {
      this.#draw(data.level);
      heard(base64(data.samples), false);
    };
    this.#context.createMediaStreamSource(this.#stream).connect(recorder);
    this.#canvas.hidden = false;
    this.#draw(0);
  }

  async close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    const context = this.#context;
    this.#stream = this.#context = null;
    this.#levels.fill(0);
    this.#canvas.hidden = true;
    await context?.close();
  }

  /** Sixty decibels over the height: a whisper is seen as well as a shout. */
  #draw(level) {
    const share = Math.max(0, Math.min(1, 1 + (20 * Math.log10(level + 1e-9)) / 60));
    this.#levels = [...this.#levels.slice(1), share];
    const { width, height } = this.#canvas;
    const pen = this.#canvas.getContext("2d");
    const step = width / BARS;
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = getComputedStyle(this.#canvas).color;
    this.#levels.forEach((each, number) => {
      const tall = Math.max(3, each * (height - 12));
      pen.fillRect(number * step + 1, (height - tall) / 2, step - 2, tall);
    });
    this.#canvas.ariaValueNow = String(Math.round(100 * share));
  }
}

function base64(samples) {
  let text = "";
  for (const byte of new Uint8Array(samples.buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}
