/** What a link does to the bytes that pass it, either way. */
export type LinkWeather = {
  /** Of every chunk, milliseconds; then up to `jitterMs` more. Order is kept. */
  readonly delayMs: number
  readonly jitterMs: number
  /** Of a thousand chunks, how many are lost: TCP brings them after a pause, so a stall of `stallMs` at most. */
  readonly lossPerMille: number
  readonly stallMs: number
  /** Of a thousand chunks, how many end their connection. */
  readonly resetPerMille: number
}

/** One thing that the relay is told, a line of JSON on its stdin. */
export type RelayOrder =
  | { readonly kind: 'listen'; readonly host: string; readonly port: number; readonly to: Target; readonly link?: Link }
  | { readonly kind: 'weather'; readonly weather: LinkWeather }
  /** Who can reach whom: peers of one group. Links between groups carry nothing; `ends`: they are reset when they heal. */
  | { readonly kind: 'groups'; readonly groups: readonly (readonly number[])[]; readonly ends: boolean }

/** Where a connection goes on to: an address, or a socket in the file system, which belongs to no namespace. */
export type Target = { readonly host: string; readonly port: number } | { readonly path: string }

/** The two nodes that a link joins. */
export type Link = readonly [from: number, to: number]

/** What a link does at worst in a lab: a slow line over an ocean, with one loss in a hundred. */
export const FAR: LinkWeather = { delayMs: 60, jitterMs: 40, lossPerMille: 10, stallMs: 400, resetPerMille: 0 }
