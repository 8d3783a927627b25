/** A file of the repository: its path from the root, with forward slashes, and what it contains. */
export type SourceFile = { readonly path: string; readonly text: string }

/** One broken rule, `line` counted from 1 (0: the file as a whole). */
export type Violation = { readonly path: string; readonly line: number; readonly rule: string }

/** A source without comments and with every string literal replaced by `"<n>"`, n its place in `strings`; lines kept. */
export type Code = {
  readonly text: string
  readonly strings: readonly string[]
  /** What was taken out, in order. */
  readonly comments: readonly string[]
}

/** After one of these (or at the start) a slash opens a regular expression; after anything else it divides. */
const BEFORE_REGEX = /(?:[=(,:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|await|yield|void|delete))\s*$/

/**
 * Takes comments, regular expressions and the contents of strings out of TypeScript or Solidity, so that a plain search
 * finds code only. What stands in `${}` of a template stays code. Newlines stay, so lines can be counted.
 */
export function codeOf(source: string): Code {
  const strings: string[] = []
  const comments: string[] = []
  let text = ''
  let at = 0
  const openTemplates: number[] = [] // the depth of braces at which each open `${` closes
  let depth = 0

  const keepNewlines = (from: number, to: number): string => source.slice(from, to).replaceAll(/[^\n]/g, '')
  const addString = (from: number, to: number): void => {
    strings.push(source.slice(from + 1, to - 1))
    text += `"${strings.length - 1}"${keepNewlines(from, to)}`
    at = to
  }
  const addTemplatePart = (from: number): void => {
    const { end, isOpen } = endOfTemplatePart(source, from)
    if (isOpen) {
      text += ` ${keepNewlines(from, end)}(`
      openTemplates.push(depth)
      at = end
    } else if (source[from] === '`') {
      addString(from, end)
    } else {
      text += `)${keepNewlines(from, end)}`
      at = end
    }
  }

  while (at < source.length) {
    const character = source[at] ?? ''
    const next = source[at + 1]
    if (character === '/' && (next === '/' || next === '*')) {
      const end = endOfComment(source, at)
      comments.push(source.slice(at, end))
      text += ` ${keepNewlines(at, end)}`
      at = end
    } else if (character === '"' || character === "'") addString(at, endOfString(source, at))
    else if (character === '`') addTemplatePart(at)
    else if (character === '}' && openTemplates.at(-1) === depth) {
      openTemplates.pop()
      addTemplatePart(at)
    } else if (character === '/' && (text.trim() === '' || BEFORE_REGEX.test(text.slice(-20)))) {
      at = endOfRegex(source, at)
      text += ' 0 '
    } else {
      if (character === '{') depth += 1
      if (character === '}') depth -= 1
      text += character
      at += 1
    }
  }
  return { text, strings, comments }
}

/** The line, counted from 1, of an offset into a `Code`'s text. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function endOfComment(source: string, from: number): number {
  const isLine = source[from + 1] === '/'
  const end = source.indexOf(isLine ? '\n' : '*/', from + 2)
  if (end === -1) return source.length
  return isLine ? end : end + 2
}

function endOfString(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1
    else if (source[at] === source[from]) return at + 1
  }
  return source.length
}

/** From a backtick or the brace that ends an expression, to behind the closing backtick or the next `${`. */
function endOfTemplatePart(source: string, from: number): { end: number; isOpen: boolean } {
  for (let at = from + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1
    else if (source[at] === '`') return { end: at + 1, isOpen: false }
    else if (source[at] === '$' && source[at + 1] === '{') return { end: at + 2, isOpen: true }
  }
  return { end: source.length, isOpen: false }
}

function endOfRegex(source: string, from: number): number {
  let isInClass = false
  for (let at = from + 1; at < source.length && source[at] !== '\n'; at += 1) {
    if (source[at] === '\\') at += 1
    else if (source[at] === '[') isInClass = true
    else if (source[at] === ']') isInClass = false
    else if (source[at] === '/' && !isInClass) return at + 1
  }
  return from + 1
}
