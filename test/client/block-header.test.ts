import { fromRlp, type Hex, keccak256, numberToHex, toRlp } from 'viem'
import { expect, test } from 'vitest'
import { encodeHeader, readHeader } from '#client/block-header.ts'
import { connectThrough } from '#client/chain.ts'

const NUMBER = 7n
const WORD: Hex = `0x${'11'.repeat(32)}`
/** A block of a chain whose headers end with a field that nobody here has heard of. */
const FIELDS = {
  parentHash: WORD,
  sha3Uncles: WORD,
  miner: `0x${'22'.repeat(20)}`,
  stateRoot: WORD,
  transactionsRoot: WORD,
  receiptsRoot: WORD,
  logsBloom: `0x${'00'.repeat(256)}`,
  difficulty: '0x0',
  number: numberToHex(NUMBER),
  gasLimit: '0x1c9c380',
  gasUsed: '0x0',
  timestamp: '0x64',
  extraData: '0x',
  mixHash: WORD,
  nonce: '0x0000000000000000',
  baseFeePerGas: '0x7',
  withdrawalsRoot: WORD,
  blobGasUsed: '0x0',
  excessBlobGas: '0x0',
  parentBeaconBlockRoot: WORD,
  requestsHash: WORD,
  blockAccessListHash: WORD,
} as const
const FUTURE: Hex = `0x${'33'.repeat(32)}`
const known = fromRlp(encodeHeader(FIELDS), 'hex') as Hex[] // a list of strings
const RAW = toRlp([...known, FUTURE])

/** What an endpoint says of the block; `debug`: what it says to debug_getRawHeader. */
async function read(hash: Hex, debug: () => unknown): Promise<Hex> {
  const provider = {
    async request({ method, params }: { method: string; params?: unknown }): Promise<unknown> {
      if (method === 'eth_chainId') return '0x1'
      expect(params).toEqual(expect.arrayContaining(['0x7']))
      return method === 'debug_getRawHeader' ? debug() : { ...FIELDS, futureHash: FUTURE, hash }
    },
  }
  const chain = await connectThrough({ provider })
  return readHeader(chain, NUMBER)
}

const refuse = (): never => {
  throw Object.assign(new Error('the method debug_getRawHeader does not exist'), { code: -32_601 })
}

test('a header with a field that is not known here is the one that the endpoint gives as it is', async () => {
  expect(await read(keccak256(RAW), () => RAW)).toBe(RAW)
})

test('a header of known fields takes nothing else', async () => {
  const header = encodeHeader(FIELDS)
  expect(await read(keccak256(header), refuse)).toBe(header)
})

test.each([
  ['the method is not served', refuse],
  ['it is of another block', () => toRlp([WORD])],
  ['it is no hex', () => ({})],
])('a header with an unknown field is not made up where %s', async (_, debug) => {
  await expect(read(keccak256(RAW), debug)).rejects.toMatchObject({ name: 'Client.HeaderUnknownError' })
})
