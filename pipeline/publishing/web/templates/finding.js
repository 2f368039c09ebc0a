
"use strict";
const folded = (text) => text.normalize("NFKC").toLowerCase().replace(/\s/g, "");

function whenAsked(filter) {
  const tools = document.getElementById("tools");
  const search = document.getElementById("search");
  const state = document.getElementById("state");
  const kind = document.getElementById("kind");
  for (const field of [search, state, kind]) field.addEventListener("input", filter);
  document.getElementById("all").addEventListener("click", () => {
    search.value = state.value = kind.value = "";
    filter();
    search.focus();
  });
  for (const lead of document.querySelectorAll("a[data-state], a[data-find]")) {
    lead.addEventListener("click", () => {
      search.value = lead.dataset.find ?? "";
      state.value = lead.dataset.state ?? "";
      kind.value = "";
      filter();
    });
  }
  tools.hidden = false;
  filter();
}

(() => {
  const open = () => {
    const found = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (found && found.tagName === "DETAILS") found.open = true;
  };
  addEventListener("hashchange", open);
  open();

  const closed = () => [...document.querySelectorAll("details:not([open])")];
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = closed();
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });

  const left = document.getElementById("left");
  const days = Math.ceil((Date.parse(left.dataset.ends) - Date.now()) / 86400000) - 1;
  left.textContent = days > 0 ? `还有 ${days} 天` : days < 0 ? `已过 ${-days} 天` : "今天截止";
})();
