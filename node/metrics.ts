import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'

/** The node at the moment of a scrape. */
export type Reading = {
  /** Whether the chain answered at the last look. */
  readonly isChainUp: boolean
  /** The newest block; undefined before the first look. */
  readonly head: { readonly number: bigint; readonly time: bigint } | undefined
  /** The node's clock, Unix seconds. */
  readonly now: bigint
  readonly isStoreSound: boolean
  /** Whether nothing keeps the keys from signing; true of a node without any. */
  readonly isSignerUp: boolean
  /** Whether the key reports now, by the registry; undefined if it is not to, or while that was not read. */
  readonly isRegistered: boolean | undefined
  readonly peers: number
  /** Of these, those whose key a reporter registered. */
  readonly reporterPeers: number
  /** How many fixings are in a phase. */
  readonly fixings: ReadonlyMap<string, number>
  /** Known, and not followed as long as older blocks were not read. */
  readonly unread: number
  /** Mature and not settled, without an own observation though this node is to have one. */
  readonly unobserved: number
  /** Mature and not settled, observed a minute ago, and without the signature that this node is to have of it. */
  readonly unsigned: number
  /** Mature and not settled, without the observations of a quorum. */
  readonly shortOfQuorum: number
  /** About to mature, and too few reporters said that they are there and ready. */
  readonly shortOfPresence: number
  /** About to mature, and too few sources of the index answer this node. */
  readonly shortOfSources: number
  /** Seconds that the node's clock is behind the chain's, negative if it is ahead. */
  readonly clockOffset: number
  /** Can be disputed, and is led by a value that is separated from the own observation. */
  readonly contested: number
  /** The next deadline of a fixing that can be disputed, Unix seconds; undefined if there is none. */
  readonly nextDeadline: bigint | undefined
  /** Seats of juries in rounds that run, that this node votes for. */
  readonly jurySeats: number
  /** Of these, those that are late, or committed to what this node cannot open. */
  readonly jurySeatsLate: number
  /** Of these, those that stand at INVALID for want of reading while the time to commit runs. */
  readonly jurySeatsUnread: number
  /** Juries and cases whose last look failed. */
  readonly juryPassesFailing: number
  /** Cases of juries with a move or a vote of this node that the gas it may pay is too little for. */
  readonly juryCasesDear: number
  /** Accounts of the operator in juries whose seats this node does not vote for. */
  readonly juryUnserved: number
  /** The next end by which one of them has to, Unix seconds; undefined for none. */
  readonly juryDeadline: bigint | undefined
  /** Reporters that signed twice, of fixings that are shown. */
  readonly equivocators: number
  /** Fixings of which this node's own key signed two observations. */
  readonly ownEquivocations: number
  /** Transactions whose fate is not known yet. */
  readonly pendingTransactions: number
  /** What the account can stake, wei; undefined without a key, or while it cannot be read. */
  readonly spendable: bigint | undefined
  /** Lines written to the journal since the start, by stage and action. */
  readonly lines: readonly (readonly [stage: string, action: string, count: number])[]
  /** Messages of peers since the start, by how they were judged. */
  readonly verdicts: ReadonlyMap<string, number>
  /** Requests of peers since the start that waited for their turn, by protocol and by who asked. */
  readonly waited: readonly (readonly [protocol: string, from: string, count: number])[]
  /** Whether the operator has stopped all new stake. */
  readonly isHalted: boolean
  /** Whether the account has transactions in flight that the store does not know: nothing new is staked. */
  readonly hasUnknownTransactions: boolean
  /** Passes over a fixing that failed since the start. */
  readonly failedPasses: number
  /** Answers of endpoints since the start that others contradicted. */
  readonly outvoted: number
}

/** What a node shows to Prometheus. */
export interface Metrics {
  readonly contentType: string
  /** Everything in Prometheus' text format. */
  text(reading: Reading): Promise<string>
}

/** Who the node is: the labels of `assize_info`. */
export type Identity = {
  readonly version: string
  readonly chainId: number
  readonly oracle: string
  readonly registry: string
  /** Empty without a key. */
  readonly signer: string
  /** Which code verifies the signatures of peers, by what they are. */
  readonly verification: Readonly<Record<'ecdsa' | 'bls', 'native' | 'portable'>>
}

const PHASES = ['unknown', 'pending', 'open', 'active', 'arbitration', 'settled']

/**
 * The metrics of one node. Times are Unix seconds, amounts wei: a sample is a double and shows the first 15 digits.
 */
export function createMetrics({ version, chainId, oracle, registry, signer, verification }: Identity): Metrics {
  const series = new Registry()
  collectDefaultMetrics({ register: series })
  gauge(series, 'assize_info', 'Always 1; the labels say which node this is.', [
    'version',
    'chain_id',
    'oracle',
    'registry',
    'signer',
  ]).set({ version, chain_id: String(chainId), oracle, registry, signer }, 1)
  const native = gauge(series, 'assize_verification_native', 'Whether native code verifies signatures.', ['kind'])
  for (const kind of ['ecdsa', 'bls'] as const) native.set({ kind }, Number(verification[kind] === 'native'))
  const setGauges = gaugesOf(series, signer)
  const setCounters = countersOf(series)
  return {
    contentType: series.contentType,
    text(reading) {
      setGauges(reading)
      setCounters(reading)
      return series.metrics()
    },
  }
}

function gauge(series: Registry, name: string, help: string, labelNames: readonly string[] = []): Gauge {
  return new Gauge({ name, help, labelNames, registers: [series] })
}

/** A gauge without labels; nothing that is read is 0. */
type PlainGauge = {
  readonly name: string
  readonly help: string
  readonly read: (reading: Reading) => number | bigint | boolean | undefined
}

const GAUGES: readonly PlainGauge[] = [
  { name: 'assize_chain_up', help: 'Whether the chain answered at the last look.', read: (to) => to.isChainUp },
  { name: 'assize_head_block', help: 'Number of the newest block that was seen.', read: (to) => to.head?.number },
  {
    name: 'assize_head_timestamp_seconds',
    help: 'Time of the newest block that was seen, Unix.',
    read: (to) => to.head?.time,
  },
  { name: 'assize_clock_timestamp_seconds', help: "The node's clock, Unix.", read: (to) => to.now },
  { name: 'assize_store_up', help: 'Whether the store can be read and written.', read: (to) => to.isStoreSound },
  {
    name: 'assize_signer_up',
    help: 'Whether the key is at hand; 1 too for a node without one.',
    read: (to) => to.isSignerUp,
  },
  { name: 'assize_peers', help: 'Peers that are connected.', read: (to) => to.peers },
  {
    name: 'assize_reporter_peers',
    help: 'Peers that are connected and registered as reporters.',
    read: (to) => to.reporterPeers,
  },
  {
    name: 'assize_fixings_unread',
    help: 'Fixings not followed while their older log is not read.',
    read: (to) => to.unread,
  },
  {
    name: 'assize_fixings_unobserved',
    help: 'Mature fixings without the own observation that is due.',
    read: (to) => to.unobserved,
  },
  {
    name: 'assize_fixings_unsigned',
    help: 'Mature fixings whose own observation is not signed a minute later.',
    read: (to) => to.unsigned,
  },
  {
    name: 'assize_fixings_short_of_quorum',
    help: 'Mature fixings without the observations of a quorum.',
    read: (to) => to.shortOfQuorum,
  },
  {
    name: 'assize_fixings_short_of_presence',
    help: 'Fixings about to mature with too few reporters ready.',
    read: (to) => to.shortOfPresence,
  },
  {
    name: 'assize_fixings_short_of_sources',
    help: 'Fixings about to mature with too few sources answering.',
    read: (to) => to.shortOfSources,
  },
  {
    name: 'assize_clock_offset_seconds',
    help: "Seconds that the node's clock is behind the chain's.",
    read: (to) => to.clockOffset,
  },
  {
    name: 'assize_fixings_contested',
    help: 'Fixings led by a value apart from the own observation.',
    read: (to) => to.contested,
  },
  {
    name: 'assize_next_deadline_timestamp_seconds',
    help: 'Next end of a window, Unix; 0 without one.',
    read: (to) => to.nextDeadline,
  },
  {
    name: 'assize_jury_seats',
    help: 'Seats of juries, in rounds that run, that the node votes for.',
    read: (to) => to.jurySeats,
  },
  {
    name: 'assize_jury_seats_late',
    help: 'Seats late with a vote or its reveal, or voted for by somebody else.',
    read: (to) => to.jurySeatsLate,
  },
  {
    name: 'assize_jury_seats_unread',
    help: 'Seats that the node voted INVALID for want of reading, and may still vote otherwise.',
    read: (to) => to.jurySeatsUnread,
  },
  {
    name: 'assize_jury_passes_failing',
    help: 'Juries and cases of them whose last look failed.',
    read: (to) => to.juryPassesFailing,
  },
  {
    name: 'assize_jury_cases_dear',
    help: 'Cases of juries with a move or a vote of the node whose gas costs more than it may.',
    read: (to) => to.juryCasesDear,
  },
  {
    name: 'assize_jury_unserved',
    help: 'Former keys with stakes in juries, and accounts of juror.for, that the node does not vote for.',
    read: (to) => to.juryUnserved,
  },
  {
    name: 'assize_jury_deadline_timestamp_seconds',
    help: 'Next end for a vote or its reveal, Unix; 0 without one.',
    read: (to) => to.juryDeadline,
  },
  {
    name: 'assize_equivocators',
    help: 'Reporters that signed twice, of the fixings that are followed.',
    read: (to) => to.equivocators,
  },
  {
    name: 'assize_own_equivocations',
    help: "Fixings, of those that are followed, of which this node's own key signed two observations.",
    read: (to) => to.ownEquivocations,
  },
  { name: 'assize_halted', help: 'Whether the operator has stopped all new stake.', read: (to) => to.isHalted },
  {
    name: 'assize_transactions_unknown',
    help: 'Whether transactions are in flight that the store does not know.',
    read: (to) => to.hasUnknownTransactions,
  },
  {
    name: 'assize_transactions_pending',
    help: 'Transactions whose fate is not known yet.',
    read: (to) => to.pendingTransactions,
  },
]

function gaugesOf(series: Registry, signer: string): (reading: Reading) => void {
  const plain = GAUGES.map(({ name, help, read }) => ({ read, gauge: gauge(series, name, help) }))
  const fixings = gauge(series, 'assize_fixings', 'Fixings that are followed, by phase.', ['phase'])
  const registered = gauge(series, 'assize_registered', 'Whether the key of a reporter is one by the registry.', [
    'signer',
  ])
  const spendable = gauge(series, 'assize_spendable_wei', 'What the account can stake; absent without a key.', [
    'signer',
  ])
  return (to) => {
    for (const { read, gauge: one } of plain) one.set(Number(read(to) ?? 0))
    for (const phase of PHASES) fixings.set({ phase }, to.fixings.get(phase) ?? 0)
    if (to.isRegistered !== undefined) registered.set({ signer }, Number(to.isRegistered))
    if (to.spendable !== undefined) spendable.set({ signer }, Number(to.spendable))
  }
}

/** Counters whose counts are kept where the things happen. */
function countersOf(series: Registry): (reading: Reading) => void {
  const of = (name: string, help: string, labelNames: readonly string[] = []): Counter =>
    new Counter({ name, help, labelNames, registers: [series] })
  const lines = of('assize_journal_lines_total', 'Lines written to the journal.', ['stage', 'action'])
  const verdicts = of('assize_messages_total', 'Messages of peers, by how they were judged.', ['verdict'])
  const waited = of(
    'assize_requests_waited_total',
    'Requests of strangers, or reporters and named peers, that waited.',
    ['protocol', 'from'],
  )
  const failures = of('assize_pass_failures_total', 'Passes over a fixing that failed, to be tried again.')
  const outvoted = of('assize_endpoint_outvoted_total', 'Answers of chain endpoints that the others contradicted.')
  return (to) => {
    for (const counter of [lines, verdicts, waited, failures, outvoted]) counter.reset()
    for (const [stage, action, count] of to.lines) lines.inc({ stage, action }, count)
    for (const [verdict, count] of to.verdicts) verdicts.inc({ verdict }, count)
    for (const [protocol, from, count] of to.waited) waited.inc({ protocol, from }, count)
    failures.inc(to.failedPasses)
    outvoted.inc(to.outvoted)
  }
}
