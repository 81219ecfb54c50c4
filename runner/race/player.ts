/** Plays a schedule in a live machine: breakpoints where its points are, vCPUs held and let go as the play says. */

import type { RaceStep } from '../model/race.ts';
import type { KernelObjects } from '../parse/symbolize.ts';
import { deferred, withDeadline } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import type { GdbStub } from '../vm/gdb-stub.ts';
import { guestEnv, type Machine } from '../vm/machine.ts';
import { preparationScript, stepsDir, syncMark } from './guest.ts';
import { type Jiffies, openJiffies } from './jiffies.ts';
import { createPlay, type Play, type Wanted } from './play.ts';
import { holdsFor, isActor, type Sighting } from './point.ts';
import type { Schedule } from './schedule.ts';
import { describeStand, type Standing } from './standing.ts';
import { parseSections, readSymbols, type Symbols, sectionsScript } from './symbols.ts';
import { openTasks, type Tasks } from './tasks.ts';

export interface Played {
	readonly steps: readonly RaceStep[];
	/** Guest time, in ms since the mark `syncMark` of the trace, for each step that began: holds stop no clock, but the player does. */
	readonly guestMs: readonly (number | undefined)[];
	/** Of a sweep: a step that did not come proves nothing, and takes nothing away. */
	readonly isOptional?: boolean;
}

/** A schedule under way; `finish` when the case is over, whatever became of the machine. */
export interface Race {
	readonly finish: () => Promise<Played>;
}

const prepareMs = 20_000;

/**
 * Pins the guest's programs to CPU 0, sets the breakpoints and begins to play. Modules must be loaded. Throws a UserError for a
 * function that is not there, an InfraError when the stub does not work.
 */
export async function startRace(machine: Machine, schedule: Schedule, objects: KernelObjects, signal: AbortSignal): Promise<Race> {
	const run = (script: string) =>
		machine.exec({ argv: ['/bin/sh', '-c', script], env: guestEnv, timeoutMs: prepareMs * machine.timeoutScale, signal });
	const sections = parseSections((await run(sectionsScript)).stdout);
	const symbols = await readSymbols(objects, sections, signal);
	const places = await locateAll(schedule, symbols);
	const stub = await machine.openGdb(signal);
	try {
		const player = new Player(machine, stub, schedule, symbols, places, await openTasks(stub, symbols));
		await player.begin(() => run(preparationScript(schedule)));
		return player;
	} catch (error) {
		await stub[Symbol.asyncDispose]();
		throw error;
	}
}

interface Places {
	/** By the text of a sentence. */
	readonly byText: ReadonlyMap<string, bigint>;
	/** Where a program writes to trace_marker: its buffer is the second argument, its length the third. */
	readonly markWrite: bigint;
}

async function locateAll(schedule: Schedule, symbols: Symbols): Promise<Places> {
	const byText = new Map<string, bigint>();
	for (const step of schedule.play)
		for (const { text, point } of [step.when, step.after, step.until ?? []].flat().filter((one) => one !== undefined))
			if (point.kind === 'reach' || point.kind === 'leave') byText.set(text, await symbols.locate(point.place));
	return { byText, markWrite: await symbols.locate({ function: 'tracing_mark_write', offset: 0 }) };
}

/** A call that is to return: where to, and the stack pointer then, which no other task has. */
interface Return {
	readonly wanted: Wanted;
	readonly address: bigint;
	readonly rsp: bigint;
}

class Player implements Race {
	readonly #machine: Machine;
	readonly #stub: GdbStub;
	readonly #schedule: Schedule;
	readonly #symbols: Symbols;
	readonly #places: Places;
	readonly #tasks: Tasks;
	readonly #play: Play;
	/** By thread: the breakpoint it stands at, of which the play knows. */
	readonly #known = new Map<number, bigint>();
	#returns: Return[] = [];
	#wake = deferred<void>();
	#isEnding = false;
	#hasSynced = false;
	readonly #synced = deferred<void>();
	/** The guest's own clock, from the mark on. */
	#jiffies: Jiffies | undefined;
	/** Guest time in ms, finer than its ticks: while vCPUs run, it does. */
	#guestNowMs = 0;
	#zeroMs = performance.now();
	readonly #guestMs: (number | undefined)[] = [];
	readonly #stood = new Map<number, readonly string[]>();
	#loop: Promise<void> = Promise.resolve();

	constructor(machine: Machine, stub: GdbStub, schedule: Schedule, symbols: Symbols, places: Places, tasks: Tasks) {
		this.#machine = machine;
		this.#stub = stub;
		this.#schedule = schedule;
		this.#symbols = symbols;
		this.#places = places;
		this.#tasks = tasks;
		this.#play = createPlay(schedule);
	}

	/** Resolves when the guest is prepared and the play has begun. */
	async begin(prepare: () => Promise<unknown>): Promise<void> {
		const untap = this.#machine.console.tapLines((line) => this.#hear(line));
		this.#loop = this.#run().finally(untap);
		this.#loop.catch((error: unknown) => this.#synced.reject(error));
		await Promise.all([
			prepare(),
			withDeadline(this.#synced.promise, prepareMs * this.#machine.timeoutScale, 'the mark of a race in the guest'),
		]);
	}

	async finish(): Promise<Played> {
		this.#isEnding = true;
		this.#wake.resolve();
		try {
			await this.#loop;
		} catch (error) {
			// The machine is gone; how that came about is told by whoever watches it.
			if (!(error instanceof InfraError)) throw error;
		}
		this.#play.end(this.#now());
		const steps = this.#play.steps().map((step, index) => {
			const stood = this.#stood.get(index);
			return stood ? { ...step, stood } : step;
		});
		return { steps, guestMs: this.#guestMs };
	}

	#now(): number {
		return performance.now() - this.#zeroMs;
	}

	async #run(): Promise<void> {
		const stub = this.#stub;
		try {
			for (;;) {
				for (const index of this.#play.tick(this.#now())) {
					this.#stood.set(index, describeStand(await this.#lookAround(), index, this.#schedule));
					this.#play.giveUp(index, this.#now());
				}
				await this.#noteBeginnings();
				if (this.#isEnding || this.#play.isOver()) return;
				await this.#setBreakpoints();
				await this.#goOn();
				await this.#examine();
			}
		} finally {
			this.#play.end(this.#now());
			await stub[Symbol.asyncDispose]();
		}
	}

	/** Lets all run that are not held, until one reaches a breakpoint, a line is heard, or time is up. */
	async #goOn(): Promise<void> {
		const stub = this.#stub;
		const held = this.#play.held();
		const free = stub.threads.filter((thread) => !held.has(thread - 1));
		for (const thread of free) if (this.#known.has(thread)) await this.#stepOver(thread);
		if (free.length === 0) throw new InfraError('every CPU is held: nobody is left to run');
		const began = performance.now();
		const untilMs = this.#play.nextMs();
		let timer: NodeJS.Timeout | undefined;
		const timeUp = new Promise<void>((resolve) => {
			if (untilMs !== undefined) timer = setTimeout(resolve, Math.max(0, untilMs - this.#now()));
		});
		stub.resume(free);
		await Promise.race([stub.stopped, this.#wake.promise, timeUp]).finally(() => clearTimeout(timer));
		await stub.interrupt();
		this.#wake = deferred();
		if (this.#isEnding) this.#wake.resolve();
		this.#guestNowMs += performance.now() - began;
	}

	/** Over the breakpoint that the play knows of; a stop that was under way may come first. */
	async #stepOver(thread: number): Promise<void> {
		for (let attempt = 0; attempt < 8; attempt++) {
			await this.#stub.step(thread);
			if ((await this.#stub.registers(thread)).rip !== this.#known.get(thread)) break;
		}
		this.#known.delete(thread);
	}

	/** Tells the play of every vCPU that has come to a breakpoint: QEMU names one, and two may have. */
	async #examine(): Promise<void> {
		const held = this.#play.held();
		for (const thread of this.#stub.threads) {
			if (held.has(thread - 1)) continue;
			const { rip, rsp, args } = await this.#stub.registers(thread);
			if (!this.#stub.hasBreakpoint(rip)) continue;
			this.#known.set(thread, rip);
			const sighting: Sighting = { cpu: thread - 1, task: await this.#tasks.nameOf(thread), args };
			await this.#arrive(thread, rip, rsp, sighting);
		}
	}

	async #arrive(thread: number, rip: bigint, rsp: bigint, sighting: Sighting): Promise<void> {
		const occurrence = () => ({ atMs: this.#now(), cpu: sighting.cpu, task: sighting.task });
		for (const back of this.#returns.filter(({ address, rsp: at }) => address === rip && at === rsp)) {
			this.#returns = this.#returns.filter((one) => one !== back);
			this.#play.happen(back.wanted, occurrence());
		}
		const mark = rip === this.#places.markWrite ? await this.#readMark(thread, sighting) : undefined;
		if (mark === syncMark) await this.#sync();
		for (const wanted of this.#play.wanted()) {
			const { point, text } = wanted;
			if (point.kind === 'mark' && point.text === mark) this.#play.happen(wanted, occurrence());
			if ((point.kind !== 'reach' && point.kind !== 'leave') || this.#places.byText.get(text) !== rip) continue;
			const actor = this.#schedule.actors[point.actor];
			if (!this.#hasSynced || !isActor(actor, sighting) || !holdsFor(point.where, sighting.args) || !this.#play.visit(wanted)) continue;
			if (point.kind === 'reach') this.#play.happen(wanted, occurrence());
			else {
				const back = await this.#stub.readMemory(thread, rsp, 8);
				if (back) this.#returns.push({ wanted, address: back.readBigUInt64LE(), rsp: rsp + 8n });
			}
		}
	}

	/** The play's time begins with the guest's mark, which the trace shows too. */
	async #sync(): Promise<void> {
		this.#jiffies = await openJiffies(this.#stub, this.#symbols);
		this.#hasSynced = true;
		this.#guestNowMs = 0;
		this.#zeroMs = performance.now();
		this.#synced.resolve();
	}

	/** On a loaded host the machine runs later, and shorter, than we let it: its own ticks say how far it came. */
	async #guestTime(): Promise<number> {
		const ticked = await this.#jiffies?.nowMs();
		if (ticked !== undefined) this.#guestNowMs = Math.max(ticked, Math.min(this.#guestNowMs, ticked + (this.#jiffies?.tickMs ?? 0)));
		return this.#guestNowMs;
	}

	async #readMark(thread: number, { args }: Sighting): Promise<string | undefined> {
		const [, buffer = 0n, length = 0n] = args;
		const text = await this.#stub.readMemory(thread, buffer, Number(length < 200n ? length : 200n));
		return text?.toString('latin1').trimEnd();
	}

	async #setBreakpoints(): Promise<void> {
		const wanted = this.#play.wanted();
		const addresses = new Set(wanted.flatMap(({ text }) => this.#places.byText.get(text) ?? []));
		for (const { address } of this.#returns) addresses.add(address);
		if (!this.#hasSynced || wanted.some(({ point }) => point.kind === 'mark')) addresses.add(this.#places.markWrite);
		await this.#stub.setBreakpoints(addresses);
	}

	#hear(line: string): void {
		for (const wanted of this.#play.wanted())
			if (wanted.point.kind === 'console' && line.includes(wanted.point.text)) {
				this.#play.happen(wanted, { atMs: this.#now() });
				this.#wake.resolve();
			}
	}

	/** The guest is told of steps that have begun; it hears of them when it runs again. */
	async #noteBeginnings(): Promise<void> {
		for (const [index, { beganMs, leap, hold, cpu }] of this.#play.steps().entries()) {
			if (beganMs === undefined || this.#guestMs[index] !== undefined) continue;
			this.#guestMs[index] = await this.#guestTime();
			if (leap !== undefined) await this.#jiffies?.leap(leap);
			// A machine that ends meanwhile needs no news.
			this.#machine.agent.push(`${stepsDir}/${index + 1}`, hold === undefined ? '' : `${cpu}\n`).catch(() => {});
		}
	}

	async #lookAround(): Promise<Standing[]> {
		const held = this.#play.held();
		const standing: Standing[] = [];
		for (const thread of this.#stub.threads) {
			const { rip } = await this.#stub.registers(thread);
			const task = await this.#tasks.nameOf(thread);
			standing.push({ cpu: thread - 1, task, at: this.#symbols.describe(rip), isHeld: held.has(thread - 1) });
		}
		return standing;
	}
}
