// A relay on the bare WebSocket library: a message in, the model's tokens out.

import { WebSocketServer } from "ws";
import { reply } from "./tokens.mjs";

const mind = process.argv[2];
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
server.on("connection", (socket) => {
  socket.on("message", (data) => {
    const { content } = JSON.parse(data);
    reply(mind, content, (type, fields) => socket.send(JSON.stringify({ type, ...fields })));
  });
});
server.on("listening", () => console.log(JSON.stringify({ port: server.address().port })));
