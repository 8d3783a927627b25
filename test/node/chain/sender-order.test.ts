import type { Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import type { Reception } from '#client/reception.ts'
import type { Call } from '#client/send.ts'
import type { Fate, NonceFate, Terms } from '../../../node/chain/port.ts'
import { createSender } from '../../../node/chain/sender.ts'
import type { Slot } from '../../../node/store/slot.ts'
import { OUTLOOK } from '../memories.ts'
import { keyOf, reporterKey } from '../reporters.ts'
import { CAPS } from './node-chain.ts'

const GWEI = 10n ** 9n
const GAS = 100_000n
const CALL: Call = { name: 'propose', to: keyOf('oracle').address, data: '0x' }
/** How long a transaction waits before it is replaced, seconds. */
const PATIENCE = 36n

/** A sender on a chain that says of its transactions what `world` does; `left` is what was broadcast, in order. */
function setUp() {
  const left: Hex[] = []
  const world: { fate: NonceFate; reception: Reception; balance: bigint } = {
    fate: { kind: 'open' },
    reception: 'taken',
    balance: OUTLOOK.balance,
  }
  const sender = createSender({
    wire: {
      outlook: async () => ({ ...OUTLOOK, balance: world.balance }),
      tryOut: async () => ({ kind: 'runs', estimate: GAS, limit: GAS }),
      refusal: async () => undefined,
      broadcast: async (raw) => (left.push(raw), world.reception),
      nonceFate: async () => world.fate,
    },
    chainId: 31_337,
    account: privateKeyToAccount(reporterKey(0).privateKey),
    caps: CAPS,
  })
  return { sender, left, world }
}

/** What stands in the way of a transaction, and where it is written down. */
function termsOf() {
  const slots: Slot[] = []
  const halt: { reason: string | undefined } = { reason: undefined }
  const terms: Terms = {
    record: async (slot) => void slots.push(slot),
    nonces: () => new Set(slots.map(({ nonce }) => nonce)),
    veto: () => halt.reason,
    standing: async () => undefined,
  }
  return { slots, halt, terms }
}

/** One that was sent at the time of the outlook, and the means to look after it. */
async function sent(maxGasCost?: bigint) {
  const life = { ...setUp(), ...termsOf() }
  const { sender, slots, terms } = life
  expect(await sender.send(CALL, { ...terms, maxGasCost })).toEqual({ kind: 'sent' })
  const pursue = (changes: Partial<typeof OUTLOOK>, record = terms.record): Promise<Fate> => {
    const slot = slots.at(-1)
    if (slot === undefined) throw new Error('nothing was written down')
    const { veto } = terms
    const outlook = { ...OUTLOOK, ...changes }
    return sender.pursue(slot, { record, veto, outlook, urgentTime: undefined, isNext: true })
  }
  return { ...life, pursue }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('two that are sent at once get two nonces, however long it takes to write them down', async () => {
  const { sender } = setUp()
  const { slots, terms } = termsOf()
  const record = async (slot: Slot): Promise<void> => {
    await settled()
    slots.push(slot)
  }
  await Promise.all([sender.send(CALL, { ...terms, record }), sender.send(CALL, { ...terms, record })])
  expect(slots.map(({ nonce }) => nonce)).toEqual([3, 4])
})

test('what is forbidden while it is written down does not leave, and is cancelled with the next look', async () => {
  const { sender, left } = setUp()
  const { slots, halt, terms } = termsOf()
  const record = async (slot: Slot): Promise<void> => {
    slots.push(slot)
    halt.reason = 'drill'
  }
  expect(await sender.send(CALL, { ...terms, record })).toEqual({ kind: 'sent' })
  expect([slots.length, left]).toEqual([1, []])
  const [slot] = slots
  if (slot === undefined) throw new Error('nothing was written down')
  await sender.pursue(slot, { ...terms, outlook: OUTLOOK, urgentTime: undefined, isNext: true })
  const versions = slots.at(-1)?.versions ?? []
  expect(versions.map(({ cancels }) => cancels)).toEqual([undefined, 'drill'])
  expect(left).toEqual([versions[1]?.raw])
})

test('a replacement leaves once it is written down, not before', async () => {
  const { pursue, left, slots } = await sent()
  const written = Promise.withResolvers<void>()
  const pursuing = pursue({ time: OUTLOOK.time + PATIENCE, number: OUTLOOK.number + 3n }, async (slot) => {
    await written.promise
    slots.push(slot)
  })
  await settled()
  expect(left).toHaveLength(1)
  written.resolve()
  await pursuing
  expect(left).toEqual(slots.at(-1)?.versions.map(({ raw }) => raw))
  expect(left).toHaveLength(2)
})

test('a replacement that is forbidden while it is written down does not leave, and is cancelled with the next look', async () => {
  const { pursue, left, slots, halt } = await sent()
  const later = { time: OUTLOOK.time + PATIENCE, number: OUTLOOK.number + 3n }
  await pursue(later, async (slot) => {
    slots.push(slot)
    halt.reason = 'drill'
  })
  expect([slots.at(-1)?.versions.length, left.length]).toEqual([2, 1])
  await pursue(later)
  const versions = slots.at(-1)?.versions ?? []
  expect(versions.map(({ cancels }) => cancels)).toEqual([undefined, undefined, 'drill'])
  expect(left).toEqual([versions[0]?.raw, versions[2]?.raw])
})

test('that another has its nonce is believed after three blocks in which nothing else was seen', async () => {
  const { pursue, world } = await sent()
  const look = async (after: bigint, kind: 'open' | 'superseded'): Promise<string> => {
    world.fate = { kind }
    return (await pursue({ number: OUTLOOK.number + after })).kind
  }
  expect([await look(0n, 'superseded'), await look(2n, 'superseded')]).toEqual(['pending', 'pending'])
  // It was another node's block: they are counted anew.
  expect(await look(3n, 'open')).toBe('pending')
  expect([await look(4n, 'superseded'), await look(6n, 'superseded')]).toEqual(['pending', 'pending'])
  expect(await pursue({ number: OUTLOOK.number + 7n })).toEqual({
    kind: 'refused',
    reason: 'another transaction took its nonce',
  })
})

test('a replacement offers no more than the balance pays for, nor than it is worth', async () => {
  const dear = { time: OUTLOOK.time + PATIENCE, number: OUTLOOK.number + 3n, baseFee: 30n * GWEI }
  const offered = async (worth: bigint, balance: bigint): Promise<bigint | undefined> => {
    const { pursue, slots } = await sent(worth * GAS)
    await pursue({ ...dear, balance: balance * GAS })
    return slots.at(-1)?.versions.at(1)?.maxFeePerGas
  }
  expect(await offered(50n * GWEI, 10n * GWEI)).toBe(10n * GWEI)
  expect(await offered(10n * GWEI, 50n * GWEI)).toBe(10n * GWEI)
})

test('what is sent along is not there to pay for gas', async () => {
  const { sender, world } = setUp()
  const { slots, terms } = termsOf()
  const value = 10n ** 18n
  world.balance = value + 2n * GWEI * GAS
  await sender.send({ ...CALL, value }, terms)
  expect(slots[0]?.versions[0]?.maxFeePerGas).toBe(2n * GWEI)
})

test('what was cancelled is not told again, though every endpoint refuses what cancels it', async () => {
  const { pursue, left, slots, halt, world } = await sent()
  halt.reason = 'drill'
  world.reception = 'refused'
  for (const after of [1n, 2n]) await pursue({ number: OUTLOOK.number + after })
  const [call, cancels] = slots.at(-1)?.versions ?? []
  expect(cancels?.cancels).toBe('drill')
  expect(left).toEqual([call?.raw, cancels?.raw, cancels?.raw])
})
