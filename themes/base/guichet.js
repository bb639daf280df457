// Conveniences; every page works without them. What needs this file is hidden until it runs.
"use strict";
(() => {
  const every = (what, act) => document.querySelectorAll(what).forEach(act);

  // Show and hide a password; it is always sent from a password field, so that browsers may keep it.
  every("[data-shows]", (button) => {
    const field = document.getElementById(button.dataset.shows);
    const words = button.firstElementChild;
    const show = (shown) => {
      field.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", shown);
      words.textContent = shown ? button.dataset.hide : button.dataset.show;
    };
    button.addEventListener("click", () => show(field.type === "password"));
    field.form.addEventListener("submit", () => show(false));
    button.hidden = false;
  });

  // Rules of a new password, marked while it is typed.
  every("[data-criteria-of]", (list) => {
    const field = document.getElementById(list.dataset.criteriaOf);
    const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u];
    const rules = {
      length: (text, item) => [...text].length >= Number(item.dataset.least),
      kinds: (text, item) =>
        kinds.filter((kind) => kind.test(text)).length >= Number(item.dataset.least) ||
        ("exempt" in item.dataset && [...text].length >= Number(item.dataset.exempt)),
    };
    field.addEventListener("input", () => {
      const text = field.value.normalize("NFC");
      list.querySelectorAll("[data-rule]").forEach((item) => {
        const met = text !== "" && rules[item.dataset.rule](text, item);
        item.className = text === "" ? "" : met ? "met" : "unmet";
        const words = text === "" ? "" : met ? list.dataset.met : list.dataset.unmet;
        const mark = item.lastElementChild;
        if (mark.textContent !== words) mark.textContent = words;
      });
    });
  });

  // Copy what an element says.
  every("[data-copies]", (button) => {
    if (!navigator.clipboard) return;
    const said = document.getElementById(button.dataset.copies);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(said.textContent.trim());
      button.textContent = button.dataset.copied;
    });
    button.hidden = false;
  });

  // Passkeys: the browser asks its person, and the form takes the answer along. Closing its question changes nothing.
  const keys = window.PublicKeyCredential;
  let asking = new AbortController();
  if (keys?.parseRequestOptionsFromJSON) every("[data-passkey]", async (form) => {
    const { ceremony, credential, rememberMe } = form.elements;
    const makes = form.dataset.passkey === "create";
    let pressed;
    const ask = async (mediation) => {
      asking.abort();
      const { signal } = (asking = new AbortController());
      const sealed = ceremony.value;
      const options = JSON.parse(form.dataset.options);
      const publicKey = keys[`parse${makes ? "Creation" : "Request"}OptionsFromJSON`](options);
      pressed = !mediation;
      try {
        const answer = await navigator.credentials[makes ? "create" : "get"]({ publicKey, signal, mediation });
        credential.value = JSON.stringify(answer);
        ceremony.value = sealed;
        if (document.getElementById("rememberMe")?.checked) rememberMe.value = "on";
        form.submit();
      } catch (fault) {
        const said = form.lastElementChild;
        if (fault.name === "InvalidStateError") said.textContent = said.dataset.known;
        if (!mediation) offer();
      }
    };
    const may =
      document.querySelector("[autocomplete$=webauthn]") && (await keys.isConditionalMediationAvailable?.());
    const offer = () => may && ask("conditional");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask();
    });
    form.hidden = false;
    offer();
    // A challenge is good for five minutes, and pages stay open for longer.
    if (may) setInterval(async () => {
      const html = await (await fetch(location)).text();
      const next = new DOMParser().parseFromString(html, "text/html").querySelector("[data-passkey]");
      if (pressed || !next) return;
      form.dataset.options = next.dataset.options;
      ceremony.value = next.elements.ceremony.value;
      offer();
    }, 240000);
  });

  // Back may bring a page from memory: once its form was sent, its step may be done. What was only typed is kept.
  let sent = false;
  addEventListener("submit", () => (sent = true));
  addEventListener("pageshow", (event) => {
    if (event.persisted && sent) location.replace(location.pathname + location.search);
  });

  // A session that ends for want of activity is told in time, and can be kept. Looking how it stands is no activity.
  every("[data-left]", (place) => {
    const form = place.firstElementChild;
    const words = form.firstElementChild;
    let ends = Date.now() + place.dataset.left * 1000;
    let looked = 0;
    const ask = async (how) => {
      looked = Date.now();
      const answer = await fetch(form.action, how).catch(() => null);
      if (!answer) return;
      const told = answer.ok ? await answer.json() : { left: 0, words: place.dataset.over };
      ends = Date.now() + told.left * 1000;
      words.textContent = told.words;
      form.lastElementChild.hidden = !told.stays;
      form.hidden = told.left > place.dataset.warns;
      if (!answer.ok) clearInterval(watch);
    };
    const watch = setInterval(() => {
      const now = Date.now();
      const due = now >= ends ? 2000 : 60000;
      if (ends - now <= place.dataset.warns * 1000 && now - looked > due) ask();
    }, 1000);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      ask({ method: "POST", body: new URLSearchParams(new FormData(form)) });
    });
  });

  // On to the application, once the others have been told or two seconds are over.
  every("[data-goes-on]", (link) => {
    const go = () => location.replace(link.href);
    if (document.readyState === "complete") return go();
    const late = setTimeout(go, 2000);
    addEventListener("load", () => {
      clearTimeout(late);
      go();
    });
  });

  // An answer on its way back to an application.
  every("[data-sends-itself]", (form) => form.submit());
})();
