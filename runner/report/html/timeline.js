/** Draws the timelines: only what is in view, on a canvas, so that ten thousand marks move as fast as ten. */

const rowPx = 16;
const axisPx = 20;
const namePx = 96;

class Timeline {
	constructor(box) {
		this.canvas = box.querySelector('canvas');
		this.tip = box.querySelector('.tip');
		this.idle = this.tip.textContent;
		this.lanes = JSON.parse(box.dataset.timeline).lanes;
		this.marks = this.lanes.flatMap(({ marks }, lane) => marks.map((mark) => ({ mark, lane }))).sort((a, b) => a.mark[0] - b.mark[0]);
		const from = Math.min(...this.lanes.map(({ marks }) => marks.reduce((least, [at]) => Math.min(least, at), Infinity)));
		const to = Math.max(...this.lanes.map(({ marks }) => marks.reduce((most, [, at]) => Math.max(most, at), -Infinity)));
		const margin = Math.max((to - from) * 0.02, 0.0005);
		this.whole = [from - margin, to + margin];
		this.view = [...this.whole];
		this.at = -1;
		this.canvas.style.height = `${this.lanes.length * rowPx + axisPx}px`;
		new ResizeObserver(() => this.draw()).observe(this.canvas);
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
		this.listen();
	}

	get width() {
		return this.canvas.clientWidth - namePx;
	}

	x(seconds) {
		return namePx + ((seconds - this.view[0]) / (this.view[1] - this.view[0])) * this.width;
	}

	seconds(x) {
		return this.view[0] + ((x - namePx) / this.width) * (this.view[1] - this.view[0]);
	}

	show(from, to) {
		const span = Math.min(Math.max(to - from, 0.000_02), this.whole[1] - this.whole[0]);
		const start = Math.min(Math.max(from, this.whole[0]), this.whole[1] - span);
		this.view = [start, start + span];
		this.draw();
	}

	zoom(factor, around) {
		this.show(around - (around - this.view[0]) * factor, around + (this.view[1] - around) * factor);
	}

	move(share) {
		const by = (this.view[1] - this.view[0]) * share;
		this.show(this.view[0] + by, this.view[1] + by);
	}

	select(at) {
		this.at = at;
		const chosen = this.marks[at];
		this.tip.textContent = chosen ? `${chosen.mark[0].toFixed(6)} s  ${chosen.mark[3]}` : this.idle;
		this.canvas.style.cursor = chosen?.mark[4] ? 'pointer' : '';
		this.draw();
	}

	step(by) {
		const at = Math.min(Math.max(this.at + by, 0), this.marks.length - 1);
		const { mark } = this.marks[at];
		const span = this.view[1] - this.view[0];
		if (mark[0] < this.view[0] || mark[0] > this.view[1]) this.show(mark[0] - span / 2, mark[0] + span / 2);
		this.select(at);
	}

	/** The mark under the pointer, or the nearest within a few pixels. */
	find(x, y) {
		const lane = Math.floor(y / rowPx);
		let best = -1;
		let least = 6;
		this.marks.forEach((one, index) => {
			if (one.lane !== lane) return;
			const [from, to] = [this.x(one.mark[0]), this.x(one.mark[1])];
			const away = x < from ? from - x : x > to ? x - to : 0;
			if (away < least) [best, least] = [index, away];
		});
		return best;
	}

	listen() {
		const { canvas } = this;
		let grip;
		canvas.addEventListener(
			'wheel',
			(event) => {
				// A wheel that nobody aimed at the picture scrolls the page.
				if (document.activeElement !== canvas && !event.ctrlKey) return;
				event.preventDefault();
				this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.seconds(event.offsetX));
			},
			{ passive: false },
		);
		canvas.addEventListener('pointerdown', (event) => {
			grip = { x: event.offsetX, view: [...this.view], moved: false };
			canvas.setPointerCapture(event.pointerId);
		});
		canvas.addEventListener('pointermove', (event) => {
			if (!grip) return this.select(this.find(event.offsetX, event.offsetY));
			if (Math.abs(event.offsetX - grip.x) > 3) grip.moved = true;
			const by = ((grip.x - event.offsetX) / this.width) * (grip.view[1] - grip.view[0]);
			if (grip.moved) this.show(grip.view[0] + by, grip.view[1] + by);
		});
		canvas.addEventListener('pointerup', () => {
			if (grip && !grip.moved) this.follow();
			grip = undefined;
		});
		canvas.addEventListener('dblclick', (event) => this.zoom(0.25, this.seconds(event.offsetX)));
		canvas.addEventListener('keydown', (event) => {
			if (event.ctrlKey || event.metaKey || event.altKey) return;
			const centre = this.marks[this.at]?.mark[0] ?? (this.view[0] + this.view[1]) / 2;
			const act = {
				ArrowLeft: () => this.move(-0.2),
				ArrowRight: () => this.move(0.2),
				ArrowUp: () => this.zoom(0.5, centre),
				ArrowDown: () => this.zoom(2, centre),
				'+': () => this.zoom(0.5, centre),
				'=': () => this.zoom(0.5, centre),
				'-': () => this.zoom(2, centre),
				0: () => this.show(...this.whole),
				n: () => this.step(1),
				p: () => this.step(-1),
				Enter: () => this.follow(),
			}[event.key];
			if (!act) return;
			event.preventDefault();
			event.stopPropagation();
			act();
		});
	}

	follow() {
		const href = this.marks[this.at]?.mark[4];
		if (href) location.hash = href;
	}

	draw() {
		const { canvas } = this;
		const [width, height] = [canvas.clientWidth, canvas.clientHeight];
		if (width === 0) return;
		canvas.width = width * devicePixelRatio;
		canvas.height = height * devicePixelRatio;
		const pen = canvas.getContext('2d');
		pen.scale(devicePixelRatio, devicePixelRatio);
		const style = getComputedStyle(canvas);
		const colors = {};
		const color = (name) => (colors[name] ??= style.getPropertyValue(`--${name}`));
		pen.font = `11px ${style.getPropertyValue('--mono')}`;
		pen.textBaseline = 'middle';
		this.drawAxis(pen, color, height);
		this.lanes.forEach(({ name, marks }, lane) => {
			const y = lane * rowPx;
			pen.fillStyle = color('dim');
			pen.fillText(name, 0, y + rowPx / 2);
			let drawn = -1;
			for (const [from, to, kind] of marks) {
				if (to < this.view[0] || from > this.view[1]) continue;
				const left = Math.max(this.x(from), namePx);
				const right = Math.min(Math.max(this.x(to), left + 2), width);
				// What falls on one pixel is drawn once, unless it is bad.
				if (right <= drawn && (kind === 'PASS' || kind === 'ink' || kind === 'dim')) continue;
				drawn = right;
				pen.fillStyle = color(kind);
				pen.fillRect(left, y + 3, right - left > 3 ? right - left - 1 : right - left, rowPx - 5);
			}
		});
		const chosen = this.marks[this.at];
		if (!chosen) return;
		pen.strokeStyle = color('link');
		pen.lineWidth = 2;
		const left = this.x(chosen.mark[0]);
		if (left >= namePx) pen.strokeRect(left - 2, chosen.lane * rowPx + 1, Math.max(this.x(chosen.mark[1]) - left, 2) + 4, rowPx - 2);
	}

	drawAxis(pen, color, height) {
		const span = this.view[1] - this.view[0];
		const rough = span / Math.max(2, this.width / 110);
		const power = 10 ** Math.floor(Math.log10(rough));
		const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
		const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
		pen.strokeStyle = color('line');
		pen.fillStyle = color('dim');
		for (let n = Math.ceil(this.view[0] / step); n * step <= this.view[1]; n++) {
			const x = Math.round(this.x(n * step)) + 0.5;
			pen.beginPath();
			pen.moveTo(x, 0);
			pen.lineTo(x, height - axisPx + 4);
			pen.stroke();
			if (x < namePx + this.width - 40) pen.fillText(`${(n * step).toFixed(digits)} s`, x + 3, height - axisPx / 2 + 2);
		}
	}
}

const drawnTimelines = new WeakSet();

/** Starts the timelines that can be seen; the others wait until somebody opens what they are in. */
function startTimelines() {
	for (const box of document.querySelectorAll('.timeline')) {
		if (drawnTimelines.has(box) || box.getClientRects().length === 0) continue;
		drawnTimelines.add(box);
		new Timeline(box);
	}
}

// After report.js has unfolded what was opened.
document.addEventListener('toggle', () => requestAnimationFrame(startTimelines), true);
startTimelines();
