"use strict";
// Fill the figures, which Bokeh draws, with the series that the reader chooses.
(() => {
  const MOST_OPTIONS = 200, PART_ROWS = 60;
  const page = JSON.parse(document.getElementById("payload").textContent);
  const find = (id) => document.getElementById(id);
  const kinds = { u2: Uint16Array, u4: Uint32Array, f4: Float32Array, f8: Float64Array };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paper = matchMedia("print");

  const unpack = (text) => {
    const bytes = Uint8Array.from(atob(text.slice(3)), (one) => one.charCodeAt(0));
    return new kinds[text.slice(0, 2)](bytes.buffer);
  };
  const times = (packed) => Float64Array.from(unpack(packed.at), (one) => packed.start + one * packed.unit);
  const unpackAll = (packed) => Object.fromEntries(
    Object.entries(packed).map(([name, one]) => [name, name === "t" ? times(one) : unpack(one)]));
  const fans = unpackAll(page.fans);
  const fanOf = (place, one) => {
    const t = times(page.times[one.when]), cut = (all) => all.slice(place * t.length, (place + 1) * t.length);
    return { t, ...Object.fromEntries(Object.entries(fans).map(([name, all]) => [name, cut(all)])) };
  };
  const written = (value, digits) => {
    if (!Number.isFinite(value)) return "-";
    const size = Math.abs(value), tiny = digits >= 8 && size > 0 && size < 1e-6;
    return tiny || size >= 1e15 ? value.toExponential(3)
      : value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  };

  Bokeh.set_log_level("error");
  let drawn, seen, all, heights, current; // times and values of the series that is shown

  const model = (name) => drawn.get_model_by_name(name);
  const fill = (name, columns) => { const source = model(name); if (source) source.data = columns; };

  const paint = () => {
    const theme = page.themes[dark.matches && !paper.matches ? "dark" : "light"];
    for (const [id, property, role] of page.roles) {
      drawn.get_model_by_id(id)[property] = theme[role];
    }
  };

  // The heights that are seen: those of the points within the time that is seen.
  const fit = () => {
    let low = Infinity, high = -Infinity;
    const take = (t, ...lines) => {
      for (let i = 0; i < t.length; i++) {
        if (t[i] < seen.start || t[i] > seen.end) continue;
        for (const one of lines) {
          if (one[i] < low) low = one[i];
          if (one[i] > high) high = one[i];
        }
      }
    };
    take(current.t, current.y);
    take(current.fan.t, current.fan.lo95, current.fan.hi95);
    if (low > high) return;
    const room = 0.06 * (high - low || Math.abs(high) || 1);
    heights.setv({ start: low - room, end: high + room });
    model("points").visible = current.t.reduce(
      (n, t) => n + (t >= seen.start && t <= seen.end), 0) <= 150;
  };

  const look = (start, end) => {
    const most = all.end - all.start, wide = Math.min(Math.max(end - start, most / 5000), most);
    const from = Math.min(Math.max((start + end - wide) / 2, all.start), all.end - wide);
    seen.setv({ start: from, end: from + wide });
  };

  const views = {
    recent: () => look(current.recent, all.end),
    all: () => look(all.start, all.end),
    fan: () => {
      const [first, last] = [current.fan.t[0], current.fan.t.at(-1)];
      look(first - 0.35 * (last - first), all.end);
    },
    closer: () => { const w = seen.end - seen.start; look(seen.start + w / 4, seen.end - w / 4); },
    wider: () => { const w = seen.end - seen.start; look(seen.start - w / 2, seen.end + w / 2); },
    earlier: () => { const w = (seen.end - seen.start) / 3; look(seen.start - w, seen.end - w); },
    later: () => { const w = (seen.end - seen.start) / 3; look(seen.start + w, seen.end + w); },
  };

  const rows = (table, cells) => {
    table.tBodies[0].replaceChildren(...cells.map((row) => {
      const line = document.createElement("tr");
      row.forEach((text, i) => {
        const cell = line.appendChild(document.createElement(i ? "td" : "th"));
        if (!i) cell.scope = "row";
        cell.appendChild(document.createElement("bdi")).textContent = text;
      });
      return line;
    }));
  };

  const tell = (name, digits, rows) => {
    const form = digits ? "{0,0." + "0".repeat(digits) + "}" : "{0,0}";
    const hover = model(name);
    if (hover) hover.tooltips = [hover.tooltips[0], ...rows.map(
      ([head, text]) => [head, text.replace(/@\w+/g, (one) => one + form)])];
  };

  // As many dates along an axis as there is room for.
  const space = () => {
    for (const one of drawn.all_models) {
      if (one.type === "DatetimeTicker") one.desired_num_ticks = innerWidth < 500 ? 3 : 6;
    }
  };

  // Numbers along the axes: short where they are large, with all digits that matter else.
  const label = (largest) => {
    const form = largest >= 1e15 ? "0.[00]e+0" : largest >= 1e6 ? "0,0.[00]a" : largest >= 1e-3 ? "0,0.[000000]" : "0.[00]e+0";
    for (const one of drawn.all_models) {
      if (one.type === "NumeralTickFormatter" && one.name === "values") one.format = form;
    }
  };

  // A single step ahead, as wide as can be seen.
  const widened = (fan, step) => Object.fromEntries(Object.entries(fan).map(([name, [one]]) =>
    [name, Float64Array.of(...(name === "t" ? [one - step / 4, one + step / 4] : [one, one]))]));

  const show = (place) => {
    const one = page.series[place];
    const t = times(one.t), y = unpack(one.y), fan = fanOf(place, one);
    const step = t.length > 1 ? t.at(-1) - t.at(-2) : 1;
    current = { t, y, fan, recent: one.recent };
    all.setv({ start: Math.min(t[0], fan.t[0]) - step, end: fan.t.at(-1) + step });
    fill("history", { t, y });
    fill("fan", fan.t.length > 1 ? fan : widened(fan, step));
    model("now").location = t.at(-1);
    tell("hover-history", one.digits, [["observed", "@y"]]);
    tell("hover-fan", one.digits,
      [["forecast", "@mid"], ["80 %", "@lo80 to @hi80"], ["95 %", "@lo95 to @hi95"]]);
    label(Math.max(...["lo95", "hi95"].map((name) => fan[name].reduce((m, v) => Math.max(m, Math.abs(v)), 0))));
    views.recent();
    fit();
    press("recent");
    find("name").textContent = one.id;
    find("by").hidden = !one.by;
    find("by").querySelector("span").textContent = one.by ?? "";
    rows(find("numbers"), page.labels[one.when].map((label, i) =>
      [label, ...["mid", "lo80", "hi80", "lo95", "hi95"].map((name) => written(fan[name][i], one.digits))]));
    explain(place);
    if (page.parts[place]) showParts(place, one);
    else if (find("parts-note")) find("parts-note").textContent = "(the series above is not among those taken apart)";
  };

  const showParts = (place, one) => {
    const parts = unpackAll(page.parts[place]);
    const names = Object.keys(parts).filter((name) => name !== "t");
    const empty = new Float64Array(parts.t.length).fill(NaN);
    const columns = Object.fromEntries(model("parts") ? [...model("parts").columns()].map((name) => [name, parts[name] ?? empty]) : []);
    fill("parts", columns);
    for (const name of names) tell("hover-" + name, one.digits, [["", "@" + name]]);
    find("parts-name").textContent = one.id;
    find("parts-note").textContent = "";
    const table = find("parts-numbers");
    table.tHead.rows[0].replaceChildren(...["time", ...names].map((name) => {
      const head = document.createElement("th");
      head.scope = "col";
      head.textContent = { rest: "what remains" }[name] ?? name.replace(/^season(\d+)/, "season of $1");
      return head;
    }));
    const first = Math.max(0, parts.t.length - PART_ROWS);
    rows(table, Array.from({ length: parts.t.length - first }, (_, i) => [
      page.calendar ? new Date(parts.t[first + i]).toISOString().slice(0, 16).replace("T00:00", "").replace("T", " ") : String(parts.t[first + i]),
      ...names.map((name) => written(parts[name][first + i], one.digits))]));
  };

  // As a shell takes it; a name of other characters within single marks.
  const quoted = (name) => /^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'"'"'`)}'`;

  const explain = (place) => {
    const there = page.explained[place], note = find("why-note");
    const series = page.series.length > 1 ? ` --series ${quoted(page.series[place].id)}` : "";
    for (const one of document.querySelectorAll(".why-command")) one.textContent = page.explain + series;
    if (note) note.hidden = Boolean(there);
    if (!there) return;
    if (find("why-name")) find("why-name").textContent = page.series[place].id;
    for (const one of document.querySelectorAll("[data-explained]")) {
      one.hidden = one.dataset.explained !== String(place);
    }
    for (const [name, columns] of Object.entries(there)) fill(name, unpackAll(columns));
  };

  // The tables are for the keyboard; charts, which have no keys, are no stop on the way to them.
  const skip = (node) => {
    for (const one of node.querySelectorAll("*")) {
      if (one.tabIndex >= 0) one.tabIndex = -1;
      if (one.shadowRoot) skip(one.shadowRoot);
    }
  };

  const press = (view) => {
    for (const button of document.querySelectorAll("[data-view]")) {
      if (["recent", "all", "fan"].includes(button.dataset.view)) {
        button.setAttribute("aria-pressed", String(button.dataset.view === view));
      }
    }
  };

  const choose = () => {
    const search = find("search"), list = find("list");
    if (!search) return;
    // Whatever its case and accents: Straße, STRASSE; and all words, in any order.
    const plain = (name) => name.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase().toLowerCase();
    const names = page.series.map((one) => plain(one.id));
    const filter = () => {
      const words = plain(search.value).split(/\s+/);
      const found = names.flatMap((name, place) => (words.every((one) => name.includes(one)) ? [place] : []));
      list.replaceChildren(...found.slice(0, MOST_OPTIONS).map((place) => {
        const option = document.createElement("option");
        option.value = place;
        option.dir = "auto";
        option.textContent = page.series[place].id;
        return option;
      }));
      const count = (number) => number.toLocaleString("en-US");
      const more = found.length > MOST_OPTIONS ? `, the first ${MOST_OPTIONS} listed`
        : found.length || !page.left_out ? "" : `; ${count(page.left_out)} more of the file are not on this page`;
      find("matches").textContent = `${count(found.length)} of ${count(names.length)} series${more}`;
      return found;
    };
    search.addEventListener("input", filter);
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        const found = filter();
        if (found.length) { list.selectedIndex = 0; show(found[0]); }
      } else if (event.key === "ArrowDown" && list.options.length) {
        event.preventDefault();
        list.selectedIndex = 0;
        list.focus();
        show(Number(list.value));
      }
    });
    list.addEventListener("change", () => show(Number(list.value)));
    filter();
    list.selectedIndex = 0;
  };

  const start = async () => {
    const items = [{ docid: "report", roots: Object.fromEntries(
      Object.entries(page.roots).map(([element, root]) => [root, element])), root_ids: Object.values(page.roots) }];
    const views_made = await Bokeh.embed.embed_items({ report: page.document }, items);
    drawn = Bokeh.documents.at(-1);
    [seen, all, heights] = ["seen", "all", "heights"].map(model);
    paint();
    space();
    for (const one of document.querySelectorAll(".chart")) skip(one);
    choose();
    show(0);
    seen.properties.start.change.connect(fit);
    seen.properties.end.change.connect(fit);
    for (const button of document.querySelectorAll("[data-view]")) {
      button.addEventListener("click", () => {
        views[button.dataset.view]();
        press(button.dataset.view);
      });
    }
    addEventListener("resize", space);
    dark.addEventListener("change", paint);
    paper.addEventListener("change", paint);
    document.documentElement.dataset.ready = "true";
    return views_made;
  };
  start();
})();
