/* Drawer, modal and phone sheets: <a data-drawer href>, <a data-modal href>, <button data-sheet=id>. */
(() => {
  const { tz } = window;
  const frames = { drawer: document.getElementById("tz-drawer"), modal: document.getElementById("tz-modal") };
  if (!frames.drawer) return;
  const slot = (name) => document.getElementById(name);

  tz.open = async (name, url, options = {}) => {
    const dialog = frames[name];
    if (!(await mayReplace(slot(name)))) return;
    slot(name).innerHTML = '<div class="tz-loading"></div>';
    if (!dialog.open) dialog.showModal();
    dialog.dataset.url = url;
    const headers = { "X-Frame": name, "HX-Request": "true", "HX-Target": name, "HX-Current-URL": window.location.href };
    const response = await fetch(url, { credentials: "same-origin", ...options, headers: { ...headers, ...options.headers } }).catch(() => null);
    if (!response || response.status >= 500 || [403, 404, 429].includes(response.status)) {
      dialog.close();
      return tz.fail(response?.status ?? 0);
    }
    tz.obey(response);
    if (response.headers.get("HX-Redirect")) return;
    if (response.status === 204) return dialog.close();
    const html = await response.text();
    if (/^\s*<!doctype/i.test(html)) { dialog.close(); window.location.href = response.url; return; }
    fill(name, html);
  };

  const fill = (name, html) => {
    const place = slot(name);
    place.innerHTML = html;
    window.htmx.process(place);
    tz.adopt(place);
    document.body.dispatchEvent(new CustomEvent("tz:filled", { detail: { place } }));
    const first = place.querySelector("[autofocus], .is-invalid, .tz-form input:not([type=hidden]), .tz-form select, .tz-form textarea");
    (name === "modal" || place.querySelector(".tz-form-page") ? first : place.querySelector(".btn-close"))?.focus({ preventScroll: true });
  };

  const mayReplace = async (place) => {
    if (!place.querySelector("form.is-dirty")) return true;
    return tz.ask(tz.words.unsaved, { yes: tz.words.leave, no: tz.words.stay, danger: true });
  };

  tz.close = async (dialog, { force = false } = {}) => {
    const place = dialog?.querySelector(".tz-frame");
    if (!force && place && !(await mayReplace(place))) return;
    dialog?.close();
    /* Later: the events of the answer still bubble from the form that is about to go. */
    if (place) setTimeout(() => { if (!dialog.open) place.innerHTML = ""; });
    document.querySelector("tr.is-open")?.classList.remove("is-open");
  };

  /* The modal lies above the drawer: what is opened from it in the drawer would not be seen. */
  const leaveModal = async (url) => {
    await tz.close(frames.modal);
    if (!frames.modal.open) tz.open("drawer", url);
  };

  const plainClick = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-drawer], a[data-modal]");
    if (link && plainClick(event) && link.getAttribute("href")) {
      event.preventDefault();
      const name = "drawer" in link.dataset ? "drawer" : "modal";
      const inside = link.closest("#tz-drawer") && name === "drawer";
      link.closest("dialog:not(#tz-drawer, #tz-modal)")?.close();
      document.querySelector("tr.is-open")?.classList.remove("is-open");
      link.closest("tr")?.classList.add("is-open");
      window.bootstrap?.Dropdown?.getInstance(link.closest(".dropdown")?.querySelector("[data-bs-toggle]"))?.hide();
      if (name === "drawer" && frames.modal.open) leaveModal(link.href);
      else tz.open(name, link.href, {}, inside);
      return;
    }
    const sheet = event.target.closest("[data-sheet]");
    if (sheet) document.getElementById(sheet.dataset.sheet)?.showModal();
    const closing = event.target.closest("[data-close]");
    if (closing) {
      const dialog = closing.closest("dialog");
      if (dialog) { event.preventDefault(); tz.close(dialog).then(tz.goneBack); } else if (!closing.getAttribute("href")) window.history.back();
    }
    if (event.target instanceof HTMLDialogElement && event.target.id !== "tz-ask") {
      const box = event.target.getBoundingClientRect();
      const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
      if (outside) tz.close(event.target).then(tz.goneBack);
    }
    const row = event.target.closest(".tz-scroll tbody tr");
    if (row && !event.target.closest("a, button, input, label, select, textarea, .tz-tick") && !window.getSelection()?.toString()) {
      const target = row.querySelector(".tz-row-link");
      if (!target) return;
      if (plainClick(event)) target.click();
      else if (event.metaKey || event.ctrlKey) window.open(target.href, "_blank", "noopener");
    }
  });

  /* A form that brings a file leaves the page where it is: its frame closes by itself. */
  document.addEventListener("submit", (event) => {
    const dialog = event.target.closest("dialog");
    if (dialog && "closes" in event.target.dataset) setTimeout(() => tz.close(dialog, { force: true }), 300);
  });

  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("cancel", (event) => {
      if (dialog === frames.drawer || dialog === frames.modal) { event.preventDefault(); tz.close(dialog).then(tz.goneBack); } else tz.goneBack();
    });
    dialog.addEventListener("close", () => { const toasts = dialog.querySelector("#tz-toasts"); if (toasts) document.body.append(toasts); });
  }
  document.body.addEventListener("tz:close-frame", () => {
    const open = frames.modal.open ? frames.modal : frames.drawer;
    tz.close(open, { force: true });
    if (open === frames.modal && frames.drawer.open) tz.refreshDrawer();
  });
  tz.refreshDrawer = () => { if (frames.drawer.open && frames.drawer.dataset.url) tz.open("drawer", frames.drawer.dataset.url); };
})();
