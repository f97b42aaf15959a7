// What is asked before a letter is sent, in plain words. Pure.
import type { Question, QuestionKind } from "../ipc";

const quoted = (about: string) => (about ? `: “${about}”` : "");

const ASKED: Record<QuestionKind, (about: string) => string> = {
  no_subject: () => "There is no subject.",
  empty_body: () => "There is no text.",
  nothing_attached: (about) =>
    about
      ? `Your text speaks of an attachment (“${about}”), and there is none.`
      : "Your text speaks of an attachment, and there is none.",
  files_missing: (about) =>
    `Files of this draft are only in Gmail and would not go with it${about ? `: ${about}` : "."}`,
  gone_elsewhere: () => "Gmail has this draft no more: it was sent or deleted there. It may arrive twice.",
  odd_domain: (about) => `Is this address right? ${about}`,
  many_recipients: (about) => `It goes to ${about || "many"} people.`,
  placeholder_left: (about) => `A blank was left in the text${quoted(about)}.`,
  other_name: (about) => `It names somebody it does not go to${quoted(about)}.`,
  unsupported: (about) => `This was found nowhere in your mail${quoted(about)}.`,
  copied_from_others: (about) => `This stands word for word in a letter to somebody else${quoted(about)}.`,
  from_other: (about) => `It leaves from another address than the one you were written to at: ${about}`,
};

export const questionInWords = (question: Question): string => ASKED[question.kind](question.about.trim());
