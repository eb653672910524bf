// Says that there is newer than what the page shows. The page works without it.
"use strict";
(() => {
  const place = document.getElementById("nytt");
  const words = document.getElementById("nytt-ord");
  if (!place || !words || !window.EventSource) return;
  const shown = Number(place.dataset.number);
  let source = null;
  let failures = 0;

  const close = () => {
    if (source) source.close();
    source = null;
  };

  // Said once, and not before things have been quiet a while: whoever listens is not spoken to at every figure.
  const say = () => {
    close();
    window.setTimeout(() => place.replaceChildren(words.content.cloneNode(true)), 3000);
  };

  const open = () => {
    if (source || document.hidden || place.hasChildNodes()) return;
    source = new EventSource(place.dataset.from);
    source.onmessage = (heard) => {
      failures = 0;
      if (Number(heard.data) > shown) say();
    };
    source.onerror = () => {
      failures += 1;
      if (failures > 5) close();
    };
  };

  // A page that nobody looks at holds no connection: a browser has few for each site.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  open();
})();
