/* What every page needs: words, CSRF for htmx, errors, toasts, the fold of the navigation. */
(() => {
  const words = document.getElementById("tz-words")?.dataset ?? {};
  const tz = (window.tz = { words });

  tz.csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

  /* Whose eyes the page was read with: another tab may have changed them meanwhile. */
  tz.signed = () => ({ "X-CSRFToken": tz.csrf(), ...(document.body.dataset.who ? { "X-Who": document.body.dataset.who } : {}) });

  tz.post = (url, values = {}, headers = {}) => {
    const body = values instanceof FormData ? values : new URLSearchParams(values);
    return fetch(url, { method: "POST", body, headers: { ...tz.signed(), "HX-Request": "true", ...headers }, credentials: "same-origin" });
  };

  /* Answers to fetch carry the same events as answers to htmx. */
  tz.obey = (response) => {
    const redirect = response.headers.get("HX-Redirect");
    if (redirect) { tz.leaving = true; window.location.href = redirect; return; }
    if (response.headers.get("HX-Refresh")) { tz.leaving = true; window.location.reload(); return; }
    const events = response.headers.get("HX-Trigger");
    if (!events) return;
    try {
      for (const [name, detail] of Object.entries(JSON.parse(events))) tz.emit(name, detail);
    } catch { tz.emit(events); }
  };
  tz.emit = (name, detail = {}) => document.body.dispatchEvent(new CustomEvent(name, { detail: detail && typeof detail === "object" ? detail : { value: detail }, bubbles: true }));

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  /* Toasts sit in the top layer of whatever is open, or they would be under the drawer. */
  const box = document.getElementById("tz-toasts");
  tz.toast = ({ text, tone = "success", undo = "", link = null }) => {
    if (!box || !text) return;
    const open = [...document.querySelectorAll("dialog[open]")].pop();
    (open ?? document.body).append(box);
    for (const old of [...box.children].slice(0, -2)) old.remove();
    const toast = document.createElement("div");
    toast.className = `tz-toast tz-toast-${tone}`;
    const line = document.createElement("span");
    line.textContent = text;
    toast.append(line);
    if (link) toast.append(wayOn(link));
    if (undo) toast.append(undoButton(toast, undo));
    toast.append(closeButton(toast));
    box.append(toast);
    dismissLater(toast, undo || link || tone === "error" ? 9000 : 4500);
  };
  const wayOn = ({ url, label }) => {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = label;
    return link;
  };
  const undoButton = (toast, url) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.undo;
    button.addEventListener("click", async () => {
      button.disabled = true;
      const response = await tz.post(url).catch(() => null);
      toast.remove();
      if (!response?.ok) return tz.fail(response?.status ?? 0);
      tz.obey(response);
      if (!response.headers.get("HX-Trigger")?.includes("tz:toast")) tz.toast({ text: words.undone });
      if (response.redirected) window.location.reload();
    });
    return button;
  };
  const closeButton = (toast) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.toastClose = "";
    button.textContent = "✕";
    button.setAttribute("aria-label", words.close);
    button.addEventListener("click", () => toast.remove());
    return button;
  };
  const dismissLater = (toast, time) => {
    let timer = setTimeout(() => toast.remove(), time);
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), 2500); });
  };
  tz.adopt = (root) => {
    for (const found of root.querySelectorAll("#tz-toasts > .tz-toast:not([data-live]), [data-move-toast]")) {
      const undo = found.dataset.tags?.match(/undo:(\S+)/)?.[1] ?? "";
      const tone = [...found.classList].find((name) => name.startsWith("tz-toast-"))?.slice(9) ?? "success";
      const anchor = found.querySelector("a");
      const link = anchor && { url: anchor.href, label: anchor.textContent };
      anchor?.remove();
      const text = found.textContent.trim();
      found.remove();
      tz.toast({ text, tone, undo, link });
    }
  };
  document.body.addEventListener("tz:toast", (event) => tz.toast(event.detail));

  tz.fail = (status) => {
    const known = { 0: words.offline, 403: words.forbidden, 404: words.gone, 429: words.tooMany, 503: words.busy };
    tz.toast({ text: known[status] ?? words.failed, tone: "error" });
  };

  document.body.addEventListener("htmx:configRequest", (event) => {
    const { detail } = event;
    Object.assign(detail.headers, tz.signed());
    const frame = detail.headers["X-Frame"] ?? event.target.closest?.("#tz-drawer, #tz-modal")?.id?.slice(3);
    if (frame) detail.headers["X-Frame"] = frame;
    const extra = event.target.dataset?.values;
    if (extra) for (const [key, value] of new URLSearchParams(extra)) detail.parameters[key] = value;
  });
  /* A request given up for a newer one, or for the next page, is no fault: the console stays quiet. */
  const unspoken = ["htmx:sendAbort", "htmx:afterRequest"]; /* of a fault its own event speaks next */
  window.htmx.logger = (_element, name, detail) => { if (unspoken.includes(name)) delete detail.error; };
  document.body.addEventListener("htmx:sendError", () => tz.fail(0));
  document.body.addEventListener("htmx:timeout", () => tz.fail(0));
  document.body.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Trigger")?.includes("tz:toast")) tz.fail(event.detail.xhr.status);
  });
  /* hx-confirm asks in our own dialog. */
  document.body.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    tz.ask(event.detail.question).then((yes) => yes && event.detail.issueRequest(true));
  });

  tz.ask = (question, { yes = words.confirm, no = words.cancel, danger = false } = {}) => new Promise((resolve) => {
    const dialog = document.getElementById("tz-ask");
    if (!dialog) return resolve(window.confirm(question));
    const [decline, accept] = dialog.querySelectorAll("button");
    dialog.querySelector("p").textContent = question;
    decline.textContent = no;
    accept.textContent = yes;
    accept.classList.toggle("btn-danger", danger);
    accept.classList.toggle("btn-primary", !danger);
    const finish = (answer) => { dialog.close(); resolve(answer); };
    decline.onclick = () => finish(false);
    accept.onclick = () => finish(true);
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
    accept.focus();
  });

  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      await navigator.clipboard?.writeText(copy.dataset.copy).catch(() => null);
      tz.toast({ text: words.copied });
    }
    if (event.target.closest("[data-fold]")) tz.fold();
  });
  tz.fold = () => {
    const folded = document.documentElement.classList.toggle("tz-folded");
    document.cookie = `nav=${folded ? "folded" : "open"}; path=/; max-age=31536000; samesite=lax`;
  };
  tz.adopt(document);
  /* On a phone the tab of the page may lie beyond the edge. */
  document.querySelector(".tz-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.body.addEventListener("htmx:afterSettle", (event) => tz.adopt(event.target));
})();
