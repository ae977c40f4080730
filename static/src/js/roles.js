/* The role editor: whole modules at a press, the tree where departments are chosen, search, unsaved changes. */
(() => {
  const form = document.getElementById("role-editor");
  if (!form) return;
  const tree = document.getElementById("role-tree");
  const status = form.querySelector("[data-unsaved]");
  const rows = [...form.querySelectorAll(".tz-perm")];
  const CHOSEN = "5";

  const control = (row) => [...row.querySelectorAll("input")].filter((one) => one.name === row.dataset.name);
  const valueOf = (row) => {
    const found = control(row).find((one) => one.checked)?.value ?? "";
    if (found !== CHOSEN || !row.dataset.departments) return found;
    const chosen = [...row.querySelectorAll(".tz-tree input:checked")].map((one) => one.value);
    return chosen.length ? `${CHOSEN}:${chosen.sort((a, b) => a - b).join(",")}` : CHOSEN;
  };
  /* A chosen department includes those below: they are shown so, but not sent. */
  const shade = (box) => {
    let depth = Infinity;
    for (const input of box.querySelectorAll("input")) {
      const own = Number(input.dataset.depth);
      if (own <= depth) depth = input.checked ? own : Infinity;
      const within = own > depth;
      input.closest("label").classList.toggle("is-within", within);
      input.indeterminate = within && !input.checked;
    }
  };
  const plant = (row) => {
    const place = row.querySelector(".tz-perm-tree");
    if (!place) return;
    const wanted = valueOf(row).startsWith(CHOSEN);
    if (wanted && !place.firstElementChild) {
      place.append(tree.content.cloneNode(true));
      for (const input of place.querySelectorAll("input")) input.name = row.dataset.departments;
    }
    place.hidden = !wanted;
    if (wanted) shade(place);
  };
  const count = () => {
    let number = 0;
    for (const row of rows) {
      const changed = valueOf(row) !== row.dataset.was;
      row.classList.toggle("is-changed", changed);
      number += changed;
    }
    for (const input of form.querySelectorAll("input[data-was]")) number += input.value !== input.dataset.was;
    status.textContent = number === 0 ? status.dataset.none : number === 1 ? status.dataset.one : status.dataset.some.replace("{count}", number);
    status.classList.toggle("is-some", number > 0);
    form.classList.toggle("is-dirty", number > 0);
  };

  form.addEventListener("change", (event) => {
    const row = event.target.closest(".tz-perm");
    if (row) plant(row);
    count();
  });
  form.addEventListener("input", count);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set]");
    if (!button) return;
    event.preventDefault();
    const wanted = button.dataset.set;
    for (const row of button.closest(".tz-role-module").querySelectorAll(".tz-perm")) {
      for (const input of control(row)) {
        if (input.type === "checkbox") input.checked = wanted !== "";
        else if (input.value === wanted) input.checked = true;
      }
      plant(row);
    }
    button.closest("details").open = false;
    count();
  });

  const find = document.getElementById("role-find");
  const none = form.querySelector(".tz-role-none");
  form.querySelector("[data-script]").hidden = false;
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  find.addEventListener("input", (event) => {
    event.stopPropagation();
    const wanted = find.value.trim().toLowerCase();
    let any = false;
    for (const module of form.querySelectorAll(".tz-role-module")) {
      const whole = module.querySelector("h2").textContent.toLowerCase().includes(wanted);
      let shown = 0;
      for (const row of module.querySelectorAll(".tz-perm")) {
        const label = (row.querySelector("legend, th") ?? row).textContent.toLowerCase();
        row.hidden = !whole && !label.includes(wanted);
        shown += !row.hidden;
      }
      module.hidden = shown === 0;
      any ||= shown > 0;
    }
    none.hidden = any;
  });

  rows.forEach(plant);
  count();
})();
