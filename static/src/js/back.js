/* Back closes what is open before it leaves the page. One entry of the history stands for all open frames and sheets:
   who closes by hand goes back over it, what closes by itself leaves it to be used again or passed over. */
(() => {
  const { tz } = window;
  const { history } = window;
  const open = []; /* the last one opened is the first to go */
  const stands = () => Boolean(history.state?.frame);
  let standing = stands();
  let returning = false;
  let ahead = false; /* forward leads to an entry that stood for something closed since */

  for (const name of ["pushState", "replaceState"]) {
    const own = history[name].bind(history);
    history[name] = (...given) => { own(...given); standing = stands(); ahead = ahead && name !== "pushState"; };
  }
  const stand = () => { if (!standing) history.pushState({ ...history.state, frame: true }, ""); };
  const goBack = () => { returning = true; history.back(); };
  tz.goneBack = () => setTimeout(() => { if (!open.length && standing && !returning) goBack(); });

  /* A question is answered with no; a form that was typed into asks before it goes. */
  const closeTop = async () => {
    const dialog = open.at(-1);
    if (dialog.id === "tz-ask") dialog.querySelector("button").click();
    else await tz.close(dialog);
    setTimeout(() => { if (open.length) stand(); else tz.goneBack(); });
  };

  const watch = new MutationObserver((changes) => {
    for (const { target } of changes) {
      const at = open.indexOf(target);
      if (target.open && at < 0) open.push(target);
      if (!target.open && at >= 0) open.splice(at, 1);
    }
    if (open.length && !returning) stand();
  });
  for (const dialog of document.querySelectorAll("dialog")) watch.observe(dialog, { attributeFilter: ["open"] });

  /* Before anybody else hears of it: neither the table nor htmx has anything to read again. */
  window.addEventListener("popstate", (event) => {
    const stood = standing;
    standing = stands();
    if (stood === standing && !returning) return;
    if (returning) {
      returning = false;
      ahead = true;
      if (open.length) stand();
    } else if (!standing) {
      ahead = open.length > 0;
      if (open.length) closeTop(); else history.back();
    } else if (ahead) {
      goBack();
    } else {
      return;
    }
    event.stopImmediatePropagation();
  }, true);
})();
