import { fstatSync, writeFileSync } from 'node:fs'
import { clearScreenDown, cursorTo } from 'node:readline'
import { inspect, styleText } from 'node:util'
import { printable } from '#protocol/printable.ts'

/** How a line is meant; shown as a colour where the terminal has them. */
export type Tone = 'plain' | 'strong' | 'good' | 'bad' | 'quiet'

/**
 * Where a command writes: results to `out`, talk to `err`. Of what is written a terminal obeys nothing but ends of lines, tabs and what `paint`
 * made: the rest is shown as {@link printable} shows it. Replaced in tests.
 */
export type Io = {
  /** Whether a person reads the results as they come: then they may be tables. */
  readonly isTerminal: boolean
  /** How many characters a line of the terminal has; undefined elsewhere, and where it does not say. */
  readonly columns?: number | undefined
  /** How many lines the screen of the terminal has; undefined elsewhere, and where it does not say. */
  readonly rows?: number | undefined
  /** Whether talk stands on the terminal of the results, where it is in the way of what is drawn in place. */
  readonly isTalkAmongResults?: boolean
  /** One line of result. */
  out(line: string): void
  /** One line of talk: progress, warnings, errors. */
  err(line: string): void
  /** Shows `lines`, fewer than `rows`, instead of what stands on the screen; only where `isTerminal`. */
  redraw(lines: readonly string[]): void
  /** `text` in the colour of `tone`, or as it is where there are no colours. */
  paint(tone: Tone, text: string): string
}

export type Streams = { readonly stdout: NodeJS.WritableStream; readonly stderr: NodeJS.WritableStream }

/** An {@link Io} that knows whether its results arrived. */
export type StreamIo = Io & {
  /** Why results could not be written, once all that could be is; undefined if they were, or their reader has left. */
  lost(): Promise<NodeJS.ErrnoException | undefined>
}

const STYLES = { strong: 'bold', good: 'green', bad: 'red', quiet: 'dim' } as const

/** Writes to the given streams. Colours only on a terminal without NO_COLOR. A closed pipe is not an error, nor is talk that is lost. */
export function streamIo(streams: Streams, env: Readonly<Record<string, string | undefined>>): StreamIo {
  const colours = isTerminal(streams.stdout) && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  let failure: NodeJS.ErrnoException | undefined
  const note = (error: NodeJS.ErrnoException): void => {
    // A reader such as `head` may leave early; what is left to say then has no listener.
    if (error.code !== 'EPIPE') failure ??= error
  }
  streams.stdout.on('error', note)
  streams.stderr.on('error', () => undefined)
  const write = wholeWriter(streams.stdout, note)
  const shown = (text: string): string => shownText(text, colours ? PAINTED : PLAIN)
  return {
    isTerminal: isTerminal(streams.stdout),
    isTalkAmongResults: isTerminal(streams.stdout) && isTerminal(streams.stderr),
    // Whoever drags a window changes it.
    get columns() {
      return sizeOf(streams.stdout, 'columns')
    },
    get rows() {
      return sizeOf(streams.stdout, 'rows')
    },
    out: (line) => write(`${shown(line)}\n`),
    err: (line) => void streams.stderr.write(`${shown(line)}\n`),
    redraw(lines) {
      cursorTo(streams.stdout, 0, 0)
      clearScreenDown(streams.stdout)
      streams.stdout.write(`${shown(lines.join('\n'))}\n`)
    },
    paint: (tone, text) =>
      colours && tone !== 'plain' ? styleText(STYLES[tone], text, { validateStream: false }) : text,
    async lost() {
      // Called back in order, and after the event of an error.
      await new Promise<void>((resolve) => streams.stdout.write('', () => setImmediate(resolve)))
      return failure
    },
  }
}

/** What a terminal may obey: ends of lines and tabs; where there are colours, also what paints. */
const PLAIN = /([\n\t])/
const CODES = Object.values(STYLES).flatMap((style) => inspect.colors[style] ?? [])
const PAINTED = new RegExp(`([\n\t]|\u001b\\[(?:${CODES.join('|')})m)`)

function shownText(text: string, obeyed: RegExp): string {
  // What was split at stands at every second place.
  const parts = text.split(obeyed)
  return parts.map((part, i) => (i % 2 === 1 ? part : printable(part))).join('')
}

/** Writes all of a text or notes why not. The stream of a file writes once, and takes a part that had room for all. */
function wholeWriter(
  stream: NodeJS.WritableStream,
  note: (error: NodeJS.ErrnoException) => void,
): (text: string) => void {
  const file = 'fd' in stream && typeof stream.fd === 'number' && fstatSync(stream.fd).isFile() ? stream.fd : undefined
  if (file === undefined) return (text) => void stream.write(text)
  return (text) => {
    try {
      writeFileSync(file, text)
    } catch (error) {
      note(error as NodeJS.ErrnoException) // the file system throws nothing else
    }
  }
}

function isTerminal(stream: NodeJS.WritableStream): boolean {
  return 'isTTY' in stream && stream.isTTY === true
}

function sizeOf(stream: NodeJS.WritableStream, side: 'columns' | 'rows'): number | undefined {
  const size: unknown = isTerminal(stream) ? Reflect.get(stream, side) : undefined
  return typeof size === 'number' && size > 0 ? size : undefined
}
