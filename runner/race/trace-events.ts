/** Events of a trace_pipe stream with who did them and when. */

export interface TraceEvent {
	readonly task: string;
	readonly pid: number;
	readonly cpu: number;
	/** The trace's own clock. */
	readonly seconds: number;
	readonly name: string;
	readonly text: string;
}

// "           mount-124     [001] ...1.    17.422135: fscache_active: c=00000002 UNUSE         r=1 a=0 c=0"
const eventLine = /^ *(.{0,64}?)-(\d+) +(?:\( *[\d-]+\) +)?\[(\d{3,4})\] +(?:\S+ +)?(\d+\.\d+): (\w+): ?(.*)$/;

/** All events of a stream, in its order; other lines are left out. */
export function parseTrace(stream: string): TraceEvent[] {
	const events: TraceEvent[] = [];
	for (const line of stream.split('\n')) {
		const [, task = '', pid, cpu, seconds, name = '', text = ''] = eventLine.exec(line) ?? [];
		if (pid === undefined) continue;
		events.push({ task, pid: Number(pid), cpu: Number(cpu), seconds: Number(seconds), name, text: text.replace(/ +/g, ' ').trim() });
	}
	return events;
}
