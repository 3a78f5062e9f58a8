// The server's HTTP side. The token lives in a private field: no storage, no address, no log.

const OPERATOR = "local";

export class Refused extends Error {
  constructor(status, code, sentence) {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

export class Api {
  #token;

  constructor(token) {
    this.#token = token;
  }

  /** The user whom the token names; the server alone judges whether it is good. */
  get user() {
    try {
      const middle = this.#token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
      const bytes = Uint8Array.from(atob(middle), (letter) => letter.charCodeAt(0));
      return String(JSON.parse(new TextDecoder().decode(bytes)).sub);
    } catch {
      return "?";
    }
  }

  /** A token that lives for an hour at most: a socket's address cannot hide it. */
  async sessionToken() {
    const { sessionToken } = await this.ask("POST", "auth/websocket", { token: this.#token });
    return sessionToken;
  }

  /** Who talks at the console: for the operator a visitor of its own, apart from the app's room. */
  async visitor() {
    if (this.user !== OPERATOR) return this;
    const { sessionToken } = await this.ask("POST", "auth/console");
    return new Api(sessionToken);
  }

  async ask(method, path, body) {
    return (await this.#send(method, path, body)).json();
  }

  async text(path) {
    return (await this.#send("GET", path)).text();
  }

  async #send(method, path, body) {
    const headers = { Authorization: `Bearer ${this.#token}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let answer;
    try {
      answer = await fetch(path, { method, headers, body: JSON.stringify(body), credentials: "omit" });
    } catch {
      throw new Refused(0, "UNREACHABLE", "The server does not answer. Is it running?");
    }
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, told.code ?? "HTTP", told.message ?? answer.statusText);
  }
}
