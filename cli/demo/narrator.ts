import { formatTime } from '../format.ts'
import type { Io, Tone } from '../io.ts'

/** Tells the demo as it happens: on stdout, or on stderr where stdout is for the one JSON document. */
export type Narrator = {
  /** A new part of the story. */
  part(title: string): void
  /** One line, after the simulated time it happened at (Unix seconds). */
  at(time: bigint, text: string, tone?: Tone): void
  /** One line without a time. */
  say(text: string, tone?: Tone): void
  /** Several lines as they are. */
  block(text: string): void
}

export function narrate(io: Io, channel: 'out' | 'err'): Narrator {
  const write = (line: string): void => io[channel](line)
  return {
    part: (title) => write(`\n${io.paint('strong', title)}`),
    at: (time, text, tone = 'plain') => write(`  ${io.paint('quiet', formatTime(time))}  ${io.paint(tone, text)}`),
    say: (text, tone = 'plain') => write(`  ${io.paint(tone, text)}`),
    block: (text) => {
      for (const line of text.split('\n')) write(`  ${line}`)
    },
  }
}
