/* Forms: unsaved changes, drafts kept in this browser, no double submit, drop zones. */
(() => {
  const { tz } = window;
  const who = document.body.dataset.who ?? "";
  const keyOf = (form) => (form.dataset.draft && who ? `draft:${who}:${form.dataset.draft}` : "");
  const skipped = (field) => !field.name || ["hidden", "password", "file", "submit", "button"].includes(field.type) || field.autocomplete === "one-time-code";

  const read = (form) => {
    const values = {};
    for (const field of form.elements) {
      if (skipped(field)) continue;
      if (field.type === "checkbox" || field.type === "radio") { if (field.checked) (values[field.name] ??= []).push(field.value); }
      else if (field.value) values[field.name] = field.value;
    }
    return values;
  };
  const write = (form, values) => {
    for (const field of form.elements) {
      if (skipped(field)) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = (values[field.name] ?? []).includes(field.value);
      else if (field.name in values) { field.value = values[field.name]; field.dispatchEvent(new Event("tz:set")); }
    }
  };

  const restore = (form) => {
    const key = keyOf(form);
    if (!key || form.hasAttribute("data-answered") || form.querySelector(".is-invalid") || form.dataset.ready) return;
    form.dataset.ready = "1";
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key) ?? "null"); } catch { localStorage.removeItem(key); }
    if (!kept || Date.now() - kept.at > 7 * 86400e3) return;
    const before = read(form);
    if (JSON.stringify(before) === JSON.stringify(kept.values)) return;
    write(form, kept.values);
    form.classList.add("is-dirty");
    const note = document.createElement("div");
    note.className = "tz-draft";
    note.append(tz.words.draft);
    const drop = document.createElement("button");
    drop.type = "button";
    drop.textContent = tz.words.discard;
    drop.addEventListener("click", () => { localStorage.removeItem(key); form.reset(); form.classList.remove("is-dirty"); note.remove(); });
    note.append(drop);
    form.prepend(note);
  };

  const keepNow = (form) => {
    const key = keyOf(form);
    clearTimeout(form.tzTimer);
    if (key) try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: read(form) })); form.dataset.kept = ""; } catch { /* full or forbidden: drafts are a courtesy */ }
  };
  const keep = (form) => {
    clearTimeout(form.tzTimer);
    form.tzTimer = setTimeout(() => keepNow(form), 400);
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-guard], [data-draft]") || event.target.type === "search") return;
    form.classList.add("is-dirty");
    keep(form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.classList.remove("is-dirty");
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  const settled = (form) => {
    clearTimeout(form.tzTimer);
    form.classList.remove("is-dirty");
    const key = keyOf(form);
    if (key) localStorage.removeItem(key);
  };
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    const form = event.detail.elt;
    const { xhr } = event.detail;
    if (form instanceof HTMLFormElement) {
      /* sent away to sign in, say: what was typed is there on return */
      if (xhr.status === 204 || xhr.getResponseHeader("HX-Trigger")?.includes("tz:form-saved")) settled(form);
      else if (form.classList.contains("is-dirty")) keepNow(form);
    }
    if (xhr.getResponseHeader("HX-Redirect")) tz.leaving = true;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.xhr?.status !== 422) return;
    const form = document.getElementById(event.detail.elt?.id) ?? event.target;
    form?.classList?.add("is-dirty");
    form?.querySelector?.(".is-invalid, .tz-alert")?.scrollIntoView({ block: "center" });
    (form?.querySelector?.(".is-invalid") ?? form?.querySelector?.("[autofocus]"))?.focus({ preventScroll: true });
  });
  window.addEventListener("beforeunload", (event) => {
    if (!tz.leaving && document.querySelector("form.is-dirty:not([data-draft])")) event.preventDefault();
  });

  const drop = (zone) => {
    if (zone.dataset.ready) return;
    zone.dataset.ready = "1";
    const input = zone.querySelector("input[type=file]");
    const name = zone.querySelector("[data-file-name]");
    const show = () => { name.textContent = [...input.files].map((file) => file.name).join("、"); };
    input.addEventListener("change", show);
    for (const kind of ["dragover", "dragenter"]) zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
    for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => { event.preventDefault(); input.files = event.dataTransfer.files; show(); input.dispatchEvent(new Event("change", { bubbles: true })); });
  };

  const dress = (root) => {
    for (const zone of root.querySelectorAll("[data-drop]")) drop(zone);
    for (const form of root.querySelectorAll("form[data-draft]")) restore(form);
  };
  dress(document);
  document.body.addEventListener("htmx:afterSettle", (event) => dress(event.target.parentElement ?? document));
  document.body.addEventListener("tz:filled", (event) => dress(event.detail.place));
})();
