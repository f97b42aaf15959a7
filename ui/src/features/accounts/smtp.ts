// What is said about sending by a mail server: how it stands, and how a try went. Pure.
import type { SmtpCheck, SmtpOutcome, SmtpSecurity, SmtpSettings, SmtpState } from "$lib/ipc";

export const SECURITY: Record<SmtpSecurity, string> = { tls: "TLS", starttls: "STARTTLS", none: "No TLS" };

/** The ports servers usually have (RFC 8314). */
export const USUAL_PORT: Record<SmtpSecurity, number> = { tls: 465, starttls: 587, none: 587 };

/** How a try went: what happened and what to do. */
export const OUTCOMES: Record<SmtpOutcome, { title: string; action: string }> = {
  works: { title: "The server took the sign-in", action: "Nothing was sent." },
  not_set_up: { title: "The server is not set up yet", action: "Say which server, and the name to sign in with." },
  password_missing: { title: "No password is kept for this server", action: "Give it below." },
  grant_missing: { title: "This account’s sign-in may not send", action: "Allow drafts and sending, above." },
  sign_in_again: { title: "There is no token to sign in with", action: "Sign in to this account again." },
  unreachable: { title: "The server cannot be reached", action: "Check its name, the port and the connection." },
  not_private: {
    title: "The connection could not be made private, so nothing was said",
    action: "Check the server’s name; a network that asks you to sign in first can be the cause too.",
  },
  no_starttls: { title: "The server offers no STARTTLS, so nothing was said", action: "Try TLS at port 465." },
  sign_in_refused: {
    title: "The server refused the sign-in",
    action: "Check the name and the password; many providers want one made for programs.",
  },
  no_such_sign_in: { title: "The server takes no sign-in of this kind", action: "Try the other one." },
  not_now: { title: "The server said not now", action: "Try again later." },
  refused: { title: "The server refused to talk", action: "Its own words say why." },
  no_mail_server: { title: "What answers there is no mail server", action: "Check the port, and TLS or STARTTLS." },
};

/** The server's own words with their code, as they stand behind ours. */
export const saidBy = (check: SmtpCheck): string =>
  [check.code?.split(" ")[0], check.said].filter((part) => part).join(" ");

/** How sending stands, in a line. */
export function standing({ settings, user, password_set: kept, token }: SmtpState): string {
  if (!settings.host) return "Not set up.";
  const where = `${settings.host}, port ${settings.port}, ${SECURITY[settings.security]}`;
  const as = user ? `, as ${user}` : "";
  if (!settings.enabled) return `Off. The server would be ${where}${as}.`;
  if (settings.auth === "password" && !kept) return `Mail would leave by ${where}${as}. A password is needed.`;
  if (settings.auth === "oauth" && !token) return `Mail would leave by ${where}${as}. The sign-in may not send yet.`;
  return `Mail leaves by ${where}${as}.`;
}

/** The settings as typed; nothing where there is no server or the port is none. */
export function typed(form: Omit<SmtpSettings, "port" | "enabled"> & { port: string }): SmtpSettings | null {
  const port = Number(form.port.trim());
  if (!form.host.trim() || !Number.isInteger(port) || port < 1 || port > 65535) return null;
  return { ...form, host: form.host.trim(), user: form.user.trim(), port, enabled: true };
}
