/** The arguments of a call whose first one begins at `start`, as source text. */
export function argumentsAt(text: string, start: number): string[] {
  const found: string[] = []
  let [depth, from, at] = [0, start, start]
  while (at < text.length) {
    const end = stringEnd(text, at)
    if (end !== undefined) {
      at = end
      continue
    }
    const sign = text[at] ?? ''
    if ('([{'.includes(sign)) depth += 1
    if (')]}'.includes(sign) && depth === 0) break
    if (')]}'.includes(sign)) depth -= 1
    if (sign === ',' && depth === 0) {
      found.push(text.slice(from, at).trim())
      from = at + 1
    }
    at += 1
  }
  const last = text.slice(from, at).trim()
  return last === '' ? found : [...found, last]
}

/** What a string expression says: literals and templates put together, with what varies named in ‹›. */
export function shownText(expression: string): string {
  const literals = literalsOf(expression)
  return expression.includes('?') && !/^['"`]/.test(expression) ? literals.join(' Or: ') : literals.join('')
}

/** The strings in an expression, outermost ones only. */
export function literalsOf(expression: string): string[] {
  if (/^paste\([^]*\)$/.test(expression)) return [nameOf(expression)]
  const found: string[] = []
  for (let at = 0; at < expression.length; at += 1) {
    const end = stringEnd(expression, at)
    if (end === undefined) continue
    // What something is compared with is not said.
    if (!/[=!]==\s*$/.test(expression.slice(0, at))) found.push(spoken(expression.slice(at, end)))
    at = end - 1
  }
  return found
}

/** Where the string that begins at `at` ends; undefined if none does. */
function stringEnd(text: string, at: number): number | undefined {
  const mark = text[at] ?? ''
  if (!`'"\``.includes(mark) || mark === '') return undefined
  for (let next = at + 1; next < text.length; next += 1) {
    if (text[next] === '\\') next += 1
    else if (text[next] === mark) return next + 1
    else if (mark === '`' && text.startsWith('${', next)) next = braceEnd(text, next + 2)
  }
  return undefined
}

/** Where the brace that encloses `at` closes. */
function braceEnd(text: string, at: number): number {
  for (let [next, depth] = [at, 0]; next < text.length; next += 1) {
    const end = stringEnd(text, next)
    if (end !== undefined) next = end - 1
    else if (text[next] === '{') depth += 1
    else if (text[next] === '}' && depth === 0) return next
    else if (text[next] === '}') depth -= 1
  }
  return text.length
}

function spoken(literal: string): string {
  const inside = literal.slice(1, -1)
  if (!literal.startsWith('`')) return inside.replaceAll(/\\(.)/g, '$1')
  let text = ''
  for (let at = 0; at < inside.length; at += 1) {
    if (inside.startsWith('${', at)) {
      const end = braceEnd(inside, at + 2)
      text += nameOf(inside.slice(at + 2, end))
      at = end
    } else if (inside[at] === '\\') {
      text += inside[at + 1] ?? ''
      at += 1
    } else text += inside[at] ?? ''
  }
  return text
}

/** What an expression in a template is called: a command that it writes, the last of its path, or only that it varies. */
function nameOf(expression: string): string {
  if (expression.startsWith('paste(')) {
    const words = argumentsAt(expression, 'paste('.length).map((word) => literalsOf(word)[0] ?? nameOf(word))
    return `assize ${words.join(' ')}`
  }
  // How far an instant is from now is said with it.
  if (expression.startsWith('formatMoment(')) return nameOf(argumentsAt(expression, 'formatMoment('.length)[0] ?? '')
  const path = expression.replace(/^(?:\w+\()+/, '').replace(/\)*$/, '')
  const name = /^[\w.]+$/.test(path) ? path.split('.').at(-1) : undefined
  return name === undefined || /^\d/.test(name) ? '‹…›' : `‹${name}›`
}
