/* Pickers: a select becomes a field that narrows its options as one types (pinyin is the server's order). */
(() => {
  const MOST = 60;
  const make = (tag, values, attributes = {}) => {
    const found = Object.assign(document.createElement(tag), values);
    for (const [name, value] of Object.entries(attributes)) found.setAttribute(name, value);
    return found;
  };
  const told = (option) => (/^-*$/.test(option.textContent.trim()) ? "—" : option.textContent);

  /* What both kinds share: the field, its list, keys and pointer. `kind` says which options are offered and what choosing does. */
  const dress = (select, kind) => {
    select.dataset.ready = "1";
    const label = select.labels?.[0]?.textContent.trim() ?? "";
    const box = make("div", { className: kind.css });
    const input = make("input", { className: kind.field, type: "search", autocomplete: "off" }, { role: "combobox", "aria-expanded": "false", "aria-label": label });
    const list = make("ul", { className: "tz-pick-list", hidden: true }, { role: "listbox" });
    select.before(box);
    box.append(...kind.above, input, list, select);
    select.hidden = true;

    const show = (on) => { list.hidden = !on; input.setAttribute("aria-expanded", String(on)); };
    const draw = (text) => {
      const wanted = text.trim().toLowerCase();
      const found = [...select.options].filter((one) => kind.offers(one) && one.textContent.toLowerCase().includes(wanted)).slice(0, MOST);
      list.replaceChildren(...found.map((one) => {
        const item = make("li", { textContent: told(one) }, { role: "option", "aria-selected": String(one.selected) });
        item.dataset.value = one.value;
        return item;
      }));
      list.firstElementChild?.classList.add("is-on");
      show(found.length > 0);
    };
    const open = () => draw(kind.filter(input));
    const choose = (item) => { if (item) kind.choose(item.dataset.value, { input, draw, hide: () => show(false) }); };
    const step = (by) => {
      const items = [...list.children];
      const now = items.findIndex((item) => item.classList.contains("is-on"));
      const next = Math.max(0, Math.min(items.length - 1, now + by));
      items[now]?.classList.remove("is-on");
      items[next]?.classList.add("is-on");
      items[next]?.scrollIntoView({ block: "nearest" });
    };

    // not on focus: a dialog that opens puts the cursor here, and the list would cover the rest
    input.addEventListener("click", () => { if (list.hidden) open(); });
    input.addEventListener("focus", () => kind.enter(input));
    input.addEventListener("input", (event) => { event.stopPropagation(); draw(input.value); });
    input.addEventListener("blur", () => setTimeout(() => { kind.leave(input); show(false); }, 150));
    list.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(event.target.closest("li")); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) open(); else step(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter" && !list.hidden) { event.preventDefault(); choose(list.querySelector(".is-on")); }
      else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); show(false); }
      else if (event.key === "Backspace" && !input.value) kind.erase();
    });
    select.addEventListener("tz:set", () => kind.shown(input));
    kind.shown(input);
  };

  const tell = (select) => { for (const name of ["change", "input"]) select.dispatchEvent(new Event(name, { bubbles: true })); };

  const one = (select) => {
    const shown = (input) => { input.value = select.value ? select.selectedOptions[0].textContent.trim() : ""; };
    dress(select, {
      css: "tz-pick", field: select.className, above: [], shown,
      offers: (option) => option.value !== "" || !select.required,
      filter: () => "",
      enter: (input) => input.select(),
      leave: (input) => { if (!input.value.trim()) select.value = ""; shown(input); },
      choose: (value, { input, hide }) => { select.value = value; shown(input); hide(); tell(select); },
      erase: () => {},
    });
  };

  /* Several of a list: those chosen stand as chips above a field that narrows the rest. */
  const many = (select) => {
    const chips = make("div", { className: "tz-many-chips" });
    const set = (value, on) => {
      for (const option of select.options) if (option.value === value) option.selected = on;
      shown();
      tell(select);
    };
    const shown = () => chips.replaceChildren(...[...select.selectedOptions].map((option) => {
      const chip = make("button", { type: "button", className: "tz-many-chip", textContent: option.textContent.trim() });
      chip.addEventListener("click", () => set(option.value, false));
      return chip;
    }));
    dress(select, {
      css: "tz-pick tz-many", field: "form-control", above: [chips], shown,
      offers: (option) => !option.selected,
      filter: (input) => input.value,
      enter: () => {},
      leave: (input) => { input.value = ""; },
      choose: (value, { input, draw }) => { set(value, true); input.value = ""; draw(""); input.focus(); },
      erase: () => { if (select.selectedOptions.length) set([...select.selectedOptions].at(-1).value, false); },
    });
  };

  const all = (root) => {
    for (const select of root.querySelectorAll("select[data-picker]:not([data-ready], [multiple])")) one(select);
    for (const select of root.querySelectorAll("select[data-many]:not([data-ready])")) many(select);
  };
  all(document);
  document.body.addEventListener("htmx:afterSettle", (event) => all(event.target.parentElement ?? document));
  document.body.addEventListener("tz:filled", (event) => all(event.detail.place));
})();
