/* Live updates: one stream per visible tab; a notice becomes the DOM event tz:<name> on <body>.
   The stream says only that something moved; lists ask the server again under their own rights. */
(() => {
  const { tz } = window;
  const { stream, counts } = document.currentScript.dataset;
  const light = document.getElementById("tz-live");
  let control = null;
  let tries = 0;
  let retry = 0;
  let lost = false;

  const state = (is) => {
    if (!light) return;
    light.hidden = is !== "lost";
    light.textContent = is === "lost" ? tz.words.lost : "";
    document.documentElement.dataset.live = is;
  };
  const dispatch = (block) => {
    let name = "message";
    let data = "";
    for (const line of block.split("\n")) {
      if (line.startsWith("event:")) name = line.slice(6).trim();
      if (line.startsWith("data:")) data += line.slice(5).trim();
    }
    if (!data && name === "message") return;
    if (name === "ready") {
      tries = 0;
      state("on");
      if (lost) { lost = false; tz.emit("tz:resumed"); refreshCounts(true); }
      return;
    }
    if (name === "missed") { tz.emit("tz:resumed"); return; }
    let ids = {};
    try { ids = JSON.parse(data || "{}"); } catch { /* a notice without ids is still a notice */ }
    tz.emit(`tz:${name}`, ids);
    soon();
  };
  /* What was said between asking for the page and hearing the stream was missed: the server knows. */
  const asked = performance.getEntriesByType("navigation")[0]?.requestStart ?? 0;
  const address = () => `${stream}?age=${Math.ceil(performance.now() - asked)}`;
  const connect = async () => {
    clearTimeout(retry);
    if (document.hidden || control) return;
    control = new AbortController();
    const mine = control;
    try {
      const response = await fetch(address(), { headers: { Accept: "text/event-stream" }, credentials: "same-origin", cache: "no-store", signal: mine.signal });
      if (response.redirected || response.status === 401 || response.status === 404) { control = null; state("off"); return; }
      if (!response.ok || !response.body) throw new Error(String(response.status));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        blocks.forEach(dispatch);
      }
    } catch { /* the loop below tries again */ }
    if (control === mine) { control = null; again(); }
  };
  const again = () => {
    if (document.hidden) return;
    lost = true;
    tries += 1;
    if (tries > 2) state("lost");
    retry = setTimeout(connect, Math.min(30000, 500 * 2 ** tries) * (0.7 + Math.random() * 0.6));
  };
  const close = () => { clearTimeout(retry); const old = control; control = null; old?.abort(); };

  /* Numbers in the navigation: asked for at most once a minute, or when something moved. */
  const paint = (numbers) => {
    for (const place of document.querySelectorAll("[data-count]")) {
      const number = numbers[place.dataset.count] ?? 0;
      place.hidden = !number;
      place.textContent = number > 99 ? "99+" : number;
    }
  };
  const slot = `counts:${document.body.dataset.who}`;
  const refreshCounts = async (force = false) => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(slot) ?? "null");
      if (kept) paint(kept.numbers);
      if (!force && kept && Date.now() - kept.at < 60000) return;
      const response = await fetch(counts, { credentials: "same-origin", headers: { "HX-Request": "true" } });
      if (!response.ok || response.redirected) return;
      const numbers = await response.json();
      sessionStorage.setItem(slot, JSON.stringify({ at: Date.now(), numbers }));
      paint(numbers);
    } catch { /* numbers are a courtesy */ }
  };
  let pending = 0;
  const soon = () => { clearTimeout(pending); pending = setTimeout(() => refreshCounts(true), 400); };
  document.body.addEventListener("tz:counts", soon);
  document.body.addEventListener("tz:form-saved", soon);

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else { lost = true; connect(); }
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("online", () => { tries = 0; connect(); });
  connect();
  refreshCounts();
})();
