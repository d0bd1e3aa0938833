// What a reader who does not see, or not well, would stumble over: rules of WCAG 2.2.
() => {
    const found = [], all = [];
    const walk = (node) => {
        for (const one of node.querySelectorAll("*")) {
            all.push(one);
            if (one.shadowRoot) walk(one.shadowRoot);
        }
    };
    walk(document);
    const shown = (one) => one.checkVisibility({ checkVisibilityCSS: true, contentVisibilityAuto: true });
    const told = (one) => `${one.tagName.toLowerCase()}#${one.id}.${one.className.baseVal ?? one.className}`;
    const fault = (rule, one) => found.push(`${rule}: ${told(one)}`);
    const text = (one) => one.textContent.trim();
    const within = (one, mark) => {
        for (let up = one; up; up = up.parentElement ?? up.getRootNode().host) {
            if (up.matches(mark)) return true;
        }
        return false;
    };
    const name = (one) => one.getAttribute("aria-label") || text(one) || one.placeholder
        || (one.id && document.querySelector(`label[for="${one.id}"]`)?.textContent);

    for (const [kind, wanted] of [["main", 1], ["h1", 1], ["body > header", 1], ["body > footer", 1], ["title", 1]]) {
        if (document.querySelectorAll(kind).length !== wanted) found.push(`not ${wanted}: ${kind}`);
    }
    let level = 0;
    for (const one of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
        if (!shown(one)) continue;
        if (Number(one.tagName[1]) > level + 1) fault("skips a level", one);
        level = Number(one.tagName[1]);
    }
    for (const one of document.querySelectorAll("section")) {
        if (!document.getElementById(one.getAttribute("aria-labelledby"))) fault("no heading", one);
    }
    for (const one of document.querySelectorAll("button, input, select, summary, [role]")) {
        if (!name(one) && one.getAttribute("role") !== "status") fault("no name", one);
    }
    for (const one of document.querySelectorAll("table")) {
        if (!one.caption || !text(one.caption)) fault("no caption", one);
        for (const cell of one.querySelectorAll("th")) {
            if (!cell.scope || !text(cell)) fault("no scope or text", one);
        }
    }
    const ids = all.map((one) => one.id).filter((one) => one);
    const page = [...document.querySelectorAll("[id]")].map((one) => one.id);
    if (new Set(page).size < page.length) found.push("two elements of one id");
    for (const one of document.querySelectorAll("[aria-controls], label[for], a[href^='#']")) {
        const to = one.getAttribute("aria-controls") ?? one.htmlFor ?? one.hash.slice(1);
        if (!ids.includes(to)) fault("leads nowhere", one);
    }
    for (const one of all) {
        if (one.tabIndex > 0) fault("jumps the queue", one);
        if (one.tabIndex === 0 && shown(one) && within(one, "[aria-hidden=true], [role=img]")) {
            fault("focus on what is not told", one);
        }
    }

    const colour = (value) => (value.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    const light = (value) => {
        const [r, g, b] = colour(value).map((one) => one / 255)
            .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (one) => {
        for (let up = one; up; up = up.parentElement) {
            const value = getComputedStyle(up).backgroundColor;
            if ((colour(value)[3] ?? 1) > 0) return value;
        }
        return "rgb(255, 255, 255)";
    };
    for (const one of document.body.querySelectorAll("*")) {
        const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || !shown(one) || within(one, "script, noscript, option")) continue;
        const [low, high] = [light(getComputedStyle(one).color), light(behind(one))].sort((a, b) => a - b);
        if ((high + 0.05) / (low + 0.05) < 4.5) fault("faint", one);
    }
    return found;
}
