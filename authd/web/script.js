/* The one script of the pages. Everything works without it: it shows which
 * rules a new password meets while it is typed, prints and copies recovery
 * codes, and keeps a form from being sent twice. */
'use strict';
(function () {
	const id = (name) => document.getElementById(name);

	/* --- a form is sent once; one that answers with a file, again --- */
	const forms = Array.from(document.forms).filter(
	    (f) => !f.classList.contains('again'));
	for (const form of forms) {
		form.addEventListener('submit', (e) => {
			if (form.dataset.sent)
				e.preventDefault();
			form.dataset.sent = '1';
		});
	}
	window.addEventListener('pageshow', () => {
		for (const form of forms)
			delete form.dataset.sent;
	});

	/* --- the rules of a new password --- */
	const field = id('new'), again = id('again'), rules = id('new-hint');
	const state = id('new-state'), differ = id('again-state');
	let timer = 0, asked = 0;

	function say(where, text) {
		if (where.textContent !== text)
			where.textContent = text;
	}

	function mark(unmet) {
		let left = 0;

		for (const rule of rules.querySelectorAll('[data-rule]')) {
			const is = unmet && !unmet.includes(rule.dataset.rule);

			rule.classList.toggle('met', Boolean(is));
			rule.classList.toggle('unmet', Boolean(unmet && !is));
			left += unmet && !is ? 1 : 0;
		}
		if (!unmet)
			say(state, '');
		else if (left === 0)
			say(state, state.dataset.met);
		else
			say(state, state.dataset.left + left);
		state.classList.toggle('met', Boolean(unmet && left === 0));
	}

	async function ask() {
		const turn = ++asked, text = field.value;
		const body = new URLSearchParams({
			token: field.form.elements.token.value, new: text });

		if (text === '') {
			mark(null);
			return;
		}
		try {
			const answer = await fetch(rules.dataset.check, {
				method: 'POST', body: body.toString(),
				headers: { 'Content-Type':
				    'application/x-www-form-urlencoded' },
			});
			const said = answer.ok ? await answer.json() : null;

			if (turn === asked)
				mark(said && said.unmet);
		} catch (e) {
			/* the rules are told when it is sent */
			mark(null);
		}
	}

	function compare() {
		const is = again.value !== '' && again.value !== field.value &&
		    !field.value.startsWith(again.value);

		say(differ, is ? differ.dataset.differ : '');
	}

	if (field && rules && rules.dataset.check) {
		field.addEventListener('input', () => {
			clearTimeout(timer);
			timer = setTimeout(ask, 250);
			compare();
		});
		again.addEventListener('input', compare);
		again.addEventListener('blur', () => {
			say(differ, again.value !== '' &&
			    again.value !== field.value ?
			    differ.dataset.differ : '');
		});
		if (field.value !== '')
			ask();
	}
	const show = id('show');
	if (show) {
		show.closest('.choice').hidden = false;
		show.addEventListener('change', () => {
			for (const f of [field, again])
				f.type = show.checked ? 'text' : 'password';
		});
		/* a browser offers to keep a password, not a text */
		field.form.addEventListener('submit', () => {
			field.type = again.type = 'password';
		});
	}

	/* --- recovery codes --- */
	const print = id('print'), copy = id('copy'), codes = id('codes');
	/* reload and back ask for the page of codes, they send no form again */
	if (codes)
		history.replaceState(null, '', '/codes');
	if (print) {
		print.hidden = false;
		print.addEventListener('click', () => window.print());
	}
	if (copy && navigator.clipboard) {
		copy.hidden = false;
		copy.addEventListener('click', async () => {
			const text = Array.from(codes.querySelectorAll('li'),
			    (li) => li.textContent.trim()).join('\n');

			try {
				await navigator.clipboard.writeText(text);
				say(id('copied'), copy.dataset.done);
			} catch (e) {
				say(id('copied'), copy.dataset.failed);
			}
		});
	}
}());
