// How one comes to a client of one's own with each provider, step by step, with what goes wrong there. Words only.
import type { IdentityProvider, OauthClientFrom } from "$lib/ipc";

export type Step = { say: string; mind?: string };
export type Guide = {
  /** Why there is something to do. */
  why: string;
  /** Where it is done. */
  address: string;
  steps: Step[];
  /** What to know of the secret. */
  secret: string;
  /** Whether the provider gives a file that can be dropped. */
  file: boolean;
};

export const GUIDES: Record<IdentityProvider, Guide> = {
  google: {
    why: "Google signs people in for programs it knows. You make Epistle known once, in about five minutes, and it costs nothing.",
    address: "https://console.cloud.google.com",
    steps: [
      { say: "Open the console and create a project. Any name will do." },
      {
        say: "Open “OAuth consent screen”. Choose “External”, give the name Epistle and your address, and add yourself as a test user.",
      },
      {
        say: "Press “Publish app”.",
        mind: "While it stays in Testing, Google ends every sign-in after 7 days. After publishing, Google warns that the app is not verified. It is your own: choose “Advanced”, then “Go to Epistle”.",
      },
      {
        say: "Open “Credentials”, then “Create credentials”, “OAuth client ID”, and choose the type “Desktop app”.",
        mind: "Not “Web application”: that one needs the exact port of the answer.",
      },
      { say: "Download the JSON and drop it on this window, or paste the id and the secret below." },
      {
        say: "Only when you let Epistle read your mail: enable the Gmail API, under “APIs & Services”, “Library”.",
      },
    ],
    secret: "It stands beside the id in Google’s console.",
    file: true,
  },
  microsoft: {
    why: "Microsoft signs people in for programs it knows. You make Epistle known once, in about five minutes, and it costs nothing.",
    address: "https://portal.azure.com",
    steps: [
      { say: "Open the portal, then “App registrations”, then “New registration”. Give the name Epistle." },
      {
        say: "Under supported account types choose “Accounts in any organizational directory and personal Microsoft accounts”.",
      },
      {
        say: "Open “Authentication”, “Add a platform”, “Mobile and desktop applications”, and add http://localhost and http://127.0.0.1.",
        mind: "Not “Web” and not “Single-page application”: they want an exact address.",
      },
      { say: "To sign in with a code too: set “Allow public client flows” to Yes." },
      { say: "Copy the “Application (client) ID” from the overview and paste it below." },
    ],
    secret: "Leave it empty: a desktop program needs none with Microsoft.",
    file: false,
  },
  github: {
    why: "GitHub signs people in for programs it knows. You make Epistle known once, in about two minutes.",
    address: "https://github.com/settings/developers",
    steps: [
      { say: "Open “Settings”, “Developer settings”, “OAuth Apps”, then “New OAuth App”. Give the name Epistle." },
      { say: "As the homepage any address of yours; as the callback http://127.0.0.1/callback/github." },
      {
        say: "Tick “Enable Device Flow”.",
        mind: "With it you sign in by typing a short code at GitHub, and no secret is needed.",
      },
      { say: "Copy the client ID and paste it below." },
    ],
    secret: "Only for signing in through the browser; with the code, leave it empty.",
    file: false,
  },
};

/** Where the client in use comes from. */
export const FROM: Record<OauthClientFrom, string> = {
  environment: "from the environment",
  settings: "kept here",
  oauth_config: "from config/oauth_config.json in the data folder",
  gmail_credentials: "from gmail_credentials.json in the data folder",
  nowhere: "",
};

/** What each provider brings. */
export const BRINGS: Record<IdentityProvider, string> = {
  google: "Your name, address and picture. Reading mail is asked for when you want it.",
  microsoft: "Your name, address and picture. Sending is asked for when you want it.",
  github: "Your name, address and picture. GitHub keeps no mail.",
};
