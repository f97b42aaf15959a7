import { describe, expect, it } from "vitest";
import type { SmtpState } from "$lib/ipc";
import { OUTCOMES, saidBy, standing, typed } from "./smtp";

const state = (over: Partial<SmtpState["settings"]> = {}, more: Partial<SmtpState> = {}): SmtpState => ({
  settings: {
    enabled: true,
    host: "smtp.gmx.example",
    port: 465,
    security: "tls",
    user: "",
    auth: "password",
    ...over,
  },
  password_set: true,
  user: "ada@gmx.example",
  guess: null,
  token: false,
  ...more,
});

describe("what is said about sending by a mail server", () => {
  it("tells how it stands", () => {
    expect(standing(state())).toBe("Mail leaves by smtp.gmx.example, port 465, TLS, as ada@gmx.example.");
    expect(standing(state({}, { password_set: false }))).toContain("A password is needed.");
    expect(standing(state({ auth: "oauth" }))).toContain("may not send yet");
    expect(standing(state({ enabled: false }))).toMatch(/^Off\./);
    expect(standing(state({ host: "" }))).toBe("Not set up.");
  });
  it("says what happened and what to do, plainly", () => {
    for (const [outcome, { title, action }] of Object.entries(OUTCOMES)) {
      expect(title, outcome).toMatch(/^[A-Z].*[^.]$/);
      expect(action, outcome).toMatch(/^[A-Z].*\.$/);
      expect(title + action, outcome).not.toMatch(/!|\bAI\b|oops|sorry/i);
    }
  });
  it("gives the server’s own words with their code once", () => {
    expect(saidBy({ outcome: "refused", code: "535 5.7.8", said: "5.7.8 no" })).toBe("535 5.7.8 no");
    expect(saidBy({ outcome: "not_now", code: "421", said: null })).toBe("421");
    expect(saidBy({ outcome: "works", code: null, said: null })).toBe("");
  });
  it("takes what was typed only where it can be a server", () => {
    const form = { host: " smtp.gmx.example ", port: "587", security: "starttls", user: "", auth: "password" } as const;
    expect(typed(form)).toMatchObject({ host: "smtp.gmx.example", port: 587, enabled: true });
    for (const port of ["", "0", "65536", "x", "5.5"]) expect(typed({ ...form, port }), port).toBeNull();
    expect(typed({ ...form, host: " " })).toBeNull();
  });
});
