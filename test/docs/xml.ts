const NAME = '[A-Za-z_][\\w.:-]*'
const ATTRIBUTE = `\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*')`
const TOKEN = new RegExp(
  `<!--(?:(?!--)[^])*-->|<\\?[^]*?\\?>|<(/)(${NAME})\\s*>|<(${NAME})((?:${ATTRIBUTE})*)\\s*(/?)>|[^<]+`,
  'y',
)
/** What an ampersand may begin. */
const REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/

/** Why a text is not one well-formed XML element with comments around it; undefined if it is. No DTD, no CDATA. */
export function xmlProblem(text: string): string | undefined {
  const open: string[] = []
  let roots = 0
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const [whole, isEnd, ended, started, attributes = '', isEmpty] = TOKEN.exec(text) ?? []
    if (whole === undefined) return `no markup at ${at}: ${text.slice(at, at + 30)}`
    if (REFERENCE.test(whole) && !whole.startsWith('<!--')) return `an unknown reference at ${at}`
    if (isEnd !== undefined && open.pop() !== ended) return `the end of ${ended} at ${at}, which is not the last begun`
    if (started !== undefined) {
      if (open.length === 0) roots += 1
      if (isEmpty === '') open.push(started)
      const names = [...attributes.matchAll(new RegExp(`(${NAME})\\s*=`, 'g'))].map(([, name]) => name)
      if (new Set(names).size < names.length) return `an attribute twice at ${at}`
    }
    if (open.length === 0 && !whole.startsWith('<') && whole.trim() !== '') return `text outside at ${at}`
  }
  if (open.length > 0) return `${open.at(-1)} does not end`
  return roots === 1 ? undefined : `${roots} elements instead of one`
}
