// Passkeys that fail say so on the page.
(() => {
  "use strict";
  document.addEventListener("allauth.error", (event) => {
    const box = document.getElementById("passkey-failed");
    if (!box) return;
    event.preventDefault();
    const numeric = /^[\d.]+$|^\[/.test(location.hostname);
    for (const line of box.querySelectorAll("[data-when]")) line.hidden = (line.dataset.when === "numeric") !== numeric;
    box.hidden = false;
  });
})();
