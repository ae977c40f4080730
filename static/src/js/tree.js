/* Trees whose branches are dragged below another; the form beside each branch does the same by keyboard. */
(() => {
  const { tz } = window;

  const put = async (branch, list, back) => {
    const below = list.dataset.below;
    const response = await tz.post(below ? `${branch.dataset.put}?below=${below}` : branch.dataset.put).catch(() => null);
    if (!response?.ok) back();
    if (response?.ok || response?.headers.get("HX-Trigger")) return tz.obey(response);
    tz.fail(response?.status ?? 0);
  };

  const prepare = async () => {
    const lists = document.querySelectorAll("[data-tree] ul[data-below]:not([data-ready])");
    if (!lists.length) return;
    for (const list of lists) list.dataset.ready = "1";
    const Sortable = await tz.sortable();
    for (const list of lists) {
      new Sortable(list, {
        group: "tree", sort: false, animation: 120, delay: 140, delayOnTouchOnly: true, draggable: "[data-put]",
        fallbackOnBody: true, emptyInsertThreshold: 8, ghostClass: "is-ghost", filter: "a, button", preventOnFilter: false,
        onStart: ({ item }) => { item.closest("[data-tree]").classList.add("is-dragging"); },
        onEnd: ({ item, from, to, oldIndex }) => {
          document.querySelector("[data-tree].is-dragging")?.classList.remove("is-dragging");
          if (from === to) return;
          const mark = from.children[oldIndex] ?? null;
          put(item, to, () => from.insertBefore(item, mark));
        },
      });
    }
  };
  prepare();
  document.body.addEventListener("htmx:afterSettle", prepare);
})();
