// Which lists stand beside the mail, and what they are called.
import { expect, it } from "vitest";
import type { Label } from "./ipc";
import { listName, ownNames, shelves } from "./labels";

const label = (id: string, name: string, unread = 0): Label => ({
  id,
  name,
  kind: name === id ? "system" : "user",
  unread,
  threads: 9,
});
const labels = [
  label("INBOX", "INBOX", 3),
  label("TRASH", "TRASH"),
  label("CATEGORY_UPDATES", "CATEGORY_UPDATES", 2),
  label("Label_2", "Clients"),
  label("Label_1", "Work/Ferries", 1),
];

it("puts the usual lists first, the person's own next, and what is out of the way last", () => {
  expect(shelves(labels).map((one) => [one.name, one.unread])).toEqual([
    ["Inbox", 3],
    ["Starred", 0],
    ["Sent", 0],
    ["All mail", 0],
    ["Clients", 0],
    ["Work/Ferries", 1],
    ["Spam", 0],
    ["Trash", 0],
  ]);
});

it("calls a label by its name, and one nobody named by its id", () => {
  expect(["INBOX", null, "Label_1", "Label_9", "CATEGORY_UPDATES"].map((id) => listName(id, labels))).toEqual([
    "Inbox",
    "All mail",
    "Work/Ferries",
    "Label_9",
    "Updates",
  ]);
  expect(ownNames(["INBOX", "Label_1", "Label_2"], labels)).toEqual(["Clients", "Work/Ferries"]);
});
