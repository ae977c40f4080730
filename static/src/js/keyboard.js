/* Keys and the command palette. Nothing fires while somebody types. */
(() => {
  const { tz } = window;
  const $ = (id) => document.getElementById(id);
  const palette = $("tz-palette");
  const typing = (target) => target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) && !["checkbox", "radio", "button"].includes(target.type);

  /* Palette: local entries narrow at once, records come from the server. */
  let asked = 0;
  const options = () => [...palette.querySelectorAll("[role=option]")].filter((one) => !one.hidden);
  const light = (index) => {
    const all = options();
    for (const one of palette.querySelectorAll(".is-on")) one.classList.remove("is-on");
    const chosen = all[(index + all.length) % all.length];
    chosen?.classList.add("is-on");
    chosen?.scrollIntoView({ block: "nearest" });
  };
  const openPalette = (text = "") => {
    if (!palette || palette.open) return;
    palette.showModal();
    const input = $("tz-palette-input");
    input.value = text;
    input.focus();
    narrow(text);
  };
  const narrow = (text) => {
    const wanted = text.trim().toLowerCase();
    for (const one of palette.querySelectorAll("[data-local]")) one.hidden = Boolean(wanted) && !one.textContent.toLowerCase().includes(wanted);
    for (const title of palette.querySelectorAll("#tz-palette-list > h6")) {
      let next = title.nextElementSibling;
      let any = false;
      while (next?.matches("a")) { any ||= !next.hidden; next = next.nextElementSibling; }
      title.hidden = !any;
    }
    light(0);
  };
  const ask = async (text) => {
    const mine = ++asked;
    const hits = $("tz-palette-hits");
    if (!text.trim()) { hits.replaceChildren(); return; }
    const response = await fetch(`${$("tz-palette-input").dataset.url}?q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
    if (mine !== asked || !response?.ok) return;
    hits.innerHTML = await response.text();
    if (options().length) hits.querySelector(".tz-palette-none")?.remove();
    if (!palette.querySelector(".is-on")) light(0);
  };
  if (palette) {
    let timer;
    $("tz-palette-input").addEventListener("input", (event) => {
      narrow(event.target.value);
      clearTimeout(timer);
      timer = setTimeout(() => ask(event.target.value), 120);
    });
    palette.addEventListener("keydown", (event) => {
      const all = options();
      const now = all.findIndex((one) => one.classList.contains("is-on"));
      if (event.key === "ArrowDown") { event.preventDefault(); light(now + 1); }
      if (event.key === "ArrowUp") { event.preventDefault(); light(now - 1); }
      if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        const link = all[now];
        if (!link) return;
        if (event.metaKey || event.ctrlKey) window.open(link.href, "_blank", "noopener");
        else { palette.close(); link.click(); }
      }
    });
    palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
  }

  /* Rows: j, k, Enter, x. */
  const rows = () => [...document.querySelectorAll(".tz-scroll tbody tr")];
  const step = (by) => {
    if (document.activeElement !== document.body) document.activeElement?.blur();
    const all = rows();
    const now = all.findIndex((row) => row.classList.contains("is-on"));
    const next = all[Math.max(0, Math.min(all.length - 1, now + by))];
    all[now]?.classList.remove("is-on");
    next?.classList.add("is-on");
    next?.scrollIntoView({ block: "nearest" });
  };
  const current = () => document.querySelector(".tz-scroll tbody tr.is-on");

  const keys = {
    "/": () => (document.querySelector("[data-palette]") ? openPalette() : null),
    "?": () => $("tz-help")?.showModal(),
    "[": () => tz.fold(),
    j: () => step(1),
    k: () => step(-1),
    x: () => current() && tz.tick(current()),
    Enter: () => current()?.querySelector(".tz-row-link")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form) { event.preventDefault(); event.target.form.requestSubmit(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const hot = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
    if (hot && hot.offsetParent !== null) { event.preventDefault(); hot.click(); hot.parentElement.querySelector(".dropdown-menu.show .dropdown-item")?.focus(); return; }
    const action = keys[event.key];
    if (!action || (event.key === "Enter" && (!current() || event.target.closest("a, button, [data-move]")))) return;
    event.preventDefault();
    action();
  });
  /* The button of a closed menu leaves Escape to the frame it stands in. */
  window.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.('dialog [data-bs-toggle="dropdown"]');
    if (menu && menu.getAttribute("aria-expanded") !== "true") event.stopImmediatePropagation();
  }, true);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-help]")) $("tz-help")?.showModal(); });
  document.querySelector("[data-palette]")?.addEventListener("focus", (event) => { const text = event.target.value; event.target.blur(); openPalette(text); });
})();
