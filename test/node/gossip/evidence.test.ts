import { expect, test } from 'vitest'
import { SIGNATURE_AT } from '#protocol/observation.ts'
import { type KeyRecovery, recoverKey as recoverInJavaScript } from '#protocol/signing.ts'
import { encodeEvidence, judgeEvidence } from '../../../node/gossip/evidence.ts'
import { contextOf, keyOf, reportedBy, signedBy } from '../reporters.ts'

const never = (): boolean => false

test('is one encoding of one pair, and is accepted', async () => {
  const [first, second] = [await reportedBy(2), await reportedBy(2, { value: 7n })]
  const bytes = encodeEvidence({ first, second })
  expect(encodeEvidence({ first: second, second: first })).toEqual(bytes)
  const verdict = judgeEvidence('peer', bytes, contextOf(), never)
  expect(verdict).toMatchObject({
    result: 'accept',
    evidence: { first: { reporterIndex: 2 }, second: { reporterIndex: 2 } },
  })
  if (verdict.result === 'accept') expect(encodeEvidence(verdict.evidence)).toEqual(bytes)
})

test('is rejected when it proves nothing', async () => {
  const [first, second] = [await reportedBy(2), await reportedBy(2, { value: 7n })]
  const bytes = encodeEvidence({ first, second })
  const swapped = Buffer.concat([bytes.subarray(195), bytes.subarray(0, 195)])
  const judge = (message: Uint8Array): unknown => judgeEvidence('peer', message, contextOf(), never)
  expect(judge(bytes.subarray(1))).toEqual({ result: 'reject', code: 'length' })
  expect(judge(swapped)).toEqual({ result: 'reject', code: 'order' })
  expect(judge(Buffer.concat([first.bytes, first.bytes]))).toEqual({ result: 'reject', code: 'order' })
  const other = await reportedBy(2, { fixingId: `0x${'00'.repeat(32)}` })
  expect(judge(encodeEvidence({ first, second: other }))).toEqual({ result: 'reject', code: 'two-fixings' })
  const innocent = await reportedBy(3, { value: 7n })
  expect(judge(encodeEvidence({ first, second: innocent }))).toEqual({ result: 'reject', code: 'two-signers' })
  const [a, b] = [await signedBy(keyOf('stranger')), await signedBy(keyOf('stranger'), { value: 7n })]
  expect(judge(encodeEvidence({ first: a, second: b }))).toEqual({ result: 'reject', code: 'not-a-reporter' })
  const dirty = bytes.slice()
  dirty[195 + 34] = 1
  expect(judge(dirty)).toEqual({ result: 'reject', code: 'dirty-bits' })
})

test('of the same statement signed twice is no equivocation', async () => {
  const first = await reportedBy(2)
  const other = await reportedBy(3)
  const forged = first.bytes.slice()
  forged.set(other.bytes.subarray(130), 130)
  const bytes = encodeEvidence({ first, second: { ...first, bytes: forged } })
  expect(judgeEvidence('peer', bytes, contextOf(), never)).toEqual({ result: 'reject', code: 'one-observation' })
})

test('is ignored when it is known, unknown here, settled or too much', async () => {
  const bytes = encodeEvidence({ first: await reportedBy(2), second: await reportedBy(2, { value: 7n }) })
  expect(judgeEvidence('p', bytes, contextOf(), () => true)).toEqual({ result: 'ignore', code: 'duplicate' })
  expect(judgeEvidence('p', bytes, contextOf({ fixing: () => undefined }), never)).toEqual({
    result: 'ignore',
    code: 'unknown-fixing',
  })
  expect(judgeEvidence('p', bytes, contextOf({ fixing: () => 'settled' }), never)).toEqual({
    result: 'ignore',
    code: 'settled',
  })
  expect(judgeEvidence('p', bytes, contextOf({ reporters: () => undefined }), never)).toEqual({
    result: 'ignore',
    code: 'reporters-unknown',
  })
  expect(judgeEvidence('p', bytes, contextOf({ takeToken: () => false }), never)).toEqual({
    result: 'ignore',
    code: 'throttled',
  })
})

test('is not blamed on a peer when it is this node that fails', async () => {
  const bytes = encodeEvidence({ first: await reportedBy(2), second: await reportedBy(2, { value: 7n }) })
  const fault = new TypeError('a bug of ours')
  const fails = (): never => {
    throw fault
  }
  expect(() => judgeEvidence('p', bytes, contextOf({ fixing: fails }), never)).toThrow(fault)
  expect(() => judgeEvidence('p', bytes, contextOf({ reporters: fails }), never)).toThrow(fault)
  expect(() => judgeEvidence('p', bytes, contextOf(), fails)).toThrow(fault)
})

test('is rejected when no key can have signed one of the two', async () => {
  const first = await reportedBy(2)
  const second = await reportedBy(2, { value: 7n })
  for (const unsigned of [first, second]) {
    const recoverKey: KeyRecovery = (digest, compact, bit) => {
      if (Buffer.compare(compact, unsigned.bytes.subarray(SIGNATURE_AT, SIGNATURE_AT + 64)) === 0)
        throw new Error('none')
      return recoverInJavaScript(digest, compact, bit)
    }
    expect(judgeEvidence('p', encodeEvidence({ first, second }), contextOf({ recoverKey }), never)).toEqual({
      result: 'reject',
      code: 'unrecoverable-signature',
    })
  }
})
