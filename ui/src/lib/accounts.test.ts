import { describe, expect, it } from "vitest";
import { apart } from "../features/accounts/clients";
import { wayFor } from "../features/accounts/signing.svelte";
import { accounts, signInState } from "../test/fake";
import { accountName, grantsInWords, initialsOf } from "./accounts";
import { countdown } from "./format";

describe("how an account reads", () => {
  it.each([
    ["Mara Lind", "ML"],
    ["mara.lind@example.com", "ML"],
    ["mara@example.com", "M"],
    ["On this machine", "OM"],
    ["Émile", "É"],
    ["@", "?"],
  ])("%s stands as %s", (name, initials) => expect(initialsOf(name)).toBe(initials));

  it("is called by its label, its address, who writes in it, or where it is", () => {
    const [local, work, other] = accounts;
    expect(accountName(work!)).toBe("Work");
    expect(accountName(other!)).toBe("mara.lind@example.com");
    expect(accountName(local!, { name: null, address: "me@example.com" })).toBe("me@example.com");
    expect(accountName(local!)).toBe("On this machine");
  });

  it("says what is asked for, the person first", () => {
    expect(grantsInWords([])).toBe("who you are");
    expect(grantsInWords(["send_mail", "read_mail"])).toBe(
      "who you are; read your mail; write drafts and send what you approve",
    );
  });
});

describe("how one signs in", () => {
  const github = signInState.clients[2]!;
  it("offers GitHub’s code unless a secret is known", () => {
    expect(wayFor({ ...github, browser: true, device: true, has_secret: false })).toBe("device");
    expect(wayFor({ ...github, browser: true, device: true, has_secret: true })).toBe("browser");
  });
  it("offers the browser else, and the code where that is all there is", () => {
    const google = signInState.clients[0]!;
    expect(wayFor({ ...google, browser: true, device: true })).toBe("browser");
    expect(wayFor({ ...google, browser: false, device: true })).toBe("device");
    expect(wayFor(undefined)).toBe("browser");
  });
});

it("tells a provider’s file from mail by its name", () => {
  expect(apart(["/a/client_secret.json", "/a/mail.mbox", "C:\\b\\OAUTH_CONFIG.JSON", "/a/json"])).toEqual({
    clients: ["/a/client_secret.json", "C:\\b\\OAUTH_CONFIG.JSON"],
    mail: ["/a/mail.mbox", "/a/json"],
  });
});

it.each([
  [0, "0:00"],
  [4_800, "0:05"],
  [245_000, "4:05"],
])("%i ms are %s", (ms, words) => expect(countdown(ms)).toBe(words));
