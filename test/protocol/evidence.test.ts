import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { getAddress, type Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import { assessEvidence, type Evidence } from '#protocol/evidence.ts'
import { EvidenceFormatError, evidenceText, parseEvidence } from '#protocol/evidence-file.ts'
import { fixingId } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import type { SignedObservation } from '#protocol/observation.ts'
import { rootOf } from '#protocol/report.ts'
import { differencesOf, leavesOf, type SampleLeaf, withDifferences } from '#protocol/samples.ts'
import { DOMAIN, FIXING, reporterKey, signedBy, WAD } from '../node/reporters.ts'
import { evidenceOf as evidenceOfSubject } from './evidence-of.ts'
import { sourceJson, threeSamples } from './index-documents.ts'

/** A whole number of minutes. */
const MATURITY = 1_735_689_600n
const OPENS = [MATURITY - 180n, MATURITY - 120n, MATURITY - 60n]
const ORACLE = '0x00000000000000000000000000000000000000cc'
const document = threeSamples([sourceJson('a')])
const fixing = { ...FIXING, indexId: indexId(document), maturity: MATURITY }
const id = fixingId(fixing, { chainId: DOMAIN.chainId, oracle: ORACLE })
/** Three equal closes have themselves as their mean. */
const CLOSES = ['2500', '2501', '2499', '2500.5']

/** Four reporters, each with the closes that it saw; `changes` replace what the last one signed. */
const evidenceOf = (changes: { readonly value?: bigint } = {}): Promise<Evidence> =>
  evidenceOfSubject({ fixing, id, oracle: ORACLE, document }, CLOSES, changes.value)

/** What is not as it is said to be. */
function faults(evidence: Evidence): string[] {
  return assessEvidence(evidence).findings.flatMap(({ what, isSound }) => (isSound ? [] : [what]))
}

/** What is left out, and why. */
function leftOut(evidence: Evidence, until?: bigint): string[] {
  return assessEvidence(evidence, { until }).leftOut.map(({ what, detail }) => `${what}: ${detail}`)
}

/** The evidence with the observation of reporter `index` signed anew with these changes. */
async function resigned(evidence: Evidence, index: number, changes: Partial<SignedObservation>): Promise<Evidence> {
  const observations = evidence.observations.map(async (one) => {
    if (one.reporterIndex !== index) return one
    const { signature: _before, ...statement } = { ...one.signed, ...changes }
    return { ...one, signed: (await signedBy(reporterKey(index), statement)).signed }
  })
  return { ...evidence, observations: await Promise.all(observations) }
}

describe('evidence', () => {
  test('that is sound makes the lower median of what the document makes of the closes, through a file and back', async () => {
    // What is read has its addresses' checksums.
    const evidence = { ...(await evidenceOf()), registry: getAddress(DOMAIN.registry) }
    const read = parseEvidence(evidenceText(evidence))
    expect(read).toEqual(evidence)
    const kept = { root: id, sourceId: 'a', origin: 'here', sha256: 'ab'.repeat(32), bytes: 2 }
    const withBodies = { ...evidence, bodies: [kept, { ...kept, body: '"}' }] }
    expect(parseEvidence(evidenceText(withBodies))).toEqual(withBodies)
    const { bodies: _none, ...older } = JSON.parse(evidenceText(evidence))
    expect(parseEvidence(JSON.stringify(older))).toEqual(evidence)
    const assessment = assessEvidence(read)
    expect(assessment.findings.filter(({ isSound }) => !isSound)).toEqual([])
    // 2499, 2500, 2500.5, 2501: the lower of the two in the middle.
    expect(assessment).toMatchObject({
      isSound: true,
      value: 2_500n * WAD,
      leftOut: [],
      report: { value: 2_500n * WAD },
    })
    expect(assessment.witnesses.map(({ recomputed, value }) => recomputed === value)).toEqual([true, true, true, true])
    // Ids, four observations, four roots, four values, one report.
    expect(assessment.findings).toHaveLength(2 + 4 + 4 + 4 + 1)
  })

  test('that is sound stays so when earlier reporters have left: indices have gaps', async () => {
    const { observations, panel, ...rest } = await evidenceOf()
    const later = <T extends { readonly index: number }>(one: T): T => ({ ...one, index: one.index + 9 })
    const evidence = {
      ...rest,
      panel: { ...panel, reporters: panel.reporters.map(later) },
      observations: observations.map((one) => ({ ...one, reporterIndex: one.reporterIndex + 9 })),
    }
    expect(faults(evidence)).toEqual([])
  })

  test('leaves out a reporter whose own closes make another value than it signed, and stays sound by a quorum of the rest', async () => {
    const evidence = await evidenceOf({ value: 1n })
    expect(faults(evidence)).toEqual([])
    expect(leftOut(evidence)).toEqual([
      'value of reporter 3: the document makes 2500.5 of its samples, not 0.000000000000000001',
    ])
    // Of 2499, 2500 and 2501: with the lie it would be 2499.
    expect(assessEvidence(evidence)).toMatchObject({
      isSound: true,
      value: 2_500n * WAD,
      report: { value: 2_500n * WAD },
    })
    expect(assessEvidence(evidence).witnesses.map(({ isCounted }) => isCounted)).toEqual([true, true, true, false])
    // Two of four are no quorum.
    expect(faults(await resigned(evidence, 0, { value: 1n }))).toEqual(['report'])
  })

  test('leaves out what was observed before the maturity, which is a prediction, or later than the chain knows', async () => {
    const early = await resigned(await evidenceOf(), 1, { observedAt: MATURITY - 1n })
    expect(leftOut(early)).toEqual(['observation of reporter 1: was made before the maturity'])
    expect(assessEvidence(early)).toMatchObject({ isSound: true, report: { value: 2_500n * WAD } })
    const at = await resigned(await evidenceOf(), 1, { observedAt: MATURITY })
    expect(leftOut(at)).toEqual([])
    const late = await resigned(at, 2, { observedAt: MATURITY + 9n })
    expect(leftOut(late, MATURITY + 9n)).toEqual([])
    expect(leftOut(late, MATURITY + 8n)).toEqual(['observation of reporter 2: is dated later than the chain'])
    expect(leftOut(late)).toEqual([])
  })

  test.each<[string, (evidence: Evidence) => Partial<Evidence>, string[]]>([
    ['another parameter', ({ fixing: old }) => ({ fixing: { ...old, bandPpm: 1 } }), ['fixing']],
    ['another chain', () => ({ chainId: 1 }), ['fixing', 'report']],
    ['another document', ({ document: old }) => ({ document: { ...old, name: 'other' } }), ['index']],
    ['another registry', () => ({ registry: ORACLE }), ['report']],
    ['too few observations', ({ observations }) => ({ observations: observations.slice(0, 2) }), ['report']],
  ])('that was changed is found out: %s', async (_what, change, want) => {
    const evidence = await evidenceOf()
    expect(faults({ ...evidence, ...change(evidence) })).toEqual(want)
  })

  test('leaves out who is no reporter, and the second of the same observation', async () => {
    const { panel, observations, ...rest } = await evidenceOf()
    const three = { ...panel, reporters: panel.reporters.slice(0, 3) }
    const twice = [...observations, ...observations.slice(0, 1)]
    const evidence = { ...rest, panel: three, observations: twice }
    expect(faults(evidence)).toEqual([])
    expect(leftOut(evidence)).toEqual([
      'observation of reporter 3: is not of reporter 3',
      'observation of reporter 0: is there twice',
    ])
  })

  test('with one digit of one close changed has neither the root nor the value of it', async () => {
    const evidence = await evidenceOf()
    const [[root, leaves] = ['0x', []]] = evidence.samples
    const [first, ...others] = leaves
    if (first === undefined) throw new Error('no leaf')
    const samples = new Map([...evidence.samples, [root, [[first[0], first[1], '2500.1'], ...others]]] as never)
    const changed = { ...evidence, samples } as Evidence
    expect(faults(changed)).toEqual([`samples ${root.slice(0, 10)}…`])
    expect(assessEvidence(changed).witnesses[0]).toMatchObject({ hasSamples: false, recomputed: undefined })
  })

  test('of a reporter that signed two of one fixing leaves both out', async () => {
    const evidence = await evidenceOf()
    const again = {
      fixingId: id,
      value: 1n,
      observedAt: MATURITY,
      sourcesRoot: evidence.observations[0]?.signed.sourcesRoot ?? id,
    }
    const { signed } = await signedBy(reporterKey(0), again)
    const second = { signed, signer: reporterKey(0).address, reporterIndex: 0 }
    const both = { ...evidence, observations: [...evidence.observations, second] }
    expect(leftOut(both).slice(0, 2)).toEqual([
      'observation of reporter 0: was signed beside another one',
      'observation of reporter 0: was signed beside another one',
    ])
    // 2499, 2500.5 and 2501 are left.
    expect(assessEvidence(both)).toMatchObject({ isSound: true, report: { value: (5_001n * WAD) / 2n } })
  })

  test('without anybody’s closes makes no value', async () => {
    const assessment = assessEvidence({ ...(await evidenceOf()), samples: new Map() })
    expect(assessment.value).toBe(undefined)
    expect(assessment.isSound).toBe(true)
  })
})

test('closes that contradict each other are no samples, though they make the root that is signed', async () => {
  const evidence = await evidenceOf()
  const one = (leaves: readonly SampleLeaf[]): Hex =>
    rootOf(StandardMerkleTree.of([...leaves], ['string', 'uint64', 'string'], { sortLeaves: false }))
  const seen = OPENS.map((open): SampleLeaf => ['a', open, '2500.5'])
  // What the venue said, and beside it, for whoever reads the other of the two, what is to be signed.
  const twice = OPENS.flatMap((open): SampleLeaf[] => [
    ['a', open, '1'],
    ['a', open, '2500.5'],
  ])
  for (const leaves of [twice, twice.toReversed(), seen.toReversed(), [...seen, ...seen]]) {
    const root = one(leaves)
    const signed = await resigned(evidence, 3, { sourcesRoot: root })
    expect(faults({ ...signed, samples: new Map([[root, leaves]]) })).toEqual([`samples ${root.slice(0, 10)}…`])
  }
  const root = one(seen)
  expect(faults({ ...(await resigned(evidence, 3, { sourcesRoot: root })), samples: new Map([[root, seen]]) })).toEqual(
    [],
  )
})

test('what differs makes the others’ leaves of ours again, whatever was added, changed or left out', () => {
  const theirs = [
    { sourceId: 'b', quote: 'USD', closes: ['1', undefined, '3'] },
    { sourceId: 'a', quote: 'USD', closes: [undefined, '5', '6'] },
  ]
  const ours = [
    { sourceId: 'a', quote: 'USD', closes: ['4', '5', '6.0'] },
    { sourceId: 'b', quote: 'USD', closes: ['1', '2', undefined] },
    { sourceId: 'c', quote: 'USD', closes: ['7', undefined, undefined] },
  ]
  const [own, other] = [leavesOf(ours, OPENS), leavesOf(theirs, OPENS)]
  expect(withDifferences(own, differencesOf(own, other))).toEqual(other)
  expect(withDifferences([], differencesOf([], other))).toEqual(other)
  expect(withDifferences(own, [])).toEqual(own)
})

test('a text that is no evidence is refused by the field that is wrong', async () => {
  const text = evidenceText(await evidenceOf())
  const broken = (change: (file: Record<string, unknown>) => void): string => {
    const file = JSON.parse(text)
    change(file)
    return JSON.stringify(file)
  }
  const fieldOf = (bad: string): string => {
    try {
      parseEvidence(bad)
    } catch (error) {
      if (error instanceof EvidenceFormatError) return error.field
      throw error
    }
    return 'none'
  }
  expect(fieldOf('{')).toBe('')
  expect(fieldOf(broken((file) => (file['version'] = 2)))).toBe('version')
  expect(fieldOf(broken((file) => (file['document'] = {})))).toMatch(/^document\./)
  expect(fieldOf(broken((file) => (file['id'] = '0x12')))).toBe('id')
})

test('what could not be read again is not written', async () => {
  const evidence = await evidenceOf()
  const [[root, leaves] = expect.fail('no samples')] = evidence.samples
  const [[sourceId, open] = expect.fail('no leaves')] = leaves
  const samples = new Map([[root, [[sourceId, open, '1'.repeat(201)] satisfies SampleLeaf]]])
  expect(() => evidenceText({ ...evidence, samples })).toThrow(
    expect.objectContaining({ name: 'Evidence.EvidenceFormatError', field: 'samples.0.leaves.0.2' }),
  )
})

test('an address of which one digit is wrong is refused by its field, whoever’s it is', async () => {
  const text = evidenceText(await evidenceOf())
  // EIP-55's own example, and the same with another last digit.
  const right = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
  const wrong = `${right.slice(0, -1)}e`
  for (const field of ['fixing.arbitrator', 'fixing.backup', 'fixing.openInterest', 'oracle', 'registry']) {
    const withAddress = (address: string): string => {
      const file = JSON.parse(text) as Record<string, unknown>
      const [first = '', second] = field.split('.')
      if (second === undefined) file[first] = address
      else (file[first] as Record<string, unknown>)[second] = address // as evidenceText writes it
      return JSON.stringify(file)
    }
    expect(() => parseEvidence(withAddress(wrong))).toThrow(
      expect.objectContaining({ name: 'Evidence.EvidenceFormatError', field, message: expect.stringContaining(field) }),
    )
    for (const same of [right, right.toLowerCase(), `0x${right.slice(2).toUpperCase()}`]) {
      expect(evidenceText(parseEvidence(withAddress(same)))).toContain(right)
    }
  }
})
