// What each key does in the window, where it can be done: the table of keys meets the desk. Nothing here happens while somebody types.
import { isTaken, press, strokeOf, type Action, type Begun } from "$lib/keys";
import type { List } from "$lib/labels";
import type { Desk } from "./desk.svelte";

/** A held key walks; it does not archive a whole inbox. */
const WALKS: Action[] = ["next", "previous", "next_message", "previous_message"];

/** What can be done by a key, here and now. `undefined`: it is known, and not to be had at this moment. */
function doable(desk: Desk): Partial<Record<Action, (() => unknown) | undefined>> {
  const { house, mail } = desk;
  const list = (of: List) => () => desk.goList(of);
  const reading = house.place === "mail" && mail.chosen !== null && !desk.importing;
  const here = (act: () => unknown) => (reading ? act : undefined);
  return {
    compose: () => desk.begin(),
    search: () => desk.searchMail(),
    go_inbox: list("INBOX"),
    go_starred: list("STARRED"),
    go_sent: list("SENT"),
    go_all: list(null),
    go_drafts: () => desk.go("drafts"),
    go_outbox: () => desk.go("outbox"),
    help: () => (house.shortcuts = true),
    undo: mail.done?.back ? () => mail.undo() : undefined,
    next: house.place === "mail" ? () => mail.step(1) : undefined,
    previous: house.place === "mail" ? () => mail.step(-1) : undefined,
    open: here(() => mail.open()),
    back: here(() => mail.back()),
    next_message: here(() => mail.stepMessage(1)),
    previous_message: here(() => mail.stepMessage(-1)),
    reply: here(() => mail.message && desk.answer(mail.message)),
    reply_all: here(() => mail.message && desk.answer(mail.message, true)),
    forward: here(() => mail.message && desk.forward(mail.message)),
    archive: here(mail.archive),
    delete: here(mail.delete),
    star: here(mail.star),
    labels: mail.own.length ? here(() => (mail.labelling = true)) : undefined,
    mark_read: here(mail.markRead),
    mark_unread: here(mail.markUnread),
  };
}

/** Every action that a key can do at one time or another. */
export const actionsOf = (desk: Desk): Action[] => Object.keys(doable(desk)) as Action[];

/** Hears the window's keys; to be given each of them. */
export function keyHearer(desk: Desk): (event: KeyboardEvent) => void {
  let begun: Begun = null;
  return (event) => {
    const { house } = desk;
    const stroke = strokeOf(event);
    if (!stroke || event.defaultPrevented || !house.settings || isTaken(event.target, stroke)) return;
    if (document.querySelector("dialog[open]")) return;
    const can = doable(desk);
    const pressed = press(begun, stroke, event.timeStamp, house.settings.keys, (action) => can[action] !== undefined);
    begun = pressed.begun;
    if (pressed.action && !(event.repeat && !WALKS.includes(pressed.action))) void can[pressed.action]?.();
    if (pressed.action || begun) event.preventDefault();
  };
}
