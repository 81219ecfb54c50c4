/** What report.html does by itself: filter the cases, copy a command, open what a link points to. */

const cases = [...document.querySelectorAll('.case')].map((element) => ({
	element,
	status: element.dataset.status,
	text: `${element.querySelector('summary').textContent} ${element.dataset.find}`.toLowerCase(),
}));
const filter = document.getElementById('filter');
const chips = [...document.querySelectorAll('.chip')];

function apply() {
	const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
	const wanted = new Set(chips.filter((chip) => chip.ariaPressed === 'true').map((chip) => chip.dataset.status));
	let shown = 0;
	for (const { element, status, text } of cases) {
		const isShown = (wanted.size === 0 || wanted.has(status)) && words.every((word) => text.includes(word));
		element.hidden = !isShown;
		if (isShown) shown++;
	}
	document.getElementById('shown').textContent = shown === cases.length ? '' : `${shown} of ${cases.length}`;
	document.getElementById('none').hidden = shown > 0 || cases.length === 0;
}

/** What is long waits as text until it is opened for the first time. */
function unfold(details) {
	const waiting = details.querySelector(':scope > script');
	if (!waiting) return;
	const content = document.createElement('template');
	content.innerHTML = waiting.textContent;
	waiting.replaceWith(content.content);
}

function openTarget() {
	const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
	if (!target?.classList.contains('case')) return;
	if (target.hidden) {
		filter.value = '';
		for (const chip of chips) chip.ariaPressed = 'false';
		apply();
	}
	unfold(target);
	target.open = true;
	target.scrollIntoView();
	target.querySelector('summary').focus({ preventScroll: true });
}

/** The next case that is shown, from the one that has the focus. */
function nextCase(by) {
	const shown = cases.filter(({ element }) => !element.hidden);
	const at = shown.findIndex(({ element }) => element.contains(document.activeElement));
	const next = shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : at + by];
	next?.element.querySelector('summary').focus();
	next?.element.scrollIntoView({ block: 'nearest' });
}

async function copy(button) {
	const code = button.parentElement.querySelector('code');
	try {
		await navigator.clipboard.writeText(code.textContent);
		button.textContent = 'copied';
	} catch {
		// A browser that keeps the clipboard from local files: select the text, so that one key copies it.
		getSelection().selectAllChildren(code);
		button.textContent = 'selected';
	}
	setTimeout(() => {
		button.textContent = 'copy';
	}, 1500);
}

document.addEventListener('click', (event) => {
	const button = event.target.closest('button');
	if (button?.classList.contains('copy')) copy(button);
	if (button?.classList.contains('chip')) {
		button.ariaPressed = button.ariaPressed === 'true' ? 'false' : 'true';
		apply();
	}
});
document.addEventListener('keydown', (event) => {
	const isTyping = event.target instanceof HTMLInputElement;
	if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
		event.preventDefault();
		filter.focus();
	}
	if (!isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
		if (event.key === 'j') nextCase(1);
		if (event.key === 'k') nextCase(-1);
	}
	if (event.key === 'Escape' && isTyping) {
		filter.value = '';
		apply();
		filter.blur();
	}
});
document.querySelector('.bar').addEventListener('submit', (event) => event.preventDefault());
// It does not bubble.
document.addEventListener('toggle', ({ target }) => unfold(target), true);
filter.addEventListener('input', apply);
addEventListener('hashchange', openTarget);
// A reload keeps what was typed.
apply();
openTarget();
