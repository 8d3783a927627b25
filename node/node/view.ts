import type { Hex } from 'viem'
import type { FixingStatus, NodeView, ReportView } from '../http/node-view.ts'
import type { LoopState } from './loop.ts'
import type { Parts } from './parts.ts'
import type { Tracked } from './tracked.ts'

/** The node as its local interface shows it. */
export function createView(parts: Parts, state: LoopState): NodeView {
  const { store, network, clock } = parts
  const known = (id: Hex): Tracked | undefined => state.tracked.get(id)
  return {
    status: async () => ({
      time: clock.now(),
      block: state.head?.number ?? 0n,
      peers: network.peers.connected,
      fixings: [...state.tracked.values()].map((tracked) => statusOf(parts, tracked)),
    }),
    async readiness() {
      const isSound = await isStoreSound(parts)
      return {
        ready: state.isChainAlive && state.head !== undefined && isSound,
        chain: state.isChainAlive && state.head !== undefined,
        block: state.head?.number ?? 0n,
        store: isSound,
        peers: network.peers.connected,
      }
    },
    observations: (id) => (known(id) === undefined ? undefined : store.observations.all(id)),
    report(id): ReportView | undefined {
      return known(id)?.quorum
    },
    samples: async (id) => (known(id) === undefined ? undefined : store.samples.get(id)),
    journal: (limit) => store.journal.newest(limit),
    addPeer: (address) => network.peers.add(address),
  }
}

function statusOf({ store, reporter, transactions, journal, book }: Parts, tracked: Tracked): FixingStatus {
  const { id, fixing, snapshot, quorum, asked } = tracked
  const lastDecision = journal.last('stake', id) ?? journal.last('propose', id)
  const { observation, abstained } = reporter.view(id)
  return {
    id,
    indexId: fixing.indexId,
    maturity: fixing.maturity,
    phase: snapshot?.phase ?? 'unknown',
    ...(observation === undefined ? {} : { observation }),
    ...(abstained === undefined ? {} : { abstained }),
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
    actions: transactions.of(id),
  }
}

async function isStoreSound({ store }: Parts): Promise<boolean> {
  try {
    await store.journal.newest(1)
    return true
  } catch {
    return false
  }
}
