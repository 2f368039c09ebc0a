
"use strict";
(() => {
  const table = document.getElementById("list");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const search = document.getElementById("search");
  const state = document.getElementById("state");
  const kind = document.getElementById("kind");
  const told = document.getElementById("told");
  const empty = document.getElementById("empty");
  const order = new Intl.Collator("zh-CN", { numeric: true });
  const texts = new Map(rows.map((row) => [row, folded(row.dataset.find + row.querySelector(".told").textContent)]));

  function filter() {
    const wanted = folded(search.value);
    let shown = 0;
    for (const row of rows) {
      const states = row.dataset.state.split(" ");
      const fits = (!state.value || states.includes(state.value)) && (!kind.value || row.dataset.kind === kind.value) && texts.get(row).includes(wanted);
      row.hidden = !fits;
      shown += fits;
    }
    told.textContent = `显示 ${shown} / ${rows.length} 家`;
    empty.hidden = shown > 0;
  }

  function sort(heading) {
    const column = heading.cellIndex;
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = (row) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
    const keyed = rows.map((row) => [value(row), row]);
    keyed.sort(([one], [other]) => (one === "") - (other === "") || (down ? -1 : 1) * order.compare(one, other));
    body.append(...keyed.map(([, row]) => row));
  }

  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(heading));
    heading.append(button);
  }
  whenAsked(filter);
})();
