/* Founding an organisation: the address follows the name until it is typed. Switching: search and arrow keys. */
(() => {
  const later = (act, wait) => { let timer; return (...args) => { clearTimeout(timer); timer = setTimeout(() => act(...args), wait); }; };

  const watchAddress = (form) => {
    const address = form.querySelector("[data-address]"), company = form.querySelector("[data-company]");
    if (!address) return;
    let own = address.value !== "";
    const line = document.createElement("div");
    line.className = "form-hint tz-address-state";
    line.setAttribute("role", "status");
    address.after(line);
    const ask = async (query) => {
      const asked = address.value + (company?.value ?? "");
      const response = await fetch(`${form.dataset.addressUrl}?${new URLSearchParams(query)}`, { credentials: "same-origin" }).catch(() => null);
      if (!response?.ok || asked !== address.value + (company?.value ?? "")) return;
      const found = await response.json();
      if (!own && query.company !== undefined) address.value = found.slug;
      line.textContent = found.text;
      line.dataset.state = found.state;
    };
    company?.addEventListener("input", later(() => { if (!own) ask({ company: company.value }); }, 350));
    address.addEventListener("input", () => { own = address.value !== ""; line.textContent = ""; });
    address.addEventListener("input", later(() => ask(own ? { slug: address.value } : { company: company?.value ?? "" }), 350));
  };

  const watchSwitch = (box) => {
    if (box.dataset.watched) return;
    box.dataset.watched = "1";
    const search = box.querySelector("[data-switch-search]"), none = box.querySelector("[data-switch-none]");
    const shown = () => [...box.querySelectorAll("li:not([hidden]) a")];
    search?.addEventListener("input", () => {
      const words = search.value.trim().toLowerCase();
      for (const row of box.querySelectorAll("li[data-words]")) row.hidden = !row.dataset.words.includes(words);
      none.hidden = shown().length > 0;
    });
    box.addEventListener("keydown", (event) => {
      const links = shown(), at = links.indexOf(document.activeElement);
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const next = at + (event.key === "ArrowDown" ? 1 : -1);
        if (next < 0) (search ?? links[0])?.focus(); else links[Math.min(next, links.length - 1)]?.focus();
      } else if (event.key === "Enter" && document.activeElement === search && links.length) {
        event.preventDefault();
        links[0].click();
      }
    });
  };

  const watch = (place) => {
    for (const form of place.querySelectorAll("form[data-address-url]")) watchAddress(form);
    for (const box of place.querySelectorAll("[data-switch]")) watchSwitch(box);
  };
  watch(document);
  document.body.addEventListener("tz:filled", (event) => watch(event.detail.place));
})();
