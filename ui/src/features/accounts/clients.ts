// Files that set up a sign-in, dropped on the window: told from mail by their name, read by the engine.
import { engine, troubleOf, type OauthClient, type UiError } from "$lib/ipc";

/** What came of reading dropped files. */
export type ClientsRead = { clients: OauthClient[]; error: UiError | null };

/** Which of what was dropped is a provider's file; no mail is ever a .json. */
export function apart(paths: string[]): { clients: string[]; mail: string[] } {
  const isClient = (path: string) => /\.json$/i.test(path);
  return { clients: paths.filter(isClient), mail: paths.filter((path) => !isClient(path)) };
}

export async function readClients(paths: string[]): Promise<ClientsRead> {
  const clients: OauthClient[] = [];
  try {
    for (const path of paths) clients.push(...(await engine.readClientFile(path)));
    return { clients, error: null };
  } catch (thrown) {
    return { clients, error: troubleOf(thrown) };
  }
}
