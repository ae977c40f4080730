/* Charts: ECharts on canvas, fetched when a chart is there; the figures stay under it as a table. */
(() => {
  const source = document.currentScript?.dataset.echarts;
  const chinese = document.documentElement.lang.startsWith("zh");
  let loading;
  const load = () => (loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  }));
  /* light-dark() is only resolved on a real property, so each token is asked for as a colour. */
  const probe = document.createElement("i");
  probe.hidden = true;
  const colour = (name) => {
    if (!probe.isConnected) document.body.append(probe);
    probe.style.color = `var(--tz-${name})`;
    return getComputedStyle(probe).color;
  };
  const steps = chinese ? [[1e8, " 亿"], [1e4, " 万"]] : [[1e9, "B"], [1e6, "M"], [1e3, "K"]];
  const short = (value) => {
    for (const [step, word] of steps) if (Math.abs(value) >= step) return `${Number((value / step).toFixed(1))}${word}`;
    return String(Number(value.toFixed?.(2) ?? value));
  };
  const exact = (value, unit) => {
    if (value === null || value === undefined) return "—";
    if (unit === "percent") return `${(value * 100).toFixed(1)}%`;
    const text = Number(value).toLocaleString("en", unit === "money" ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : {});
    return unit === "money" ? `¥${text}` : text;
  };
  const axis = (unit) => (value) => (unit === "percent" ? `${Number((value * 100).toFixed(2))}%` : unit === "money" ? `¥${short(value)}` : short(value));

  const option = (data) => {
    const ink = colour("ink-2");
    const line = colour("line");
    const palette = [1, 2, 3, 4, 5, 6].map((number) => colour(`chart-${number}`));
    const many = data.series.length > 1;
    const base = {
      color: palette, animationDuration: 150, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("raised"), borderColor: line, textStyle: { color: colour("ink"), fontSize: 13 }, valueFormatter: (value) => exact(value, data.unit), axisPointer: { type: data.kind === "bar" ? "shadow" : "line", lineStyle: { color: line }, shadowStyle: { color: line, opacity: 0.35 } } },
      legend: many ? { type: "scroll", top: 0, left: 0, right: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: ink }, pageIconColor: ink, pageIconInactiveColor: line, pageTextStyle: { color: ink } } : undefined,
      grid: { left: 4, right: 8, top: many ? 34 : 12, bottom: 0, outerBoundsMode: "same", containLabel: true },
    };
    if (data.kind === "donut" || data.kind === "funnel") {
      const items = data.labels.map((name, index) => ({ name, value: data.series[0].values[index] }));
      const label = { color: ink, formatter: (item) => `${item.name}  ${axis(data.unit)(item.value)}` };
      const tooltip = { ...base.tooltip, trigger: "item" };
      if (data.kind === "donut") return { ...base, tooltip, series: [{ type: "pie", radius: ["52%", "76%"], data: items, label, itemStyle: { borderColor: colour("card"), borderWidth: 2 } }] };
      const top = items[0]?.value || 1;
      return {
        ...base, tooltip: { ...tooltip }, grid: { left: 4, right: 60, top: 4, bottom: 0, containLabel: true },
        xAxis: { type: "value", show: false, max: top }, yAxis: { type: "category", inverse: true, data: data.labels, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: ink, fontSize: 13 } },
        series: [{ type: "bar", data: items.map((item) => item.value), barWidth: "62%", itemStyle: { borderRadius: 4 }, showBackground: true, backgroundStyle: { color: colour("sunk"), borderRadius: 4 }, label: { show: true, position: "right", color: ink, formatter: (item) => axis(data.unit)(item.value) } }],
      };
    }
    return {
      ...base,
      xAxis: { type: "category", data: data.labels, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: ink, fontSize: 12 } },
      yAxis: { type: "value", splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink, fontSize: 12, formatter: axis(data.unit) } },
      series: data.series.map((series) => ({
        name: series.name, type: series.kind ?? data.kind, data: series.values, stack: data.stacked ? "all" : undefined,
        barMaxWidth: 26, itemStyle: { borderRadius: data.kind === "bar" ? [3, 3, 0, 0] : 0 }, lineStyle: { width: 2, type: series.dashed ? "dashed" : "solid" }, symbol: "circle", symbolSize: 5, showSymbol: data.labels.length < 20,
      })),
    };
  };

  const cell = (row, tag, text, css = "") => { const made = document.createElement(tag); made.textContent = text; if (css) made.className = css; row.append(made); };
  const figures = (place, data) => {
    const table = document.createElement("table");
    table.className = "tz-plain-table";
    const head = table.createTHead().insertRow();
    cell(head, "th", "");
    for (const series of data.series) cell(head, "th", series.name ?? "", "tz-end");
    const body = table.createTBody();
    data.labels.forEach((label, index) => {
      const row = body.insertRow();
      cell(row, "td", label);
      for (const series of data.series) cell(row, "td", exact(series.values[index], data.unit), "tz-end");
    });
    place.replaceChildren(table);
  };

  const drawn = new Map();
  const draw = async () => {
    for (const figure of document.querySelectorAll("[data-chart]:not([data-ready])")) {
      figure.dataset.ready = "1";
      const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
      const place = figure.querySelector(".tz-chart-canvas");
      figures(figure.querySelector(".tz-chart-rows"), data);
      const echarts = await load().catch(() => null);
      if (!echarts) { figure.querySelector("details").open = true; place.hidden = true; continue; }
      const chart = echarts.init(place, null, { renderer: "canvas" });
      chart.setOption(option(data));
      if (data.urls) chart.on("click", (event) => { const url = data.urls[event.dataIndex]; if (url) window.location.href = url; });
      drawn.set(figure, { chart, data });
      new ResizeObserver(() => chart.resize()).observe(place);
    }
    for (const [figure, { chart }] of drawn) if (!figure.isConnected) { chart.dispose(); drawn.delete(figure); }
  };
  new MutationObserver(() => { for (const { chart, data } of drawn.values()) chart.setOption(option(data), true); }).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  draw();
  document.body.addEventListener("htmx:afterSettle", draw);
  document.body.addEventListener("tz:filled", draw);
})();
