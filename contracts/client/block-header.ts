import { type Hex, isHex, keccak256, toRlp } from 'viem'
import type { Chain } from './chain.ts'
import { explained } from './errors.ts'

/** The fields of a header as JSON-RPC names them, in the order in which they are hashed. A chain has a beginning of them. */
const FIELDS = [
  ['parentHash', 'bytes'],
  ['sha3Uncles', 'bytes'],
  ['miner', 'bytes'],
  ['stateRoot', 'bytes'],
  ['transactionsRoot', 'bytes'],
  ['receiptsRoot', 'bytes'],
  ['logsBloom', 'bytes'],
  ['difficulty', 'number'],
  ['number', 'number'],
  ['gasLimit', 'number'],
  ['gasUsed', 'number'],
  ['timestamp', 'number'],
  ['extraData', 'bytes'],
  ['mixHash', 'bytes'],
  ['nonce', 'bytes'],
  ['baseFeePerGas', 'number'],
  ['withdrawalsRoot', 'bytes'],
  ['blobGasUsed', 'number'],
  ['excessBlobGas', 'number'],
  ['parentBeaconBlockRoot', 'bytes'],
  ['requestsHash', 'bytes'],
  ['blockAccessListHash', 'bytes'],
] as const

/**
 * The RLP of the header of block `number`, whose hash is the block's: what proves to a contract what the header says. Made of the
 * fields that are known here; if the chain's headers have others, by now, as `debug_getRawHeader` gives it. Throws
 * {@link HeaderUnknownError}, DeadRpcError.
 */
export async function readHeader(chain: Chain, number: bigint): Promise<Hex> {
  const block = await explained(chain.rpcUrl, 'eth_getBlockByNumber', () =>
    chain.publicClient.request({ method: 'eth_getBlockByNumber', params: [`0x${number.toString(16)}`, false] }),
  )
  if (block === null) throw new HeaderUnknownError(number, 'no such block')
  const named: Readonly<Record<string, unknown>> = { ...block }
  const header = encodeHeader(named)
  if (keccak256(header) === block.hash) return header
  const raw = await readRawHeader(chain, number)
  if (raw !== undefined && keccak256(raw) === block.hash) return raw
  throw new HeaderUnknownError(number, 'fields that do not hash to its hash')
}

/** Undefined where the endpoint does not serve it: few that are public do. */
async function readRawHeader({ publicClient }: Chain, number: bigint): Promise<Hex | undefined> {
  // viem knows no type of this method.
  const request: (call: { method: string; params: unknown[] }) => Promise<unknown> = publicClient.request as never
  try {
    const raw = await request({ method: 'debug_getRawHeader', params: [`0x${number.toString(16)}`] })
    return isHex(raw) ? raw : undefined
  } catch {
    return undefined
  }
}

/** The endpoint does not give the header of a block, or one of a form that is not known here. */
export class HeaderUnknownError extends Error {
  override readonly name = 'Client.HeaderUnknownError'
  readonly hint = 'Ask an endpoint that serves debug_getRawHeader, or give what one says: assize jury draw --header.'
  constructor(number: bigint, got: string) {
    super(`Expected the header of block ${number}, got ${got}.`)
  }
}

/** The RLP of a header's fields as JSON-RPC names them. */
export function encodeHeader(block: Readonly<Record<string, unknown>>): Hex {
  const fields: Hex[] = []
  for (const [name, kind] of FIELDS) {
    const field = block[name]
    if (!isHex(field)) break
    fields.push(kind === 'number' ? minimal(field) : field)
  }
  return toRlp(fields)
}

/** A number without leading zeros; zero is empty. */
function minimal(quantity: Hex): Hex {
  const digits = BigInt(quantity).toString(16)
  if (digits === '0') return '0x'
  return `0x${digits.length % 2 === 0 ? '' : '0'}${digits}`
}
