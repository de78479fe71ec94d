"use strict";
{
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const one = (name) => document.getElementById(name);
  const patches = all("section");

  /* Side by side is made of the unified diff, when it is asked for, and only of what is open: so a
     page about thousands of files has each line once. */
  const unified = new WeakMap();
  let isSide = false;

  const cell = (name, from) => {
    const made = document.createElement("td");
    made.className = name;
    if (from) made.append(...[...from.childNodes].map((each) => each.cloneNode(true)));
    return made;
  };
  const pair = (old, after) => {
    const row = document.createElement("tr");
    const is = (of, name) => (of && of.className === name ? name : "");
    row.append(
      cell("", old?.cells[0]), cell(is(old, "d"), old?.cells[2]),
      cell("", after?.cells[1]), cell(is(after, "i"), after?.cells[2]),
    );
    return row;
  };
  const sides = (rows) => {
    const made = [];
    let gone = [], come = [];
    const flush = () => {
      for (let n = 0; n < Math.max(gone.length, come.length); n++) made.push(pair(gone[n], come[n]));
      gone = []; come = [];
    };
    for (const row of rows) {
      if (row.className === "d") { if (come.length) flush(); gone.push(row); }
      else if (row.className === "i") come.push(row);
      else { flush(); made.push(pair(row, row)); }
    }
    flush();
    return made;
  };
  const made = (kind, name) => {
    const each = document.createElement(kind);
    if (kind === "th") { each.scope = "col"; each.textContent = name; }
    if (name === "Old" || name === "New") each.className = "no";
    return each;
  };
  const show = (table) => {
    if (isSide === unified.has(table) || !table.checkVisibility()) return;
    if (isSide) {
      unified.set(table, [...table.tBodies].map((body) => [...body.rows]));
    }
    const names = isSide ? ["Old", "Before", "New", "After"] : ["Old", "New", "Code"];
    table.tHead.rows[0].replaceChildren(...names.map((name) => made("th", name)));
    table.querySelector("colgroup").replaceChildren(...names.map((name) => made("col", name)));
    [...table.tBodies].forEach((body, n) => {
      const [head, ...rows] = isSide ? [...body.rows] : unified.get(table)[n];
      head.cells[0].colSpan = isSide ? 4 : 3;
      body.replaceChildren(head, ...(isSide ? sides(rows) : rows));
    });
    table.classList.toggle("side", isSide);
    if (!isSide) unified.delete(table);
  };
  const showAll = () => all(".diff").forEach(show);
  const view = (side) => {
    isSide = side;
    one("side").setAttribute("aria-pressed", side);
    one("unified").setAttribute("aria-pressed", !side);
    document.body.classList.toggle("wide", side);
    showAll();
  };
  one("side").onclick = () => view(true);
  one("unified").onclick = () => view(false);
  document.addEventListener("toggle", (event) => all(".diff", event.target).forEach(show), true);

  const fold = one("fold");
  const parts = all("section > details");
  const label = () => {
    fold.textContent = parts.some((each) => each.open) ? "Fold all" : "Open all";
  };
  fold.onclick = () => {
    const open = !parts.some((each) => each.open);
    parts.forEach((each) => { if (!each.parentNode.hidden) each.open = open; });
    label();
  };

  const filter = one("filter");
  filter.oninput = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const each of all("[data-of]")) {
      each.hidden = !words.every((word) => each.dataset.of.includes(word));
      if (each.tagName === "SECTION" && !each.hidden) count++;
    }
    one("count").textContent = words.length ? `${count} of ${all("section[data-of]").length} patches` : "";
  };

  /* What a link leads to has to be open, and is read on from there. */
  const reveal = (target) => {
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    const inside = target.querySelector("summary, a");
    if (target.tagName === "SECTION") target.querySelector("details").open = true;
    target.scrollIntoView();
    inside?.focus({ preventScroll: true });
  };
  const follow = () => {
    const target = location.hash && one(location.hash.slice(1));
    if (target) reveal(target);
  };
  addEventListener("hashchange", follow);
  follow();

  const step = (every, by) => {
    const shown = every.filter((each) => each.checkVisibility());
    const tops = shown.map((each) => each.getBoundingClientRect().top);
    const next = by > 0 ? tops.findIndex((top) => top > 12) : tops.findLastIndex((top) => top < -4);
    if (next >= 0) reveal(shown[next]);
  };
  const keys = {
    j: () => step(patches, 1), k: () => step(patches, -1),
    n: () => step(all(".diff tbody"), 1), p: () => step(all(".diff tbody"), -1),
    t: () => reveal(one("patches")), u: () => view(false), s: () => view(true),
    "/": () => filter.focus(),
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape" && event.target === filter) { filter.value = ""; filter.oninput(); filter.blur(); }
    if (event.target.tagName === "INPUT" || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });

  /* On paper nothing can be opened. */
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((each) => { each.open = false; }));

  label();
  one("tools").hidden = false;
}
