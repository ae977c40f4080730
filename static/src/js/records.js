/* Records: a rule that needs one more answer opens its question in a modal. */
(() => {
  const { tz } = window;
  document.body.addEventListener("tz:open-modal", (event) => tz.open?.("modal", event.detail.url));

  /* Similar clients lie over the form at the side and on a page: who goes on in the form does not have to fold them away. */
  const leaveCards = (event) => {
    for (const cards of document.querySelectorAll(".tz-similar-more[open]")) if (!cards.contains(event.target) && !cards.closest("#tz-modal")) cards.open = false;
  };
  for (const name of ["pointerdown", "focusin"]) document.addEventListener(name, leaveCards);

  /* The parts of a shared client: what they make while they are typed, and all of them alike. */
  const numbers = (parts) => [...parts.querySelectorAll("input[type=number]")];
  const tell = (parts) => {
    const total = numbers(parts).reduce((sum, input) => sum + (Number.parseInt(input.value, 10) || 0), 0);
    const output = parts.querySelector("output");
    output.dataset.is = total > 100 ? "over" : total < 100 ? "left" : "whole";
    output.value = output.dataset[output.dataset.is].replace("%(total)s", total).replace("%(rest)s", Math.abs(100 - total)).replaceAll("%%", "%");
  };
  /* of two reps one has what the other has not */
  const fillUp = (parts, typed) => {
    const both = numbers(parts), part = Number.parseInt(typed.value, 10);
    if (both.length === 2 && both.includes(typed) && part >= 0 && part <= 100) both.find((input) => input !== typed).value = 100 - part;
  };
  document.addEventListener("input", (event) => { const parts = event.target.closest("[data-parts]"); if (parts) { fillUp(parts, event.target); tell(parts); } });
  document.addEventListener("click", (event) => {
    const parts = event.target.closest("[data-even]")?.closest("[data-parts]");
    if (!parts) return;
    const filled = numbers(parts).filter((input) => Number.parseInt(input.value, 10) > 0);
    const among = filled.length > 1 ? filled : numbers(parts).slice(0, 100);
    for (const [place, input] of among.entries()) input.value = Math.floor(100 / among.length) + (place < 100 % among.length ? 1 : 0);
    for (const folded of parts.querySelectorAll("details")) if (among.some((input) => folded.contains(input))) folded.open = true;
    among[0].dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
