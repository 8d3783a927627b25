import type { Io } from './io.ts'

/**
 * A line as lines that the terminal has room for: what finds none goes on below what stands after the label. Without a known width, and where the
 * line holds a command, which is to be pasted whole, it stays one.
 */
export function wrapped(line: string, { columns }: Pick<Io, 'columns'>): string[] {
  if (columns === undefined || line.length <= columns || /\bassize [a-z]/.test(line)) return [line]
  const label = (/^ *\S+ {2,}/.exec(line) ?? /^ */.exec(line))?.[0] ?? ''
  const [first = '', ...words] = line.slice(label.length).split(' ')
  const lines = [label + first]
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`
    if (longer.length <= columns) lines.splice(-1, 1, longer)
    else lines.push(' '.repeat(label.length) + word)
  }
  return lines
}
