import type { Address } from 'viem'
import { parseGwei } from 'viem/utils'
import { z } from 'zod'
import { addressIn } from '#protocol/address.ts'

/** An address, in small letters, in capitals, or with its checksum. */
export const address = z.string().transform((text, context): Address => {
  const found = addressIn(text)
  if (found !== undefined) return found
  const [message, input] = ['an address of 0x and 40 hex digits, with the checksum of its capitals', text]
  context.addIssue({ code: 'custom', message, input })
  return z.NEVER
})
/** A file or folder. */
export const path = z.string().min(1, 'a path')
/** Texts. */
export const list = z.array(z.string().min(1))
/** An amount; of a file also in digits as text, since TOML counts to 2^63 only. */
export const wei = z
  .union([z.bigint(), z.int(), z.string().regex(/^\d+$/, 'a whole number of wei')])
  .transform((value) => BigInt(value))
  .refine((value) => value >= 0n && value < 2n ** 128n, 'a whole number of wei, below 2^128')
/** Wei in a gwei. */
export const GWEI = 10n ** 9n
/** An amount of gwei with up to nine decimals, as wei; of a file also as text, since TOML's fractions are binary. */
export const gwei = z
  .union([z.bigint(), z.number(), z.string()])
  .transform(String)
  .refine((text) => /^\d{1,9}(?:\.\d{1,9})?$/.test(text), 'gwei, with nine decimals at most')
  .transform((text) => parseGwei(text))
  .refine((value) => value > 0n, 'more than 0 gwei')
/** A whole number within bounds, both included. */
export const count = (min: number, max: number): z.ZodType<number> => z.coerce.number().pipe(z.int().min(min).max(max))
/** Where something is served. */
export const webUrl = z.url({ protocol: /^https?$/, error: 'an http or https URL' })
/** Where a signer is asked. A password in it would end in logs: a token has a file of its own. */
export const signerUrl = z.union(
  [
    webUrl.refine((url) => URL.canParse(url) && new URL(url).username === '' && new URL(url).password === ''),
    z.string().regex(/^unix:\/./),
  ],
  { error: 'an http or https URL without a password, or unix: and a path' },
)
/** Where a chain is reached: `agreement` of the endpoints must say the same. */
export type SourceRpc = { readonly urls: readonly string[]; readonly agreement: number }
/** By chain id. */
export type SourceEndpoints = ReadonlyMap<number, SourceRpc>
/** A table of the file, or `1=https://…` with commas between them. */
export const endpoints = z
  .preprocess(
    (value) => (Array.isArray(value) ? Object.fromEntries(value.map(halves)) : value),
    z.record(z.string().regex(/^[1-9]\d{0,15}$/, 'a chain id'), webUrl, 'a table of chain id = endpoint'),
  )
  .transform((table) => new Map(Object.entries(table).map(([chainId, url]) => [Number(chainId), url])))
/** True or false. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])

/** `1=https://…` as a pair. */
function halves(text: unknown): [string, string] {
  const [, chainId = '', url = ''] = /^([^=]*)=(.*)$/.exec(String(text)) ?? []
  return [chainId, url]
}
