
"use strict";
(() => {
  const most = 200;
  const table = document.getElementById("list");
  const search = document.getElementById("search");
  const state = document.getElementById("state");
  const kind = document.getElementById("kind");
  const told = document.getElementById("told");
  const empty = document.getElementById("empty");
  const { kinds, pages, agencies } = JSON.parse(document.getElementById("agencies").textContent);
  const unreached = new Set(JSON.parse(document.getElementById("unreached").textContent));
  const texts = agencies.map(([, name, code, contact]) => folded(code + name + contact) + (unreached.has(code) ? "信没有送达" : ""));

  function line([number, name, code, contact, own, word, late, at]) {
    const row = document.createElement("tr");
    const lead = document.createElement("a");
    lead.href = `${encodeURIComponent(pages.filter(([first]) => first <= number).pop()[1])}#n${number}`;
    lead.textContent = name;
    const chip = document.createElement("span");
    chip.className = `chip ${own}`;
    chip.textContent = word;
    const more = document.createElement("span");
    more.className = "small quiet";
    more.textContent = ` ${code}`;
    const head = document.createElement("th");
    head.scope = "row";
    head.append(lead, more);
    const cells = [[chip, ...(late ? [" ", Object.assign(document.createElement("span"), { className: "late", textContent: late })] : [])], [kinds[at]], [contact]];
    row.append(head, ...cells.map((parts, place) => {
      const cell = document.createElement("td");
      if (place) cell.className = "wide";
      cell.append(...parts);
      return cell;
    }));
    return row;
  }

  function filter() {
    const wanted = folded(search.value);
    const asks = wanted || state.value || kind.value;
    const fits = asks ? agencies.filter(([, , , , own, , late, at], place) =>
      (!state.value || own === state.value || late === state.value) && (!kind.value || kinds[at] === kind.value) && texts[place].includes(wanted)) : [];
    table.tBodies[0].textContent = "";
    table.tBodies[0].append(...fits.slice(0, most).map(line));
    table.hidden = fits.length === 0;
    empty.hidden = !asks || fits.length > 0;
    told.textContent = asks ? `找到 ${fits.length} / ${agencies.length} 家${fits.length > most ? `，显示前 ${most} 家` : ""}` : "";
  }

  whenAsked(filter);
})();
