import { expect, test } from 'vitest'
import { createMetrics, type Reading } from '../../node/metrics.ts'

const READING: Reading = {
  isChainUp: true,
  head: { number: 12n, time: 1_700_000_000n },
  now: 1_700_000_005n,
  isStoreSound: true,
  isSignerUp: false,
  isRegistered: true,
  peers: 3,
  reporterPeers: 2,
  fixings: new Map([['active', 2]]),
  unread: 5,
  unobserved: 1,
  unsigned: 6,
  shortOfQuorum: 2,
  shortOfPresence: 1,
  shortOfSources: 0,
  clockOffset: -3,
  contested: 1,
  nextDeadline: 1_700_003_600n,
  jurySeats: 4,
  jurySeatsLate: 2,
  jurySeatsUnread: 9,
  juryPassesFailing: 3,
  juryCasesDear: 7,
  juryUnserved: 11,
  juryDeadline: 1_700_007_200n,
  equivocators: 0,
  ownEquivocations: 8,
  pendingTransactions: 1,
  spendable: 10n ** 18n,
  lines: [['stake', 'contribute', 4]],
  verdicts: new Map([['accept', 7]]),
  waited: [
    ['sync', 'reporters', 0],
    ['samples', 'strangers', 6],
  ],
  isHalted: true,
  hasUnknownTransactions: true,
  failedPasses: 2,
  outvoted: 3,
}
const VERIFIED = { ecdsa: 'native', bls: 'portable' } as const
const IDENTITY = { version: '1.2.3', chainId: 5, oracle: '0xaa', registry: '0xbb', signer: '', verification: VERIFIED }

/** The samples of `name`, as `labels value`. */
function samplesOf(text: string, name: string): string[] {
  return text.split('\n').flatMap((line) => (line.startsWith(name) ? [line.slice(name.length)] : []))
}

test('shows the reading, every phase whether or not a fixing is in it', async () => {
  const text = await createMetrics(IDENTITY).text(READING)
  expect(samplesOf(text, 'assize_info')).toEqual([
    '{version="1.2.3",chain_id="5",oracle="0xaa",registry="0xbb",signer=""} 1',
  ])
  expect(samplesOf(text, 'assize_verification_native')).toEqual(['{kind="ecdsa"} 1', '{kind="bls"} 0'])
  expect(samplesOf(text, 'assize_chain_up')).toEqual([' 1'])
  expect(samplesOf(text, 'assize_signer_up')).toEqual([' 0'])
  expect(samplesOf(text, 'assize_jury_seats_unread')).toEqual([' 9'])
  expect(samplesOf(text, 'assize_jury_passes_failing')).toEqual([' 3'])
  expect(samplesOf(text, 'assize_jury_cases_dear')).toEqual([' 7'])
  expect(samplesOf(text, 'assize_jury_unserved')).toEqual([' 11'])
  expect(samplesOf(text, 'assize_transactions_unknown')).toEqual([' 1'])
  expect(samplesOf(text, 'assize_own_equivocations')).toEqual([' 8'])
  expect(samplesOf(text, 'assize_registered{')).toEqual(['signer=""} 1'])
  expect(samplesOf(text, 'assize_head_timestamp_seconds')).toEqual([' 1700000000'])
  expect(samplesOf(text, 'assize_fixings_unread')).toEqual([' 5'])
  expect(samplesOf(text, 'assize_fixings_unsigned')).toEqual([' 6'])
  expect(samplesOf(text, 'assize_fixings_short_of_presence')).toEqual([' 1'])
  expect(samplesOf(text, 'assize_fixings_short_of_sources')).toEqual([' 0'])
  expect(samplesOf(text, 'assize_clock_offset_seconds')).toEqual([' -3'])
  expect(samplesOf(text, 'assize_reporter_peers')).toEqual([' 2'])
  expect(samplesOf(text, 'assize_next_deadline_timestamp_seconds')).toEqual([' 1700003600'])
  expect(samplesOf(text, 'assize_jury_seats ')).toEqual(['4'])
  expect(samplesOf(text, 'assize_jury_seats_late')).toEqual([' 2'])
  expect(samplesOf(text, 'assize_jury_deadline_timestamp_seconds')).toEqual([' 1700007200'])
  expect(samplesOf(text, 'assize_spendable_wei{')).toEqual(['signer=""} 1000000000000000000'])
  expect(samplesOf(text, 'assize_fixings{').toSorted()).toEqual([
    'phase="active"} 2',
    'phase="arbitration"} 0',
    'phase="open"} 0',
    'phase="pending"} 0',
    'phase="settled"} 0',
    'phase="unknown"} 0',
  ])
})

test('who has no key has no account to watch', async () => {
  const text = await createMetrics(IDENTITY).text({ ...READING, spendable: undefined, isRegistered: undefined })
  expect(samplesOf(text, 'assize_spendable_wei{')).toEqual([])
  expect(samplesOf(text, 'assize_registered{')).toEqual([])
})

test('counters are the counts, however often they are read', async () => {
  const metrics = createMetrics(IDENTITY)
  await metrics.text(READING)
  const text = await metrics.text({ ...READING, lines: [['stake', 'contribute', 5]] })
  expect(samplesOf(text, 'assize_journal_lines_total')).toEqual(['{stage="stake",action="contribute"} 5'])
  expect(samplesOf(text, 'assize_messages_total')).toEqual(['{verdict="accept"} 7'])
  expect(samplesOf(text, 'assize_requests_waited_total')).toEqual([
    '{protocol="sync",from="reporters"} 0',
    '{protocol="samples",from="strangers"} 6',
  ])
  expect(samplesOf(text, 'assize_pass_failures_total')).toEqual([' 2'])
  expect(samplesOf(text, 'assize_endpoint_outvoted_total')).toEqual([' 3'])
})

test('two nodes in one process do not share series', async () => {
  const [one, two] = [createMetrics(IDENTITY), createMetrics({ ...IDENTITY, signer: '0xcc' })]
  expect(await two.text({ ...READING, peers: 9 })).toContain('assize_peers 9')
  expect(await one.text(READING)).toContain('assize_peers 3')
})
