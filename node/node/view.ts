import type { Hex } from 'viem'
import type { Observation } from '#protocol/observation.ts'
import type { JurorView } from '../juror/standing.ts'
import type { Unserved } from '../juror/unserved.ts'
import { SKEW_SECONDS } from '../gossip/validate.ts'
import type { FixingStatus, NodeView, ReportView } from '../http/node-view.ts'
import { createMetrics, type Identity } from '../metrics.ts'
import { agreedTime, STALE_SECONDS } from './agreed-time.ts'
import { stakeUntracked } from './exposure.ts'
import type { LoopState } from './loop.ts'
import type { Parts } from './parts.ts'
import { differencesWith } from './differences.ts'
import { isUnsigned } from './observing.ts'
import { createReading } from './reading.ts'
import type { Tracked } from './tracked.ts'

/** The node as its local interface shows it. */
export function createView(parts: Parts, state: LoopState, identity: Identity): NodeView {
  const { store, network, clock } = parts
  const metrics = createMetrics(identity)
  const read = createReading(parts, state, () => isStoreSound(parts))
  const known = (id: Hex): Tracked | undefined => state.tracked.get(id)
  return {
    status: async () => ({
      time: clock.now(),
      ...haltedOf(parts),
      ...(state.isRegistered === undefined ? {} : { registered: state.isRegistered }),
      block: state.head?.number ?? 0n,
      peers: network.peers.connected,
      verification: identity.verification,
      fixings: [...state.tracked.values()].map((tracked) => statusOf(parts, tracked)),
    }),
    async readiness() {
      const isSound = await isStoreSound(parts)
      const signing = await parts.keys?.problem()
      const problems = [...problemsOf(parts, state, isSound), ...(signing === undefined ? [] : [signing])]
      const older = parts.olderLog.problem()
      return {
        // Whatever else it follows is served.
        ready: problems.length === 0,
        chain: state.failure?.of !== 'chain' && state.head !== undefined,
        block: state.head?.number ?? 0n,
        store: isSound,
        peers: network.peers.connected,
        problems: [...problems, ...unheldProblems(parts, state), ...(older === undefined ? [] : [older])],
      }
    },
    observations: (id) => (known(id) === undefined ? undefined : store.observations.all(id)),
    evidence: (id) => (known(id) === undefined ? undefined : store.observations.evidence(id)),
    report(id): ReportView | undefined {
      return known(id)?.quorum
    },
    samples: async (id) => (known(id) === undefined ? undefined : store.samples.get(id)),
    async differences(id, signer) {
      const tracked = known(id)
      return tracked === undefined ? undefined : differencesWith(parts, tracked, signer)
    },
    journal: (limit, fixing) => store.journal.newest(limit, fixing),
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text(await read()) }),
    addPeer: (address) => network.peers.add(address),
  }
}

function statusOf(parts: Parts, tracked: Tracked): FixingStatus {
  const { store, reporter, transactions, journal, book, rollCall } = parts
  const { id, fixing, snapshot, quorum, asked } = tracked
  const lastDecision = journal.last('stake', id) ?? journal.last('propose', id)
  const { observation, abstained } = reporter.view(id)
  const presence = rollCall.attendance(tracked)
  return {
    id,
    indexId: fixing.indexId,
    maturity: fixing.maturity,
    phase: snapshot?.phase ?? 'unknown',
    ...(observation === undefined ? {} : { observation: shown(observation) }),
    ...(abstained === undefined ? {} : { abstained }),
    ...(isUnsigned(parts, tracked) ? { unsigned: true } : {}),
    observations: store.observations.all(id).length,
    equivocators: store.observations.evidence(id).map(({ first }) => first.reporterIndex),
    ...(quorum?.kind === 'report'
      ? {
          report: {
            value: quorum.report.value,
            observationsRoot: quorum.report.observationsRoot,
            signers: quorum.signers,
          },
        }
      : {}),
    ...(asked === undefined ? {} : { cosigned: book.partials(id, asked.digest).length }),
    ...(lastDecision === undefined
      ? {}
      : { lastDecision: { stage: lastDecision.stage, action: lastDecision.action, reason: lastDecision.reason } }),
    // What was signed can be broadcast by whoever reads it: it stays here.
    actions: transactions.of(id).map((intent) => ({ ...intent, slot: undefined })),
    ...(presence === undefined ? {} : { presence }),
  }
}

/** Without what the fixing says anyway, and the signature of one that was kept. */
function shown({ value, observedAt, sourcesRoot }: Observation): Omit<Observation, 'fixingId'> {
  return { value, observedAt, sourcesRoot }
}

function unheldProblems(parts: Parts, { unheld }: LoopState): string[] {
  const staked = [...unheld].filter(([id]) => stakeUntracked(parts, id) > 0n)
  const settled = staked.filter(([, { isSettled }]) => isSettled).length
  const open = staked.length - settled
  const [where, hint] = [
    'of indices whose documents are not in index_dir',
    'Put the documents back, and start it again.',
  ]
  return [
    ...(open === 0
      ? []
      : [`This node has stake in ${open} fixings ${where}: nothing is disputed or claimed there. ${hint}`]),
    ...(settled === 0
      ? []
      : [`This node had stake in ${settled} settled fixings ${where}: a claim may be left. ${hint}`]),
  ]
}

/** What keeps the node from its work, each with what to look at. */
function problemsOf(parts: Parts, state: LoopState, isSound: boolean): string[] {
  const halted = parts.halt.reason()
  const unknown = parts.transactions.unknownNonce()
  return [
    ...(isSound ? [] : ['The store cannot be read or written: check the disk of data_dir, and start again.']),
    ...chainProblems(state),
    ...timeProblems(parts, state),
    ...(halted === undefined ? [] : [`Nothing new is staked: ${halted}. End the halt with assize resume.`]),
    ...(unknown === undefined
      ? []
      : [
          `Nothing new is staked: the account has a transaction in flight (nonce ${unknown}) that this store does not know. ` +
            'It ends when that is mined; see "Backup and restore" in docs/operations/running.md.',
        ]),
    ...unheardProblems(parts),
    ...juryProblems(parts.juror.view()),
    ...signingProblems(parts, state),
    ...[...state.tracked.values()].flatMap((tracked) => missingAt(parts, tracked)),
  ]
}

/** That no reporter hears it, though there are others, or it was told where some are: however peers are found. */
function unheardProblems({ config, network: { peers } }: Parts): string[] {
  const { connected, reporters, sought } = peers
  if (connected > 0 && reporters === 0 && sought > 0) {
    return [`None of ${connected} peers is a reporter, of ${sought} that are registered: name one in bootstrap.`]
  }
  if (connected > 0) return []
  if (config.bootstrap.length > 0) {
    return ['No peer is connected: check bootstrap, and that the port of listen is open.']
  }
  return sought === 0
    ? []
    : [
        `No peer is connected, and ${sought} other reporters are registered: name one in bootstrap, and open the port of listen.`,
      ]
}

function chainProblems({ failure, head }: LoopState): string[] {
  if (failure === undefined) return head === undefined ? ['No block was seen yet.'] : []
  return [failure.of === 'chain' ? `The chain cannot be read: ${failure.reason}` : failure.reason]
}

/** A clock and a newest block that contradict each other, and what is not signed for it. */
function timeProblems({ config, clock, rollCall, keys, store }: Parts, { head }: LoopState): string[] {
  if (head === undefined) return []
  const now = clock.now()
  const age = now - head.time
  const behind = rollCall.clockOffset()
  // Of a clock that was ahead when the mark was written, or of one that is now.
  const isBarred = keys !== undefined && !store.restoration.maySign(now + STALE_SECONDS)
  return [
    // A clock that follows the chain is as old as its newest block.
    ...(config.clock === 'system' && age > STALE_SECONDS
      ? [`The newest block is ${age} s old: check this machine's clock, and whether rpc_url is in sync.`]
      : []),
    ...(behind > SKEW_SECONDS
      ? [`This machine's clock is ${behind} s behind the newest block: it observes that much later. Set it.`]
      : []),
    ...(isBarred && agreedTime(now, head) === undefined
      ? [
          'Nothing is signed: the key is new here or the store restored, and clock and newest block have to agree first.',
        ]
      : []),
    ...(isBarred && agreedTime(now, head) !== undefined
      ? [
          'Nothing is signed until the time that data_dir/restored says has passed: ' +
            'see "Backup and restore" in docs/operations/running.md.',
        ]
      : []),
  ]
}

/** Seats whose stake is lost unless somebody sees to it, and looks that would have told of others. */
export function juryProblems({ late, unread, deadline, failing, dear, unserved, unseen }: JurorView): string[] {
  const end = deadline === undefined ? '' : ` The next end is ${deadline}.`
  return [
    ...(late === 0
      ? []
      : [
          `${late} seats in juries lack a vote, or its reveal, and little time is left, or are committed to what this node ` +
            `does not know: see assize journal, stage juror.${end}`,
        ]),
    ...(unread === 0
      ? []
      : [
          `${unread} seats in juries stand at INVALID, as their indices are unknown or cannot be read here, and lose their stakes to whoever can: ` +
            `assize jury status names the cases. Put documents that are missing into index_dir and start it again before the time to commit ends; ` +
            `where sources do not answer: AssizeJuryUnread in docs/operations/monitoring.md.${end}`,
        ]),
    ...(failing === 0
      ? []
      : [
          `${failing} looks at juries and their cases failed the last time: what is due there may not be seen. ` +
            'The log says why, unless an endpoint did not answer.',
        ]),
    ...(dear === 0
      ? []
      : [
          `${dear} cases of juries wait for a move or a vote of this node whose gas costs more than it may: see assize journal, stage juror, ` +
            'and "What gas may cost" in docs/arbitrators.md.',
        ]),
    ...unserved.map(unservedProblem),
    ...(unseen === 0
      ? []
      : [
          `Nothing new is staked: ${unseen} of its juries could not be looked at since the start, and votes there come first.`,
        ]),
  ]
}

function unservedProblem({ jury, juror, kind, isElsewhere }: Unserved): string {
  const voter = "assize jury voter with this node's account"
  if (kind === 'key') {
    return (
      `${juror}, which was the key of this node before, has stakes in jury ${jury}, and is not voted for by this node: with its key ` +
      `assize jury leave, then assize jury claim; or ${voter}, and its name in juror.for; or, where it votes itself, as in ` +
      'another node, assize jury voter with its own account.'
    )
  }
  const or = isElsewhere ? 'or with its own, where it votes itself' : 'or take it from juror.for'
  return `${juror}, which is in juror.for, is not voted for by this node in jury ${jury}: with its key ${voter}, ${or}.`
}

/** Observations that nobody signs, whatever the signer says of itself. */
function signingProblems(parts: Parts, { tracked }: LoopState): string[] {
  const unsigned = [...tracked.values()].filter((one) => isUnsigned(parts, one)).length
  if (unsigned === 0) return []
  return [
    `${unsigned} fixings were observed, and no observation of them is signed: see assize journal, stage sign, and the log.`,
  ]
}

/** What a fixing that matures in a moment lacks: others' presence, or sources here. */
function missingAt({ rollCall, clock }: Parts, tracked: Tracked): string[] {
  const { id, fixing, document } = tracked
  const attendance = rollCall.attendance(tracked)
  const unready = rollCall.unready(tracked)
  const what = `Fixing ${id} matures in ${fixing.maturity - clock.now()} s`
  return [
    ...(attendance?.isShort === true
      ? [
          `${what}, and ${attendance.ready.length} reporters are ready, of ${attendance.need} that make a quorum: ` +
            `/status names those who are absent.`,
        ]
      : []),
    ...(unready === undefined
      ? []
      : [`${what}, and ${unready} sources answer here, of ${document.aggregation.minSources} that it needs.`]),
  ]
}

function haltedOf({ halt }: Pick<Parts, 'halt'>): { readonly halted?: string } {
  const reason = halt.reason()
  return reason === undefined ? {} : { halted: reason }
}

async function isStoreSound({ store }: Parts): Promise<boolean> {
  if (store.failure() !== undefined) return false
  try {
    await store.journal.newest(1)
    return true
  } catch {
    return false
  }
}
