import type { GossipsubOpts } from '@libp2p/gossipsub'
import type { Topics } from './topics.ts'

/** gossipsub's scores for rare, valuable messages (gossipsub v1.1, "Peer Scoring"). */
export type Scoring = Required<Pick<GossipsubOpts, 'scoreParams' | 'scoreThresholds'>>

/** How peers are judged. */
export type ScoreOptions = {
  readonly topics: Topics
  /** Whether the peer id belongs to a registered reporter. */
  readonly isRegistered: (peerId: string) => boolean
}

const REGISTERED_BONUS = 10
/** One invalid message puts a peer below the publish threshold (-50), two below the graylist's (-80). */
const INVALID_WEIGHT = -60
/** Per second: half of a penalty is left after 11.5 minutes. */
const INVALID_DECAY = 0.999
const MINUTE_MS = 60_000

const TOPIC = {
  topicWeight: 1,
  timeInMeshWeight: 0.05,
  timeInMeshQuantum: MINUTE_MS,
  timeInMeshCap: 60,
  firstMessageDeliveriesWeight: 1,
  firstMessageDeliveriesDecay: 0.99,
  firstMessageDeliveriesCap: 20,
  // P3 and P3b expect steady traffic; here days may pass between two messages.
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: 0.5,
  meshMessageDeliveriesCap: 1,
  meshMessageDeliveriesThreshold: 1,
  meshMessageDeliveriesWindow: 10,
  meshMessageDeliveriesActivation: MINUTE_MS,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: 0.5,
  invalidMessageDeliveriesWeight: INVALID_WEIGHT,
  invalidMessageDeliveriesDecay: INVALID_DECAY,
}

/** Score parameters for every topic: without an entry of its own, a topic's rejects cost nothing. */
export function scoring({ topics, isRegistered }: ScoreOptions): Scoring {
  return {
    scoreParams: {
      topics: Object.fromEntries(Object.values(topics).map((topic) => [topic, TOPIC])),
      topicScoreCap: 30,
      appSpecificScore: (peerId) => (isRegistered(peerId) ? REGISTERED_BONUS : 0),
      appSpecificWeight: 1,
      // P6: reporters behind one relay or one NAT share its address. admission.ts bounds what calls from an address.
      IPColocationFactorWeight: 0,
    },
    scoreThresholds: {
      gossipThreshold: -10,
      publishThreshold: -50,
      graylistThreshold: -80,
      acceptPXThreshold: 10,
      opportunisticGraftThreshold: 5,
    },
  }
}
