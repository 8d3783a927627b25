import { clearScreenDown, cursorTo } from 'node:readline'
import { styleText } from 'node:util'

/** How a line is meant; shown as a colour where the terminal has them. */
export type Tone = 'plain' | 'strong' | 'good' | 'bad' | 'quiet'

/** Where a command writes: results to `out`, talk to `err`. Replaced in tests. */
export type Io = {
  /** Whether a person reads the results as they come: then they may be tables. */
  readonly isTerminal: boolean
  /** One line of result. */
  out(line: string): void
  /** One line of talk: progress, warnings, errors. */
  err(line: string): void
  /** Shows `lines` instead of what stands on the screen; only where `isTerminal`. */
  redraw(lines: readonly string[]): void
  /** `text` in the colour of `tone`, or as it is where there are no colours. */
  paint(tone: Tone, text: string): string
}

export type Streams = { readonly stdout: NodeJS.WritableStream; readonly stderr: NodeJS.WritableStream }

const STYLES = { strong: 'bold', good: 'green', bad: 'red', quiet: 'dim' } as const

/** Writes to the given streams. Colours only on a terminal without NO_COLOR. A closed pipe is not an error. */
export function streamIo(streams: Streams, env: Readonly<Record<string, string | undefined>>): Io {
  const colours = isTerminal(streams.stdout) && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  // A reader such as `head` may leave early; what is left to say then has no listener.
  for (const stream of [streams.stdout, streams.stderr]) stream.on('error', () => undefined)
  return {
    isTerminal: isTerminal(streams.stdout),
    out: (line) => void streams.stdout.write(`${line}\n`),
    err: (line) => void streams.stderr.write(`${line}\n`),
    redraw(lines) {
      cursorTo(streams.stdout, 0, 0)
      clearScreenDown(streams.stdout)
      streams.stdout.write(`${lines.join('\n')}\n`)
    },
    paint: (tone, text) =>
      colours && tone !== 'plain' ? styleText(STYLES[tone], text, { validateStream: false }) : text,
  }
}

function isTerminal(stream: NodeJS.WritableStream): boolean {
  return 'isTTY' in stream && stream.isTTY === true
}
