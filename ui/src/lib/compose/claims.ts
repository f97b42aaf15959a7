// Where the claims of a letter stand in its present text. A claim whose words were edited away is not shown.
import type { Claim } from "../ipc";

export type Segment = { text: string; claim: Claim | null };

/** Claims at their place, or at the nearest place their words still stand. */
export function locate(body: string, claims: Claim[]): Claim[] {
  const found: Claim[] = [];
  let from = 0;
  for (const claim of [...claims].sort((a, b) => a.start - b.start)) {
    const start =
      body.startsWith(claim.text, claim.start) && claim.start >= from ? claim.start : body.indexOf(claim.text, from);
    if (start < 0 || !claim.text) continue;
    from = start + claim.text.length;
    found.push({ ...claim, start, end: from });
  }
  return found;
}

export function segments(body: string, claims: Claim[]): Segment[] {
  const made: Segment[] = [];
  let at = 0;
  for (const claim of locate(body, claims)) {
    if (claim.start > at) made.push({ text: body.slice(at, claim.start), claim: null });
    made.push({ text: body.slice(claim.start, claim.end), claim });
    at = claim.end;
  }
  if (at < body.length) made.push({ text: body.slice(at), claim: null });
  return made;
}
