// One sign-in at a time: what is asked, what the provider's page or code is, what was refused, how it ended. It decides nothing about tokens.
import {
  channel,
  engine,
  newJob,
  troubleOf,
  type Account,
  type ErrorCode,
  type Grant,
  type OauthClient,
  type SignInEvent,
  type SignInRequest,
  type SignInWay,
  type UiError,
} from "$lib/ipc";

/** Whether a sign-in can begin with this client at all. */
export const canSignIn = (client: OauthClient | undefined): boolean =>
  client !== undefined && (client.browser || client.device);

/** The way to offer first. GitHub’s browser way needs a secret; its code needs none. */
export function wayFor(client: OauthClient | undefined): SignInWay {
  const codeFirst = client?.provider === "github" && client.device && !client.has_secret;
  return client?.device && (codeFirst || !client.browser) ? "device" : "browser";
}

/** What an account was allowed, besides who one is: asked for again, and `more`. */
const grantsOf = (account: Account, more: Grant[] = []): Grant[] =>
  [...new Set([...account.granted, ...more])].filter((grant) => grant !== "profile");

/** The sign-in that signs an account in again, or asks for `more`; `null` for one with no provider. */
export function requestFor(account: Account, clients: OauthClient[], more: Grant[] = []): SignInRequest | null {
  const { provider } = account;
  if (!provider) return null;
  const way = wayFor(clients.find((one) => one.provider === provider));
  return { provider, way, grants: grantsOf(account, more), account: account.id };
}

type Page = Extract<SignInEvent, { kind: "address" }>;
type Code = Extract<SignInEvent, { kind: "code" }>;

export class Signing {
  /** What is being asked; `null`: nothing. */
  request = $state.raw<SignInRequest | null>(null);
  page = $state.raw<Page | null>(null);
  code = $state.raw<Code | null>(null);
  refused = $state.raw<ErrorCode[]>([]);
  finishing = $state(false);
  trouble = $state.raw<UiError | null>(null);
  #job: string | null = null;

  constructor(private readonly signedIn: (account: Account, request: SignInRequest) => void) {}

  until = $derived(this.page?.until ?? this.code?.until ?? null);

  async begin(request: SignInRequest): Promise<void> {
    if (this.#job) return;
    this.#clear();
    this.request = request;
    const job = newJob("sign-in");
    this.#job = job;
    try {
      const account = await engine.signIn(
        request,
        job,
        channel((event) => this.#job === job && this.#heard(event)),
      );
      if (this.#job !== job) return; // given up meanwhile: the list shows what came of it
      this.#job = this.request = null;
      this.signedIn(account, request);
    } catch (thrown) {
      if (this.#job !== job) return;
      this.#job = null;
      this.trouble = troubleOf(thrown);
      if (this.trouble.code === "cancelled") this.request = null;
    }
  }

  again(): Promise<void> {
    return this.request ? this.begin(this.request) : Promise.resolve();
  }

  /** Ends the waiting, or leaves what is said of it. */
  close(): void {
    if (this.#job) void engine.stop(this.#job).catch(() => {});
    this.#job = this.request = null;
    this.#clear();
  }

  /** Opens the provider's page once more; `false` where the system would not. */
  async openPage(): Promise<boolean> {
    if (!this.#job) return false;
    return engine.openSignInPage(this.#job).then(
      () => true,
      () => false,
    );
  }

  #heard(event: SignInEvent): void {
    if (event.kind === "address") this.page = event;
    else if (event.kind === "code") this.code = event;
    else if (event.kind === "refused") this.refused = [...this.refused, event.code];
    else this.finishing = true;
  }

  #clear(): void {
    this.page = this.code = this.trouble = null;
    this.refused = [];
    this.finishing = false;
  }
}
