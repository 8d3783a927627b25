/** Says that a document is not to be edited, and what writes it. */
export const NOTICE = 'Written by `npm run docs:reference` from the code; a test compares. Do not edit.'

/** What a description says at its end of the value that is taken when none is given. */
export const DEFAULT = / \(default: ((?:[^()]|\([^()]*\))*)\)$/

/** The description without that. */
export function withoutDefault(description: string): string {
  return description.replace(DEFAULT, '')
}

/** A table, with a blank line after it. Bars in cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line), '']
}

/** `text` in backticks. */
export function code(text: string): string {
  return `\`${text}\``
}

/** The fragment that GitHub gives a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-')
}
