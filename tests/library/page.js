// SPDX-License-Identifier: GPL-2.0-only
// Usage: node page.js build/wasm/page.js
// The module for pages: two simulations told in turns, event by event.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const ccwsim = require(path.resolve(process.argv[2]));

const DRIVER = 1;
const PASSED = 1;

function load(module, text, seed) {
	return module.ccall('page_load', 'number',
			    ['string', 'number', 'string'], [text, seed, null]);
}

async function main() {
	const told = {};
	const module = await ccwsim({
		event: (page, text) => (told[page] ??= []).push(text),
	});
	const text = (name, page, ...rest) =>
		module.ccall(name, 'string', ['number', 'number'], [page, ...rest]);
	const story = fs.readFileSync('tests/scenarios/sense-id.ccw', 'utf8');
	const pages = [load(module, story, 0), load(module, story, 0)];
	const alone = load(module, story, 0);
	let busy = false;

	while (!pages.every(page => module._page_over(page)))
		for (const page of pages) {
			module._page_step(page);
			busy ||= text('page_state', page, DRIVER) === 'BUSY';
		}
	module._page_play(alone);
	assert(busy);
	for (const page of pages) {
		assert.strictEqual(module._page_verdict(page), PASSED);
		assert(told[page].length > 20);
		assert.deepStrictEqual(told[page], told[alone]);
	}
	assert.strictEqual(JSON.parse(told[alone][1]).what, 'bind');
	assert.match(told[alone].at(-1), /^PASS scenario: /);

	const wrong = load(module, 'scenario s\nvmm: opne\n', 0);
	assert.match(text('page_error', wrong), /^scenario:2:6: found 'opne'/);
	[...pages, alone, wrong].forEach(page => module._page_free(page));
	console.log('page.js: two simulations in turns tell what one tells alone');
}

main().catch(error => {
	console.error(String(error.stack).slice(0, 2000));
	process.exit(1);
});
