"use strict";
// Adapters of Keycloak ask whether frames of ours see our cookies where they are embedded, before they rely on them.
(() => {
  const attributes = "Path=/; Secure; SameSite=Lax; Max-Age=";
  document.cookie = `__Host-guichet-try=1; ${attributes}10`;
  const seen = document.cookie.split("; ").includes("__Host-guichet-try=1");
  document.cookie = `__Host-guichet-try=; ${attributes}0`;
  parent.postMessage(seen ? "supported" : "unsupported", "*");
})();
