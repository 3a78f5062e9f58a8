// The same relay on socket.io, with its default parser.

import { createServer } from "node:http";
import { Server } from "socket.io";
import { reply } from "./tokens.mjs";

const mind = process.argv[2];
const http = createServer();
const server = new Server(http, { transports: ["websocket"] });
server.on("connection", (socket) => {
  socket.on("ar-message", ({ content }) => {
    reply(mind, content, (type, fields) => socket.emit(type, fields));
  });
});
http.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: http.address().port })));
