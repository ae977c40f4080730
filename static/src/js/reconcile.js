/* Reconciliation: keep the chosen line in sight, and count what is left while amounts are typed. */
(() => {
  const shown = () => document.querySelector("#reconcile-lines li.is-on");
  const keepInSight = () => {
    const line = shown();
    const list = line?.parentElement;
    if (!list || list.scrollHeight <= list.clientHeight) return;
    const top = line.offsetTop - list.offsetTop;
    if (top < list.scrollTop || top + line.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top - list.clientHeight / 3;
  };
  const number = (text) => Number(String(text).replace(/[,，¥￥\s]/g, "").replace(/^(.*)万$/, (_, head) => head * 10000)) || 0;
  const cents = (text) => Math.round(number(text) * 100);
  const money = (value) => (value / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const left = (form, except) => [...form.querySelectorAll("[data-open]")].reduce((rest, input) => rest - (input === except ? 0 : cents(input.value)), cents(form.dataset.split));
  const count = (form) => {
    const rest = left(form);
    const place = form.querySelector("[data-rest]");
    place.textContent = place.textContent.replace(/[−-]?[\d,]+\.\d\d/, money(rest));
    place.classList.toggle("is-over", rest < 0);
    place.classList.toggle("is-even", rest === 0);
  };
  const prepare = () => {
    keepInSight();
    for (const button of document.querySelectorAll("[data-fill][hidden]")) button.hidden = false;
  };
  document.addEventListener("input", (event) => { const form = event.target.closest("[data-split]"); if (form) count(form); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const form = button.closest("[data-split]");
    const input = button.parentElement.querySelector("[data-open]");
    const amount = Math.max(0, Math.min(cents(input.dataset.open), left(form, input)));
    input.value = amount ? (amount / 100).toFixed(2) : "";
    count(form);
  });
  document.body.addEventListener("htmx:afterSwap", prepare);
  prepare();
})();
