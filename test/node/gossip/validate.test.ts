import type { Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import { encodeObservation } from '#protocol/observation.ts'
import { type SigningDomain } from '#protocol/signing.ts'
import { CURVE_ORDER } from '#protocol/wire.ts'
import { judgeObservation, type ValidatorContext } from '../../../node/gossip/validate.ts'
import { contextOf, DOMAIN, FIXING_ID, keyOf, MATURITY, reportedBy, reporterKey, signedBy } from '../reporters.ts'

const OBSERVATION_BYTES = 195
const NOW = MATURITY + 3_600n

/** A context in which verifying a signature is an error: the check must come before. */
function untouched(changes: Partial<ValidatorContext> = {}): ValidatorContext {
  return contextOf({
    takeToken: () => {
      throw new Error('a signature would have been verified')
    },
    ...changes,
  })
}

function changed(bytes: Uint8Array, offset: number, values: readonly number[]): Uint8Array {
  const copy = bytes.slice()
  copy.set(values, offset)
  return copy
}

/** The malleable twin: n - s and the other v, which recovers to the same key. */
function twin(bytes: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(bytes.subarray(162, 194)).toString('hex')}`)
  const flipped = Buffer.from((CURVE_ORDER - s).toString(16).padStart(64, '0'), 'hex')
  return changed(changed(bytes, 162, [...flipped]), 194, [bytes[194] === 27 ? 28 : 27])
}

describe('an observation', () => {
  test('is accepted from a registered reporter, with its registry index', async () => {
    const observation = await reportedBy(3)
    expect(observation.bytes).toHaveLength(OBSERVATION_BYTES)
    expect(judgeObservation('peer', observation.bytes, contextOf())).toEqual({ result: 'accept', observation })
  })

  test.each([0, 1, 194, 196, 390, 10_000])('of %i bytes is rejected', (length) => {
    expect(judgeObservation('peer', new Uint8Array(length), untouched())).toEqual({ result: 'reject', code: 'length' })
  })

  test.each<[string, number, readonly number[]]>([
    ['version', 0, [2]],
    ['kind', 1, [2]],
    // The high half of the value's word, and of the time's.
    ['dirty-bits', 34, [1]],
    ['dirty-bits', 66, [1]],
    ['zero-value', 50, Array.from({ length: 16 }, () => 0)],
    ['signature-range', 130, Array.from({ length: 32 }, () => 0)],
    ['signature-range', 162, Array.from({ length: 32 }, () => 0xff)],
    ['v', 194, [29]],
    ['v', 194, [0]],
  ])('that is not canonical (%s at %i) is rejected before anything is looked up', async (code, offset, values) => {
    const { bytes } = await reportedBy(0)
    const context = untouched({
      fixing: () => {
        throw new Error('looked up')
      },
    })
    expect(judgeObservation('peer', changed(bytes, offset, values), context)).toEqual({ result: 'reject', code })
  })

  test('with the malleable twin of its signature is rejected', async () => {
    const { bytes } = await reportedBy(0)
    expect(judgeObservation('peer', twin(bytes), untouched())).toEqual({ result: 'reject', code: 'high-s' })
  })

  test('of a fixing that is not known is kept for later, of a settled one dropped', async () => {
    const { bytes } = await reportedBy(0, { fixingId: `0x${'ee'.repeat(32)}` })
    expect(judgeObservation('peer', bytes, untouched())).toEqual({ result: 'ignore', code: 'unknown-fixing' })
    expect(judgeObservation('peer', bytes, untouched({ fixing: () => 'settled' }))).toEqual({
      result: 'ignore',
      code: 'settled',
    })
  })

  test('from before maturity is rejected, at maturity accepted', async () => {
    const early = await reportedBy(0, { observedAt: MATURITY - 1n })
    expect(judgeObservation('peer', early.bytes, untouched())).toEqual({ result: 'reject', code: 'before-maturity' })
    const timely = await reportedBy(0, { observedAt: MATURITY })
    expect(judgeObservation('peer', timely.bytes, contextOf()).result).toBe('accept')
  })

  test('from up to 30 s ahead is accepted, from further ahead kept for later', async () => {
    const ahead = await reportedBy(0, { observedAt: NOW + 30n })
    expect(judgeObservation('peer', ahead.bytes, contextOf()).result).toBe('accept')
    const future = await reportedBy(0, { observedAt: NOW + 31n })
    expect(judgeObservation('peer', future.bytes, untouched())).toEqual({ result: 'ignore', code: 'early' })
  })

  test('is kept for later while the reporters are not known', async () => {
    const { bytes } = await reportedBy(0)
    expect(judgeObservation('peer', bytes, untouched({ reporters: () => undefined }))).toEqual({
      result: 'ignore',
      code: 'reporters-unknown',
    })
  })

  test('costs its peer a token, and is dropped without one', async () => {
    const { bytes } = await reportedBy(0)
    const asked: string[] = []
    const context = contextOf({
      takeToken: (peer) => {
        asked.push(peer)
        return false
      },
    })
    expect(judgeObservation('peer', bytes, context)).toEqual({ result: 'ignore', code: 'throttled' })
    expect(asked).toEqual(['peer'])
  })

  test('that is held already is dropped before its signature is verified', async () => {
    const held = await reportedBy(2)
    expect(judgeObservation('peer', held.bytes, untouched({ observations: () => [held] }))).toEqual({
      result: 'ignore',
      code: 'duplicate',
    })
  })

  test('of somebody who is no reporter is rejected', async () => {
    const { bytes } = await signedBy(keyOf('stranger'))
    expect(judgeObservation('peer', bytes, contextOf())).toEqual({ result: 'reject', code: 'not-a-reporter' })
  })

  test.each<[string, SigningDomain]>([
    ['another chain', { ...DOMAIN, chainId: 1 }],
    ['another registry', { ...DOMAIN, registry: '0x00000000000000000000000000000000000000ab' }],
  ])('signed for %s is rejected', async (_what, domain) => {
    const { bytes } = await signedBy(reporterKey(0), {}, domain)
    expect(judgeObservation('peer', bytes, contextOf())).toEqual({ result: 'reject', code: 'not-a-reporter' })
  })

  test('with any one bit changed is never accepted', async () => {
    const { bytes } = await reportedBy(1)
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const copy = bytes.slice()
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const verdict = judgeObservation('peer', copy, contextOf())
      // A changed fixing id names a fixing that may exist, a later time one that may come.
      const wants = verdict.result === 'ignore' ? ['unknown-fixing', 'early'] : [expect.anything()]
      expect(verdict.result, `bit ${bit}`).not.toBe('accept')
      if (verdict.result === 'ignore') expect(wants).toContain(verdict.code)
    }
  })

  test('whose r is no point on the curve is rejected as belonging to nobody', async () => {
    const { signed } = await reportedBy(0)
    let r = BigInt(signed.signature.r)
    for (let tries = 0; tries < 64; tries += 1) {
      r += 1n
      const bytes = encodeObservation({
        ...signed,
        signature: { ...signed.signature, r: `0x${r.toString(16).padStart(64, '0')}` },
      })
      const verdict = judgeObservation('peer', bytes, contextOf())
      expect(verdict.result).toBe('reject')
      if (verdict.result === 'reject' && verdict.code === 'unrecoverable-signature') return
    }
    throw new Error('every r was on the curve')
  })

  test('that differs from the first of its reporter is a conflict, another signature of the same is not', async () => {
    const first = await reportedBy(4)
    const second = await reportedBy(4, { value: 1n })
    const context = contextOf({ observations: () => [first] })
    expect(judgeObservation('peer', second.bytes, context)).toEqual({
      result: 'conflict',
      observation: second,
      first,
    })
    const resigned = { ...first, signed: { ...first.signed, signature: second.signed.signature } }
    const held = contextOf({ observations: () => [{ ...resigned, bytes: encodeObservation(resigned.signed) }] })
    expect(judgeObservation('peer', first.bytes, held)).toEqual({
      result: 'ignore',
      code: 'signed-twice',
      observation: first,
    })
  })

  test('is judged for its own fixing only', async () => {
    const { bytes } = await reportedBy(0)
    const asked: Hex[] = []
    const context = contextOf({
      observations: (id) => {
        asked.push(id)
        return []
      },
    })
    judgeObservation('peer', bytes, context)
    expect(new Set(asked)).toEqual(new Set([FIXING_ID]))
  })
})
