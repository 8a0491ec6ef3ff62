import type { OpenSocket } from "../core/logs/tail";

/** A websocket to an address relative to the page. */
export const openSocket: OpenSocket = (path, handlers) => {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  socket.addEventListener("open", handlers.onOpen);
  socket.addEventListener("message", (event) => {
    if (typeof event.data === "string") handlers.onText(event.data);
  });
  // An error is always followed by a close.
  socket.addEventListener("close", handlers.onClose);
  return { close: () => socket.close() };
};
