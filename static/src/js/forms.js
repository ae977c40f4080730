/* Forms: unsaved changes, drafts kept in this browser, no double submit, pickers, drop zones. */
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
    if (!key || form.querySelector(".is-invalid") || form.dataset.ready) return;
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

  const keep = (form) => {
    const key = keyOf(form);
    if (!key) return;
    clearTimeout(form.tzTimer);
    form.tzTimer = setTimeout(() => { try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: read(form) })); form.dataset.kept = ""; } catch { /* full or forbidden: drafts are a courtesy */ } }, 400);
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.hasAttribute("data-guard") || event.target.type === "search") return;
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
    if (form instanceof HTMLFormElement && xhr.getResponseHeader("HX-Trigger")?.includes("tz:form-saved")) settled(form);
    if (xhr.getResponseHeader("HX-Redirect")) tz.leaving = true;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.xhr?.status !== 422) return;
    const form = document.getElementById(event.detail.elt?.id) ?? event.target;
    form?.classList?.add("is-dirty");
    form?.querySelector?.(".is-invalid, .tz-alert")?.scrollIntoView({ block: "center" });
    form?.querySelector?.(".is-invalid")?.focus({ preventScroll: true });
  });
  window.addEventListener("beforeunload", (event) => {
    if (!tz.leaving && document.querySelector("form.is-dirty:not([data-draft])")) event.preventDefault();
  });

  /* Pickers: a select becomes a field that narrows its options as one types (pinyin is the server's order). */
  const pick = (select) => {
    if (select.dataset.ready || select.multiple) return;
    select.dataset.ready = "1";
    const box = document.createElement("div");
    const input = document.createElement("input");
    const list = document.createElement("ul");
    box.className = "tz-pick";
    list.className = "tz-pick-list";
    list.setAttribute("role", "listbox");
    list.hidden = true;
    input.className = select.className;
    input.type = "search";
    input.autocomplete = "off";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-label", select.labels?.[0]?.textContent.trim() ?? "");
    select.before(box);
    box.append(input, list, select);
    select.hidden = true;
    const shown = () => { input.value = select.selectedOptions[0]?.value ? select.selectedOptions[0].textContent.trim() : ""; };
    const choose = (value) => { select.value = value; shown(); hide(); select.dispatchEvent(new Event("change", { bubbles: true })); select.dispatchEvent(new Event("input", { bubbles: true })); };
    const hide = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); };
    const draw = (text) => {
      const wanted = text.trim().toLowerCase();
      const found = [...select.options].filter((one) => one.textContent.toLowerCase().includes(wanted)).slice(0, 60);
      list.replaceChildren(...found.map((one) => {
        const item = document.createElement("li");
        item.textContent = one.textContent || "—";
        item.dataset.value = one.value;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(one.value === select.value));
        return item;
      }));
      list.firstElementChild?.classList.add("is-on");
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    };
    input.addEventListener("focus", () => { input.select(); draw(""); });
    input.addEventListener("input", (event) => { event.stopPropagation(); draw(input.value); });
    input.addEventListener("blur", () => setTimeout(() => { if (!input.value.trim()) select.value = ""; shown(); hide(); }, 150));
    list.addEventListener("pointerdown", (event) => { event.preventDefault(); const item = event.target.closest("li"); if (item) choose(item.dataset.value); });
    input.addEventListener("keydown", (event) => {
      const items = [...list.children];
      const now = items.findIndex((item) => item.classList.contains("is-on"));
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const next = Math.max(0, Math.min(items.length - 1, now + (event.key === "ArrowDown" ? 1 : -1)));
        items[now]?.classList.remove("is-on");
        items[next]?.classList.add("is-on");
        items[next]?.scrollIntoView({ block: "nearest" });
      } else if (event.key === "Enter" && !list.hidden) { event.preventDefault(); if (items[now]) choose(items[now].dataset.value); }
      else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); hide(); }
    });
    select.addEventListener("tz:set", shown);
    shown();
  };

  /* Several of a list: those chosen stand as chips above a field that narrows the rest as one types. */
  const pickMany = (select) => {
    if (select.dataset.ready) return;
    select.dataset.ready = "1";
    const box = document.createElement("div");
    const chips = document.createElement("div");
    const input = document.createElement("input");
    const list = document.createElement("ul");
    box.className = "tz-pick tz-many";
    chips.className = "tz-many-chips";
    list.className = "tz-pick-list";
    list.setAttribute("role", "listbox");
    list.hidden = true;
    input.className = "form-control";
    input.type = "search";
    input.autocomplete = "off";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-label", select.labels?.[0]?.textContent.trim() ?? "");
    select.before(box);
    box.append(chips, input, list, select);
    select.hidden = true;
    const hide = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); };
    const tell = () => { for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true })); };
    const draw = (text) => {
      const wanted = text.trim().toLowerCase();
      const found = [...select.options].filter((one) => !one.selected && one.textContent.toLowerCase().includes(wanted)).slice(0, 60);
      list.replaceChildren(...found.map((one) => {
        const item = document.createElement("li");
        item.textContent = one.textContent;
        item.dataset.value = one.value;
        item.setAttribute("role", "option");
        return item;
      }));
      list.firstElementChild?.classList.add("is-on");
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(found.length > 0));
    };
    const set = (value, on) => {
      for (const one of select.options) if (one.value === value) one.selected = on;
      shown();
      tell();
    };
    const shown = () => {
      chips.replaceChildren(...[...select.selectedOptions].map((one) => {
        const chip = document.createElement("button");
        chip.type = "button";
        chip.className = "tz-many-chip";
        chip.textContent = one.textContent.trim();
        chip.addEventListener("click", () => set(one.value, false));
        return chip;
      }));
    };
    const choose = (value) => { set(value, true); input.value = ""; draw(""); input.focus(); };
    input.addEventListener("focus", () => draw(input.value));
    input.addEventListener("input", (event) => { event.stopPropagation(); draw(input.value); });
    input.addEventListener("blur", () => setTimeout(() => { input.value = ""; hide(); }, 150));
    list.addEventListener("pointerdown", (event) => { event.preventDefault(); const item = event.target.closest("li"); if (item) choose(item.dataset.value); });
    input.addEventListener("keydown", (event) => {
      const items = [...list.children];
      const now = items.findIndex((item) => item.classList.contains("is-on"));
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const next = Math.max(0, Math.min(items.length - 1, now + (event.key === "ArrowDown" ? 1 : -1)));
        items[now]?.classList.remove("is-on");
        items[next]?.classList.add("is-on");
        items[next]?.scrollIntoView({ block: "nearest" });
      } else if (event.key === "Enter" && !list.hidden) { event.preventDefault(); if (items[now]) choose(items[now].dataset.value); }
      else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); hide(); }
      else if (event.key === "Backspace" && !input.value && select.selectedOptions.length) set([...select.selectedOptions].at(-1).value, false);
    });
    shown();
  };

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
    for (const select of root.querySelectorAll("select[data-picker]")) pick(select);
    for (const select of root.querySelectorAll("select[data-many]")) pickMany(select);
    for (const zone of root.querySelectorAll("[data-drop]")) drop(zone);
    for (const form of root.querySelectorAll("form[data-draft]")) restore(form);
  };
  dress(document);
  document.body.addEventListener("htmx:afterSettle", (event) => dress(event.target.parentElement ?? document));
  document.body.addEventListener("tz:filled", (event) => dress(event.detail.place));
})();
