/* Records: a rule that needs one more answer opens its question in a modal. */
(() => {
  const { tz } = window;
  document.body.addEventListener("tz:open-modal", (event) => tz.open?.("modal", event.detail.url));
})();
