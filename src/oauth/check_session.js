"use strict";
// The other half of src/protocol/session_state.rs. A client's page asks "client_id session_state" and is answered
// unchanged, changed or error (OpenID Connect Session Management 1.0 §3.2). Adapters of Keycloak send their `sid` instead.
(() => {
  const realm = location.pathname.split("/realms/")[1].split("/")[0];
  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);

  // Whether this frame sees the cookies of its site at all: in a page of another site it does not, and knows nothing.
  const sees = () => {
    const attributes = "Path=/; Secure; SameSite=Lax; Max-Age=";
    document.cookie = `__Host-guichet-try=1; ${attributes}10`;
    const seen = cookie("__Host-guichet-try") === "1";
    document.cookie = `__Host-guichet-try=; ${attributes}0`;
    return seen;
  };

  const digest = async (text) => {
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  const judge = async (origin, question) => {
    const [, client, known] = /^(.+) ([^ ]*)$/.exec(question) ?? [];
    if (client === undefined) return "error";
    const state = cookie(`__Host-guichet-state-${realm}`);
    if (state === undefined) return !sees() ? "error" : known === "" ? "unchanged" : "changed";
    const [hash, salt] = known.split(".");
    const same = salt === undefined
      ? (await digest(`guichet browser state ${known}`)) === state
      : (await digest(`${client} ${origin} ${state} ${salt}`)) === hash;
    return same ? "unchanged" : "changed";
  };

  addEventListener("message", async (event) => {
    if (event.source === null || event.source === window) return;
    const answer = typeof event.data === "string" ? await judge(event.origin, event.data) : "error";
    event.source.postMessage(answer, event.origin === "null" ? "*" : event.origin);
  });
})();
