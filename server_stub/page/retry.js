// When to try again: after 1 s, then twice as long each time, at most 30 s, never all at once.

const FIRST = 1;
const LONGEST = 30;
const MANY = 5;

export class Retry {
  #failures = 0;
  #timer = 0;

  /** Whether it failed so often that a person should know. */
  get isHopeless() {
    return this.#failures >= MANY;
  }

  /** Does it after a while; tells how many seconds that is. */
  later(act) {
    const seconds = Math.min(LONGEST, FIRST * 2 ** this.#failures) * (0.8 + 0.4 * Math.random());
    this.#failures += 1;
    this.stop();
    this.#timer = setTimeout(act, 1000 * seconds);
    return seconds;
  }

  stop() {
    clearTimeout(this.#timer);
  }

  succeeded() {
    this.stop();
    this.#failures = 0;
  }
}
