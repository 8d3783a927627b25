import { parseGwei } from 'viem/utils'
import { z } from 'zod'
import { repeatedIn } from './majority.ts'

/** A file or folder. */
export const path = z.string().min(1, 'a path')
const WEI = 'a whole number of wei below 2^128, in digits such as "100000000000000000" for 0.1 ether'
/** An amount; of a file also in digits as text, since TOML counts to 2^63 only. */
export const wei = z
  .union([z.bigint(), z.int(WEI), z.string().regex(/^\d+$/, WEI)], WEI)
  .transform((value) => BigInt(value))
  .refine((value) => value >= 0n && value < 2n ** 128n, WEI)
/** Wei in a gwei. */
export const GWEI = 10n ** 9n
/** An amount of gwei with up to nine decimals, as wei; of a file also as text, since TOML's fractions are binary. */
export const gwei = z
  .union([z.bigint(), z.number(), z.string()])
  .transform(String)
  .refine((text) => /^\d{1,9}(?:\.\d{1,9})?$/.test(text), 'gwei, with nine decimals at most')
  .transform((text) => parseGwei(text))
  .refine((value) => value > 0n, 'more than 0 gwei')
/** A whole number within bounds, both included: as a number, or in digits as text. Nothing else has one by itself. */
export const count = (min: number, max: number): z.ZodType<number> =>
  z
    .union([z.number(), z.bigint(), z.string().regex(/^\d+$/, 'a whole number')], 'a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
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
const ofOneChain = z
  .union([webUrl, z.array(webUrl).min(1, 'an endpoint').max(9)], 'an http or https URL, or a list of them')
  .transform((urls) => (typeof urls === 'string' ? [urls] : urls))
  .refine((urls) => repeatedIn(urls) === undefined, 'each endpoint once')
/** A table of the file, of an endpoint or several for each chain, or `1=https://…` with commas between them. */
export const endpoints = z
  .preprocess(
    (value) => (Array.isArray(value) ? tableOf(value) : value),
    z.record(z.string().regex(/^[1-9]\d{0,15}$/, 'a chain id'), ofOneChain, 'a table of chain id = endpoint'),
  )
  .transform((table) => new Map(Object.entries(table).map(([chainId, urls]) => [Number(chainId), urls])))
/** True or false. */
export const flag = z.union(
  [z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')],
  'true or false',
)

/** Each `1=https://…` with the others of its chain. */
function tableOf(texts: readonly unknown[]): Readonly<Record<string, readonly string[]>> {
  const table: Record<string, string[]> = {}
  for (const text of texts) {
    const [, chainId = '', url = ''] = /^([^=]*)=(.*)$/.exec(String(text)) ?? []
    table[chainId] = [...(table[chainId] ?? []), url]
  }
  return table
}
