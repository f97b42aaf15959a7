// What the accounts do for a person: switching, signing in and again, what is refused, setting a provider up, leaving. No network, no tokens.
import { emit } from "@tauri-apps/api/event";
import { clearMocks, mockWindows } from "@tauri-apps/api/mocks";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Channel } from "@tauri-apps/api/core";
import type * as api from "$lib/ipc";
import App from "../App.svelte";
import { accessible } from "./accessible";
import { accounts, fail, fake, signInState, tell, status } from "./fake";

beforeEach(() => sessionStorage.clear());
afterEach(() => clearMocks());

const button = (name: string | RegExp) => screen.findByRole("button", { name, hidden: true });
const press = async (name: string | RegExp) => fireEvent.click(await button(name));
const asked = (calls: { command: string; args: Record<string, unknown> }[], command: string) =>
  calls.filter((call) => call.command === command).map((call) => call.args);
async function toAccounts() {
  render(App);
  await press(/^Account: /);
  await fireEvent.click(await screen.findByRole("menuitem", { name: "Accounts…" }));
  await screen.findByRole("heading", { name: "Accounts" });
}
const without = {
  clients: signInState.clients.map((one) => ({ ...one, client_id: "", browser: false, device: false })),
};

/** A sign-in that tells what the test says, and ends when the test says. */
function waiting() {
  let channel: Channel<api.SignInEvent>;
  let end: (account: api.Account) => void = () => {};
  let break_: (error: unknown) => void = () => {};
  let told = 0;
  const sign_in = (args: unknown) => {
    channel = (args as { onEvent: Channel<api.SignInEvent> }).onEvent;
    told = 0;
    return new Promise<api.Account>((done, failed) => ([end, break_] = [done, failed]));
  };
  return {
    sign_in,
    tell: (event: api.SignInEvent) => tell(channel, told++, event),
    end: (account: api.Account) => end(account),
    fail: (code: api.ErrorCode) => {
      try {
        fail(code, { identity_provider: "google" });
      } catch (error) {
        break_(error);
      }
    },
  };
}
const address = "https://accounts.example.com/auth?state=abc";
const inFiveMinutes = () => Date.now() + 300_000;

it("shows every account with its state in words, and what is wrong with one", async () => {
  fake();
  await toAccounts();
  for (const words of ["Google · Signed in", "! Google · Sign in again", "GitHub · Signed out"])
    expect(screen.getAllByText(words).length).toBe(1);
  screen.getByText(
    /^Google ends sign-ins after seven days while your consent screen is in Testing \(since .+\)\. Publish it/,
  );
  await accessible();
  await press("Manage Work");
  const work = screen.getByRole("group", { name: "Manage Work" });
  within(work).getByText("Who you are");
  within(work).getByText("Read your mail");
  within(work).getByText(/takes back what Google gave and forgets it here\. Mail and drafts stay/);
  await accessible();
});

it("switches the account from the foot of the rail with the keyboard", async () => {
  const { calls } = fake();
  render(App);
  const me = await button("Account: mara@example.com");
  await fireEvent.keyDown(me, { key: "ArrowUp" });
  const menu = await screen.findByRole("menu", { name: "Accounts" });
  await accessible();
  screen.getByRole("menuitemradio", { name: /mara\.lind@example\.com ! Sign in again/ });
  await fireEvent.keyDown(menu, { key: "ArrowDown" });
  expect(document.activeElement?.textContent).toContain("Work");
  await fireEvent.click(document.activeElement!);
  await button("Account: Work");
  expect(asked(calls, "use_account")).toEqual([{ account: accounts[1]!.id }]);
  expect(screen.queryByRole("menu")).toBeNull();
});

it("leaves nothing of one account's letter on the desk of another", async () => {
  const { drafts } = fake();
  render(App);
  await button(/^Account: /);
  await fireEvent.input(await screen.findByRole("textbox", { name: "The letter" }), { target: { value: "for one" } });
  await press(/^Account: /);
  await fireEvent.click(await screen.findByRole("menuitemradio", { name: /Work/ }));
  await button("Account: Work");
  await waitFor(async () =>
    expect((await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "The letter" })).value).toBe(""),
  );
  expect(document.body.textContent).not.toContain("for one");
  expect([...drafts.values()].map((draft) => draft.body)).toEqual(["for one"]);
});

it("waits for a sign-in, refuses quietly what is not its answer, and goes to the account that came", async () => {
  const wait = waiting();
  let here = accounts.slice(0, 1);
  const { calls } = fake({ sign_in: wait.sign_in, accounts: () => here });
  await toAccounts();
  screen.getByText(/Whoever signs in takes over the account that is here/);
  await press("Sign in with Google");
  await screen.findByText("Asking Google…");
  wait.tell({ kind: "address", address, grants: [], until: inFiveMinutes() });
  await screen.findByText("Google is open in your browser. Epistle asks for: who you are.");
  expect(screen.getByRole("timer", { hidden: true }).textContent).toMatch(/^(5:00|4:59)$/);
  screen.getByText(address);
  await accessible();
  await press("Open the page again");
  expect(asked(calls, "open_sign_in_page").length).toBe(1);
  wait.tell({ kind: "refused", code: "sign_in_state_wrong" });
  await screen.findByText(/answer that was not this sign-in’s was refused: an answer came that belongs to another/);
  wait.tell({ kind: "finishing" });
  await screen.findByText(/Finishing with Google/);
  const came = { ...accounts[1]!, label: "Arrived" };
  here = [...here, came];
  wait.end(came);
  await waitFor(() => expect(document.activeElement?.id).toBe(`account-${came.id}`));
  expect(screen.queryByRole("dialog", { hidden: true })).toBeNull();
  expect(asked(calls, "sign_in")[0]!.request).toEqual({
    provider: "google",
    way: "browser",
    grants: [],
    account: accounts[0]!.id,
  });
});

it("shows GitHub’s code where no secret is known, and Cancel ends the waiting", async () => {
  const wait = waiting();
  const { calls } = fake({ sign_in: wait.sign_in });
  await toAccounts();
  await press("Sign in with GitHub");
  await screen.findByText("Asking GitHub…");
  wait.tell({ kind: "code", code: "WDJB-MJHT", address: "https://github.com/login/device", until: inFiveMinutes() });
  await screen.findByText("WDJB-MJHT");
  await accessible();
  await press("Copy the code");
  expect(asked(calls, "copy_text")).toEqual([{ text: "WDJB-MJHT" }]);
  await press(/^Cancel/);
  expect(screen.queryByText("WDJB-MJHT")).toBeNull();
  const { job } = asked(calls, "sign_in")[0] as { job: string };
  expect(asked(calls, "stop")).toEqual([{ job }]);
});

it("says why a sign-in did not come to its end, that nothing was added, and begins it again", async () => {
  const wait = waiting();
  const { calls } = fake({ sign_in: wait.sign_in });
  await toAccounts();
  await press("Sign in with Google");
  await screen.findByText("Asking Google…");
  wait.fail("sign_in_nonce_wrong");
  expect((await screen.findByRole("alert", { hidden: true })).textContent).toMatch(/no account was added/);
  await accessible();
  await press("Try again");
  await screen.findByText("Asking Google…");
  expect(asked(calls, "sign_in").length).toBe(2);
  wait.fail("cancelled");
  await waitFor(() => expect(screen.queryByRole("dialog", { hidden: true })).toBeNull());
});

it("leads from a client that was refused to where it is set up", async () => {
  const sign = waiting();
  fake({ sign_in: sign.sign_in });
  await toAccounts();
  await press("Sign in with Google");
  sign.fail("sign_in_client_refused");
  await press("Set up Google");
  await screen.findByLabelText("Client secret, Google");
  expect(screen.queryByRole("dialog", { hidden: true })).toBeNull();
});

it("asks once to sign in again, without taking the focus, and not again when told “Not now”", async () => {
  const { calls } = fake({ status: () => ({ ...statusOf(2) }) });
  render(App);
  const banner = await screen.findByRole("region", { name: "Sign in again" });
  expect(banner.textContent).toMatch(
    /mara\.lind@example\.com must be signed in again\. Google ends sign-ins after seven/,
  );
  expect(banner.contains(document.activeElement)).toBe(false);
  await accessible();
  await fireEvent.click(within(banner).getByRole("button", { name: "Sign in again" }));
  await waitFor(() =>
    expect(asked(calls, "sign_in")[0]!.request).toEqual({
      provider: "google",
      way: "browser",
      grants: [],
      account: accounts[2]!.id,
    }),
  );
  await waitFor(() => expect(screen.queryByRole("region", { name: "Sign in again" })).toBeNull());
});

it("puts the prompt off until the next start", async () => {
  fake({ status: () => statusOf(2) });
  const { unmount } = render(App);
  await press("Not now");
  expect(screen.queryByRole("region", { name: "Sign in again" })).toBeNull();
  unmount();
  render(App); // as after a lock
  await button(/^Account: /);
  expect(screen.queryByRole("region", { name: "Sign in again" })).toBeNull();
});

it("asks for more only when it is wanted", async () => {
  const { calls } = fake();
  await toAccounts();
  await press("Manage Work");
  await press("Allow drafts and sending");
  await waitFor(() =>
    expect(asked(calls, "sign_in")[0]!.request).toMatchObject({
      grants: ["read_mail", "send_mail"],
      account: accounts[1]!.id,
    }),
  );
});

it("renames, recolours, orders and signs out", async () => {
  const { calls } = fake();
  await toAccounts();
  await press("Manage Work");
  await fireEvent.change(screen.getByRole("textbox", { name: "Name of the account" }), { target: { value: "Office" } });
  await screen.findByRole("group", { name: "Manage Office" });
  await fireEvent.click(screen.getByRole("radio", { name: "Teal" }));
  await fireEvent.change(screen.getByRole("textbox", { name: "Signature" }), { target: { value: "Mara" } });
  await press("Open Epistle with it");
  await button("Epistle opens with it");
  await press("Move up");
  await waitFor(() =>
    expect(screen.getAllByRole("listitem").map((one) => one.ariaLabel ?? one.getAttribute("aria-label"))[0]).toBe(
      "Office",
    ),
  );
  expect(asked(calls, "edit_account").map((args) => args.edit)).toEqual([
    { label: "Office" },
    { colour: "teal" },
    { signature: "Mara" },
  ]);
  await press("Sign out");
  await screen.findByText("Google · Signed out");
});

it("says what goes before an account is removed, and what the engine says against it", async () => {
  const { calls } = fake();
  await toAccounts();
  await press("Manage Work");
  await press("Remove this account…");
  const dialog = await screen.findByRole("dialog", { name: "Remove Work?", hidden: true });
  for (const part of ["mail", "drafts", "learned", "keys", "cannot be brought back"])
    expect(dialog.textContent).toContain(part);
  await accessible();
  await press("Keep it");
  expect(asked(calls, "remove_account")).toEqual([]);
  await press("Remove this account…");
  await press("Remove for good");
  await waitFor(() => expect(screen.queryByText("Google · Signed in")).toBeNull());
});

it("sends by the mail server that is proposed, keeps its password out of the page, and says how a try went", async () => {
  let check: api.SmtpCheck = { outcome: "sign_in_refused", code: "535 5.7.8", said: "5.7.8 no" };
  const { calls } = fake({ try_smtp: () => check });
  await toAccounts();
  await press("Manage Work");
  await screen.findByText("Fastmail takes mail of mara@fastmail.com by smtp.fastmail.com.");
  await press("Send by Fastmail’s server");
  await screen.findByText(/Mail would leave by smtp\.fastmail\.com, port 465, TLS, as .* A password is needed\./);
  await screen.findByText(/Make one for programs at/);
  const field = screen.getByLabelText<HTMLInputElement>("Password");
  await fireEvent.input(field, { target: { value: "canary-password" } });
  await press("Keep the password");
  await screen.findByText(/^Mail leaves by smtp\.fastmail\.com/);
  expect(asked(calls, "set_smtp_password")).toEqual([{ account: accounts[1]!.id, password: "canary-password" }]);
  expect(document.body.innerHTML).not.toContain("canary-password");
  expect(screen.getByLabelText<HTMLInputElement>("Password").value).toBe("");
  await press("Check");
  await screen.findByText(/The server refused the sign-in/);
  await screen.findByText("The server said: 535 5.7.8 no");
  await accessible();
  check = { outcome: "works", code: null, said: null };
  await press("Check");
  await screen.findByText(/The server took the sign-in/);
  await press("Turn off");
  await screen.findByText(/^Off\./);
});

it("takes another server as it is typed, and shows what the engine refuses of it", async () => {
  const { calls } = fake({
    set_smtp: () => fail("bad_input", { fields: ["smtp.security"] }),
  });
  await toAccounts();
  await press("Manage Work");
  await press("Set up a server…");
  await fireEvent.input(screen.getByLabelText("Server"), { target: { value: "mail.example.com" } });
  await fireEvent.click(screen.getByRole("radio", { name: "STARTTLS" }));
  expect(screen.getByLabelText<HTMLInputElement>("Port").value).toBe("587");
  await press("Send by this server");
  await screen.findByText(/^Something here cannot be used as it is/);
  expect(asked(calls, "set_smtp")[0]!.settings).toMatchObject({
    host: "mail.example.com",
    port: 587,
    security: "starttls",
  });
});

it("guides to a client of one’s own, keeps it, and keeps nothing of the secret in the page", async () => {
  const { calls } = fake({ sign_in_state: () => ({ off: false, ...without }) });
  await toAccounts();
  await press("Set up Google");
  for (const words of ["Desktop app", "Publish app", "7 days", "test user"])
    expect(screen.getAllByText(new RegExp(words)).length).toBeGreaterThan(0);
  await accessible();
  await fireEvent.input(screen.getByRole("textbox", { name: "Client ID, Google" }), { target: { value: "id-1" } });
  const secret = () => screen.getByLabelText<HTMLInputElement>("Client secret, Google");
  expect(secret().type).toBe("password");
  await fireEvent.input(secret(), { target: { value: "hush" } });
  await press("Keep this client");
  expect(secret().value).toBe("");
  expect(asked(calls, "set_client")).toEqual([{ provider: "google", clientId: "id-1", secret: "hush" }]);
});

it.each(["Microsoft", "GitHub"])("guides through %s", async (provider) => {
  fake({ sign_in_state: () => ({ off: false, ...without }) });
  await toAccounts();
  await press(`Set up ${provider}`);
  await screen.findByRole("textbox", { name: `Client ID, ${provider}` });
  await accessible();
});

it("says whose client is kept, and forgets it", async () => {
  const { calls } = fake();
  await toAccounts();
  await press("Client for Google");
  await screen.findByText(/A secret is kept\./);
  await press("Forget this client");
  await button("Set up Google");
  expect(asked(calls, "forget_client")).toEqual([{ provider: "google" }]);
});

it("reads a provider’s file dropped anywhere, and takes the rest as mail", async () => {
  const { calls } = fake();
  mockWindows("main");
  render(App);
  await button(/^Account: /);
  await emit("tauri://drag-drop", { paths: ["/tmp/client_secret_1234.json"], position: { x: 1, y: 1 } });
  await screen.findByText(/^✓ Read: Google’s client/);
  await accessible();
  expect(asked(calls, "read_client_file")).toEqual([{ path: "/tmp/client_secret_1234.json" }]);
  expect(asked(calls, "import")).toEqual([]);
  await emit("tauri://drag-drop", { paths: ["/tmp/mail.mbox"], position: { x: 1, y: 1 } });
  await waitFor(() => expect(asked(calls, "import").length).toBe(1));
});

it("says what is wrong with a dropped file that is no provider’s", async () => {
  fake({ read_client_file: () => fail("bad_input", { fields: ["file"] }) });
  mockWindows("main");
  render(App);
  await button(/^Account: /);
  await emit("tauri://drag-drop", { paths: ["/tmp/notes.json"], position: { x: 1, y: 1 } });
  expect((await screen.findByRole("alert")).textContent).toMatch(/Nothing was changed/);
});

it("adds an account on this machine and goes to it", async () => {
  const { calls } = fake();
  await toAccounts();
  await fireEvent.input(screen.getByRole("textbox", { name: "What to call it" }), { target: { value: "Club" } });
  await press("Add this account");
  await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Club"));
  expect(asked(calls, "add_local_account")).toEqual([{ label: "Club" }]);
});

it("starts with nothing: the account on this machine is enough", async () => {
  fake({ accounts: () => accounts.slice(0, 1), status: () => ({ ...status, me: [] }) });
  await toAccounts();
  await press("Start with nothing");
  await screen.findByRole("textbox", { name: "What you want to say" });
});

it("hides every provider where signing in is turned off", async () => {
  fake({ sign_in_state: () => ({ off: true, clients: [] }), accounts: () => accounts.slice(0, 1) });
  await toAccounts();
  await button("Add this account");
  for (const name of ["Google", "Microsoft", "GitHub"]) expect(screen.queryByText(name)).toBeNull();
});

it("works on where the accounts cannot be read, and says so on their page", async () => {
  fake({ accounts: () => fail("internal") });
  render(App);
  await screen.findByRole("textbox", { name: "What you want to say" });
  await press("mara@example.com");
  expect((await screen.findByRole("alert")).textContent).toMatch(/a mistake of its own/);
  await button("Try again");
  await accessible();
});

const statusOf = (n: number): api.Status => ({
  account: accounts[n]!.id,
  key_holder: "keyring",
  recovery_code: false,
  messages: 10,
  threads: 4,
  drafts: 0,
  me: [],
  model: null,
  spent_micros: 0,
});
