import { type Address, getAddress, type Hex, numberToHex } from 'viem'

/** The version byte every message starts with. */
export const WIRE_VERSION = 1

/** The kind byte that follows it. */
export const WIRE_KIND = { observation: 1, request: 2, partial: 3, presence: 4 } as const

/** Bytes of one EIP-712 word. */
export const WORD = 32

/** secp256k1's group order n (SEC 2, section 2.4.1). */
export const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** By character code; 255 for what is no hex digit. */
const HEX_DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase())
  return digit === -1 ? 255 : digit
})

/** Why a message was refused. Every code is a reason to reject, not to ignore: no honest encoder writes such bytes. */
export type WireFault =
  'length' | 'version' | 'kind' | 'dirty-bits' | 'zero-value' | 'signature-range' | 'high-s' | 'v' | 'point'

/** Writes `value`, an unsigned integer of `bits` at most, as a big-endian word at `offset`. Throws {@link WordRangeError}. */
export function writeWord(bytes: Uint8Array, offset: number, value: bigint, bits: number): void {
  if (value < 0n || value >> BigInt(bits) !== 0n) throw new WordRangeError(value, bits)
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, WORD)
  for (let i = 0; i < 4; i += 1) view.setBigUint64(i * 8, BigInt.asUintN(64, value >> BigInt(192 - 64 * i)))
}

/** Writes 32 bytes of hex at `offset`. Throws {@link WordFormatError} for any other length or character: nothing is padded. */
export function writeHexWord(bytes: Uint8Array, offset: number, hex: string): void {
  if (hex.length !== 2 + 2 * WORD || !hex.startsWith('0x')) throw new WordFormatError(hex)
  // Digit by digit: ten of these are written for every observation that is verified.
  for (let i = 0; i < WORD; i += 1) {
    const high = HEX_DIGITS[hex.charCodeAt(2 + 2 * i)] ?? 255
    const low = HEX_DIGITS[hex.charCodeAt(3 + 2 * i)] ?? 255
    if (high === 255 || low === 255) throw new WordFormatError(hex)
    bytes[offset + i] = (high << 4) | low
  }
}

/** Writes what {@link requireHeader} looks for. */
export function writeHeader(bytes: Uint8Array, kind: keyof typeof WIRE_KIND): void {
  bytes.set([WIRE_VERSION, WIRE_KIND[kind]])
}

/** Checks length, version and kind, in this order. Throws {@link WireError}. */
export function requireHeader(bytes: Uint8Array, kind: keyof typeof WIRE_KIND, length: number): void {
  if (bytes.length !== length) throw new WireError('length', `${length} bytes`, `${bytes.length}`)
  if (bytes[0] !== WIRE_VERSION) throw new WireError('version', `version ${WIRE_VERSION}`, `${bytes[0]}`)
  if (bytes[1] !== WIRE_KIND[kind]) throw new WireError('kind', `kind ${WIRE_KIND[kind]}`, `${bytes[1]}`)
}

/** Reads an unsigned integer of `bits` at most. Throws {@link WireError} for dirty high bits. */
export function readUint(bytes: Uint8Array, offset: number, bits: number): bigint {
  const value = readWord(bytes, offset)
  if (value >> BigInt(bits) !== 0n) throw new WireError('dirty-bits', `a number of ${bits} bits`, 'more')
  return value
}

/** Reads the big-endian word at `offset`. */
export function readWord(bytes: Uint8Array, offset: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, WORD)
  let value = 0n
  for (let i = 0; i < 4; i += 1) value = (value << 64n) | view.getBigUint64(i * 8)
  return value
}

const ZERO = '0'.charCodeAt(0)
const LETTER_X = 'x'.charCodeAt(0)
const DIGIT_CODES = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

/** Reads the 32 bytes at `offset` as hex. */
export function readHexWord(bytes: Uint8Array, offset: number): Hex {
  // In one piece: text that is put together digit by digit takes a kilobyte for as long as nobody looks at it.
  const codes: number[] = [ZERO, LETTER_X]
  for (let i = 0; i < WORD; i += 1) {
    const byte = bytes[offset + i] ?? 0
    codes.push(DIGIT_CODES[byte >> 4] ?? ZERO, DIGIT_CODES[byte & 15] ?? ZERO)
  }
  return String.fromCharCode(...codes) as Hex
}

/** Reads an address, a word of 160 bits, with its checksum. Throws {@link WireError} for dirty high bits. */
export function readAddress(bytes: Uint8Array, offset: number): Address {
  return getAddress(numberToHex(readUint(bytes, offset, 160), { size: 20 }))
}

/** Bytes that are not a canonical message. Match on `code`. */
export class WireError extends Error {
  override readonly name = 'Wire.WireError'
  readonly code: WireFault

  constructor(code: WireFault, want: string, got: string) {
    super(`Expected ${want}, got ${got}. Drop the message: its sender does not follow the wire format.`)
    this.code = code
  }
}

/** A number that its ABI type does not hold: nothing with it in can be signed or sent. */
export class WordRangeError extends Error {
  override readonly name = 'Wire.WordRangeError'
  readonly value: bigint
  readonly bits: number

  constructor(value: bigint, bits: number) {
    super(
      `Expected an unsigned integer of ${bits} bits, got ${value}. Values are scaled by 1e18, times are Unix seconds.`,
    )
    this.value = value
    this.bits = bits
  }
}

/** A text that is not 32 bytes of hex. */
export class WordFormatError extends Error {
  override readonly name = 'Wire.WordFormatError'
  readonly text: string

  constructor(text: string) {
    super(`Expected 32 bytes of hex, got ${JSON.stringify(text.slice(0, 80))}. Write all 64 digits after 0x.`)
    this.text = text
  }
}
