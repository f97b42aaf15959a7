// Labels as people read them: which lists there are beside the mail, in which order, and what each is called. Pure.
import type { Label, LabelId, LabelKind } from "./ipc";

/** A list of conversations: under a label, or all of them. */
export type List = LabelId | null;

const NAMES: Record<string, string> = {
  INBOX: "Inbox",
  STARRED: "Starred",
  SENT: "Sent",
  DRAFT: "Drafts",
  IMPORTANT: "Important",
  SPAM: "Spam",
  TRASH: "Trash",
  CATEGORY_PERSONAL: "Personal",
  CATEGORY_SOCIAL: "Social",
  CATEGORY_PROMOTIONS: "Promotions",
  CATEGORY_UPDATES: "Updates",
  CATEGORY_FORUMS: "Forums",
};

export const listName = (list: List, labels: Label[]): string =>
  list === null ? "All mail" : (NAMES[list] ?? labels.find((one) => one.id === list)?.name ?? list);

export type Shelf = { list: List; name: string; unread: number; kind: LabelKind };

/** The lists beside the mail: the usual ones, the person's own, and at the end what is out of the way. */
export function shelves(labels: Label[]): Shelf[] {
  const of = (list: List): Shelf => {
    const label = labels.find((one) => one.id === list);
    return { list, name: listName(list, labels), unread: label?.unread ?? 0, kind: label?.kind ?? "system" };
  };
  const own = labels.filter((one) => one.kind === "user").map((one) => of(one.id));
  return [of("INBOX"), of("STARRED"), of("SENT"), of(null), ...own, of("SPAM"), of("TRASH")];
}

/** The person's own labels among these, by name. */
export const ownNames = (ids: LabelId[], labels: Label[]): string[] =>
  labels.filter((one) => one.kind === "user" && ids.includes(one.id)).map((one) => one.name);

/** What an empty list says. */
export function nothingIn(list: List, unread: boolean): string {
  if (unread) return "Everything here is read.";
  if (list === "INBOX") return "Nothing in the inbox. What you archived is in All mail.";
  if (list === "STARRED") return "Nothing has a star. S gives one.";
  if (list === "SENT") return "Nothing you sent is here.";
  if (list === "TRASH") return "The trash is empty.";
  if (list === "SPAM") return "No spam.";
  return "Nothing here.";
}
