/* Boards: drag by mouse or touch (SortableJS, fetched when a board is there) or by keys m ← → ↑ ↓ Enter. */
(() => {
  const { tz } = window;
  const source = document.currentScript?.dataset.sortable;
  let loading;
  tz.sortable = () => (loading ??= new Promise((resolve, reject) => {
    if (window.Sortable) return resolve(window.Sortable);
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.Sortable);
    script.onerror = reject;
    document.head.append(script);
  }));

  const send = async (card, from, back) => {
    const lane = card.closest("[data-lane]");
    const before = card.nextElementSibling?.dataset.card ?? "";
    const response = await tz.post(card.dataset.move, { stage: lane.dataset.lane, before }).catch(() => null);
    if (response?.ok) {
      tz.obey(response);
      card.classList.add("is-landed");
      setTimeout(() => card.classList.remove("is-landed"), 900);
      if (lane !== from && !response.headers.get("HX-Trigger")?.includes("tz:toast")) tz.toast({ text: tz.words.moved.replace("{lane}", lane.dataset.laneLabel) });
      return;
    }
    back();
    if (response?.headers.get("HX-Trigger")) tz.obey(response); else tz.fail(response?.status ?? 0);
  };

  const prepare = async () => {
    const lanes = document.querySelectorAll("[data-board] [data-lane]:not([data-ready])");
    if (!lanes.length) return;
    for (const lane of lanes) lane.dataset.ready = "1";
    const Sortable = await tz.sortable();
    for (const lane of lanes) {
      lane.dataset.ready = "sorting";
      new Sortable(lane, {
        group: lane.closest("[data-board]").id || "board", animation: 120, delay: 140, delayOnTouchOnly: true, draggable: "[data-move]",
        ghostClass: "is-ghost", dragClass: "is-drag", filter: "a", preventOnFilter: false,
        onEnd: ({ item, from, to, oldIndex, newIndex }) => {
          if (from === to && oldIndex === newIndex) return;
          const mark = from.children[oldIndex + (from === to && oldIndex > newIndex ? 1 : 0)] ?? null;
          send(item, from, () => from.insertBefore(item, mark));
        },
      });
    }
  };

  let held = null;
  const release = () => { held?.card.classList.remove("is-moving"); held = null; };
  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("[data-move]");
    if (!card || event.target.matches("a, button, input")) return;
    if (event.key === "m" && !held) { event.preventDefault(); held = { card, lane: card.parentElement, next: card.nextElementSibling }; card.classList.add("is-moving"); return; }
    if (!held) return;
    const lanes = [...card.closest("[data-board]").querySelectorAll("[data-lane]")];
    const at = lanes.indexOf(card.parentElement);
    const moves = {
      ArrowLeft: () => lanes[at - 1]?.prepend(card),
      ArrowRight: () => lanes[at + 1]?.prepend(card),
      ArrowUp: () => card.previousElementSibling?.before(card),
      ArrowDown: () => card.nextElementSibling?.after(card),
    };
    if (moves[event.key]) { event.preventDefault(); event.stopPropagation(); moves[event.key](); card.focus(); card.scrollIntoView({ block: "nearest", inline: "nearest" }); }
    if (event.key === "Escape") { event.preventDefault(); held.lane.insertBefore(card, held.next); release(); card.focus(); }
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      const { lane, next } = held;
      release();
      if (card.parentElement !== lane || card.nextElementSibling !== next) send(card, lane, () => lane.insertBefore(card, next));
    }
  });
  prepare();
  document.body.addEventListener("htmx:afterSettle", prepare);
})();
