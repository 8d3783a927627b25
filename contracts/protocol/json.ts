/** What `text` says as JSON; undefined if it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The first name that an object in `text`, which is JSON, has twice; undefined if all are unique, as RFC 8785 wants them. */
export function repeatedName(text: string): string | undefined {
  const open: Set<string>[] = []
  for (const [token, quoted] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set())
    if (token === '}') open.pop()
    if (quoted === undefined) continue
    // Escapes may write one name in two ways.
    const name = String(JSON.parse(quoted))
    if (open.at(-1)?.has(name) === true) return name
    open.at(-1)?.add(name)
  }
  return undefined
}
