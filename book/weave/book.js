// SPDX-License-Identifier: GPL-2.0-only
// What a page can do beyond being read: theme, search, copy, keys, "you are here".
// Nothing here is needed for reading, and nothing is fetched from elsewhere.
"use strict";

// --- search: matching, free of the page so that it can be tested alone ---------

const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

/** Entries that contain every word, best first: [{entry, at}] */
function searchBook(entries, query, limit = 40) {
	const words = fold(query).split(/\s+/).filter(Boolean);
	if (!words.length)
		return [];
	const found = [];
	for (const entry of entries) {
		entry.ft ??= fold(entry.t);
		entry.fx ??= fold(entry.x);
		let score = entry.k === "section" ? 1 : 0;
		for (const word of words) {
			const title = entry.ft.indexOf(word), text = entry.fx.indexOf(word);
			if (title < 0 && text < 0) {
				score = -1;
				break;
			}
			if (title >= 0)
				score += entry.ft === word ? 60 : title === 0 ? 25 : 15;
			if (text >= 0)
				score += entry.k === "section" ? 4 : 1;
		}
		if (score < 0)
			continue;
		if (entry.ft.includes(words.join(" ")))
			score += 10;
		found.push({ entry, score, at: entry.fx.indexOf(words[0]) });
	}
	return found.sort((a, b) => b.score - a.score).slice(0, limit);
}

/** Split text into [plain, hit, plain, hit, ...] at the words of the query. */
function splitHits(text, query) {
	const words = query.split(/\s+/).filter(Boolean)
		.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
	return words.length ? text.split(new RegExp(`(${words.join("|")})`, "i")) : [text];
}

if (typeof module !== "undefined")
	module.exports = { searchBook, splitHits };

// --- the page ------------------------------------------------------------------

if (typeof document !== "undefined")
	startPage();

function startPage() {
	setUpTheme();
	setUpSearch();
	setUpCopying();
	setUpKeys();
	setUpPosition();
	highlightArrival();
	for (const box of document.querySelectorAll("[tabindex='0'].code, .drawing, .table"))
		if (box.scrollWidth <= box.clientWidth)
			box.removeAttribute("tabindex");
}

function setUpTheme() {
	const button = document.querySelector("button.theme");
	const root = document.documentElement;
	button.hidden = false;
	button.addEventListener("click", () => {
		const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
		const next = (root.dataset.theme || system) === "dark" ? "light" : "dark";
		root.dataset.theme = next;
		try {
			localStorage.setItem("theme", next);
		} catch (e) { /* private mode: the switch lasts for this page */ }
	});
}

function element(name, text, css) {
	const made = document.createElement(name);
	if (text)
		made.textContent = text;
	if (css)
		made.className = css;
	return made;
}

function marked(parent, text, query) {
	splitHits(text, query).forEach((part, i) =>
		parent.append(i % 2 ? element("mark", part) : part));
	return parent;
}

function setUpSearch() {
	const dialog = document.querySelector("dialog.search");
	const input = dialog.querySelector("input");
	const list = dialog.querySelector(".results");
	const status = dialog.querySelector(".status");
	const button = document.querySelector("button.search-open");
	let chosen = -1;

	const choose = (index) => {
		const links = list.querySelectorAll("a");
		links[chosen]?.classList.remove("chosen");
		chosen = Math.max(0, Math.min(index, links.length - 1));
		links[chosen]?.classList.add("chosen");
		links[chosen]?.scrollIntoView({ block: "nearest" });
	};
	const show = () => {
		const query = input.value.trim();
		const found = window.bookIndex ? searchBook(window.bookIndex, query) : [];
		list.replaceChildren(...found.map((hit) => result(hit, query)));
		status.textContent = !query ? "" : found.length
			? `${found.length === 40 ? "The best 40" : found.length} found` : "Nothing found";
		chosen = -1;
		choose(0);
	};
	const open = () => {
		if (dialog.open)
			return;
		dialog.showModal();
		input.select();
		if (window.bookIndex)
			return;
		const script = element("script");
		script.src = "search-index.js";
		script.onload = show;
		script.onerror = () => { status.textContent = "search-index.js could not be read"; };
		document.head.append(script);
	};

	button.hidden = false;
	button.addEventListener("click", open);
	document.addEventListener("book:search", open);
	input.addEventListener("input", show);
	dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
	input.addEventListener("keydown", (event) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step) {
			event.preventDefault();
			choose(chosen + step);
		} else if (event.key === "Enter") {
			event.preventDefault();
			const link = list.querySelector("a.chosen");
			if (link) {
				dialog.close();
				link.click();
			}
		}
	});
	list.addEventListener("click", () => dialog.close());
}

function result({ entry, at }, query) {
	const item = element("li");
	const link = element("a");
	const [page, anchor] = entry.u.split("#");
	const words = query.split(/\s+/).filter(Boolean).join(" ");
	link.href = `${page}?find=${encodeURIComponent(words)}${anchor ? "#" + anchor : ""}`;
	item.className = { section: "", chunk: "chunk-hit" }[entry.k] ?? "code-hit";
	link.append(marked(element("strong"), entry.k === "chunk" ? `⟨${entry.t}⟩` : entry.t, query));
	link.append(element("small", entry.k === "section" || entry.k === "chunk" || entry.k === "file"
		? entry.c : `${entry.k}, ${entry.c}`));
	if (at >= 0) {
		const from = Math.max(0, at - 50);
		const text = (from ? "…" : "") + entry.x.slice(from, at + 110) + "…";
		link.append(marked(element("span"), text, query));
	}
	item.append(link);
	return item;
}

/** Mark what was searched for on the page that the search led to. */
function highlightArrival() {
	const query = new URLSearchParams(location.search).get("find");
	if (!query)
		return;
	const words = query.split(/\s+/).filter(Boolean);
	const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
	const texts = [];
	while (walker.nextNode())
		if (!walker.currentNode.parentElement.closest("svg, button, .steps"))
			texts.push(walker.currentNode);
	for (const text of texts) {
		const parts = splitHits(text.data, words.join(" "));
		if (parts.length > 1) {
			const made = parts.map((part, i) => i % 2 ? element("mark", part) : part);
			text.replaceWith(...made);
		}
	}
	document.addEventListener("keydown", function clear(event) {
		if (event.key !== "Escape")
			return;
		document.querySelectorAll("main mark").forEach((mark) => mark.replaceWith(...mark.childNodes));
		document.removeEventListener("keydown", clear);
	});
}

/** The text of a code box as it is in the chapter: tabs, <<names>>, no peeks. */
function codeText(box) {
	const copy = box.cloneNode(true);
	copy.querySelectorAll("details").forEach((peek) => peek.remove());
	copy.querySelectorAll(".ref code").forEach((quoted) => quoted.replaceWith(`[[${quoted.textContent}]]`));
	copy.querySelectorAll(".ref").forEach((ref) => ref.replaceWith(`<<${ref.textContent.slice(1, -1)}>>`));
	return [...copy.children].map((part) => part.textContent.replace(/\n?$/, "\n")).join("");
}

function setUpCopying() {
	if (!navigator.clipboard && !document.execCommand)
		return;
	for (const box of document.querySelectorAll(".code")) {
		let frame = box.closest(".chunk, .listing");
		if (!frame) {
			frame = element("div", "", "fenced-frame");
			box.replaceWith(frame);
			frame.append(box);
		}
		const button = element("button", "Copy", "copy");
		button.type = "button";
		button.addEventListener("click", async () => {
			button.textContent = await copy(codeText(box)) ? "Copied" : "Failed";
			setTimeout(() => { button.textContent = "Copy"; }, 1500);
		});
		frame.append(button);
	}
}

async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch (e) {
		const area = element("textarea");
		area.value = text;
		document.body.append(area);
		area.select();
		const done = document.execCommand("copy");
		area.remove();
		return done;
	}
}

function setUpKeys() {
	document.addEventListener("keydown", (event) => {
		const typing = event.target.closest("input, textarea, dialog");
		if (typing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
			return;
		const scrollable = event.target.closest("[tabindex='0']");
		if (event.key === "/") {
			event.preventDefault();
			document.dispatchEvent(new Event("book:search"));
		} else if (event.key === "ArrowLeft" && !scrollable) {
			document.querySelector("a[rel=prev]")?.click();
		} else if (event.key === "ArrowRight" && !scrollable) {
			document.querySelector("a[rel=next]")?.click();
		}
	});
}

/** Mark the current section in the list of sections. */
function setUpPosition() {
	const links = [...document.querySelectorAll("#contents .sections a")];
	const heads = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
	if (!links.length)
		return;
	const update = () => {
		const edge = innerHeight / 4;
		let here = -1;
		heads.forEach((head, i) => { if (head && head.getBoundingClientRect().top < edge) here = i; });
		links.forEach((link, i) => link.classList.toggle("here", i === here));
	};
	addEventListener("scroll", update, { passive: true });
	update();
	document.querySelector("#contents [aria-current]")?.scrollIntoView({ block: "nearest" });
}
