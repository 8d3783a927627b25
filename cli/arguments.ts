import { InvalidArgumentError } from 'commander'
import { type Address, type Hex, isAddress, isHex, parseUnits } from 'viem'
import { majorityOf, repeatedIn } from '#node/majority'
import { addressIn } from '#protocol/address.ts'
import { DecimalError, parseValue } from '#protocol/decimal.ts'
import { InputError } from './errors.ts'
import { ETHER, type Token } from './format.ts'

/** An amount as it was typed: what a unit means is known only once the bond token is. */
export type Amount = { readonly text: string; readonly digits: string; readonly unit: string | undefined }

/** Decimals of the units of ETH. */
const ETHER_UNITS: Readonly<Record<string, number>> = { eth: 18, ether: 18, weth: 18, gwei: 9, wei: 0 }

/** Reads `25 eth`, `0.1`, `500gwei`. */
export function amount(text: string): Amount {
  const [, digits, unit] = /^(\d{1,30}(?:\.\d{1,30})?)\s*([A-Za-z][\w.-]{0,19})?$/.exec(text.trim()) ?? []
  if (digits === undefined) throw new InvalidArgumentError(`Expected an amount such as 0.1eth, got "${text}".`)
  return { text, digits, unit: unit?.toLowerCase() }
}

/** Reads an amount, or the one word that stands for as much as there is. */
export function amountOr<T extends string>(word: T): (text: string) => Amount | T {
  return (text) => {
    if (text === word) return word
    try {
      return amount(text)
    } catch {
      throw new InvalidArgumentError(`Expected an amount such as 0.05eth, or "${word}", got "${text}".`)
    }
  }
}

/** The amount in base units (wei) of the token; without a unit it counts whole tokens. Throws InputError. */
export function baseUnits({ text, digits, unit }: Amount, token: Token): bigint {
  const named = token.isWeth ? ETHER_UNITS : { [token.symbol.toLowerCase()]: token.decimals, wei: 0 }
  const decimals = unit === undefined ? token.decimals : named[unit]
  if (decimals === undefined) {
    const units = Object.keys(named).join(', ')
    throw new InputError(`Expected an amount in ${units}, got "${text}".`, `It is counted in ${token.symbol}.`)
  }
  const fraction = digits.split('.')[1] ?? ''
  if (fraction.length > decimals) {
    throw new InputError(`Expected at most ${decimals} digits after the point, got "${text}".`, 'Round it.')
  }
  return parseUnits(digits, decimals)
}

/** An amount of ETH, wei: `0.1`, `0.1eth`, `5gwei`. */
export function ether(text: string): bigint {
  try {
    return baseUnits(amount(text), ETHER)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError || error instanceof InputError)) throw error
    throw new InvalidArgumentError(`Expected ETH such as 0.1, got "${text}".`)
  }
}

/** What a unit of gas costs, wei: `2gwei`. A bare number could be meant either way and is refused. */
export function gasPrice(text: string): bigint {
  if (!/[a-z]\s*$/i.test(text)) throw new InvalidArgumentError(`Expected a gas price such as 2gwei, got "${text}".`)
  return ether(text)
}

/** An amount, wei, that counts gwei without a unit: `500`, `0.5`, `500gwei`. */
export function gwei(text: string): bigint {
  return ether(/[a-z]\s*$/i.test(text) ? text : `${text}gwei`)
}

/** A share or rate in ppm: `95`, `99.5%`, `-20`. */
export function percent(text: string): bigint {
  const [, sign, units = '', fraction = ''] = /^(-?)(\d{1,6})(?:\.(\d{1,4}))?\s*%?$/.exec(text.trim()) ?? []
  if (units === '') throw new InvalidArgumentError(`Expected a percentage such as 99.5, got "${text}".`)
  const ppm = BigInt(`${units}${fraction.padEnd(4, '0')}`)
  return sign === '-' ? -ppm : ppm
}

/** An index value in index units, or the word INVALID: 1e18-scaled. */
export function indexValue(text: string): bigint {
  try {
    return parseValue(text)
  } catch (error) {
    if (!(error instanceof DecimalError)) throw error
    throw new InvalidArgumentError(`Expected ${error.want}, or INVALID, got "${text}".`)
  }
}

/** An address, in its checksummed form; one whose checksum is wrong has a digit that is. */
export function address(text: string): Address {
  const found = addressIn(text)
  if (found !== undefined) return found
  const want = isAddress(text, { strict: false }) ? 'an address whose checksum is right' : 'an address'
  throw new InvalidArgumentError(`Expected ${want}, got "${text}".`)
}

/** Addresses with commas between them. */
export function addresses(text: string): Address[] {
  return listOf(text, address)
}

/** A fixing's or an index's id. */
export function hash(text: string): Hex {
  if (!isHex(text) || text.length !== 66) throw new InvalidArgumentError(`Expected 32 bytes of hex, got "${text}".`)
  return `0x${text.slice(2).toLowerCase()}`
}

/** Ids with commas between them. */
export function hashes(text: string): Hex[] {
  return listOf(text, hash)
}

function listOf<T>(text: string, parse: (part: string) => T): T[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => parse(part.trim()))
}

/** A block's number. */
export function block(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError(`Expected a block number, got "${text}".`)
  return BigInt(text)
}

/** A whole number below 1e9. */
export function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError(`Expected a whole number, got "${text}".`)
  return Number(text)
}

/** A whole number from 1 to 999 999 999. */
export function positive(text: string): number {
  const count = whole(text)
  if (count === 0) throw new InvalidArgumentError('Expected at least 1, got 0.')
  return count
}

/** A TCP port; 0 = any. */
export function port(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(number <= 65_535)) throw new InvalidArgumentError(`Expected a port from 0 to 65535, got "${text}".`)
  return number
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, min: 60, h: 3_600, d: 86_400 }

/** A length of time in seconds. */
export function duration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,9})\s*(s|min|h|d)?$/.exec(text) ?? []
  const seconds = UNIT_SECONDS[unit]
  if (count === undefined || seconds === undefined) {
    throw new InvalidArgumentError(`Expected a time such as 600s, 24h or 30d, got "${text}".`)
  }
  return Number(count) * seconds
}

/** An instant: Unix seconds, or ISO 8601 with its zone, such as 2025-03-28T08:00Z. */
export function instant(text: string): bigint {
  const want = 'Unix seconds, or UTC such as 2025-03-28T08:00Z'
  if (/^\d{1,12}$/.test(text)) return BigInt(text)
  const isWritten = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.0+)?(Z| UTC|[+-]\d\d:\d\d)$/.test(text)
  const milliseconds = isWritten ? Date.parse(text.replace(' UTC', 'Z').replace(' ', 'T')) : Number.NaN
  if (!(milliseconds >= 0)) throw new InvalidArgumentError(`Expected ${want}, got "${text}".`)
  return BigInt(milliseconds / 1000)
}

/** Endpoints of the chains that sources read, by chain id. */
export type Endpoints = ReadonlyMap<number, { readonly urls: readonly string[]; readonly agreement: number }>

/** `1=https://…`, added to those before. */
export function sourceEndpoint(text: string, others: Endpoints): Endpoints {
  const [, chainId = '', url = ''] = /^([1-9]\d{0,15})=(https?:\/\/\S+)$/.exec(text) ?? []
  if (url === '') throw new InvalidArgumentError(`Expected an endpoint such as 1=https://…, got "${text}".`)
  const before = others.get(Number(chainId))?.urls ?? []
  const urls = repeatedIn([...before, url]) === undefined ? [...before, url] : before
  return new Map([...others, [Number(chainId), { urls, agreement: majorityOf(urls.length) }]])
}
