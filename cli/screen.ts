import { stripVTControlCharacters } from 'node:util'
import type { Io } from './io.ts'

/** What is drawn in place: lines that give way where the screen has no room for all, a remark on how many did, and a foot that stays. */
export type Screenful = {
  readonly lines: readonly string[]
  readonly remark: (left: number) => string
  readonly foot: readonly string[]
}

/** A terminal on which lines are drawn in place, until Ctrl-C. */
export type Screen = {
  /** For whoever talks meanwhile: below what is drawn, where it does not scroll that away and is not cleared with it. */
  readonly talk: Io
  /** Draws the lines, and below them the newest of what was said; `remark` says how many find no room. */
  draw(lines: readonly string[], remark: Screenful['remark']): void
  /** Forgets what was said: it is over. */
  hush(): void
}

/** How many lines of what was said stay in sight. */
const SAID = 3

/** A screen on the terminal of `io`. */
export function openScreen(io: Io): Screen {
  let said: readonly string[] = []
  let isDrawn = false
  return {
    talk: {
      ...io,
      err(line) {
        // What was under way is over once something is drawn.
        if (!line.endsWith(' ...')) said = [...said, line].slice(-SAID)
        if (!isDrawn || io.isTalkAmongResults !== true) io.err(line)
      },
    },
    draw(lines, remark) {
      isDrawn = true
      io.redraw(fittedLines({ lines, remark, foot: ['', ...said, io.paint('quiet', 'Ctrl-C ends it.')] }, io))
    },
    hush() {
      said = []
    },
  }
}

/**
 * As many of the lines as the screen has room for, and its foot: of what scrolls off a copy would be left each time that it is drawn. A line
 * that is wider than the screen takes several of its rows, and the cursor has the last. All where the screen does not say how high it is.
 */
export function fittedLines(
  { lines, remark, foot }: Screenful,
  { columns, rows }: Pick<Io, 'columns' | 'rows'>,
): readonly string[] {
  const height = (shown: readonly string[]): number => shown.reduce((sum, line) => sum + rowsOf(line, columns), 0)
  if (rows === undefined || height([...lines, ...foot]) < rows) return [...lines, ...foot]
  let room = rows - 1 - height([remark(lines.length), ...foot])
  // Of a few rows the lines have the first, and nothing has more than there are.
  if (room < 0) return foot.length === 0 ? [] : fittedLines({ lines, remark, foot: [] }, { columns, rows })
  let end = 0
  for (const line of lines) {
    room -= rowsOf(line, columns)
    if (room < 0) break
    end += 1
  }
  return [...lines.slice(0, end), remark(lines.length - end), ...foot]
}

function rowsOf(line: string, columns: number | undefined): number {
  const { length } = stripVTControlCharacters(line)
  return columns === undefined ? 1 : Math.max(1, Math.ceil(length / columns))
}
