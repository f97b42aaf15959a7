// A proposed text beside the person's own: each change is open, accepted or refused. Until it is accepted, the person's words stand.
import type { DiffPiece } from "../ipc";

export type Decision = "open" | "accepted" | "refused";
export type Piece = { kind: "same"; text: string } | { kind: "change"; old: string; new: string; decision: Decision };
export type Proposal = Piece[];

export const propose = (pieces: DiffPiece[]): Proposal =>
  pieces.map((piece) => (piece.kind === "same" ? piece : { ...piece, decision: "open" as const }));

export const decide = (proposal: Proposal, index: number, decision: Decision): Proposal =>
  proposal.map((piece, i) => (i === index && piece.kind === "change" ? { ...piece, decision } : piece));

export const decideAll = (proposal: Proposal, decision: Decision): Proposal =>
  proposal.map((piece) => (piece.kind === "change" && piece.decision === "open" ? { ...piece, decision } : piece));

/** The text as it stands with the decisions taken so far. */
export const resolve = (proposal: Proposal): string =>
  proposal
    .map((piece) => (piece.kind === "same" ? piece.text : piece.decision === "accepted" ? piece.new : piece.old))
    .join("");

export const openChanges = (proposal: Proposal): number =>
  proposal.filter((piece) => piece.kind === "change" && piece.decision === "open").length;
