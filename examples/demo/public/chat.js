/**
 * The panel of `/chat`. Everything that others wrote reaches the page as text, never as markup.
 */

import { LiveSocket } from "./live-socket.js";

const LOG_LENGTH = 200;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/**
 * @param {HTMLElement} panel
 * @param {{ state(state: import("./live-socket.js").SocketState): void }} events
 */
export function startChat(panel, events) {
  const view = findView(panel);
  const place = remembered();
  view.name.value = place.name;
  view.room.value = place.room;
  const hint = view.note.textContent;
  let ownName = "";
  let shownRoom = "";

  const receive = {
    welcome: ({ room, name, members, history }) => {
      // A server that was restarted remembers nothing; what this page still shows of the room is better than that
      if (history.length > 0 || room !== shownRoom) view.log.replaceChildren();
      [ownName, shownRoom] = [name, room];
      for (const entry of history) addEntry(view.log, entry, ownName);
      addEvent(view.log, `You are ${name} in ${room}.`);
      showMembers(view.members, members, ownName);
      view.note.textContent = hint;
    },
    message: (entry) => addEntry(view.log, entry, ownName),
    joined: ({ name, members }) => {
      addEvent(view.log, `${name} came in.`);
      showMembers(view.members, members, ownName);
    },
    left: ({ name, members }) => {
      addEvent(view.log, `${name} left.`);
      showMembers(view.members, members, ownName);
    },
    error: ({ message }) => {
      view.note.textContent = `Refused: ${message}.`;
    },
  };

  const socket = new LiveSocket(() => `/chat?${new URLSearchParams(place)}`, {
    state: (state) => {
      events.state(state);
      if (state.name === "closed" && state.reason) view.note.textContent = `Refused: ${state.reason}.`;
      if (state.name !== "open") showMembers(view.members, [], "");
    },
    message: (data) => {
      const message = JSON.parse(data);
      receive[message.type]?.(message);
    },
  });

  wireSend(view, socket, hint);
  view.join.addEventListener("submit", (event) => {
    event.preventDefault();
    Object.assign(place, { name: view.name.value.trim(), room: view.room.value.trim() });
    remember(place);
    socket.start();
    view.text.focus();
  });
  socket.start();
  return socket;
}

function findView(panel) {
  const names = ["join", "name", "room", "members", "log", "form", "text", "note"];
  return Object.fromEntries(names.map((name) => [name, panel.querySelector(`#chat-${name}`)]));
}

function wireSend({ form, text, note }, socket, hint) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const isSent = socket.send(text.value);
    note.textContent = isSent ? hint : "Not sent: the connection is not open. Your text is still here.";
    if (isSent) text.value = "";
  });
}

/** From the address (`?room=x&name=y`), else from this tab's last visit, else invented. */
function remembered() {
  const address = new URLSearchParams(location.search);
  const pick = (key, otherwise) => address.get(key) ?? sessionStorage.getItem(`chat-${key}`) ?? otherwise;
  const place = { room: pick("room", "harbour"), name: pick("name", `Deckhand ${Math.ceil(Math.random() * 99)}`) };
  remember(place);
  return place;
}

function remember(place) {
  for (const [key, value] of Object.entries(place)) sessionStorage.setItem(`chat-${key}`, value);
}

function showMembers(list, members, ownName) {
  list.replaceChildren(...members.map((name) => element("li", name === ownName ? "own" : "", name)));
}

function addEntry(log, { name, text, time }, ownName) {
  const item = element("li", name === ownName ? "entry own" : "entry");
  const at = element("time", "", CLOCK.format(time));
  at.dateTime = new Date(time).toISOString();
  item.append(element("b", "", name), at, element("p", "", text));
  append(log, item);
}

function addEvent(log, text) {
  append(log, element("li", "event", text));
}

/** Follows the newest message, unless the reader has scrolled back. */
function append(log, item) {
  const frame = log.parentElement;
  const follows = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 40;
  log.append(item);
  while (log.childElementCount > LOG_LENGTH) log.firstElementChild.remove();
  if (follows) frame.scrollTop = frame.scrollHeight;
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
