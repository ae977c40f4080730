/* Lists: swap without reloading, ticks, bulk bar, panels, sticky shadow, live bar. */
(() => {
  const { tz } = window;

  const swap = (url, id, { push = true } = {}) => {
    const table = document.getElementById(id);
    if (!table || !window.htmx) { window.location.href = url; return; }
    const address = new URL(url, window.location.href);
    window.htmx.ajax("GET", address.pathname + address.search, { source: table, target: `#${id}`, swap: "outerHTML" }).then(() => {
      if (push && !table.closest("dialog")) window.history.pushState({ htmx: true }, "", address);
    });
  };
  window.addEventListener("popstate", () => { if (document.querySelector("[data-table]")) window.location.reload(); });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (link && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      swap(link.href, link.dataset.swap);
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.swap) {
      event.preventDefault();
      const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      const base = window.location.pathname;
      swap(`${base}?${query}`, form.dataset.swap);
    }
    if (form.classList.contains("tz-bulk")) bulk(event);
  });
  let finding;
  document.addEventListener("input", (event) => {
    const form = event.target.closest(".tz-find");
    if (form) {
      clearTimeout(finding);
      finding = setTimeout(() => { if (!event.target.isComposing) refind(form); }, 300);
    }
    const narrow = event.target.closest("[data-narrow]");
    if (narrow) {
      const text = narrow.value.trim().toLowerCase();
      for (const label of narrow.closest("fieldset").querySelectorAll(".form-check")) label.hidden = !label.textContent.toLowerCase().includes(text);
    }
  });
  const refind = (form) => {
    const { id } = form.closest("[data-table]");
    const at = form.querySelector("input[type=search]").selectionStart;
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const back = () => { const input = document.querySelector(`#${id} .tz-find input[type=search]`); input?.focus(); input?.setSelectionRange(at, at); };
    document.body.addEventListener("htmx:afterSettle", back, { once: true });
    swap(`${window.location.pathname}?${query}`, id);
  };

  /* Ticks: click, shift-click for a range, all; the bar appears when something is ticked. */
  let last = null;
  const ticksOf = (table) => [...table.querySelectorAll('tbody input[name="ids"]')];
  const show = (table) => {
    const bar = table.querySelector(".tz-bulk");
    if (!bar) return;
    const ticks = ticksOf(table);
    const ticked = ticks.filter((tick) => tick.checked);
    for (const tick of ticks) tick.closest("tr").classList.toggle("is-ticked", tick.checked);
    const all = table.querySelector("[data-tick-all]");
    all.checked = ticked.length > 0 && ticked.length === ticks.length;
    all.indeterminate = ticked.length > 0 && !all.checked;
    const total = table.querySelector("[data-total]").dataset.total;
    const everything = bar.elements.all.value === "1";
    const more = table.querySelector(".tz-pager a") !== null;
    bar.hidden = ticked.length === 0;
    bar.querySelector("[data-ticked]").textContent = tz.words.selected.replace("{count}", everything ? total : ticked.length);
    bar.querySelector("[data-pick-all]").hidden = !all.checked || everything || !more;
  };
  document.addEventListener("click", (event) => {
    const table = event.target.closest?.("[data-table]");
    if (!table) return;
    const tick = event.target.closest('input[name="ids"]');
    if (tick) {
      const ticks = ticksOf(table);
      if (event.shiftKey && last && ticks.includes(last)) {
        const [from, to] = [ticks.indexOf(last), ticks.indexOf(tick)].sort((a, b) => a - b);
        for (const one of ticks.slice(from, to + 1)) one.checked = tick.checked;
      }
      last = tick;
      table.querySelector(".tz-bulk").elements.all.value = "";
      show(table);
    }
    if (event.target.closest("[data-tick-all]")) {
      for (const one of ticksOf(table)) one.checked = event.target.checked;
      table.querySelector(".tz-bulk").elements.all.value = "";
      show(table);
    }
    if (event.target.closest("[data-pick-all]")) { table.querySelector(".tz-bulk").elements.all.value = "1"; show(table); }
    if (event.target.closest("[data-untick]")) { untick(table); }
  });
  const untick = (table) => {
    for (const one of ticksOf(table)) one.checked = false;
    table.querySelector(".tz-bulk").elements.all.value = "";
    show(table);
  };
  tz.tick = (row) => row.querySelector('input[name="ids"]')?.click();

  const bulk = async (event) => {
    event.preventDefault();
    const { submitter, target: form } = event;
    const values = new FormData(form);
    const url = submitter.getAttribute("formaction");
    if (submitter.dataset.frame) return tz.open(submitter.dataset.frame, url, { method: "POST", body: values, headers: tz.signed() });
    submitter.disabled = true;
    const response = await tz.post(url, values, { "X-Frame": "modal" }).catch(() => null);
    submitter.disabled = false;
    if (!response?.ok) return tz.fail(response?.status ?? 0);
    tz.obey(response);
    const table = form.closest("[data-table]");
    untick(table);
    tz.emit(`tz:refresh-${table.dataset.table}`);
  };

  /* "5 new leads": counted, shown when pressed. */
  const bars = () => document.querySelectorAll("[data-live-bar]");
  const listening = new Set();
  const listen = () => {
    for (const bar of bars()) {
      const name = bar.dataset.liveBar;
      if (listening.has(name)) continue;
      listening.add(name);
      document.body.addEventListener(name, (event) => {
        for (const one of bars()) {
          if (one.dataset.liveBar !== name) continue;
          const count = Number(one.dataset.seen ?? 0) + Number(event.detail?.count ?? 1);
          one.dataset.seen = count;
          one.querySelector("b").textContent = count;
          one.hidden = false;
        }
      });
    }
  };
  document.addEventListener("click", (event) => {
    const bar = event.target.closest("[data-live-bar]");
    if (bar) tz.emit(bar.dataset.refresh);
  });

  /* While rows are ticked a refresh would throw the ticks away: keep them by id. */
  let kept = { key: "", ids: new Set() };
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const table = event.detail.target?.closest?.("[data-table]");
    if (table && event.detail.target === table) kept = { key: table.dataset.table, query: table.dataset.query, ids: new Set(ticksOf(table).filter((one) => one.checked).map((one) => one.value)) };
  });
  const dress = () => {
    listen();
    for (const table of document.querySelectorAll("[data-table]")) {
      if (kept.ids.size && kept.key === table.dataset.table && kept.query === table.dataset.query) {
        for (const one of ticksOf(table)) if (kept.ids.has(one.value)) one.checked = true;
        kept.ids.clear();
        show(table);
      }
      const scroll = table.querySelector(".tz-scroll");
      if (scroll && !scroll.dataset.ready) {
        scroll.dataset.ready = "1";
        scroll.addEventListener("scroll", () => scroll.classList.toggle("is-scrolled", scroll.scrollLeft > 4), { passive: true });
      }
    }
    for (const box of document.querySelectorAll("[data-reorder]:not([data-ready])")) {
      box.dataset.ready = "1";
      tz.sortable?.().then((Sortable) => new Sortable(box, { handle: ".tz-grip", animation: 120 }));
    }
  };
  dress();
  document.body.addEventListener("htmx:afterSettle", dress);
  document.body.addEventListener("tz:filled", dress);
})();
