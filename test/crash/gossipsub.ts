import * as real from '../../node_modules/@libp2p/gossipsub/dist/src/index.js'
import { passing } from './points.ts'

export { StrictNoSign, TopicValidatorResult } from '../../node_modules/@libp2p/gossipsub/dist/src/index.js'

/** Gossipsub whose every publication is a point. */
export function gossipsub(options: Parameters<typeof real.gossipsub>[0]): ReturnType<typeof real.gossipsub> {
  const make = real.gossipsub(options)
  return (components) => {
    const pubsub = make(components)
    const publish = pubsub.publish.bind(pubsub)
    pubsub.publish = (topic, data) =>
      passing(`publish ${topic.slice(topic.lastIndexOf('/') + 1)}`, () => publish(topic, data))
    return pubsub
  }
}
