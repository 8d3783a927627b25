/**
 * What the RFC 6901 pointer names within `json`: "" is the whole, "/a/0" the first element of member a. Undefined if
 * there is no such thing. Inherited members do not count.
 */
export function pointTo(json: unknown, pointer: string): unknown {
  if (pointer === '') return json
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce(step, json)
}

function step(json: unknown, token: string): unknown {
  if (Array.isArray(json)) return /^(0|[1-9]\d*)$/.test(token) ? json[Number(token)] : undefined
  if (typeof json !== 'object' || json === null) return undefined
  const member: unknown = Object.getOwnPropertyDescriptor(json, token)?.value
  return member
}
