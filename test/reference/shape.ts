/** What stands at one place of documents of one kind. */
export type Field = {
  /** Such as `fixings[].id`. */
  readonly path: string
  /** Such as `address`, or `text or null`. */
  readonly is: string
  /** Whether it is in all of them wherever what it is in is. */
  readonly isAlways: boolean
}

type Seen = { readonly kinds: Set<string>; count: number }

/** The fields of documents of one kind, in their order, by what stands in them. */
export function shapeOf(documents: readonly unknown[]): Field[] {
  const seen = new Map<string, Seen>()
  for (const document of documents) note(seen, '', document)
  return fieldsBelow(seen, '')
}

/** Depth first, so that what is in a field follows it. */
function fieldsBelow(seen: ReadonlyMap<string, Seen>, parent: string): Field[] {
  const within = seen.get(parent)?.count ?? 0
  return [...seen].flatMap(([path, { kinds, count }]) => {
    if (path === '' || parentOf(path) !== parent) return []
    const isAlways = path.endsWith('[]') || count >= within
    return [{ path, is: [...simplified(kinds)].join(' or '), isAlways }, ...fieldsBelow(seen, path)]
  })
}

function note(seen: Map<string, Seen>, path: string, value: unknown): void {
  const here = seen.get(path) ?? { kinds: new Set<string>(), count: 0 }
  seen.set(path, here)
  here.count += 1
  here.kinds.add(kindOf(path, value))
  if (Array.isArray(value)) for (const element of value) note(seen, `${path}[]`, element)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) note(seen, path === '' ? key : `${path}.${key}`, inner)
  }
}

function parentOf(path: string): string {
  return path.endsWith('[]') ? path.slice(0, -2) : path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : ''
}

/** Fields that hold an index value, whole or not. */
const VALUES = /(?:^|[.\]])(?:value|leader|settlement|own|ownValue|standing|strike|recomputed|trueValue)$/

function kindOf(path: string, value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  if (typeof value !== 'string') return typeof value === 'boolean' ? 'true or false' : typeof value
  if (/^0x[\da-fA-F]{40}$/.test(value)) return 'address'
  if (/^0x[\da-f]{64}$/.test(value)) return '32 bytes in hex'
  if (/^0x[\da-f]*$/.test(value)) return 'hex'
  // As it was signed; no index is that large.
  if (/^observations\[\]\.(?:value|ownValue|recomputed)$/.test(path) && /^\d{18,}$/.test(value))
    return 'value times 1e18'
  if (VALUES.test(path) && /^\d+(?:\.\d+)?$|^INVALID$/.test(value)) return 'value'
  // Not any text, but the one that stands there in place of a number.
  if (path.endsWith('.openInterest') && value === 'unreadable') return '"unreadable"'
  if (/^-?\d+$/.test(value)) return 'whole number as text'
  return /^-?\d+\.\d+$/.test(value) ? 'decimal as text' : 'text'
}

/** A number that is whole by chance is a decimal; what may be any text is text. */
function simplified(kinds: ReadonlySet<string>): Set<string> {
  const left = new Set(kinds)
  if (left.has('decimal as text')) left.delete('whole number as text')
  if (left.has('text'))
    for (const kind of ['decimal as text', 'whole number as text', 'address', 'hex']) left.delete(kind)
  if (left.delete('null')) left.add('null')
  return left
}
